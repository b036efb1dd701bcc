"""The net of danger rules: what must be caught is caught, what must pass passes, in every language."""

from __future__ import annotations

from typing import Any

import pytest

from bot.nlu.fold import fold
from bot.nlu.safety_rules import FOLDER, rule_for, rules
from facts.languages import NAMES
from facts.read import read_yaml, without_lines

FILES: dict[str, dict[str, Any]] = {path.stem: without_lines(read_yaml(path)) for path in FOLDER.glob("*.yaml")}


def test_there_are_rules_for_every_language() -> None:
    assert set(FILES) == set(NAMES)
    assert len(rules()) >= 12 * len(NAMES)


@pytest.mark.parametrize(
    ("language", "line"),
    [(name, line) for name, file in sorted(FILES.items()) for lines in file["caught"].values() for line in lines],
)
def test_caught(language: str, line: str) -> None:
    assert rule_for(line) is not None


@pytest.mark.parametrize(
    ("language", "line"), [(name, line) for name, file in sorted(FILES.items()) for line in file["passed"]]
)
def test_passed(language: str, line: str) -> None:
    assert rule_for(line) is None


@pytest.mark.slow
def test_passing_rules_over_by_their_letters_changes_nothing() -> None:
    """The look at the letters first is only faster: every line of the rules' own tests gives the same."""
    texts = [line for path in sorted(FOLDER.glob("*.yaml")) for line in path.read_text(encoding="utf-8").splitlines()]
    for text in texts:
        folded = fold(text)
        assert rule_for(text) == next((sign for sign, pattern in rules() if pattern.search(folded)), None)
