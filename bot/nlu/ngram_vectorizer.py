"""The n-grams of one kind that a model knows, and which of them stand in a text.

As scikit-learn's TfidfVectorizer(sublinear_tf=True) counts and weighs them (a test compares), word by word: people use
the same words again and again, so what is inside a word is looked up once for all messages that have it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

#: Words whose n-grams are kept. A few hundred bytes each; kept in memory only, and without their neighbours.
_KEPT: Final = 8192
#: Longer parts are rare, and where their n-grams stand is not kept.
_LONG: Final = 40
#: As scikit-learn squeezes white space before it takes characters.
_SPACES: Final = re.compile(r"\s\s+")
_WORD: Final = re.compile(r"[^\W_]+")


class NgramSpec(NamedTuple):
    """A kind of n-grams, in scikit-learn's terms."""

    analyzer: str  #: char, char_wb or word
    min_n: int
    max_n: int
    min_df: int  #: texts that have to have one


class NgramVectorizer:
    """Topics and danger learn from the same lines, so they share one of these and a message is counted once for both.

    A plain dictionary: scikit-learn's checks cost more than the sum.
    """

    def __init__(self, grams: NgramSpec, places: dict[str, int], idf: Array) -> None:
        self.places, self.idf = places, idf
        self._shortest, self._longest = grams.min_n, grams.max_n
        self._found = {"char_wb": self._in_words, "char": self._across, "word": self._of_words}[grams.analyzer]
        self._inside = lru_cache(maxsize=_KEPT)(self._look_inside)
        self._cuts = lru_cache(maxsize=256)(self._cut)
        self.row = lru_cache(maxsize=16)(self._row)  # the last messages and their clauses

    def _row(self, text: str) -> tuple[NDArray[np.int64], Array]:
        """Places and values of a text's row."""
        found = self._found(text)
        if not found:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        places, counts = np.unique(np.array(found, dtype=np.int64), return_counts=True)
        values = (np.log(counts.astype(np.float32)) + 1) * self.idf[places]
        return places, (values / np.sqrt((values * values).sum())).astype(np.float32)

    def _known(self, grams: Iterable[str]) -> list[int]:
        return [at for at in map(self.places.get, grams) if at is not None]

    def _in_words(self, text: str) -> list[int]:
        """Characters within words, each word with a space before and behind it."""
        found: list[int] = []
        for word in text.split():
            found += self._inside(f" {word} ")
        return found

    def _across(self, text: str) -> list[int]:
        """Characters of the whole text: those within a word and the spaces beside it, then those of several words."""
        text = _SPACES.sub(" ", text)
        found: list[int] = []
        start, space = 0, text.find(" ")
        while space >= 0:
            following = text.find(" ", space + 1)
            found += self._inside(text[start : space + 1])
            first = max(start, space - self._longest + 2)
            around = text[first : space + self._longest - 1]
            found += self._known(self._cuts(len(around), space - first)(around))
            start, space = space, following
        return found + list(self._inside(text[start:]))

    def _look_inside(self, part: str) -> tuple[int, ...]:
        """Everything within a part."""
        length = len(part)
        cuts = self._cuts(length) if length <= _LONG else self._cut(length)
        return tuple(self._known(cuts(part)))

    def _cut(self, length: int, space: int | None = None) -> Callable[[str], tuple[str, ...]]:
        """Cuts a part of a length into its n-grams; with `space` those that begin before it and end behind it.

        Where they stand depends on nothing else, so it is worked out once, and the cutting needs no step of Python's.
        """
        starts = length if space is None else space
        least = 0 if space is None else space + 2
        grams = [
            slice(at, stop)
            for at in range(starts)
            for stop in range(max(at + self._shortest, least), min(at + self._longest, length) + 1)
        ]
        if len(grams) > 1:
            return itemgetter(*grams)
        return lambda part: tuple(part[gram] for gram in grams)

    def _of_words(self, text: str) -> list[int]:
        """Whole words, and neighbours."""
        words = _WORD.findall(text)
        grams = (
            " ".join(words[at : at + size])
            for size in range(self._shortest, self._longest + 1)
            for at in range(len(words) - size + 1)
        )
        return self._known(grams)
