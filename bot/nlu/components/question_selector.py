"""Sets `questions`: which question of its topic a message asks, for the topics whose lines name their question.

Rasa's retrieval intents (`elsewhere/get-bsn`): the topic is the intent, and a small model for each topic tells its
questions apart. Given the topic the right question is found more often than among all questions at once, and 500
classes over all n-grams would be 400 MB. Rasa's own ResponseSelector needs TensorFlow, and says a response of
domain.yml.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any, Final

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from typing_extensions import Self

from bot.nlu import progress
from bot.nlu.components.trained_component import TrainedComponent, TrainingLine, lines
from bot.nlu.linear_classifier import ClassifierSettings, LinearModel

#: The topics of a message that are looked into: so many, and none less likely than this.
MAX_TOPICS: Final = 2
MIN_SHARE: Final = 0.1
#: Questions that are told, the likeliest first.
MAX_QUESTIONS: Final = 3


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionSelector(TrainedComponent):
    """A model for each topic that has questions."""

    defaults = {"encoder_weight": 1.0, "C": 0.5}
    models: dict[str, LinearModel] = {}  #: by topic

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        """The trained component."""
        loaded = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            loaded.models = {path.stem: LinearModel.load(path) for path in sorted(folder.glob("*.npz"))}
        return loaded

    @progress.stage("questions")
    def train(self, training_data: TrainingData) -> Resource:
        """Learn to tell the questions of each topic apart."""
        by_topic: defaultdict[str, list[TrainingLine]] = defaultdict(list)
        for line in lines(training_data):
            if line.question:
                by_topic[line.intent].append(line)
        self.models = {topic: self._learned(asked) for topic, asked in by_topic.items() if _several(asked)}
        with self._storage.write_to(self._resource) as folder:
            for topic, model in self.models.items():
                model.save(folder / f"{topic}.npz")
        return self._resource

    def _learned(self, asked: list[TrainingLine]) -> LinearModel:
        most = Counter(line.question for line in asked).most_common(1)[0][1]
        folds = ClassifierSettings().folds if most >= ClassifierSettings().folds else 0  # too few to calibrate on
        settings = ClassifierSettings(encoder_weight=self.config["encoder_weight"], C=self.config["C"], folds=folds)
        texts, questions = [line.text for line in asked], [line.question for line in asked]
        return LinearModel(settings).fit(texts, questions, keep=False)

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the questions of its likeliest topics to each message: their probability given the topic."""
        for message in messages:
            ranking = message.get("intent_ranking") or []
            topics = [entry["name"] for entry in ranking[:MAX_TOPICS] if entry["confidence"] >= MIN_SHARE]
            found: list[dict[str, Any]] = []
            for topic in topics:
                model = self.models.get(topic)
                ranked = model.predict(message.get("text") or "")[:MAX_QUESTIONS] if model else []
                found += [{"name": name, "confidence": confidence} for name, confidence in ranked]
            message.set("questions", found, add_to_output=True)
        return messages


def _several(asked: list[TrainingLine]) -> bool:
    return len({line.question for line in asked}) > 1
