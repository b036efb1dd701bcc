"""What Baken understands: the frozen exam against the product's model, written to docs/quality.md.

uv run python -m bench.quality            # prints
uv run python -m bench.quality --write    # and writes docs/quality.md and docs/quality.json
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from bot.assistant import Assistant
from bot.commands.evaluate import run
from bot.commands.start import start
from bot.evaluation.files import TestQuestion, conversations, questions
from bot.redacted_logging import configure_logging
from bot.settings import load

ROOT = Path(__file__).parent.parent
#: The figures that issue and docs ask for, shown beside what was seen.
ASKED = {
    "right": 0.92, "right_each_language": 0.88, "right_not_plain": 0.88, "wrong": 0.03, "safety_given": 0.98,
    "false_alarms": 0.02, "out_of_scope_as_right": 0.05, "language_long": 0.98, "language_short": 0.88,
    "language_romanised": 0.90, "calibration_error": 0.05, "conversations_passed": 1.0,
}  # fmt: skip


def exam(folder: str) -> list[TestQuestion]:
    """All rows of tests/<folder>."""
    return [row for path in sorted((ROOT / "tests" / folder).glob("*.csv")) for row in questions(path)]


class Seen(msgspec.Struct, frozen=True):
    """Everything that was measured."""

    report: dict[str, Any]  #: of the questions
    safety: dict[str, Any]  #: of the safety messages
    conversations: dict[str, Any]
    error: float  #: expected calibration error
    points: list[tuple[float, float, int]]  #: (confidence, right, rows) of each tenth
    parse_ms: float  #: p95 of understanding one message, in milliseconds


def figures(seen: Seen) -> dict[str, float]:
    """The figures that are asked for."""
    report, safety, calibration = seen.report, seen.safety, seen.error
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
        "conversations_passed": seen.conversations["passed"] / seen.conversations["run"],
    }


async def calibration(
    assistant: Assistant, asked: list[TestQuestion]
) -> tuple[float, list[tuple[float, float, int]], float]:
    """Expected calibration error of the likeliest topic in ten bins, the bins, and p95 of a parse in milliseconds."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    took: list[float] = []
    for row in asked:
        start = time.perf_counter()
        parsed: Any = await assistant.parse(row.text)
        took.append((time.perf_counter() - start) * 1000)
        ranking = parsed.get("intent_ranking") or []
        if ranking:
            confidence = float(ranking[0]["confidence"])
            bins[min(int(confidence * 10), 9)].append((confidence, ranking[0]["name"] in (row.topic, *row.also_ok)))
    rows = sum(map(len, bins))
    points = [(sum(c for c, _ in one) / len(one), sum(r for _, r in one) / len(one), len(one)) for one in bins if one]
    return sum(abs(c - r) * n for c, r, n in points) / rows, points, statistics.quantiles(took, n=20)[-1]


async def measure() -> Seen:
    """The exam, the safety set, the conversations, the calibration."""
    settings = load()
    asked, danger = exam("questions"), exam("safety")
    report = (await run(settings, asked, []))["questions"]
    safety = (await run(settings, danger, []))["questions"]
    before = os.environ.get("BAKEN_TODAY")
    os.environ["BAKEN_TODAY"] = "2026-11-23"  # the day that the sums of the conversations were worked out for
    talks = [talk for path in sorted((ROOT / "tests/conversations").glob("*.yaml")) for talk in conversations(path)]
    told = (await run(settings, [], talks))["conversations"]
    os.environ.pop("BAKEN_TODAY") if before is None else os.environ.update(BAKEN_TODAY=before)
    assistant = await start(settings, keep=False)
    error, points, took = await calibration(assistant, asked)
    await assistant.close()
    return Seen(report, safety, told, error, points, took)


def page(all_seen: Seen) -> str:
    """docs/quality.md"""
    report, safety, error, points = all_seen.report, all_seen.safety, all_seen.error, all_seen.points
    seen = figures(all_seen)
    texts = {row.id: row.text for row in exam("questions")}
    lines = [
        "# Quality",
        "",
        f"Measured on {date.today():%Y-%m-%d} by `uv run python -m bench.quality --write`, on {report['rows']} "
        f"questions and {safety['rows']} safety messages written independently of the training lines "
        "(`tests/questions`, `tests/safety`), "
        "labelled before any model ran, and never trained on. They were written by language models "
        "playing workers, in two rounds, by different writers; real workers will write differently. An accuracy over "
        "168 rows has an interval of about ± 4 points.",
        "",
        "| figure | target | measured |",
        "| --- | --- | --- |",
        *(f"| {name.replace('_', ' ')} | {ASKED[name]:.0%} | {value:.1%} |" for name, value in seen.items()),
        f"| parse, p95 | 15 ms | {all_seen.parse_ms:.1f} ms |",
        "",
        *stock(seen),
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
        "## Most frequent confusions",
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
        "",
        "## Calibration",
        "",
        f"Expected calibration error {error:.1%}.",
        "",
        "![How often it is right, by its confidence](pictures/reliability.svg)",
        "",
        "| confidence | right | rows |",
        "| --- | --- | --- |",
        *(f"| {c:.2f} | {r:.2f} | {n} |" for c, r, n in points),
    ]
    return "\n".join(lines) + "\n"


def stock(seen: dict[str, float]) -> list[str]:
    """Beside stock Rasa (docs/stock.json, made by bench.stock), where that was measured."""
    path = ROOT / "docs" / "stock.json"
    if not path.exists():
        return []
    other = json.loads(path.read_text(encoding="utf-8"))
    names = ("right", "wrong", "safety_given", "false_alarms")
    return [
        f"Stock Rasa on the same exams, trained on {other['lines']} of the same {other['of']} lines (`uv run python -m "
        "bench.stock --write`: the pipeline of `rasa init`, with Rasa's logistic regression instead of DIET, which "
        "needs TensorFlow):",
        "",
        "| figure | stock Rasa | Baken |",
        "| --- | --- | --- |",
        *(f"| {name.replace('_', ' ')} | {other[name]:.1%} | {seen[name]:.1%} |" for name in names),
        "",
        "What each part of the model contributes: [ablation.md](ablation.md).",
        "",
    ]


def plot(points: list[tuple[float, float, int]]) -> None:
    """docs/pictures/reliability.svg: on the diagonal, confidence is what it says."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "baken"
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(4.5, 4.5))
    axes.plot([0, 1], [0, 1], color="#999999", linestyle="--", linewidth=1)
    axes.plot([c for c, _, _ in points], [r for _, r, _ in points], marker="o", color="#1d4f91")
    for confidence, right, rows in points:
        axes.annotate(str(rows), (confidence, right), textcoords="offset points", xytext=(4, -10), fontsize=8)
    axes.set(xlabel="confidence", ylabel="right", xlim=(0, 1.02), ylim=(0, 1.02), title="rows beside each point")
    figure.tight_layout()
    figure.savefig(ROOT / "docs" / "pictures" / "reliability.svg", metadata={"Date": None})
    plt.close(figure)


def _share(part: dict[str, int], outcome: str) -> str:
    return f"{part[outcome] / part['rows']:.0%}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    configure_logging()
    seen = asyncio.run(measure())
    text = page(seen)
    print(text)
    if options.write:
        # in a process of its own: where Rasa is imported, matplotlib takes the stand-in for TensorFlow for the real one
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as apart:
            apart.submit(plot, seen.points).result()
        (ROOT / "docs" / "quality.md").write_text(text, encoding="utf-8")
        kept = {name: round(value, 4) for name, value in figures(seen).items()}
        (ROOT / "docs" / "quality.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
