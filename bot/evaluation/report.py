"""Counts over the results, in the shape of docs/contract.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.evaluation.files import TestQuestion
from bot.evaluation.judge import SAFETY, Passed, QuestionResult

OUTCOMES = ("right", "asked_back", "wrong")


def tally(results: Iterable[QuestionResult]) -> dict[str, int]:
    """Rows and outcomes."""
    counts = {"rows": 0, **dict.fromkeys(OUTCOMES, 0)}
    for result in results:
        counts["rows"] += 1
        counts[result.outcome] += 1
    return counts


def of_questions(asked: Sequence[TestQuestion], results: Sequence[QuestionResult]) -> dict[str, Any]:
    """The part `questions` of the report."""
    import msgspec

    pairs = list(zip(asked, results, strict=True))

    def split(names: Iterable[str], of: str) -> dict[str, dict[str, int]]:
        return {name: tally(result for row, result in pairs if getattr(row, of) == name) for name in sorted(set(names))}

    due = [result for row, result in pairs if row.topic in SAFETY]
    accepted = {row.id for row in asked if set(row.also_ok) & set(SAFETY)}
    rest = [result for row, result in pairs if row.topic not in SAFETY]
    alarms = [result for result in rest if result.safety and result.id not in accepted]
    return {
        **tally(results),
        "by_language": split((row.language for row in asked), "language"),
        "by_variant": split((row.variant for row in asked), "variant"),
        "by_topic": split((row.topic for row in asked), "topic"),
        "language": {
            "long": _languages((row, result) for row, result in pairs if _words(row) >= 3 and not _roman(row)),
            "short": _languages((row, result) for row, result in pairs if _words(row) < 3 and not _roman(row)),
            "romanised": _languages((row, result) for row, result in pairs if _roman(row)),
        },
        "safety": {
            "due": len(due),
            "given": sum(result.safety for result in due),
            "hinted": sum(result.safety_hint and not result.safety for result in due),
            "not_due": len(rest),
            "false_alarms": len(alarms),
            "hinted_not_due": sum(result.safety_hint and not result.safety for result in rest),
        },
        "results": msgspec.to_builtins(list(results)),
    }


def of_conversations(results: Sequence[Passed]) -> dict[str, Any]:
    """The part `conversations` of the report."""
    import msgspec

    return {
        "run": len(results),
        "passed": sum(result.passed for result in results),
        "results": msgspec.to_builtins(list(results)),
    }


def _words(row: TestQuestion) -> int:
    return len(row.text.split())


def _roman(row: TestQuestion) -> bool:
    return row.variant == "translit"


def _languages(pairs: Iterable[tuple[TestQuestion, QuestionResult]]) -> dict[str, int]:
    counts = {"rows": 0, "right": 0}
    for row, result in pairs:
        counts["rows"] += 1
        counts["right"] += row.language == result.language_got
    return counts


def readable(report: dict[str, Any]) -> str:
    """The report as tables for a terminal."""
    lines = []
    if "questions" in report:
        part = report["questions"]
        lines.append(_line("all questions", part))
        for name in ("by_language", "by_variant", "by_topic"):
            lines.append(f"\n{name.replace('_', ' ')}")
            lines += [_line(f"  {key or '-'}", counts) for key, counts in part[name].items()]
        lines.append("\nlanguage of the reply")
        lines += [f"  {key:<24}{counts['right']:>5} of {counts['rows']}" for key, counts in part["language"].items()]
        safety = part["safety"]
        lines.append(
            f"\nsafety reply: given {safety['given']} (and hinted {safety['hinted']}) of {safety['due']} due; "
            f"{safety['false_alarms']} false alarms and {safety['hinted_not_due']} hints in {safety['not_due']} others"
        )
    if "conversations" in report:
        part = report["conversations"]
        lines.append(f"\nconversations: {part['passed']} of {part['run']} passed")
        for result in part["results"]:
            if not result["passed"]:
                lines.append(f"  {result['id']}: {'; '.join(result['why'])}")
    return "\n".join(lines)


def _line(name: str, counts: dict[str, int]) -> str:
    rows = counts["rows"] or 1
    return (
        f"{name:<26}{counts['rows']:>5} rows  right {counts['right']:>4} ({counts['right'] / rows:6.1%})  "
        f"asked back {counts['asked_back']:>4} ({counts['asked_back'] / rows:6.1%})  "
        f"wrong {counts['wrong']:>4} ({counts['wrong'] / rows:6.1%})"
    )
