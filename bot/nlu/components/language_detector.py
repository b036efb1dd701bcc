"""Sets `language` on a message: {"code", "confidence", "words", "characters"}."""

from __future__ import annotations

import msgspec
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import progress
from bot.nlu.components.trained_component import TrainedComponent, lines
from bot.nlu.language_detector import LanguageModel, asked_language, train


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LanguageDetector(TrainedComponent):
    """Detects the language of each message."""

    @progress.stage("languages")
    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the lines whose file says their language."""
        return self.persist(train((line.language, line.text) for line in lines(training_data) if line.language))

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds `language` to each message that a person typed."""
        if self.model is not None:
            detector = LanguageModel(self.model)
            for message in messages:
                text = message.get("text") or ""
                found = msgspec.structs.replace(detector.detect(text), asked=asked_language(text))
                message.set("language", msgspec.to_builtins(found), add_to_output=True)
        return messages
