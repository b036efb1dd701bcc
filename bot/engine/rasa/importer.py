"""Reads the training lines for Rasa, quickly: named in config.yml, so that `rasa train` uses it too.

Rasa's own reader parses each file with a slow YAML library, checks it against a schema and copies every line once a
file: two of the five minutes that a training took. Our files hold nothing but intents with examples and metadata
(tests/test_training_data.py); they are read with the fast parser, and anything else in them is an error.
"""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from facts.read import BrokenFile

_KEYS = {"intent", "metadata", "examples"}


class QuickImporter(RasaFileImporter):  # type: ignore[misc]
    """Rasa's importer with a quick reader for the training lines."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Every training line.

        Raises:
            BrokenFile: a file that is no YAML, or holds anything but intents with examples.
        """
        messages = [message for path in self._nlu_files for message in read_training_file(Path(path))]
        return TrainingData(messages)


class TrainingMessage(Message):  # type: ignore[misc]
    """A training line that is quick to copy and compare: Rasa does both with all of them at each of its merges."""

    _cached_fingerprint: str | None

    def __deepcopy__(self, memo: dict[int, Any]) -> TrainingMessage:
        clone = copy.copy(self)
        clone.data = dict(self.data)
        return clone

    def fingerprint(self) -> str:
        """Of what the line holds, in one go; Rasa's own walks through it piece by piece."""
        if self._cached_fingerprint is None:
            whole = json.dumps(self.data, sort_keys=True, default=str)
            self._cached_fingerprint = hashlib.md5(whole.encode(), usedforsecurity=False).hexdigest()
        return str(self._cached_fingerprint)


def read_training_file(path: Path) -> list[Message]:
    """The training lines of one file."""
    try:
        content: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise BrokenFile(path, 1, f"not YAML: {error}") from error
    messages = []
    for group in content["nlu"]:
        if not set(group) <= _KEYS or not isinstance(group.get("examples"), str):
            raise BrokenFile(path, 1, f"expected intent, metadata and examples, found {', '.join(sorted(group))}")
        for line in group["examples"].splitlines():
            text = line.strip().removeprefix("- ").strip()
            if text:
                messages.append(TrainingMessage.build(text, group["intent"], intent_metadata=group.get("metadata")))
    return messages
