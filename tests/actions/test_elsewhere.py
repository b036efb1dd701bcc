"""What Baken does not answer itself: who does, from facts; and an honest word where it is not sure what is asked."""

from __future__ import annotations

from datetime import date

import pytest

from actions.answers import Answers
from actions.intent_handlers import Responses
from actions.smalltalk import Dialogue
from actions.tracker_state import Heard, read_tracker
from actions.turn_context import TurnContext
from facts.base import FactBase
from facts.languages import NAMES

TODAY = date(2026, 12, 2)


@pytest.fixture(scope="module")
def responses() -> Responses:
    answers = Answers(FactBase())
    return Responses(answers, Dialogue(answers))


def asked(language: str = "en", **questions: float) -> Heard:
    named = {f"elsewhere/{name.replace('_', '-')}": share for name, share in questions.items()}
    return Heard(
        TurnContext(intent="elsewhere", text="?", language=language, questions=named, confidence=0.9, on=TODAY), None
    )


@pytest.mark.parametrize("language", NAMES)
def test_every_question_says_who_answers(responses: Responses, language: str) -> None:
    base = responses.answers.base
    names = [name for name in base.questions if name.startswith("elsewhere/")]
    assert len(names) == 40
    for name in names:
        told = responses.respond(asked(language, **{name.partition("/")[2].replace("-", "_"): 0.9}))
        assert told.questions == (name,) and told.complete == "elsewhere" and told.understood
        assert told.topic == "out_of_scope", "so says the contract"
        assert told.facts == tuple(base.questions[name].facts)
        assert {source.fact for source in told.sources} == set(told.facts), "each with its source"
        assert any(button.payload == "/talk_to_human" for button in told.replies[0].buttons)


def test_the_likeliest_question_is_answered(responses: Responses) -> None:
    told = responses.respond(asked(ww_how=0.7, ww_right=0.2))
    assert told.questions == ("elsewhere/ww-how",)


def test_a_guess_is_not_told_as_an_answer(responses: Responses) -> None:
    told = responses.respond(asked(ww_how=0.2, tax_return=0.2))
    assert told.complete == "unknown" and told.questions == () and told.facts == ()
    assert told.replies[0].buttons


def test_it_is_never_offered_as_a_topic(responses: Responses) -> None:
    situation = TurnContext(
        intent="ask_back", text="?", choices=("elsewhere", "sick_pay"), questions={"elsewhere/digid": 0.9}, on=TODAY
    )
    told = responses.respond(Heard(situation, None))
    assert [button.payload for button in told.replies[0].buttons if "elsewhere" in button.payload] == []


def test_the_questions_come_from_the_message() -> None:
    latest = {
        "text": "how do I get a BSN",
        "intent": {"name": "elsewhere", "confidence": 0.8},
        "questions": [{"name": "elsewhere/get-bsn", "confidence": 0.75}],
    }
    heard = read_tracker({"slots": {}, "latest_message": latest})
    assert heard.situation.questions == {"elsewhere/get-bsn": 0.75}
