"""What the trained components share: lines out of Rasa's training data, models in and out of its storage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.training_data import TrainingData

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


def keep(model: LinearModel, storage: ModelStorage, resource: Resource) -> Resource:
    """Write a model into Rasa's model storage."""
    with storage.write_to(resource) as folder:
        model.save(folder / "model.npz")
    return resource


def fetch(storage: ModelStorage, resource: Resource) -> LinearModel:
    """Read a model from Rasa's model storage."""
    with storage.read_from(resource) as folder:
        return LinearModel.load(folder / "model.npz")
