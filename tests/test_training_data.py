"""The training lines: known topics, every language, and nothing of the exam among them."""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.nlu.fold import fold
from facts.languages import NAMES

ROOT = Path(__file__).parent.parent
#: Least lines of a topic in a language (a yes, a no or a hello can be said in fewer ways), and least writers.
OPEN, CLOSED, WRITERS = 40, 25, 5
#: Topics of December 2026, which fewer hands have written for so far: their least lines and writers.
YOUNG = {"contract_terms", "pregnancy_and_family_leave", "discrimination_and_harassment", "domestic_work"}
YOUNG_LINES, YOUNG_WRITERS = 15, 3


def groups(language: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted((ROOT / "data/nlu" / language).glob("*.yml")):
        found += yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    return found


def lines(group: dict[str, Any]) -> list[str]:
    return [line.removeprefix("- ").strip() for line in group["examples"].splitlines() if line.strip()]


def known_questions() -> set[str]:
    """`topic/question` of each question of facts/questions: what an intent may be besides a topic alone."""
    return {
        f"{one['topic']}/{question['id']}"
        for path in (ROOT / "facts/questions").glob("*.yaml")
        for one in [yaml.safe_load(path.read_text(encoding="utf-8"))]
        for question in one["questions"]
    }


def letters(folded: str) -> str:
    """Without marks: "op staande voet!" is "op staande voet"."""
    return " ".join("".join(one if one.isalnum() else " " for one in folded).split())


def exam() -> list[str]:
    return [
        row["text"]
        for folder in ("questions", "questions/new", "safety", "room")
        for path in sorted((ROOT / "tests" / folder).glob("*.csv"))
        for row in csv.DictReader(path.open(encoding="utf-8"))
    ]


@pytest.mark.parametrize("language", NAMES)
def test_every_topic_has_lines_in_every_language_by_several_writers(language: str) -> None:
    topics = yaml.safe_load((ROOT / "facts/topics.yaml").read_text())["topics"]
    questions = known_questions()
    counts: Counter[str] = Counter()
    writers: dict[str, set[str]] = {}
    for group in groups(language):
        assert group["metadata"]["language"] == language
        intent = group["intent"]
        assert "/" not in intent or intent in questions, intent
        topic = intent.partition("/")[0]
        counts[topic] += len(lines(group))
        writers.setdefault(topic, set()).add(group["metadata"]["writer"])
    assert set(counts) == set(topics)
    for topic, kind in ((name, entry["kind"]) for name, entry in topics.items()):
        least = CLOSED if kind == "dialogue" else YOUNG_LINES if topic in YOUNG else OPEN
        assert counts[topic] >= least, topic
        hands = len({writer[1:] for writer in writers[topic]})
        assert hands >= (YOUNG_WRITERS if topic in YOUNG else WRITERS), topic


@pytest.mark.slow
def test_no_line_of_the_exam_or_near_copy_of_one_is_trained_on() -> None:
    """Near: the same folded words, or nine tenths of the word pairs of a line of five words and more."""
    trained: dict[str, str] = {}
    pairs: dict[tuple[str, str], list[frozenset[tuple[str, str]]]] = {}
    for language in NAMES:
        for group in groups(language):
            for line in lines(group):
                folded = fold(line)
                trained[folded] = line
                words = folded.split()
                own = frozenset(itertools.pairwise(words))
                for pair in own:
                    pairs.setdefault(pair, []).append(own)
    same, near = [], []
    bare = {letters(folded) for folded in trained}
    for text in exam():
        folded = fold(text)
        words = folded.split()
        if len(words) > 2 and letters(folded) in bare:
            same.append(text)
        own = frozenset(itertools.pairwise(words))
        if len(words) >= 5:
            close = Counter(id(other) for pair in own for other in pairs.get(pair, []))
            if close and close.most_common(1)[0][1] >= 0.9 * len(own):
                near.append(text)
    assert same == []
    assert near == []


def test_the_exam_is_whole() -> None:
    for language in NAMES:
        rows = [
            row
            for path in sorted((ROOT / "tests/questions").rglob(f"{language}*.csv"))
            for row in csv.DictReader(path.open(encoding="utf-8"))
        ]
        assert len(rows) >= 60
        # The exam writes a question of `elsewhere` down as out_of_scope (docs/contract.md).
        topics = set(yaml.safe_load((ROOT / "facts/topics.yaml").read_text())["topics"]) - {"elsewhere"}
        assert {row["topic"] for row in rows} == topics
        due = list(csv.DictReader((ROOT / f"tests/safety/{language}.csv").open(encoding="utf-8")))
        assert sum(row["topic"] in ("exploitation", "emergency") for row in due) >= 20
        assert sum(row["topic"] not in ("exploitation", "emergency") for row in due) >= 20
