"""Two runs of a file side by side: what became better, worse, or stayed as it was."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

RowVerdict = Literal["better", "worse", "same", "new", "gone"]
#: An answer is worth more than being asked back, and that more than a wrong answer.
_WORTH: Final = {"wrong": 0, "asked_back": 1, "right": 2, "failed": 0, "passed": 2}


class Pair(msgspec.Struct, frozen=True):
    """A question or conversation in both runs."""

    id: str
    language: str
    topic: str
    was: str
    now: str
    got: str  #: topic, or why a conversation failed
    verdict: RowVerdict


class Row(msgspec.Struct, frozen=True):
    """Counts of a language or a topic: now, before, and what changed."""

    name: str
    rows: int
    right: int
    asked_back: int
    wrong: int
    was_right: int | None
    better: int
    worse: int
    same: int


class Comparison(msgspec.Struct, frozen=True):
    """All of it."""

    pairs: tuple[Pair, ...]
    by_language: tuple[Row, ...]
    by_topic: tuple[Row, ...]
    whole: Row
    with_before: bool


def compare(report: dict[str, Any], before: dict[str, Any] | None) -> Comparison:
    """This run's report beside the report of the run before, where there is one."""
    now, was = _outcomes(report), _outcomes(before) if before is not None else {}
    pairs = []
    for name, (language, topic, outcome, got) in now.items():
        old = was[name][2] if name in was else ""
        verdict: RowVerdict = "new"
        if old:
            gain = _WORTH[outcome] - _WORTH[old]
            verdict = "better" if gain > 0 else "worse" if gain < 0 else "same"
        pairs.append(Pair(name, language, topic, old, outcome, got, verdict))
    if before is not None:
        pairs += [Pair(name, one[0], one[1], one[2], "", "", "gone") for name, one in was.items() if name not in now]
    present = [pair for pair in pairs if pair.verdict != "gone"]
    compared = before is not None
    return Comparison(
        tuple(pairs),
        tuple(_row(name, [one for one in present if one.language == name], compared) for name in _names(present, 0)),
        tuple(_row(name, [one for one in present if one.topic == name], compared) for name in _names(present, 1)),
        _row("", present, compared),
        compared,
    )


def _names(pairs: list[Pair], place: int) -> list[str]:
    return sorted({pair.topic if place else pair.language for pair in pairs})


def _row(name: str, pairs: list[Pair], compared: bool) -> Row:
    def count(*outcomes: str) -> int:
        return sum(pair.now in outcomes for pair in pairs)

    def verdicts(verdict: str) -> int:
        return sum(pair.verdict == verdict for pair in pairs)

    was = sum(pair.was in ("right", "passed") for pair in pairs)
    return Row(
        name,
        len(pairs),
        count("right", "passed"),
        count("asked_back"),
        count("wrong", "failed"),
        was if compared else None,
        verdicts("better"),
        verdicts("worse"),
        verdicts("same"),
    )


def _outcomes(report: dict[str, Any]) -> dict[str, tuple[str, str, str, str]]:
    """Language, topic, outcome and what came instead, by id."""
    found: dict[str, tuple[str, str, str, str]] = {}
    for one in report.get("questions", {}).get("results", []):
        found[one["id"]] = (one["language"], one["topic"], one["outcome"], one["topic_got"])
    for one in report.get("conversations", {}).get("results", []):
        outcome = "passed" if one["passed"] else "failed"
        found[one["id"]] = (one.get("language", ""), one.get("topic", ""), outcome, "; ".join(one["why"]))
    return found
