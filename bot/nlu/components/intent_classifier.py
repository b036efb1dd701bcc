"""Sets `intent` and `intent_ranking`: the topic of a message, with calibrated confidence."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import progress
from bot.nlu.clauses import clauses
from bot.nlu.components.trained_component import fetch, keep, lines
from bot.nlu.linear_classifier import ClassifierSettings, LinearModel
from bot.nlu.sentence_encoder import encode_together


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """The topic classifier."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: LinearModel | None = None
    ) -> None:
        self._config, self._storage, self._resource, self._model = config, storage, resource, model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings of config.yml, with their defaults."""
        return {
            "encoder_weight": 0.5,
            "regularisation": 0.5,
            "ranking_length": 43,
            "clause_sure": 0.8,
            "clause_below": 0.98,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        """An untrained component, as Rasa asks for it."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        """The trained component."""
        return cls(config, model_storage, resource, fetch(model_storage, resource))

    @progress.stage("topics")
    def train(self, training_data: TrainingData) -> Resource:
        """Learn the intents."""
        examples = list(lines(training_data))
        self._model = LinearModel(
            ClassifierSettings(
                encoder_weight=self._config["encoder_weight"], regularisation=self._config["regularisation"]
            )
        ).fit([line.text for line in examples], [line.intent for line in examples], _writers([*examples]))
        return keep(self._model, self._storage, self._resource)

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the topics to each message that a person typed."""
        for message in messages:
            if self._model is None:
                continue
            text = message.get("text") or ""
            ranked = self._model.predict(text)[: self._config["ranking_length"]]
            ranking = [{"name": name, "confidence": confidence} for name, confidence in ranked]
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
            # a message that is about two things is never so surely about one
            also = self._also(text) if ranked[0][1] < self._config["clause_below"] else []
            message.set("also", also, add_to_output=True)
        return messages

    def _also(self, text: str) -> list[str]:
        """Topics that one clause of the message is surely about, in their order."""
        found: list[str] = []
        if self._model is None:
            return found
        parts = clauses(text)
        encode_together(parts)
        for clause in parts:
            name, confidence = self._model.predict(clause)[0]
            if confidence >= self._config["clause_sure"] and name not in found:
                found.append(name)
        return found


def _writers(examples: list[Any]) -> list[str] | None:
    """Who wrote each line, over all languages; None where the files do not say."""
    writers = [line.writer for line in examples]
    return writers if all(writers) else None
