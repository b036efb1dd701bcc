"""What each part of the model contributes, on lines of a writer who was left out of the training.

    uv run python -m bench.ablation --write      # a quarter of an hour; writes docs/ablation.md

The frozen exam is not touched: the model was chosen on figures like these.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import msgspec
import numpy as np
from sklearn.linear_model import SGDClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import ComplementNB

from bench import ablation_danger
from bench.development import EVERY, ROOT, Development, Line, as_typed, without_marks
from bot.nlu.linear_classifier import ACROSS, CHARACTERS, WORDS, ClassifierSettings, LinearModel, softmax

Row = tuple[str, str, float, float]  # heading, variant, share right, share right of those in Latin letters
LOGISTIC = SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=20, random_state=0, n_jobs=1)
FAMILIES = {
    "pay": "minimum_wage check_my_pay unpaid_wages back_pay_without_permit proof_of_hours other_deductions",
    "home": "housing_deduction housing_problem",
    "time": "holiday_pay_and_leave sick_pay dismissal working_hours temp_contract false_self_employment",
    "safe": "work_accident unsafe_work exploitation emergency report_abuse fear_of_reporting",
    "papers": "work_permit asylum_seeker_work posted_worker skilled_migrant agency_licence",
    "rules": "employer_fines good_employer_code dutch_lessons government_plans find_help",
}
FAMILY = {topic: family for family, topics in FAMILIES.items() for topic in topics.split()}


def _family(topic: str) -> str:
    return FAMILY.get(topic, "outside" if topic == "out_of_scope" else "talk")


def learn(features: Any, answers: Any, **settings: Any) -> OneVsRestClassifier:
    """The product's classifier on these rows."""
    return LinearModel(ClassifierSettings(folds=0, **settings))._learn(features, answers)


