"""The talk around the answers, in one conversation each, on the real assistant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from actions.mentions import mentioned
from actions.smalltalk import GROUPS, Dialogue
from actions.turn_context import Memory, TurnContext
from bot.engine.turn import Turn
from facts.base import FactBase
from facts.languages import NAMES

Talk = Callable[..., list[Turn]]
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def dialogue(answers) -> Dialogue:  # type: ignore[no-untyped-def]
    return Dialogue(answers)


@pytest.mark.parametrize(
    ("text", "young"),
    [
        ("I am 19", True),
        ("mam 18 lat", True),
        ("أنا عمري ١٩", True),
        ("мені 17 років", True),
        ("I work 18 hours", False),
        ("19,50 euro", False),
        ("€ 19", False),
        ("in 2019", False),
        ("I am 25", False),
        ("18%", False),
        ("20 uur per week", False),
    ],
)
def test_an_age_is_told_from_other_numbers(text: str, young: bool) -> None:
    assert ("young_age" in mentioned(text)) is young


def test_and_if_i_am_nineteen_goes_on_with_what_the_talk_is_about(dialogue: Dialogue) -> None:
    memory = Memory(topic="minimum_wage")
    made = dialogue.ask_back(TurnContext(intent="ask_back", text="and if I am 19?", memory=memory, on=TODAY))
    assert made.topic == "minimum_wage" and made.understood
    assert "€8.99" in made.replies[0].text  # 60 % of 14.99, Besluit minimumjeugdloonregeling


def test_and_if_i_am_nineteen_after_the_minimum_wage_on_the_real_assistant(talk: Talk) -> None:
    turns = talk("What is the minimum wage?", "and if I am 19?")
    assert turns[-1].topic == "minimum_wage"


def test_a_bare_number_is_no_question(talk: Talk) -> None:
    assert not talk("2")[0].understood


def test_who_fears_deportation_reads_the_warning_first(talk: Talk, base: FactBase) -> None:
    turn = talk("Can they deport me if I complain about my boss?")[0]
    assert turn.topic == "fear_of_reporting"
    assert turn.facts[0] == "fear-data-sharing"


def test_the_answer_to_which_of_the_two_is_understood_as_a_number(dialogue: Dialogue) -> None:
    memory = Memory(offered=("dismissal", "sick_pay"))
    made = dialogue.ask_back(TurnContext(intent="ask_back", text="2", memory=memory, on=TODAY))
    assert made.topic == "sick_pay"


def test_the_answer_to_which_of_the_two_is_understood_in_words(dialogue: Dialogue) -> None:
    memory = Memory(offered=("dismissal", "sick_pay"))
    made = dialogue.ask_back(
        TurnContext(intent="ask_back", text="ill", choices=("working_hours", "sick_pay"), memory=memory, on=TODAY)
    )
    assert made.topic == "sick_pay"


def test_not_understood_twice_a_human_is_offered_and_yes_brings_one(dialogue: Dialogue) -> None:
    first = dialogue.ask_back(TurnContext(intent="ask_back", text="x", on=TODAY))
    assert not first.understood
    memory = Memory(not_understood=1)
    second = dialogue.ask_back(TurnContext(intent="ask_back", text="x", memory=memory, on=TODAY))
    assert second.slots["memory"]["asked"] == "human"  # type: ignore[index,call-overload]
    yes = dialogue.talk(TurnContext(intent="affirm", memory=Memory(asked="human"), on=TODAY))
    assert yes.topic == "talk_to_human"


def test_a_second_thing_in_the_message_is_offered(dialogue: Dialogue) -> None:
    made = dialogue.answers.answer("housing_deduction", TurnContext(intent="x", choices=("dismissal",), on=TODAY))
    assert "/dismissal" in [button.payload for button in made.replies[0].buttons]
    assert "something else" in made.replies[0].text
    yes = dialogue.talk(TurnContext(intent="affirm", memory=Memory(offered=("dismissal",)), on=TODAY))
    assert yes.topic == "dismissal"


def test_no_legal_advice_is_said_once_in_a_conversation(talk: Talk) -> None:
    turns = talk("What is the minimum wage?", "Can I be fired when I am ill?")
    said = ["not legal advice" in turn.replies[0].text for turn in turns]
    assert said == [True, False]


def test_every_topic_of_the_menu_is_reached(base: FactBase) -> None:
    offered = {topic for topic in base.files if base.topics[topic].kind != "elsewhere"}
    assert {topic for group in GROUPS.values() for topic in group} == offered
    assert max(map(len, GROUPS.values())) <= 9, "WhatsApp shows ten rows, one is the way back"


def test_the_language_is_switched_by_button_and_back(talk: Talk) -> None:
    turns = talk("Hello, what is the minimum wage?", '/set_language{"code": "bg"}')
    assert turns[-1].language == "bg"
    back = [button for button in turns[-1].replies[0].buttons if button.title == "English"]
    assert back and talk(back[0].payload)[0].language == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [("po polsku proszę", "pl"), ("можете ли на български", "bg"), ("türkçe konuşabilir misin", "tr")],
)
def test_the_language_is_switched_in_words(talk: Talk, text: str, language: str) -> None:
    assert talk("Hello, what is the minimum wage?", text)[-1].language == language


def test_one_foreign_word_does_not_switch(talk: Talk) -> None:
    turns = talk("Szef nie wypłacił mi pieniędzy za ostatni miesiąc", "loonstrook", "uitzendbureau contract")
    assert [turn.language for turn in turns] == ["pl", "pl", "pl"]


def test_a_switch_is_said_with_the_way_back(talk: Talk) -> None:
    turns = talk("Hello, what is the minimum wage?", "Szef nie wypłacił mi pieniędzy za ostatni miesiąc pracy")
    assert turns[-1].language == "pl"
    assert "Polski" in turns[-1].replies[0].text
    assert any(button.title == "English" for button in turns[-1].replies[0].buttons)


def test_deletion_asks_once_and_then_forgets(talk: Talk) -> None:
    asked, done, after = talk("What is the minimum wage?", "delete my data please", "/confirm_delete")
    assert done.topic == "delete_my_data" and not done.forget
    assert after.forget
    again = talk("/show_source")[0]
    assert again.facts == (), "nothing is remembered of what was told before"
    assert asked.facts


@pytest.mark.parametrize("language", NAMES)
def test_the_safety_reply_has_112_first_and_asks_nothing_about_the_person(answers, language: str) -> None:  # type: ignore[no-untyped-def]
    for topic in ("exploitation", "emergency"):
        made = answers.safety(topic, TurnContext(intent=topic, language=language, on=TODAY))
        assert "112" in made.replies[0].text.splitlines()[0]
        assert made.safety


def test_a_language_that_is_not_written_is_answered_in_english_saying_so(talk: Talk) -> None:
    turn = talk("Mein Arbeitgeber bezahlt mir seit zwei Monaten keinen Lohn, was kann ich tun?")[0]
    assert turn.language == "en"
    assert "Nederlands" in turn.replies[0].text and "العربية" in turn.replies[0].text


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("topic", ["emergency", "exploitation"])
def test_who_thinks_of_suicide_reads_113_before_anything_else(answers, topic: str, language: str) -> None:  # type: ignore[no-untyped-def]
    made = answers.safety(topic, TurnContext(intent=topic, language=language, sign="suicide", on=TODAY))
    text = made.replies[0].text
    assert "113" in text.split("\n\n")[0]
    usual = answers.safety(topic, TurnContext(intent=topic, language=language, on=TODAY)).replies[0].text
    assert "113" not in usual.split("\n\n")[0]


@pytest.mark.parametrize("language", NAMES)
def test_whose_papers_are_kept_reads_that_nobody_may(answers, language: str) -> None:  # type: ignore[no-untyped-def]
    made = answers.safety(
        "exploitation", TurnContext(intent="exploitation", language=language, sign="documents", on=TODAY)
    )
    assert made.facts[:2] == ("exp-danger-now", "exp-passport") and "112" in made.replies[0].text.split("\n\n")[0]
    usual = answers.safety("exploitation", TurnContext(intent="exploitation", language=language, on=TODAY))
    assert "exp-passport" not in usual.facts
