"""The cases on the product's fact base."""

from __future__ import annotations

import pytest

from actions.answers import Answers
from actions.intake.flow import Cases
from actions.intent_handlers import Responses
from actions.smalltalk import Dialogue


@pytest.fixture(scope="session")
def cases(answers: Answers) -> Cases:
    dialogue = Dialogue(answers)
    return Cases(answers, Responses(answers, dialogue).respond, dialogue.goes_on)
