"""Sets `intent` and `intent_ranking`: the topic of a message, with calibrated confidence."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import progress
from bot.nlu.clauses import clauses
from bot.nlu.components.trained_component import TrainedComponent, TrainingLine, lines
from bot.nlu.linear_classifier import ClassifierSettings, LinearModel
from bot.nlu.sentence_encoder import encode_together


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(TrainedComponent):
    """The topic classifier."""

    defaults = {
        "encoder_weight": 0.5,
        "C": 0.5,
        "ranking_length": 48,
        "clause_threshold": 0.8,
        "clause_below": 0.98,
    }

    @progress.stage("topics")
    def train(self, training_data: TrainingData) -> Resource:
        """Learn the intents."""
        examples = list(lines(training_data))
        settings = ClassifierSettings(encoder_weight=self.config["encoder_weight"], C=self.config["C"])
        model = LinearModel(settings).fit(
            [line.text for line in examples], [line.intent for line in examples], _writers(examples)
        )
        return self.persist(model)

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the topics to each message that a person typed."""
        for message in messages:
            if self.model is None:
                continue
            text = message.get("text") or ""
            ranked = self.model.predict(text)[: self.config["ranking_length"]]
            ranking = [{"name": name, "confidence": confidence} for name, confidence in ranked]
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
            # a message that is about two things is never so surely about one
            also = self._also(text) if ranked[0][1] < self.config["clause_below"] else []
            message.set("also", also, add_to_output=True)
        return messages

    def _also(self, text: str) -> list[str]:
        """Topics that one clause of the message is surely about, in their order."""
        found: list[str] = []
        if self.model is None:
            return found
        parts = clauses(text)
        encode_together(parts)
        for clause in parts:
            name, confidence = self.model.predict(clause)[0]
            if confidence >= self.config["clause_threshold"] and name not in found:
                found.append(name)
        return found


def _writers(examples: list[TrainingLine]) -> list[str] | None:
    """Who wrote each line, over all languages; None where the files do not say."""
    writers = [line.writer for line in examples]
    return writers if all(writers) else None
