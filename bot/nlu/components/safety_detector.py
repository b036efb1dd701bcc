"""Sets `danger`: whether a message has signs of exploitation or emergency, and how sure. Runs beside the topics."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import progress
from bot.nlu.components.trained_component import fetch, keep, lines
from bot.nlu.linear_classifier import CHARACTERS, WORDS, ClassifierSettings, LinearModel
from bot.nlu.safety_rules import rule_for

DUE = ("exploitation", "emergency")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SafetyDetector(GraphComponent):
    """A yes/no detector of its own, and a small net of rules for what must never be missed."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: LinearModel | None = None
    ) -> None:
        self._config, self._storage, self._resource, self._model = config, storage, resource, model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings of config.yml, with their defaults."""
        return {"encoder_weight": 0.5, "regularisation": 0.5}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyDetector:
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
    ) -> SafetyDetector:
        """The trained component."""
        return cls(config, model_storage, resource, fetch(model_storage, resource))

    @progress.stage("danger")
    def train(self, training_data: TrainingData) -> Resource:
        """Learn what stands under the two safety intents against everything else."""
        examples = list(lines(training_data))
        self._model = LinearModel(
            ClassifierSettings(
                grams=(CHARACTERS, WORDS),
                encoder_weight=self._config["encoder_weight"],
                regularisation=self._config["regularisation"],
                balanced=True,
                folds=0,
            )
        ).fit([line.text for line in examples], ["due" if line.intent in DUE else "not" for line in examples])
        return keep(self._model, self._storage, self._resource)

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds `danger` to each message that a person typed: {"score", "rule"}; a score above 0 is more likely."""
        for message in messages:
            if self._model is None:
                continue
            text = message.get("text") or ""
            score = float(self._model.decide(text)[self._model.classes.index("due")])
            message.set("danger", {"score": round(score, 4), "rule": rule_for(text)}, add_to_output=True)
        return messages
