"""What the trained components share: lines out of Rasa's training data, a model in and out of its storage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import msgspec
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.training_data import TrainingData
from typing_extensions import Self

from bot.nlu.linear_classifier import LinearModel


class TrainingLine(msgspec.Struct, frozen=True):
    """A training line with what its file says of it (NLU YAML `metadata`)."""

    intent: str
    question: str  #: `topic/question` where the line asks one (Rasa's retrieval intent), else empty
    text: str
    language: str
    writer: str
    sign: str


def lines(data: TrainingData) -> Iterator[TrainingLine]:
    """The training lines of the intents."""
    for example in data.intent_examples:
        metadata: dict[str, Any] = {}
        for part in (example.get("metadata") or {}).values():
            metadata.update(part if isinstance(part, dict) else {})
        text = example.get("text")
        if text:
            yield TrainingLine(
                intent=example.get("intent"),
                question=str(example.get("intent_response_key") or ""),
                text=text,
                language=str(metadata.get("language", "")),
                writer=str(metadata.get("writer", "")),
                sign=str(metadata.get("sign", "")),
            )


class TrainedComponent(GraphComponent):
    """A component with one `LinearModel`: a subclass has `train`, which ends in `persist`, and `process`."""

    #: Settings of config.yml, with their defaults.
    defaults: ClassVar[Mapping[str, Any]] = {}

    def __init__(
        self, config: Mapping[str, Any], storage: ModelStorage, resource: Resource, model: LinearModel | None = None
    ) -> None:
        self.config, self.model = config, model
        self._storage, self._resource = storage, resource

    @classmethod
    def get_default_config(cls) -> dict[str, Any]:
        """Settings of config.yml, with their defaults."""
        return dict(cls.defaults)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
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
    ) -> Self:
        """The trained component."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, LinearModel.load(folder / "model.npz"))

    def persist(self, model: LinearModel) -> Resource:
        """Take a trained model in, and write it into Rasa's storage."""
        self.model = model
        with self._storage.write_to(self._resource) as folder:
            model.save(folder / "model.npz")
        return self._resource
