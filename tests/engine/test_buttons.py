"""What is typed is text, whatever it begins with; what a button sends is a payload; an old one gets one sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.assistant import Assistant
from bot.engine import payload
from bot.engine.turn import Turn, TurnRequest
from facts.languages import NAMES
from facts.wording import Wording

Say = Callable[..., list[Turn]]


@pytest.fixture
def typed(assistant: Assistant, loop: asyncio.AbstractEventLoop, request: pytest.FixtureRequest) -> Say:
    """Type things; nothing is a button."""
    name = request.node.nodeid

    def say(*texts: str) -> list[Turn]:
        async def run() -> list[Turn]:
            return [await assistant.reply(TurnRequest(conversation=name, text=text)) for text in texts]

        return loop.run_until_complete(run())

    return say


@pytest.mark.parametrize(
    "text",
    [
        "/start",
        "/help",
        "/stop",
        "/5",
        "/",
        "//",
        "/112",
        "/restart",
        "/back",
        "/session_start",
        "/menu",
        "/confirm_delete",
        "/out_of_scope",
        '/tell{"field": "per", "value": "hour"}',
        '/set_language{"code": "pl"}',
        " /restart",
        "\u200b/restart",
    ],
)
def test_what_is_typed_with_a_slash_is_answered_once_and_commands_nothing(typed: Say, text: str) -> None:
    before, turn, after = typed("What is the minimum wage?", text, "What is the minimum wage?")
    assert len(turn.replies) == 1
    assert turn.language == "en" and not turn.forget
    assert after.topic == "minimum_wage" and "not legal advice" not in after.replies[0].text, "the talk went on"
    assert "not legal advice" in before.replies[0].text


def test_a_question_behind_a_slash_is_answered(typed: Say) -> None:
    (turn,) = typed("/ what is the minimum wage?")
    assert (turn.topic, turn.understood) == ("minimum_wage", True)


@pytest.mark.parametrize(
    "text",
    [
        "/my boss took my passport and beats me",
        "/help my boss took my passport and beats me",
        "/ szef zabrał mi paszport i mnie bije",
        "/exploitation my boss beats me and locks the door",
    ],
)
def test_danger_behind_a_slash_is_seen(typed: Say, text: str) -> None:
    (turn,) = typed(text)
    assert turn.safety and "112" in turn.replies[0].text


@pytest.mark.parametrize("language", NAMES)
def test_a_choice_of_a_question_that_is_over_gets_one_sentence_in_the_language_of_the_talk(
    talk: Say, wording: Wording, language: str
) -> None:
    talk(f'/set_language{{"code": "{language}"}}')
    asked = talk("/check_my_pay", "40")[-1]
    choice = next(button.payload for button in asked.replies[-1].buttons if button.payload.startswith("/tell"))
    talk("/cancel")
    (late,) = talk(choice)
    assert [reply.text for reply in late.replies] == [wording.text("fallback.old_button", language)]
    assert (late.language, late.understood) == (language, False)
    assert [button.payload for button in late.replies[0].buttons] == ["/menu", "/talk_to_human"]


@pytest.mark.parametrize(
    "pressed",
    [
        "/unknown",
        "/restart",
        "/back",
        "/session_start",
        "/nlu_fallback",
        "/unknown_button",
        "menu",
        "/",
        "unlock my account",
        '/set_language{"code": {"a": 1}}',
        '/show_group{"group": 5}',
        '/menu{"x": "y"}',
        "/menu{",
        '/menu@0.1{"group": "pay"}',
        "/tell",
        '/tell{"field": "zzz", "value": "zzz"}',
        "/menu\n/restart",
        "/" + "a" * 1000,
    ],
)
def test_a_button_that_we_never_made_gets_one_sentence(
    assistant: Assistant, loop: asyncio.AbstractEventLoop, wording: Wording, pressed: str
) -> None:
    asked = TurnRequest(conversation=f"crafted {pressed}", text="Title", payload=pressed, language_hint="nl")
    turn = loop.run_until_complete(assistant.reply(asked))
    assert [reply.text for reply in turn.replies] == [wording.text("fallback.old_button", "nl")]


def test_in_a_case_an_unknown_button_gets_its_sentence_and_the_question_again(talk: Say, wording: Wording) -> None:
    asked, late = talk("I get 11.50 an hour gross, is that enough?", "/no_such_button")
    assert len(late.replies) == 1
    assert wording.text("fallback.old_button", "en") in late.replies[0].text
    assert asked.replies[-1].text.splitlines()[-1] in late.replies[0].text


def test_buttons_do_what_they_did(talk: Say) -> None:
    menu, group, source = talk("/menu", '/show_group{"group": "pay"}', "/minimum_wage")
    assert (menu.topic, group.topic, source.topic) == ("menu", "menu", "minimum_wage")
    assert "/minimum_wage" in [button.payload for button in group.replies[0].buttons]
    assert menu.understood and group.understood and source.understood


def test_a_payload_is_read_into_its_intent_and_values() -> None:
    assert payload.read("/menu") == payload.Pressed("menu")
    assert payload.read('/tell{"field": "per", "value": "hour"}') == payload.Pressed(
        "tell", {"field": "per", "value": "hour"}
    )
    for bad in (
        "",
        "/",
        "menu",
        "/Menu",
        "/menu{",
        "/menu[]",
        '/menu{"a": 1}',
        '/menu{"a": ["b"]}',
        "/menu x",
        "/m{}x",
    ):
        assert payload.read(bad) is None, bad
