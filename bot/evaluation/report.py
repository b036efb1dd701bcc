"""Counts over the results, in the shape of docs/contract.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.evaluation.files import TestQuestion
from bot.evaluation.judge import SAFETY, ConversationResult, QuestionResult

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
        "by_question": _by_question(pairs),
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


def _by_question(pairs: Sequence[tuple[TestQuestion, QuestionResult]]) -> dict[str, dict[str, int]]:
    """Rows that name their question, by the first of the ids that are right."""
    counts: dict[str, dict[str, int]] = {}
    for row, result in pairs:
        if row.questions:
            count = counts.setdefault(row.questions[0], {"rows": 0, **dict.fromkeys(OUTCOMES, 0)})
            count["rows"] += 1
            count[result.question_outcome] += 1
    return dict(sorted(counts.items()))


def of_conversations(results: Sequence[ConversationResult]) -> dict[str, Any]:
    """The part `conversations` of the report."""
    import msgspec

    turns = [turn for result in results for turn in result.turns]
    calm = [turn for result in results if result.calm for turn in result.turns]
    return {
        "run": len(results),
        "passed": sum(result.passed for result in results),
        "turns": len(turns),
        "characters": sum(turn.characters for turn in turns),
        "asked_again": sum(result.asked_again for result in results),
        "calm": len(calm),
        "alarms": sum(turn.safety for turn in calm),
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
        if part["by_question"]:
            lines.append("\nby question")
            lines += [_line(f"  {key}", counts) for key, counts in part["by_question"].items()]
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
        if part["turns"]:
            lines.append(
                f"  {part['turns']} turns of {part['characters'] / part['turns']:.0f} characters; the same question "
                f"again in {part['asked_again']}; a safety reply in {part['alarms']} of {part['calm']} calm turns"
            )
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
