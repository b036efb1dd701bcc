"""langdetect, for the languages that Baken does not write: read before it is needed, in a quarter of the memory."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import numpy as np
from langdetect import DetectorFactory, LangDetectException, detect_langs, detector_factory
from langdetect.detector import Detector
from numpy.typing import NDArray

DetectorFactory.seed = 0
#: langdetect looks at no more letters at a time.
_LONGEST: Final = 3
#: Rows that are kept for the next look: of the commonest letters.
_KEPT: Final = 2048


def detect(words: str) -> tuple[str, float] | None:
    """The likeliest language of a text in small letters, by its two letters, and how likely it is."""
    read_ahead()
    try:
        best = detect_langs(words)[0]
    except LangDetectException:
        return None
    return best.lang.split("-")[0], float(best.prob)


def read_ahead() -> None:
    """Read langdetect's languages (half a second), and set them in once they are whole."""
    if detector_factory._factory is None:
        factory = _Factory()
        factory.load_profile(detector_factory.PROFILES_DIRECTORY)
        factory.word_lang_prob_map = factory.table()
        detector_factory._factory = factory


class _Factory(DetectorFactory):  # type: ignore[misc]
    """Gathers what langdetect would write into 87,000 lists of 55 numbers each, most of them zero."""

    def __init__(self) -> None:
        super().__init__()
        self._row_of: dict[str, int] = {}
        self._found: list[tuple[array[int], array[float]]] = []  # of each language: rows and what stands there

    def add_profile(self, profile: Any, index: int, langsize: int) -> None:
        """Take in a language, as langdetect does."""
        self.langlist.append(profile.name)
        rows, values = array("i"), array("f")
        for letters, times in profile.freq.items():
            if 1 <= len(letters) <= _LONGEST:
                rows.append(self._row_of.setdefault(letters, len(self._row_of)))
                values.append(times / profile.n_words[len(letters) - 1])
        self._found.append((rows, values))

    def _create_detector(self) -> _Detector:
        return _Detector(self)

    def table(self) -> _Table:
        """All of it, row after row, without the zeros."""
        rows = np.concatenate([np.frombuffer(found, dtype=np.int32) for found, _ in self._found])
        values = np.concatenate([np.frombuffer(found, dtype=np.float32) for _, found in self._found])
        columns = np.repeat(np.arange(len(self._found), dtype=np.uint8), [len(found) for found, _ in self._found])
        order = np.argsort(rows, kind="stable")
        starts = np.searchsorted(rows[order], np.arange(len(self._row_of) + 1)).astype(np.int32)
        row_of, self._row_of, self._found = self._row_of, {}, []
        return _Table(row_of, starts, columns[order], values[order], len(self.langlist))


class _Table:
    """By letters, how often they stand in each language."""

    def __init__(
        self,
        row_of: Mapping[str, int],
        starts: NDArray[np.int32],
        columns: NDArray[np.uint8],
        values: NDArray[np.float32],
        languages: int,
    ) -> None:
        """`starts`: where each row begins in `columns` and `values`, and where the last ends."""
        self._row_of, self._starts, self._columns, self._values = row_of, starts, columns, values
        self._languages = languages
        self._row = lru_cache(maxsize=_KEPT)(self._read)

    def __contains__(self, letters: object) -> bool:
        return letters in self._row_of

    def __getitem__(self, letters: str) -> NDArray[np.float64]:
        return self._row(letters)

    def _read(self, letters: str) -> NDArray[np.float64]:
        number = self._row_of[letters]
        part = slice(self._starts[number], self._starts[number + 1])
        row = np.zeros(self._languages, dtype=np.float64)
        row[self._columns[part]] = self._values[part]
        return row


class _Detector(Detector):  # type: ignore[misc]
    """langdetect's own walk, with the 55 languages reckoned at once."""

    def _init_probability(self) -> NDArray[np.float64]:
        return np.full(len(self.langlist), 1.0 / len(self.langlist))

    def _update_lang_prob(self, prob: NDArray[np.float64], word: str, alpha: float) -> bool:
        prob *= alpha / self.BASE_FREQ + self.word_lang_prob_map[word]
        return True

    def _normalize_prob(self, prob: NDArray[np.float64]) -> float:
        prob /= sum(prob.tolist())
        return float(prob.max())
