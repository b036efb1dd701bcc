"""The exam (tests/questions, tests/safety, tests/room) is never trained on, nor are near copies of its lines.

tests/test_training_data.py holds the training files to the same rule; here it is asked before a line gets so far.
"""

from __future__ import annotations

import csv
import string
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from bot.nlu.fold import fold

ROOT: Final = Path(__file__).parents[3]
FOLDERS: Final = ("questions", "safety", "room")
#: A line of so many words and more is near where it shares nine tenths of its word pairs.
_WORDS: Final = 5
_SHARE: Final = 0.9
_SAME: Final = 2


class Exam:
    """Lines that a training line must not be like."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._whole: dict[str, str] = {}
        self._pairs: dict[tuple[str, str], list[int]] = {}
        self._long: list[tuple[str, int]] = []
        for line in lines:
            self.add(line)

    def add(self, line: str) -> None:
        """One more line."""
        words = _words(line)
        if len(words) > _SAME:
            self._whole[" ".join(words)] = line
        if len(words) >= _WORDS:
            pairs = set(pairwise(words))
            self._long.append((line, len(pairs)))
            for pair in pairs:
                self._pairs.setdefault(pair, []).append(len(self._long) - 1)

    def near(self, text: str) -> str | None:
        """The line that a text is the same as, or nearly; None where it is like none."""
        words = _words(text)
        whole = self._whole.get(" ".join(words))
        if whole is not None:
            return whole
        shared = Counter(place for pair in set(pairwise(words)) for place in self._pairs.get(pair, ()))
        for place, count in shared.most_common(3):
            line, size = self._long[place]
            if count >= _SHARE * size:
                return line
        return None


def _words(text: str) -> list[str]:
    """The folded words of a text; how it is punctuated makes no other line of it."""
    return [bare for word in fold(text).split() if (bare := word.strip(string.punctuation))]


def lines(root: Path = ROOT) -> Iterator[str]:
    """The lines of the exam; none where an installation has no tests."""
    for folder in FOLDERS:
        for path in sorted((root / "tests" / folder).glob("*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as file:
                yield from (row["text"] for row in csv.DictReader(file) if row.get("text"))


@lru_cache(maxsize=1)
def exam() -> Exam:
    """The exam of this installation, read once."""
    return Exam(lines())
