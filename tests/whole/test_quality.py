"""The frozen exam: no figure of docs/quality.json drops by more than its noise."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bench.quality import exam, figures, measure, page
from bot.redacted_logging import configure_logging

pytestmark = pytest.mark.slow

#: About one standard deviation of a figure over the rows that it is taken from.
NOISE = {
    "right": 0.01, "right_each_language": 0.035, "right_not_plain": 0.012, "wrong": 0.008, "safety_given": 0.015,
    "false_alarms": 0.005, "out_of_scope_as_right": 0.04, "language_long": 0.005, "language_short": 0.03,
    "language_romanised": 0.04, "calibration_error": 0.015, "conversations_passed": 0.01,
}  # fmt: skip
LESS_IS_BETTER = {"wrong", "false_alarms", "out_of_scope_as_right", "calibration_error"}


@pytest.fixture(scope="module")
def seen(model: Path) -> dict[str, float]:
    configure_logging()
    measured = asyncio.new_event_loop().run_until_complete(measure())
    assert "## By language" in page(measured)
    return figures(measured)


@pytest.mark.parametrize("name", NOISE)
def test_no_figure_drops(seen: dict[str, float], name: str) -> None:
    kept = json.loads(Path("docs/quality.json").read_text())[name]
    if name in LESS_IS_BETTER:
        assert seen[name] <= kept + NOISE[name]
    else:
        assert seen[name] >= kept - NOISE[name]


def test_the_exam_is_large_enough() -> None:
    assert len(exam("questions")) >= 12 * 60
    assert len(exam("safety")) >= 12 * 40
