"""Sets `danger`: whether a message has signs of exploitation or emergency, and how sure. Runs beside the topics."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import progress
from bot.nlu.components.trained_component import TrainedComponent, lines
from bot.nlu.linear_classifier import CHARACTERS, WORDS, ClassifierSettings, LinearModel
from bot.nlu.safety_rules import rule_for

DUE = ("exploitation", "emergency")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SafetyDetector(TrainedComponent):
    """A yes/no detector of its own, and a small net of rules for what must never be missed."""

    defaults = {"encoder_weight": 0.5, "C": 0.5}

    @progress.stage("danger")
    def train(self, training_data: TrainingData) -> Resource:
        """Learn what stands under the two safety intents against everything else."""
        examples = list(lines(training_data))
        model = LinearModel(
            ClassifierSettings(
                grams=(CHARACTERS, WORDS),
                encoder_weight=self.config["encoder_weight"],
                C=self.config["C"],
                balanced=True,
                folds=0,
            )
        ).fit([line.text for line in examples], ["due" if line.intent in DUE else "not" for line in examples])
        return self.persist(model)

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds `danger` to each message that a person typed: {"score", "rule"}; a score above 0 is more likely."""
        for message in messages:
            if self.model is None:
                continue
            text = message.get("text") or ""
            score = float(self.model.decide(text)[self.model.classes.index("due")])
            message.set("danger", {"score": round(score, 4), "rule": rule_for(text)}, add_to_output=True)
        return messages
