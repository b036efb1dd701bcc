"""What Baken understands: the frozen exam against the product's model, written to docs/quality.md.

uv run python -m bench.quality            # prints
uv run python -m bench.quality --write    # and writes docs/quality.md and docs/quality.json
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from bot.assistant import Assistant
from bot.commands.evaluate import run
from bot.commands.start import start
from bot.evaluation.files import Question, questions
from bot.quiet import be_quiet
from bot.settings import load

ROOT = Path(__file__).parent.parent
#: The figures that issue and docs ask for, shown beside what was seen.
ASKED = {
    "right": 0.92, "right_each_language": 0.88, "right_not_plain": 0.88, "wrong": 0.03, "safety_given": 0.98,
    "false_alarms": 0.02, "out_of_scope_as_right": 0.05, "language_long": 0.98, "language_short": 0.88,
    "language_romanised": 0.90, "calibration_error": 0.05,
}  # fmt: skip


def exam(folder: str) -> list[Question]:
    """All rows of tests/<folder>."""
    return [row for path in sorted((ROOT / "tests" / folder).glob("*.csv")) for row in questions(path)]


def figures(report: dict[str, Any], safety: dict[str, Any], calibration: float) -> dict[str, float]:
    """The figures that are asked for, from the report of the questions and that of the safety set."""
    results = report["results"]
    plain = report["by_variant"].get("plain", {"rows": 0, "right": 0})
    counts = {name: report["safety"][name] + safety["safety"][name] for name in safety["safety"]}
    beside = [row for row in results if row["topic"] == "out_of_scope"]
    language = report["language"]
    return {
        "right": report["right"] / report["rows"],
        "right_each_language": min(part["right"] / part["rows"] for part in report["by_language"].values()),
        "right_not_plain": (report["right"] - plain["right"]) / (report["rows"] - plain["rows"]),
        "wrong": report["wrong"] / report["rows"],
        "safety_given": counts["given"] / counts["due"],
        "false_alarms": counts["false_alarms"] / counts["not_due"],
        "out_of_scope_as_right": sum(row["outcome"] == "wrong" for row in beside) / len(beside),
        **{f"language_{name}": part["right"] / part["rows"] for name, part in language.items()},
        "calibration_error": calibration,
    }


async def calibration(assistant: Assistant, asked: list[Question]) -> tuple[float, list[tuple[float, float, int]]]:
    """Expected calibration error of the likeliest topic, ten bins, and the bins (confidence, right, rows)."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for row in asked:
        parsed: Any = await assistant.parse(row.text)
        ranking = parsed.get("intent_ranking") or []
        if ranking:
            confidence = float(ranking[0]["confidence"])
            bins[min(int(confidence * 10), 9)].append((confidence, ranking[0]["name"] in (row.topic, *row.also_ok)))
    rows = sum(map(len, bins))
    points = [(sum(c for c, _ in one) / len(one), sum(r for _, r in one) / len(one), len(one)) for one in bins if one]
    return sum(abs(c - r) * n for c, r, n in points) / rows, points


async def measure() -> tuple[dict[str, Any], dict[str, Any], float, list[tuple[float, float, int]]]:
    """Both reports, and the calibration."""
    settings = load()
    asked, danger = exam("questions"), exam("safety")
    report = (await run(settings, asked, []))["questions"]
    safety = (await run(settings, danger, []))["questions"]
    assistant = await start(settings, keep=False)
    error, points = await calibration(assistant, asked)
    await assistant.close()
    return report, safety, error, points


def page(report: dict[str, Any], safety: dict[str, Any], error: float, points: list[tuple[float, float, int]]) -> str:
    """docs/quality.md"""
    seen = figures(report, safety, error)
    texts = {row.id: row.text for row in exam("questions")}
    lines = [
        "# Quality",
        "",
        f"Measured on {date.today():%Y-%m-%d} by `uv run python -m bench.quality --write`, on {report['rows']} "
        f"questions and {safety['rows']} safety messages written apart from the training lines (`tests/questions`, "
        "`tests/safety`), judged before any model ran, and never trained on. They were written by language models "
        "playing workers, one writer per language; real workers will write differently. An accuracy over 90 rows "
        "has an interval of about ± 6 points.",
        "",
        "| figure | asked | seen |",
        "| --- | --- | --- |",
        *(f"| {name.replace('_', ' ')} | {ASKED[name]:.0%} | {value:.1%} |" for name, value in seen.items()),
        "",
        "## By language",
        "",
        "| language | rows | right | asked back | wrong | safety given | hinted | false alarms |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for language, part in report["by_language"].items():
        own = [row for row in safety["results"] if row["language"] == language]
        due = [row for row in own if row["topic"] in ("exploitation", "emergency")]
        rest = [row for row in own if row not in due]
        lines.append(
            f"| {language} | {part['rows']} | {_share(part, 'right')} | {_share(part, 'asked_back')} | "
            f"{_share(part, 'wrong')} | {sum(r['safety'] for r in due)} of {len(due)} | "
            f"{sum(r['safety_hint'] for r in due)} | {sum(r['safety'] for r in rest)} of {len(rest)} |"
        )
    for title, name in (("variant", "by_variant"), ("topic", "by_topic")):
        lines += [
            "",
            f"## By {title}",
            "",
            f"| {title} | rows | right | asked back | wrong |",
            "| --- | --- | --- | --- | --- |",
        ]
        lines += [
            f"| {key} | {part['rows']} | "
            + " | ".join(_share(part, name) for name in ("right", "asked_back", "wrong"))
            + " |"
            for key, part in report[name].items()
        ]
    lines += [
        "",
        "## What it confuses most",
        "",
        "| meant | answered | times | for example |",
        "| --- | --- | --- | --- |",
    ]
    confused = Counter((r["topic"], r["topic_got"]) for r in report["results"] if r["outcome"] == "wrong")
    for (meant, got), times in confused.most_common(15):
        one = next(
            r["id"] for r in report["results"] if (r["topic"], r["topic_got"], r["outcome"]) == (meant, got, "wrong")
        )
        lines.append(f"| {meant} | {got} | {times} | {texts[one][:90].replace('|', '/')} |")
    lines += [
        "", "## Calibration", "", f"Expected calibration error {error:.1%}.", "",
        "| confidence | right | rows |", "| --- | --- | --- |",
        *(f"| {c:.2f} | {r:.2f} | {n} |" for c, r, n in points),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _share(part: dict[str, int], outcome: str) -> str:
    return f"{part[outcome] / part['rows']:.0%}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    be_quiet()
    report, safety, error, points = asyncio.run(measure())
    text = page(report, safety, error, points)
    print(text)
    if options.write:
        (ROOT / "docs" / "quality.md").write_text(text, encoding="utf-8")
        kept = {name: round(value, 4) for name, value in figures(report, safety, error).items()}
        (ROOT / "docs" / "quality.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
