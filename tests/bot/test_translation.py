"""Other languages through a machine: protected, in time, and English where it fails."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from actions.responses import Reply
from bot.engine.turn import Turn, TurnRequest
from bot.settings import Settings
from bot.translation.protect import Damaged, mask, unmask
from bot.translation.providers import SelfHosted, provider
from bot.translation.service import Breaker, Translation
from facts.wording import Wording
from tests.servers import listening

ENGLISH = "The minimum wage is €14.99. Call 0800-5151 or see https://www.uwv.nl. Ask FairWork."


def turn(text: str = ENGLISH) -> Turn:
    return Turn(
        language="en",
        language_confidence=1,
        topic="minimum_wage",
        confidence=1,
        understood=True,
        safety=False,
        safety_hint=False,
        handoff=False,
        replies=(Reply(text),),
    )


def asked(text: str) -> TurnRequest:
    return TurnRequest(conversation="c", text=text)


class FakeEngine:
    """Says the same to everything and remembers what it heard."""

    def __init__(self, language: str = "de") -> None:
        self.heard: list[str] = []
        self.language = language

    async def parse(self, text: str) -> dict[str, Any]:
        return {"language": {"language": self.language, "confidence": 0.99}}

    async def reply(self, request: TurnRequest) -> Turn:
        self.heard.append(request.text)
        return turn()


class Shouting:
    """Translates by shouting; masks survive."""

    def translate(self, text: str, source: str, target: str) -> str:
        return text.upper()


class Losing:
    def translate(self, text: str, source: str, target: str) -> str:
        return text.replace("[[0]]", "viel")


class Slow:
    def translate(self, text: str, source: str, target: str) -> str:
        time.sleep(0.5)
        return text


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="[]"), max_size=200))
def test_masked_and_unmasked_is_the_same(text: str) -> None:
    masked, parts = mask(text)
    try:
        assert unmask(masked, parts) == text
    except Damaged:  # digits that are no Western number stay outside the masks and are refused: English is sent
        assert any(character.isdigit() and not character.isascii() for character in text)


def test_figures_numbers_addresses_and_names_are_masked() -> None:
    masked, parts = mask(ENGLISH)
    assert "14.99" not in masked and "0800" not in masked and "https" not in masked and "FairWork" not in masked
    assert len(parts) == 4


@pytest.mark.parametrize("text", ["[[0]] [[0]]", "nothing", "[[0]] and 5", "[[1]]"])
def test_a_damaged_translation_is_refused(text: str) -> None:
    with pytest.raises(Damaged):
        unmask(text, ["€14.99"])


async def test_translated_both_ways_and_marked_with_the_english_beside_it(wording: Wording) -> None:
    engine = FakeEngine()
    made = await Translation(Shouting(), wording).around(engine, asked("wie hoch ist der Lohn"))
    assert engine.heard == ["WIE HOCH IST DER LOHN"]
    text = made.replies[0].text
    assert made.language == "de"
    assert "THE MINIMUM WAGE IS €14.99" in text and "0800-5151" in text
    assert wording.text("translation.marked", "en") in text and text.endswith(ENGLISH)


async def test_a_lost_figure_sends_the_english(wording: Wording) -> None:
    made = await Translation(Losing(), wording).around(FakeEngine(), asked("Lohn"))
    assert made.language == "en" and ENGLISH in made.replies[0].text


async def test_nothing_waits_past_the_deadline(wording: Wording) -> None:
    start = time.monotonic()
    made = await Translation(Slow(), wording, deadline=0.1).around(FakeEngine(), asked("Lohn"))
    assert time.monotonic() - start < 0.4
    assert made.language == "en"


async def test_after_three_failures_the_service_is_left_alone(wording: Wording) -> None:
    calls = []

    class Broken:
        def translate(self, text: str, source: str, target: str) -> str:
            calls.append(text)
            raise ConnectionError

    now = [0.0]
    service = Translation(Broken(), wording, breaker=Breaker(3, 60, lambda: now[0]))
    for _ in range(5):
        await service.around(FakeEngine(), asked("Lohn"))
    assert len(calls) == 3
    now[0] = 61
    await service.around(FakeEngine(), asked("Lohn"))
    assert len(calls) == 4


async def test_the_twelve_languages_never_go_through_it(wording: Wording) -> None:
    class Never:
        def translate(self, text: str, source: str, target: str) -> str:
            raise AssertionError("a written language was sent to a machine")

    engine = FakeEngine("pl")
    await Translation(Never(), wording).around(engine, asked("ile wynosi płaca"))
    assert engine.heard == ["ile wynosi płaca"]


def test_off_by_default() -> None:
    assert provider(Settings()) is None


async def test_a_self_hosted_service_gets_the_text_in_the_body_and_not_in_the_address() -> None:
    seen: list[tuple[str, dict[str, Any]]] = []

    async def translate(request: web.Request) -> web.Response:
        seen.append((request.path_qs, await request.json()))
        return web.json_response({"translatedText": "hallo"})

    app = web.Application()
    app.router.add_post("/translate", translate)
    async with listening(app) as address:
        told = await asyncio.to_thread(SelfHosted(f"{address}/", "key", 2.0).translate, "secret words", "en", "de")
    assert told == "hallo"
    assert seen[0][0] == "/translate"
    assert json.loads(json.dumps(seen[0][1]))["q"] == "secret words"
