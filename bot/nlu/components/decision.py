"""The last word on a message's intent. Nothing comes after it, so nothing can override the safety topics.

- sure signs of danger: `exploitation` or `emergency`, whatever the topics say;
- possible signs: the topic stays, `danger.hint` is set;
- two topics too close, or none likely enough: `ask_back`, with the ranking for the question back.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.decision import Thresholds, decide
from bot.nlu.fold import has_words


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DecisionComponent(GraphComponent):
    """Turns probabilities and signs into one intent."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings of config.yml, with their defaults."""
        return {name: getattr(Thresholds(), name) for name in Thresholds.__struct_fields__}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DecisionComponent:
        """The component, as Rasa asks for it."""
        return cls(Thresholds(**{name: config[name] for name in Thresholds.__struct_fields__}))

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the final intent of each message that a person typed."""
        for message in messages:
            ranking = message.get("intent_ranking")
            if not ranking:
                continue
            if not has_words(message.get("text") or ""):  # a bare number: only the talk can say what it means
                ranking = [{"name": entry["name"], "confidence": 0.0} for entry in ranking]
            danger = message.get("danger") or {}
            decision = decide(
                [(entry["name"], entry["confidence"]) for entry in ranking],
                score=danger.get("score", -9.0),
                rule=danger.get("rule"),
                also=message.get("also") or (),
                thresholds=self._thresholds,
            )
            message.set("danger", {**danger, "sure": decision.safety, "hint": decision.hint}, add_to_output=True)
            message.set("intent", {"name": decision.intent, "confidence": decision.confidence}, add_to_output=True)
            message.set("choices", list(decision.choices), add_to_output=True)
        return messages