class Topics:
    """The variants of the topic classifier."""

    def __init__(self, data: Development) -> None:
        self.data = data
        self.asked = np.asarray([line.intent for line in data.asked])
        self.in_latin = np.asarray([line.in_latin for line in data.asked])
        self.scores = np.zeros((0, 0))  #: of the product's own features and classifier
        self.classes: list[str] = []

    def variants(self) -> Iterator[tuple[str, str, Callable[[], Sequence[str]]]]:
        """(heading, variant, what it answers)"""
        all_kinds = (CHARACTERS, ACROSS, WORDS)
        yield "as it is", "folded n-grams of three kinds, and the encoder", self.plain
        kinds: dict[str, dict[str, dict[str, Any]]] = {
            "folding": {
                "lower case, no diacritics, own alphabet": {"form": without_marks},
                "as typed, in lower case": {"form": as_typed},
            },
            "n-grams": {
                "without those across words": {"kinds": (CHARACTERS, WORDS)},
                "without words": {"kinds": (CHARACTERS, ACROSS)},
                "without those of characters within words": {"kinds": (ACROSS, WORDS)},
                "words alone, no encoder": {"kinds": (WORDS,), "weight": 0},
                "characters within words alone, no encoder": {"kinds": (CHARACTERS,), "weight": 0},
            },
            "sentence encoder": {
                "without it": {"weight": 0},
                "counted double": {"weight": 1.0},
                "alone": {"kinds": (), "weight": 1.0},
            },
        }
        for heading, variants in kinds.items():
            for name, change in variants.items():
                yield heading, name, lambda change=change: self.fitted(self.data.features(**change))  # type: ignore[misc]
        own = self.data.features(all_kinds)
        yield "classifier", "LinearSVC, C = 0.1", lambda: self.fitted(own, C=0.1)
        yield "classifier", "LinearSVC, C = 2", lambda: self.fitted(own, C=2.0)
        yield "classifier", "LinearSVC, classes balanced", lambda: self.fitted(own, balanced=True)
        yield "classifier", "logistic regression (stochastic descent)", lambda: self.other(own, LOGISTIC)
        yield "classifier", "naive Bayes (complement), no encoder", self.bayes
        yield "classifier", "LinearSVC and naive Bayes, half and half", lambda: self.bayes(mixed=True)
        yield "shape", "two stages: one of 8 families, then the topic within it", self.two_stages
        yield "shape", "a model for each language, the language given", self.by_language
        yield "training lines", "with noise: each line once more with typos", self.noisy
        yield "training lines", "one writer, 4,000 topic lines", lambda: self.writers("a")
        yield "training lines", "four writers, 4,000 topic lines together", lambda: self.writers("abdf")

    def fitted(self, features: tuple[Any, Any], **settings: Any) -> Sequence[str]:
        """The product's classifier on other features or settings."""
        answered: Sequence[str] = learn(features[0], self.data.answers, **settings).predict(features[1])
        return answered

    def plain(self) -> Sequence[str]:
        """As it is; its scores are kept for the variants that build on them."""
        features = self.data.features()
        machine = learn(features[0], self.data.answers)
        self.scores, self.classes = machine.decision_function(features[1]), list(machine.classes_)
        return [self.classes[at] for at in self.scores.argmax(axis=1)]

    def other(self, features: tuple[Any, Any], classifier: Any) -> Sequence[str]:
        """Another classifier, one a topic."""
        machine = OneVsRestClassifier(classifier).fit(features[0], self.data.answers)
        answered: Sequence[str] = machine.predict(features[1])
        return answered

    def bayes(self, mixed: bool = False) -> Sequence[str]:
        """Naive Bayes on the n-grams, alone or with the product's classifier."""
        learned, asked = self.data.features(weight=0)
        shares = ComplementNB(alpha=0.3).fit(learned, self.data.answers).predict_proba(asked)
        if mixed:
            shares = shares / 2 + softmax(self.scores * 4) / 2
        return [self.classes[at] for at in shares.argmax(axis=1)]

    def two_stages(self) -> Sequence[str]:
        """The family by one classifier, the topic by one of its own, multiplied."""
        learned, asked = self.data.features()
        families = np.asarray([_family(name) for name in self.data.answers])
        first = learn(learned, families)
        share = softmax(first.decision_function(asked) * 4)
        likelihood = np.zeros((len(self.asked), len(self.classes)))
        for number, family in enumerate(first.classes_):
            rows = np.flatnonzero(families == family)
            names = sorted(set(self.data.answers[rows]))
            if len(names) == 1:
                within = np.ones((len(self.asked), 1))
            else:
                scores = learn(learned[rows], self.data.answers[rows]).decision_function(asked)
                within = softmax((np.column_stack([-scores, scores]) if scores.ndim == 1 else scores) * 4)
            for column, name in enumerate(names):
                likelihood[:, self.classes.index(name)] = share[:, number] * within[:, column]
        return [self.classes[at] for at in likelihood.argmax(axis=1)]

    def by_language(self) -> Sequence[str]:
        """Twelve models, each with the lines of its language."""
        learned, asked = self.data.features()
        spoken = np.asarray([line.language for line in self.data.learned])
        heard = np.asarray([line.language for line in self.data.asked])
        answered = np.empty(len(heard), dtype=object)
        for language in sorted(set(heard)):
            rows = np.flatnonzero(spoken == language)
            machine = learn(learned[rows], self.data.answers[rows])
            answered[heard == language] = machine.predict(asked[heard == language])
        return answered  # type: ignore[return-value]

    def noisy(self) -> Sequence[str]:
        """Each line a second time, misspelt as on a telephone."""
        chance = random.Random(0)
        more = [msgspec.structs.replace(line, text=misspelt(line.text, chance)) for line in self.data.learned]
        both = Development([*self.data.learned, *more], self.data.asked)
        return learn(both.features()[0], both.answers).predict(both.features()[1])  # type: ignore[no-any-return]

    def writers(self, letters: str, count: int = 4000) -> Sequence[str]:
        """Lines of these writers only, as many of each, of all that they wrote."""
        rng = random.Random(0)
        found: list[Line] = []
        by_writer = sorted(self.everything, key=lambda line: line.writer)
        for writer, theirs in groupby(by_writer, key=lambda line: line.writer):
            if writer[0] == "n" and writer[1] in letters:
                found += rng.sample(list(theirs), count // len(letters))
        few = Development(found, self.data.asked)
        return learn(few.features()[0], few.answers).predict(few.features()[1])  # type: ignore[no-any-return]

    everything: Sequence[Line] = ()

    def run(self, say: Callable[[str], None]) -> list[Row]:
        """Every variant."""
        rows = []
        for heading, name, answer in self.variants():
            start = time.perf_counter()
            right = np.asarray(answer()) == self.asked
            rows.append((heading, name, float(right.mean()), float(right[self.in_latin].mean())))
            say(f"{heading}: {name}: {right.mean():.3f} ({time.perf_counter() - start:.0f} s)")
        return rows


def misspelt(text: str, chance: random.Random) -> str:
    """One letter in twelve left out, doubled or changed with its neighbour."""
    letters = list(text)
    for at in range(len(letters) - 1, 0, -1):
        if letters[at].isalpha() and chance.random() < 1 / 12:
            kind = chance.randrange(3)
            if kind == 0:
                del letters[at]
            elif kind == 1:
                letters.insert(at, letters[at])
            else:
                letters[at - 1], letters[at] = letters[at], letters[at - 1]
    return "".join(letters)


def thresholds(topics: Topics) -> list[str]:
    """Asking back below one confidence, or below one of each language: chosen on one half, measured on the other."""
    shares = softmax(topics.scores * 4)
    sure, answers = shares.max(axis=1), np.asarray(topics.classes)[shares.argmax(axis=1)]
    right = answers == topics.asked
    spoken = np.asarray([line.language for line in topics.data.asked])
    half = np.arange(len(sure)) % 2 == 0

    def best(rows: Any) -> float:
        """The threshold at which wrong answers and twice-needed answers weigh least: wrong 3, asked back 1."""
        choices = np.linspace(0, 0.9, 46)
        cost = [3 * (~right & (sure >= one))[rows].sum() + (sure < one)[rows].sum() for one in choices]
        return float(choices[int(np.argmin(cost))])

    one = np.full(len(sure), best(half))
    of_language = {name: best(half & (spoken == name)) for name in sorted(set(spoken))}
    own = np.asarray([of_language[name] for name in spoken])
    found = []
    for name, limit in (("one for all", one), ("one for each language", own)):
        asked = (sure < limit)[~half].mean()
        wrong = (~right & (sure >= limit))[~half].mean()
        found.append(f"| {name} | {1 - asked - wrong:.1%} | {asked:.1%} | {wrong:.1%} |")
    return found


def page(writer: str, data: Development, whole: int, rows: list[Row], limits: list[str], danger: list[str]) -> str:
    """docs/ablation.md"""
    base, base_latin = rows[0][2:]
    lines = [
        "# What each part of the model contributes",
        "",
        f"Made by `uv run python -m bench.ablation --write`. Lines of writer {writer} in all languages were left out "
        f"of the training and used as test lines: {len(data.asked)}. Of the other writers' {whole} lines every "
        f"{EVERY}th was used for training ({len(data.learned)}), so figures are lower than the product's; what counts "
        "is the differences. The frozen exam was not used. These lines are harder than the exam: many are short, "
        "misspelt or deliberately unlike the others. Differences under one point say nothing. "
        "In Latin letters: bg, uk, ru and ar "
        f"lines written so ({sum(line.in_latin for line in data.asked)}; differences under four points say nothing).",
    ]
    for heading, variants in groupby(rows, key=lambda row: row[0]):
        lines += ["", f"## {heading.capitalize()}", "", "| variant | right | | in Latin letters | |"]
        lines += ["| --- | --- | --- | --- | --- |"]
        lines += [
            f"| {name} | {right:.1%} | {100 * (right - base):+.1f} | {latin:.1%} | {100 * (latin - base_latin):+.1f} |"
            for _, name, right, latin in variants
        ]
    lines += [
        "",
        "Compare the last two with one another, not with the first: lines by topic only, none of the lines by "
        "sign of danger.",
        "",
        "## Thresholds for asking back",
        "",
        "Chosen on one half of the lines left out, measured on the other; a wrong answer weighs as much as three "
        "clarifying questions.",
        "",
        "| threshold | right | asked back | wrong |",
        "| --- | --- | --- | --- |",
        *limits,
        "",
        "## Danger",
        "",
        *danger,
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and write docs/ablation.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without", default="c", metavar="WRITER")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    danger = ablation_danger.measure(Development.without(options.without, every=EVERY // 2))
    print("\n".join(danger), flush=True)
    data = Development.without(options.without)
    everything = Development.without(options.without, every=1).learned
    topics = Topics(data)
    topics.everything = everything
    rows = topics.run(lambda line: print(line, flush=True))
    text = page(options.without, data, len(everything), rows, thresholds(topics), danger)
    print(text)
    if options.write:
        (ROOT / "docs/ablation.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
