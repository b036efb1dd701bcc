"""The linear model: the fast sum is scikit-learn's sum, and what is stored is what was learned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sparse

from bot.nlu import sentence_encoder
from bot.nlu.linear_classifier import CHARACTERS, ClassifierSettings, LinearModel, _fitted

TEXTS = ["they do not pay me", "no money again", "my room is full of mould", "the house is bad", "hello", "good day"]
LABELS = ["pay", "pay", "house", "house", "greet", "greet"]


@pytest.fixture(scope="module")
def model() -> LinearModel:
    return LinearModel(ClassifierSettings(folds=0)).fit(TEXTS * 6, LABELS * 6)


def test_it_learns_what_it_was_told(model: LinearModel) -> None:
    assert [model.predict(text)[0][0] for text in TEXTS] == LABELS


def test_probabilities_add_up_to_one(model: LinearModel) -> None:
    assert sum(share for _, share in model.predict("money?")) == pytest.approx(1)


def test_the_fast_sum_is_that_of_scikit_learn(model: LinearModel) -> None:
    for text in [*TEXTS, "money money house", ""]:
        folded = model._prepare(text)
        learned = tuple(model._prepare(one) for one in TEXTS * 6)
        vectorizers = [_fitted(grams, learned)[0] for grams in model.settings.grams]
        row = sparse.hstack([vectorizer.transform([folded]) for vectorizer in vectorizers]).tocsr()
        slow = np.asarray(row @ model._grams + model._bias).ravel()
        slow = slow + (sentence_encoder.encode(text) * np.float32(0.5)) @ model._dense
        assert np.allclose(slow, model.decide(text), atol=1e-5)


def test_stored_and_read_it_answers_the_same(model: LinearModel, tmp_path: Path) -> None:
    model.save(tmp_path / "model.npz")
    read = LinearModel.load(tmp_path / "model.npz")
    for text in TEXTS:
        assert read.predict(text)[0][0] == model.predict(text)[0][0]
        assert dict(read.predict(text)) == pytest.approx(dict(model.predict(text)), abs=0.01)


def test_nothing_in_the_file_runs_on_loading(model: LinearModel, tmp_path: Path) -> None:
    model.save(tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)


def test_models_that_learned_from_the_same_lines_share_their_n_grams(model: LinearModel, tmp_path: Path) -> None:
    model.save(tmp_path / "one.npz")
    LinearModel(ClassifierSettings(grams=(CHARACTERS,), folds=0)).fit(TEXTS * 6, LABELS * 6).save(tmp_path / "two.npz")
    LinearModel(ClassifierSettings(grams=(CHARACTERS,), folds=0)).fit(TEXTS * 5, LABELS * 5).save(
        tmp_path / "three.npz"
    )
    one, two, three = (LinearModel.load(tmp_path / f"{name}.npz") for name in ("one", "two", "three"))
    assert one._terms[0] is two._terms[0]
    assert one._terms[0] is not three._terms[0]
