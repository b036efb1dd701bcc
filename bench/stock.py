"""Stock Rasa on the same training lines and the same exams: what docs/quality.md is compared with.

uv run python -m bench.stock --write     # some minutes; writes docs/stock.json, which the page of quality reads

Rasa's own default pipeline (`rasa init`) with its LogisticRegressionClassifier where DIET stands, since DIET needs
TensorFlow, which Baken does without. Both gave about the same in a comparison on fewer lines (.42 and .44). It learns
every fourth line unless told otherwise: on all of them it takes most of an hour and several gigabytes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from bench.quality import exam
from bot.redacted_logging import configure_logging

ROOT = Path(__file__).parent.parent
CONFIG = {
    "recipe": "default.v1",
    "assistant_id": "stock",
    "language": "en",
    "importers": [{"name": "bot.engine.rasa.importer.QuickImporter"}],
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "LogisticRegressionClassifier"},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
}
DUE = ("exploitation", "emergency")


def some_lines(folder: Path, every: int) -> tuple[int, int]:
    """Each `every`-th training line of each topic, language and writer into a folder; how many of how many."""
    taken = whole = 0
    for path in sorted((ROOT / "data" / "nlu").glob("*/*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for group in content["nlu"]:
            lines = group["examples"].splitlines()
            group["examples"] = "\n".join(lines[::every])
            taken, whole = taken + len(lines[::every]), whole + len(lines)
        (folder / path.parent.name).mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (folder / path.parent.name / path.name).write_text(text, encoding="utf-8")
    return taken, whole


async def measure(folder: Path, every: int) -> dict[str, Any]:
    """Train, and ask both exams."""
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    config = folder / "config.yml"
    config.write_text(yaml.safe_dump(CONFIG, sort_keys=False), encoding="utf-8")
    start = time.perf_counter()
    taken, whole = some_lines(folder / "nlu", every)
    model = train_nlu(str(config), str(folder / "nlu"), str(folder))
    trained = time.perf_counter() - start
    agent = Agent.load(model)
    right = wrong = 0
    questions, danger = exam("questions"), exam("safety")
    for row in questions:
        name = (await agent.parse_message(row.text))["intent"]["name"]
        good = name in (row.topic, *row.also_ok) or (row.topic == "out_of_scope" and name == "nlu_fallback")
        right += good
        wrong += not good and name != "nlu_fallback"
    given = {True: [0, 0], False: [0, 0]}
    for row in danger:
        due = row.topic in DUE
        given[due][0] += (await agent.parse_message(row.text))["intent"]["name"] in DUE
        given[due][1] += 1
    return {
        "right": right / len(questions),
        "wrong": wrong / len(questions),
        "safety_given": given[True][0] / given[True][1],
        "false_alarms": given[False][0] / given[False][1],
        "lines": taken,
        "of": whole,
        "training_seconds": round(trained),
    }


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--every", type=int, default=4, help="learn each so many-th line only")
    options = parser.parse_args()
    configure_logging()
    with tempfile.TemporaryDirectory() as folder:
        seen = asyncio.run(measure(Path(folder), options.every))
    print(json.dumps(seen, indent=1))
    if options.write:
        (ROOT / "docs" / "stock.json").write_text(json.dumps(seen, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
