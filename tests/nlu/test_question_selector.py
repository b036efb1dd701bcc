"""Which question of its topic a message asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.rasa.importer import read_training_file
from bot.nlu.components.question_selector import QuestionSelector

LINES = """
version: "3.1"
nlu:
- intent: elsewhere/get-bsn
  examples: |
    - how do I get a BSN
    - where do I get a BSN number
    - they want a BSN number from me
    - a BSN appointment at the town hall
    - I still have no BSN number
    - BSN appointment, how do I get one
- intent: elsewhere/child-benefit
  examples: |
    - child benefit for two children
    - can I get kinderbijslag for my child in Romania
    - child benefit for my son from the SVB
    - how much is kinderbijslag for two children
    - who pays child benefit, the SVB
    - kinderbijslag from the SVB
- intent: greet
  examples: |
    - hello
    - good morning
"""


@pytest.fixture
def trained(tmp_path: Path) -> QuestionSelector:
    """Trained, stored and loaded again, as Rasa does it."""
    (tmp_path / "lines.yml").write_text(LINES, encoding="utf-8")
    (tmp_path / "storage").mkdir()
    storage, resource = LocalModelStorage(tmp_path / "storage"), Resource("questions")
    config: dict[str, Any] = QuestionSelector.get_default_config()
    context = ExecutionContext(None, None)
    selector = QuestionSelector.create(config, storage, resource, context)
    selector.train(TrainingData(read_training_file(tmp_path / "lines.yml")))
    return QuestionSelector.load(config, storage, resource, context)


def asked(selector: QuestionSelector, text: str, **shares: float) -> list[dict[str, Any]]:
    ranking = [{"name": name, "confidence": share} for name, share in shares.items()]
    message = Message({"text": text, "intent_ranking": ranking})
    selector.process([message])
    found: list[dict[str, Any]] = message.get("questions")
    return found


def test_the_question_that_is_asked_comes_first(trained: QuestionSelector) -> None:
    assert asked(trained, "I need a BSN for work", elsewhere=0.9)[0]["name"] == "elsewhere/get-bsn"
    assert asked(trained, "kinderbijslag for my daughter", elsewhere=0.9)[0]["name"] == "elsewhere/child-benefit"


def test_the_probabilities_are_given_the_topic(trained: QuestionSelector) -> None:
    found = asked(trained, "kinderbijslag for my daughter", elsewhere=0.9)
    assert sum(one["confidence"] for one in found) == pytest.approx(1)
    assert found[0]["confidence"] > found[1]["confidence"]


def test_a_topic_without_questions_or_that_is_not_likely_is_not_looked_into(trained: QuestionSelector) -> None:
    assert asked(trained, "hello", greet=0.9) == []
    assert asked(trained, "how do I get a BSN", greet=0.95, elsewhere=0.04) == []


def test_the_second_topic_of_a_message_is_looked_into_too(trained: QuestionSelector) -> None:
    found = asked(trained, "hello, how do I get a BSN", greet=0.6, elsewhere=0.4)
    assert found[0]["name"] == "elsewhere/get-bsn"
