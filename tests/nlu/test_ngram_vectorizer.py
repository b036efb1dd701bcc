"""N-grams counted word by word are those that scikit-learn counts in the whole text."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from bot.nlu.linear_classifier import ACROSS, CHARACTERS, WORDS, _vectorizer
from bot.nlu.ngram_vectorizer import NgramSpec, NgramVectorizer

TEXTS = (
    "", "a", "ab", "abc", "a b", "a b c d e f", "they do not pay me", "nie zaplacili mi za 0 godzin !!",
    "a  b\t\tc\nd", " begins and ends with a space ", "x_y z", "no no no", "моя зарплата меньше минимальной",
    f"{'a long word of letters '.replace(' ', '') * 3} and more", "to be or no t to  b",
)  # fmt: skip


@pytest.mark.parametrize("grams", [CHARACTERS, ACROSS, WORDS, NgramSpec("char_wb", 1, 4, 2)])
@pytest.mark.parametrize("text", TEXTS)
def test_the_same_n_grams_as_scikit_learn(grams: NgramSpec, text: str) -> None:
    counted = Counter(_vectorizer(grams).build_analyzer()(text))
    every = {gram: place for place, gram in enumerate(sorted(counted))}
    terms = NgramVectorizer(grams, every, np.ones(len(every), dtype=np.float32))
    places, values = terms.row(text)
    raw = np.array([1 + np.log(counted[gram]) for gram in sorted(counted)])
    assert list(places) == list(range(len(every)))
    assert np.allclose(values, raw / np.sqrt((raw * raw).sum())) if len(every) else not len(values)
