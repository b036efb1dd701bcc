"""What each part of the danger detection brings, on the same development set."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.development import Development
from bot.nlu.decision import SAFETY
from bot.nlu.linear_classifier import CHARACTERS, WORDS, ClassifierSettings, LinearModel, softmax
from bot.nlu.safety_rules import rule_for

#: Alarms on lines where none is due, at which the ways are compared.
ALARMS = (0.01, 0.02, 0.04)


def measure(data: Development) -> list[str]:
    """Lines of the page: how much of what is due is caught, at the same false alarms."""
    due = np.asarray([line.intent in SAFETY for line in data.asked])
    ruled = np.asarray([rule_for(line.text) is not None for line in data.asked])
    taught = np.asarray([line.intent in SAFETY for line in data.learned])
    plain = np.asarray([line.writer[0] == "n" for line in data.learned])
    learned, asked = data.features((CHARACTERS, WORDS))
    topics = _topics(data)
    detector = _detector(learned, taught, asked)
    both = detector + 0.4 * np.log(topics + 0.001)
    across = data.features()
    bare = data.features((CHARACTERS, WORDS), weight=0)
    ways = {
        "two topics among 43": topics,
        "a detector of its own": detector,
        "the same with n-grams across words too": _detector(across[0], taught, across[1]),
        "the same without the sentence encoder": _detector(bare[0], taught, bare[1]),
        "the same without the lines by sign and lookalike": _detector(learned[plain], taught[plain], asked),
        "both views together (0.4 × log of the topics' share)": both,
        "both views together, across words too": _detector(across[0], taught, across[1]) + 0.4 * np.log(topics + 0.001),
        "both views together, the topics counted double": detector + 0.8 * np.log(topics + 0.001),
        "both views, and the safety rules": np.where(ruled & (detector >= -1.0), 9.0, both),
    }
    lines = [
        f"{len(data.learned)} training lines; test lines: {due.sum()} of the two safety topics, half of them veiled, "
        f"and {(~due).sum()} others, lookalikes among them. Caught at the same share of false alarms (the thresholds "
        "are set on these lines, so look at the differences; two points say nothing). The rules alone catch "
        f"{ruled[due].mean():.0%} and fire on {ruled[~due].mean():.1%} of the others.",
        "",
        "| way | " + " | ".join(f"at {share:.0%} false alarms" for share in ALARMS) + " |",
        "| --- |" + " --- |" * len(ALARMS),
    ]
    for name, scores in ways.items():
        caught = [(scores[due] > np.quantile(scores[~due], 1 - share)).mean() for share in ALARMS]
        lines.append(f"| {name} | " + " | ".join(f"{one:.0%}" for one in caught) + " |")
    return lines


def _topics(data: Development) -> Any:
    """What the topic classifier gives to the two safety topics together."""
    learned, asked = data.features()
    machine = LinearModel(ClassifierSettings(folds=0))._learn(learned, data.answers)
    share = softmax(machine.decision_function(asked) * 4)
    return share[:, [list(machine.classes_).index(name) for name in SAFETY]].sum(axis=1)


def _detector(learned: Any, due: Any, asked: Any) -> Any:
    machine = LinearModel(ClassifierSettings(folds=0, balanced=True))._learn(learned, np.where(due, "yes", "no"))
    return machine.decision_function(asked)
