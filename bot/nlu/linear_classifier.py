"""A linear text model: folded n-grams (and, where asked, the sentence encoder) into calibrated probabilities.

Stored as plain arrays and a word list in one .npz file: nothing that runs on loading.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

import msgspec
import numpy as np
import scipy.sparse as sparse
from joblib import parallel_backend
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from bot.nlu import progress, sentence_encoder
from bot.nlu.fold import fold
from bot.nlu.ngram_vectorizer import Array, NgramSpec, NgramVectorizer

CHARACTERS: Final = NgramSpec("char_wb", 2, 5, 2)
#: Across word ends too: order and neighbours. 1.5 points on lines of a writer who was left out.
ACROSS: Final = NgramSpec("char", 3, 6, 5)
WORDS: Final = NgramSpec("word", 1, 2, 2)
#: Where liblinear stops: a third less time than at its own 0.0001, the same answers.
_TOLERANCE: Final = 0.01


class ClassifierSettings(msgspec.Struct, frozen=True):
    """How a model is made."""

    grams: tuple[NgramSpec, ...] = (CHARACTERS, ACROSS, WORDS)
    encoder_weight: float = 0.5  #: 0 leaves the encoder out
    C: float = 0.5  #: LinearSVC's: how much a wrong training line weighs against small weights
    balanced: bool = False
    folds: int = 4  #: one of so many is held out for the calibration; 0 leaves the temperature at 1
    folding: bool = True


class LinearModel:
    """Texts in, probabilities out; `classes` gives the order of the columns."""

    def __init__(self, settings: ClassifierSettings) -> None:
        self.settings = settings
        self.classes: list[str] = []
        self.temperature = 1.0
        self._terms: list[NgramVectorizer] = []  # one for each kind of n-grams
        self._grams: Array = np.zeros((0, 0), dtype=np.float32)  # (n-grams, classes)
        self._dense: Array = np.zeros((0, 0), dtype=np.float32)  # (512, classes)
        self._bias: Array = np.zeros(0, dtype=np.float32)

    def fit(
        self, texts: Sequence[str], labels: Sequence[str], groups: Sequence[str] | None = None, *, keep: bool = True
    ) -> LinearModel:
        """Learn.

        Args:
            groups: writer of each line; a writer's lines stay in one fold of the calibration.
            keep: another model learns from the same lines; False leaves what is kept of others where it is.
        """
        folded = tuple(self._prepare(text) for text in texts)
        fitted = _fitted if keep else _fitted.__wrapped__
        made = [fitted(grams, folded) for grams in self.settings.grams]
        self._terms = [
            NgramVectorizer(grams, vectorizer.vocabulary_, vectorizer.idf_.astype(np.float32))
            for grams, (vectorizer, _) in zip(self.settings.grams, made, strict=True)
        ]
        parts: list[Any] = [matrix for _, matrix in made]
        if self.settings.encoder_weight:
            vectors = sentence_encoder.encode_all(texts) * np.float32(self.settings.encoder_weight)
            parts.append(sparse.csr_matrix(vectors))
        features = sparse.hstack(parts, format="csr")
        answers = np.asarray(labels)
        if self.settings.folds:
            self.temperature = self._calibrate(features, answers, groups)
        self._take(self._learn(features, answers))
        return self

    def _prepare(self, text: str) -> str:
        return fold(text) if self.settings.folding else text

    def _learn(self, features: Any, answers: Any, part: str = "classes") -> OneVsRestClassifier:
        """One linear machine a class; liblinear lets go of the interpreter, so threads share the cores."""
        tally = progress.Tally(part, len(set(answers)))

        class Told(LinearSVC):  # type: ignore[misc]
            def fit(self, *args: Any, **kwargs: Any) -> LinearSVC:
                learned = super().fit(*args, **kwargs)
                tally.add()
                return learned

        weight = "balanced" if self.settings.balanced else None
        machine = Told(C=self.settings.C, class_weight=weight, dual=True, tol=_TOLERANCE)
        with parallel_backend("threading"):
            return OneVsRestClassifier(machine, n_jobs=-1).fit(features, answers)

    def _take(self, machine: OneVsRestClassifier) -> None:
        weights = np.vstack([one.coef_ for one in machine.estimators_]).astype(np.float32)
        bias = np.concatenate([one.intercept_ for one in machine.estimators_]).astype(np.float32)
        self.classes = [str(name) for name in machine.classes_]
        if len(weights) == 1:  # two classes share one row
            weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
        width = weights.shape[1] - (sentence_encoder.WIDTH if self.settings.encoder_weight else 0)
        self._grams = np.ascontiguousarray(weights[:, :width].T)
        self._dense = np.ascontiguousarray(weights[:, width:].T)
        self._bias = bias

    def _calibrate(self, features: Any, answers: Any, groups: Sequence[str] | None) -> float:
        from sklearn.model_selection import GroupKFold, StratifiedKFold

        enough = groups is not None and len(set(groups)) >= self.settings.folds
        folds = (
            GroupKFold(self.settings.folds).split(features, answers, groups)
            if enough
            else StratifiedKFold(self.settings.folds, shuffle=True, random_state=0).split(features, answers)
        )
        scores, right = [], []
        for train, held_out in islice(folds, 1):  # one fold is enough for one number, and a quarter of the time
            some = train[::4]  # measured: a quarter of the lines gives nearly the same temperature
            machine = self._learn(features[some], answers[some], "calibration")
            decision = machine.decision_function(features[held_out])
            decision = np.column_stack([-decision, decision]) if decision.ndim == 1 else decision
            column = {name: number for number, name in enumerate(machine.classes_)}
            known = [number for number, name in enumerate(answers[held_out]) if name in column]
            scores.append(decision[known])
            right += [column[answers[held_out][number]] for number in known]
        return _best_temperature(np.vstack(scores), np.asarray(right))

    def decide(self, text: str) -> Array:
        """Raw scores of one text, shape (classes,)."""
        folded = self._prepare(text)
        scores = self._bias.copy()
        offset = 0
        for terms in self._terms:
            places, values = terms.row(folded)
            if len(places):
                scores += values @ self._grams.take(places + offset, axis=0).astype(np.float32)
            offset += len(terms.idf)
        if self.settings.encoder_weight:
            scores += (sentence_encoder.encode(text) * np.float32(self.settings.encoder_weight)) @ self._dense
        result: Array = scores
        return result

    def predict(self, text: str) -> list[tuple[str, float]]:
        """Classes with their probabilities, likeliest first."""
        probabilities = softmax(self.decide(text) * self.temperature)
        order = np.argsort(-probabilities)
        return [(self.classes[number], float(probabilities[number])) for number in order]

    def save(self, path: Path) -> None:
        """Write the model as arrays; float16 for the n-gram weights (measured: no change in answers)."""
        arrays: dict[str, Any] = {
            "grams": self._grams.astype(np.float16),
            "dense": self._dense,
            "bias": self._bias,
            "settings": np.frombuffer(msgspec.json.encode(self.settings), dtype=np.uint8),
            "classes": np.frombuffer("\n".join(self.classes).encode(), dtype=np.uint8),
            "temperature": np.float32(self.temperature),
        }
        for number, terms in enumerate(self._terms):
            words = sorted(terms.places, key=terms.places.__getitem__)
            arrays[f"words{number}"] = np.frombuffer("\n".join(words).encode(), dtype=np.uint8)
            arrays[f"idf{number}"] = terms.idf
        with path.open("wb") as file:
            np.savez_compressed(file, **arrays)

    @classmethod
    def load(cls, path: Path) -> LinearModel:
        """Read a model that `save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            model = cls(msgspec.json.decode(arrays["settings"].tobytes(), type=ClassifierSettings))
            model.classes = arrays["classes"].tobytes().decode().split("\n")
            model.temperature = float(arrays["temperature"])
            model._grams = arrays["grams"]
            model._dense, model._bias = arrays["dense"], arrays["bias"]
            for number, grams in enumerate(model.settings.grams):
                model._terms.append(_stored(grams, arrays[f"words{number}"].tobytes(), arrays[f"idf{number}"]))
        return model


#: Of the models that are loaded, by what they hold; gone with the last model that holds it.
_loaded: WeakValueDictionary[tuple[NgramSpec, bytes, bytes], NgramVectorizer] = WeakValueDictionary()


def _stored(grams: NgramSpec, words: bytes, idf: Array) -> NgramVectorizer:
    """What was stored, or the same object again where another model holds the same."""
    key = (grams, hashlib.sha256(words).digest(), hashlib.sha256(idf.tobytes()).digest())
    terms = _loaded.get(key)
    if terms is None:
        terms = NgramVectorizer(grams, {word: place for place, word in enumerate(words.decode().split("\n"))}, idf)
        _loaded[key] = terms
    return terms


def _vectorizer(grams: NgramSpec) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer=grams.analyzer,
        ngram_range=(grams.min_n, grams.max_n),
        min_df=grams.min_df,
        sublinear_tf=True,
        dtype=np.float32,
        lowercase=False,
        token_pattern=r"\S+" if grams.analyzer == "word" else None,
        tokenizer=_words if grams.analyzer == "word" else None,
    )


@lru_cache(maxsize=4)  # three of topics and danger, whichever of them learns first, and that of languages between
def _fitted(grams: NgramSpec, folded: tuple[str, ...]) -> tuple[TfidfVectorizer, sparse.csr_matrix]:
    """A vectorizer and the texts' rows; kept, since the detector of danger learns from the same lines as the topics."""
    vectorizer = _vectorizer(grams)
    return vectorizer, vectorizer.fit_transform(progress.counted(folded, grams.analyzer, len(folded)))


def forget_training() -> None:
    """Let go of what is kept between models that learn from the same lines: to be called when all have learned."""
    _fitted.cache_clear()
    sentence_encoder.forget_training()


def _words(text: str) -> list[str]:
    return "".join(character if character.isalnum() else " " for character in text).split()


def softmax(scores: Array) -> Array:
    """Scores as probabilities that add up to 1."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    result: Array = powers / powers.sum(axis=-1, keepdims=True)
    return result


def _best_temperature(scores: Any, right: Any) -> float:
    """The factor that makes held-out probabilities as likely as they can be (temperature scaling)."""

    def loss(factor: float) -> float:
        probabilities = softmax(scores * factor)
        return float(-np.log(probabilities[np.arange(len(right)), right] + 1e-12).mean())

    factors = np.geomspace(0.5, 20, 40)
    return float(min(factors, key=loss))
