"""The components as Rasa uses them: made, trained, kept in a model, loaded from it, and set by config.yml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import class_from_module_path
from sklearn.svm import LinearSVC

from bot.nlu.components.intent_classifier import IntentClassifier
from bot.nlu.components.language_detector import LanguageDetector
from bot.nlu.components.safety_detector import SafetyDetector
from bot.nlu.components.trained_component import TrainedComponent
from bot.nlu.decision import Thresholds

LINES = {
    "greet": ("hello there", "good morning", "dzień dobry", "cześć"),
    "wages": ("my wage was not paid", "where is my wage", "nie dostałem wypłaty", "gdzie jest wypłata"),
    "exploitation": ("he took my passport", "I may not leave the house", "zabrał mi paszport", "nie mogę wyjść"),
}
KEYS = {IntentClassifier: ("intent", "intent_ranking"), SafetyDetector: ("danger",), LanguageDetector: ("language",)}


@pytest.fixture(scope="module")
def data() -> TrainingData:
    def metadata(number: int) -> dict[str, Any]:
        return {"intent": {"language": ("en", "pl")[number // 2], "writer": f"{number % 2}"}}

    return TrainingData(
        [
            Message({"text": f"{text} {more}", "intent": intent, "metadata": metadata(number)})
            for intent, texts in LINES.items()
            for number, text in enumerate(texts)
            for more in ("", "now", "teraz", "again", "znowu", "here", "tutaj", "today")
        ]
    )


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict | list):
        return [leaf for one in (value.values() if isinstance(value, dict) else value) for leaf in _leaves(one)]
    return [value]


def _figures(value: Any) -> list[float]:
    return [leaf for leaf in _leaves(value) if isinstance(leaf, float)]


def _names(value: Any) -> list[Any]:
    return [leaf for leaf in _leaves(value) if not isinstance(leaf, float)]


@pytest.mark.parametrize("cls", KEYS)
def test_a_component_that_was_trained_is_the_same_when_it_is_loaded(
    cls: type[TrainedComponent], data: TrainingData, tmp_path: Path
) -> None:
    storage, resource = LocalModelStorage(tmp_path), Resource("here")
    config = {**cls.get_default_config(), "encoder_weight": 0}
    made = cls.create(config, storage, resource, None)
    assert made.process([Message({"text": "hello"})])[0].get(KEYS[cls][0]) is None
    assert made.train(data) == resource
    loaded = cls.load(config, storage, resource, None)
    for text in ("hello", "gdzie jest mój paszport"):
        ours, theirs = (one.process([Message({"text": text})])[0] for one in (made, loaded))
        for key in KEYS[cls]:
            assert _figures(ours.get(key)) == pytest.approx(_figures(theirs.get(key)), abs=0.01)  # kept as float16
            assert _names(ours.get(key)) == _names(theirs.get(key))
    assert {path.name for path in tmp_path.rglob("*.npz")} == {"model.npz"}


def _configured() -> Iterator[tuple[type[Any], set[str]]]:
    for step in yaml.safe_load(Path("config.yml").read_text(encoding="utf-8"))["pipeline"]:
        yield class_from_module_path(step["name"]), set(step) - {"name"}


def test_config_yml_sets_nothing_that_its_component_does_not_know() -> None:
    """Rasa ignores such a key: a threshold under an old name would be left at its default without a word."""
    configured = list(_configured())
    assert len(configured) == 5
    for cls, keys in configured:
        assert keys <= set(cls.get_default_config()), cls


def test_the_thresholds_have_the_names_that_rasa_gives_them() -> None:
    assert set(FallbackClassifier.get_default_config()) <= set(Thresholds.__struct_fields__)
    assert "C" in LinearSVC().get_params() and "C" in IntentClassifier.get_default_config()
