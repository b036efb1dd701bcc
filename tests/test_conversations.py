"""The conversations that the quality gate runs (tests/whole/test_quality.py): three of each flow in every language."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from bot.evaluation.files import conversations
from facts.languages import NAMES


def test_there_are_three_of_each_flow_in_every_language() -> None:
    talks = [talk for language in NAMES for talk in conversations(Path(f"tests/conversations/{language}.yaml"))]
    counts = Counter(tuple(talk.id.rsplit("-", 1)[0].split("-", 1)) for talk in talks)
    assert len(counts) == 12 * 5 and set(counts.values()) == {3}
    assert len({talk.id for talk in talks}) == len(talks)


def test_a_second_set_was_written_apart_two_in_every_language() -> None:
    talks = conversations(Path("tests/conversations/second.yaml"))
    assert Counter(talk.language for talk in talks) == dict.fromkeys(NAMES, 2)
    first = [talk for language in NAMES for talk in conversations(Path(f"tests/conversations/{language}.yaml"))]
    assert not {text for talk in talks for text in talk.turns} & {talk.turns[0] for talk in first}
