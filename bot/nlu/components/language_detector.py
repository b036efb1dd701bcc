"""Sets `language` on a message: {"code", "confidence", "words", "characters"}."""

from __future__ import annotations

from typing import Any

import msgspec
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import progress
from bot.nlu.components.trained_component import fetch, keep, lines
from bot.nlu.language_detector import LanguageModel, asked_language, train


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LanguageDetector(GraphComponent):
    """Detects the language of each message."""

    def __init__(self, storage: ModelStorage, resource: Resource, detector: LanguageModel | None = None) -> None:
        self._storage, self._resource, self._detector = storage, resource, detector

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageDetector:
        """An untrained component, as Rasa asks for it."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LanguageDetector:
        """The trained component."""
        return cls(model_storage, resource, LanguageModel(fetch(model_storage, resource)))

    @progress.stage("languages")
    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the lines whose file says their language."""
        model = train((line.language, line.text) for line in lines(training_data) if line.language)
        self._detector = LanguageModel(model)
        return keep(model, self._storage, self._resource)

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds `language` to each message that a person typed."""
        if self._detector is not None:
            for message in messages:
                text = message.get("text") or ""
                found = msgspec.structs.replace(self._detector.detect(text), asked=asked_language(text))
                message.set("language", msgspec.to_builtins(found), add_to_output=True)
        return messages
