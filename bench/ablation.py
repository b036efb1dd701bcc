"""What each part of the topic model brings, on lines of writers who were left out of the training.

    uv run python -m bench.ablation --without c --write      # writes docs/ablation.md

The frozen exam is not touched: the model was chosen on these figures.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from bot.understanding.linear import ACROSS, CHARACTERS, WORDS, LinearModel, Settings

ROOT = Path(__file__).parent.parent
Line = tuple[str, str, str, str]  # language, writer, intent, text

VARIANTS: dict[str, Settings] = {
    "as it is": Settings(folds=0),
    "without folding": Settings(folds=0, folding=False),
    "without the sentence encoder": Settings(folds=0, encoder_weight=0),
    "encoder counted double": Settings(folds=0, encoder_weight=1.0),
    "without n-grams across words": Settings(folds=0, grams=(CHARACTERS, WORDS)),
    "words only": Settings(folds=0, grams=(WORDS,), encoder_weight=0),
    "characters within words only": Settings(folds=0, grams=(CHARACTERS,), encoder_weight=0),
    "n-grams across words only": Settings(folds=0, grams=(ACROSS,), encoder_weight=0),
    "C = 0.1": Settings(folds=0, regularisation=0.1),
    "C = 2": Settings(folds=0, regularisation=2.0),
    "classes balanced": Settings(folds=0, balanced=True),
}


def lines() -> list[Line]:
    """All training lines; the writer is the last letter of the file's name for it ("na", "sb")."""
    found: list[Line] = []
    for path in sorted((ROOT / "data/nlu").glob("*/*.yml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            about = group["metadata"]
            texts = (line.removeprefix("- ").strip() for line in group["examples"].splitlines())
            found += [(about["language"], str(about["writer"]), group["intent"], text) for text in texts if text]
    return found


def score(model: LinearModel, held_out: list[Line]) -> float:
    """Share of the lines whose likeliest topic is theirs."""
    return sum(model.predict(text)[0][0] == intent for _, _, intent, text in held_out) / len(held_out)


def measure(writer: str, say: Callable[[str], None] = print) -> list[tuple[str, float, float]]:
    """(variant, accuracy, seconds) for each variant."""
    everything = lines()
    learned = [line for line in everything if not line[1].endswith(writer)]
    held_out = [line for line in everything if line[1] == f"n{writer}"]
    say(f"{len(learned)} lines learned, {len(held_out)} of writer {writer} held out")
    rows = []
    for name, settings in VARIANTS.items():
        start = time.perf_counter()
        model = LinearModel(settings).fit([line[3] for line in learned], [line[2] for line in learned])
        rows.append((name, score(model, held_out), time.perf_counter() - start))
        say(f"{name}: {rows[-1][1]:.3f} ({rows[-1][2]:.0f} s)")
    for count in ("a", "ab", "abd"):
        few = [line for line in learned if line[1][-1] in count]
        model = LinearModel(Settings(folds=0)).fit([line[3] for line in few], [line[2] for line in few])
        rows.append((f"writers {', '.join(count)} only ({len(few)} lines)", score(model, held_out), 0.0))
        say(f"{rows[-1][0]}: {rows[-1][1]:.3f}")
    return rows


def main() -> None:
    """Measure, and write docs/ablation.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without", default="c", metavar="WRITER")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    rows = measure(options.without)
    text = "\n".join(
        [
            "# What each part brings",
            "",
            f"Accuracy of the likeliest topic on the lines of writer {options.without} in all languages, left out "
            "of the training (`uv run python -m bench.ablation --write`). They are harder than the exam: many are "
            "short, misspelt or deliberately unlike the others. Differences under one point say nothing.",
            "",
            "| variant | accuracy |",
            "| --- | --- |",
            *(f"| {name} | {accuracy:.1%} |" for name, accuracy, _ in rows),
        ]
    )
    if options.write:
        (ROOT / "docs/ablation.md").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
