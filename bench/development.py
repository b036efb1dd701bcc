"""The development set: the lines of a writer who is left out of the training. The frozen exam is not touched."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import scipy.sparse as sparse
import yaml

from bot.nlu import sentence_encoder
from bot.nlu.fold import clean, fold
from bot.nlu.linear_classifier import ACROSS, CHARACTERS, WORDS, NgramSpec, _vectorizer

ROOT = Path(__file__).parent.parent
#: Every how many-th line is learned, so that all variants together take a quarter of an hour.
EVERY = 12
#: Languages in another alphabet; their lines in Latin letters are counted apart.
OTHER_LETTERS = ("bg", "uk", "ru", "ar")


class Line(msgspec.Struct, frozen=True):
    """A training line; the writer's last letter says who ("na" and "sa" are the same), the first letter what for."""

    language: str
    writer: str
    intent: str
    text: str

    @property
    def in_latin(self) -> bool:
        """Whether it is of another alphabet and written in Latin letters."""
        latin = sum(letter.isascii() for letter in self.text if letter.isalpha())
        return self.language in OTHER_LETTERS and latin * 2 > sum(letter.isalpha() for letter in self.text)


def lines() -> list[Line]:
    """All training lines."""
    found: list[Line] = []
    for path in sorted((ROOT / "data/nlu").glob("*/*.yml")):
        for group in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            about = group["metadata"]
            texts = (line.strip().removeprefix("- ").strip() for line in group["examples"].splitlines())
            found += [Line(about["language"], str(about["writer"]), group["intent"], text) for text in texts if text]
    return found


class Development:
    """What is learned, what is asked, and their features, each made once.

    Attributes:
        learned: lines of the other writers.
        asked: lines of the writer who is left out.
    """

    def __init__(self, learned: Sequence[Line], asked: Sequence[Line]) -> None:
        self.learned, self.asked = list(learned), list(asked)
        self.answers = np.asarray([line.intent for line in self.learned])
        self._made: dict[Any, tuple[Any, Any]] = {}

    @classmethod
    def without(cls, writer: str, *, every: int = EVERY) -> Development:
        """Of the product's lines, with a writer's own left out; each `every`-th of the others is learned."""
        everything = lines()
        others = [line for line in everything if not line.writer.endswith(writer)]
        return cls(others[::every], [line for line in everything if line.writer.endswith(writer)])

    def grams(self, kind: NgramSpec, form: Callable[[str], str] = fold) -> tuple[Any, Any]:
        """TF-IDF rows of what is learned and of what is asked."""
        key = (kind, form)
        if key not in self._made:
            made = _vectorizer(kind)
            learned = made.fit_transform([form(line.text) for line in self.learned])
            self._made[key] = learned, made.transform([form(line.text) for line in self.asked])
        return self._made[key]

    def vectors(self, weight: float) -> tuple[Any, Any]:
        """The sentence encoder's, times a weight."""
        if "vectors" not in self._made:
            texts = [line.text for line in (*self.learned, *self.asked)]
            both = sentence_encoder.encode_all(texts)
            self._made["vectors"] = both[: len(self.learned)], both[len(self.learned) :]
        learned, asked = self._made["vectors"]
        return sparse.csr_matrix(learned * np.float32(weight)), sparse.csr_matrix(asked * np.float32(weight))

    def features(
        self,
        kinds: Sequence[NgramSpec] = (CHARACTERS, ACROSS, WORDS),
        weight: float = 0.5,
        form: Callable[[str], str] = fold,
    ) -> tuple[Any, Any]:
        """Rows with these kinds of n-grams and, where the weight is not 0, the encoder."""
        parts = [self.grams(kind, form) for kind in kinds] + ([self.vectors(weight)] if weight else [])
        return tuple(sparse.hstack(side, format="csr") for side in zip(*parts, strict=True))  # type: ignore[return-value]


def as_typed(text: str) -> str:
    """Only cleaned and in lower case."""
    return clean(text).lower()


@cache
def without_marks(text: str) -> str:
    """In lower case and without diacritics, in its own alphabet."""
    apart = unicodedata.normalize("NFD", as_typed(text))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).replace("ł", "l").replace("ı", "i")
