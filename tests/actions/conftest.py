"""The cases on the product's fact base."""

from __future__ import annotations

import pytest

from actions.answers import Answers
from actions.cases.talk import Cases
from actions.dialogue import Dialogue
from actions.respond import Responses


@pytest.fixture(scope="session")
def cases(answers: Answers) -> Cases:
    dialogue = Dialogue(answers)
    return Cases(answers, Responses(answers, dialogue).respond, dialogue.goes_on)
