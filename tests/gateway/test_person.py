"""What one person sends too much of: all of it is stored, danger is answered first, the rest together."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from actions.responses import Reply
from bot.channels.whatsapp import webhook
from bot.conversations import schema
from bot.delivery.service import MessageService
from bot.engine.turn import Turn, TurnRequest
from bot.gateway.app import make
from bot.settings import Settings
from facts.base import FactBase
from facts.wording import Wording
from tests.channels.whatsapp import meta
from tests.channels.whatsapp.graph_stand_in import GraphStandIn
from tests.gateway.conftest import FewLines, Gateway

PHONE = "31612345678"
MANY = "You sent many messages at once."


class Echo(FewLines):
    """Says what it was asked, slowly enough for a heap to grow; "danger" is danger. It can be away."""

    away = False

    async def reply(self, request: TurnRequest) -> Turn:
        await self.parse(request.text)
        await asyncio.sleep(0.02)
        return Turn(
            language="en",
            language_confidence=1.0,
            topic="greet",
            confidence=1.0,
            understood=True,
            safety="danger" in request.text,
            safety_hint=False,
            handoff=False,
            replies=(Reply(f"re: {request.text}"),),
        )

    async def parse(self, text: str) -> dict[str, Any]:
        if self.away:
            raise ConnectionError
        return {"intent": {"name": "emergency" if "danger" in text else "greet"}}


class Phone(Gateway):
    """A gateway with WhatsApp, and what a person's telephone shows."""

    graph: GraphStandIn

    async def send(self, *messages: dict[str, Any]) -> int:
        raw = meta.body(messages)
        async with self.session.post(self.url + webhook.PATH, data=raw, headers=meta.signed(raw, "secret")) as answer:
            return answer.status

    async def quiet(self) -> list[str]:
        """What came, once nothing waits any more."""
        for _ in range(400):
            await asyncio.sleep(0.1)
            waiting = [await self.metric("baken_queue_messages", queue=queue) for queue in ("in", "out")]
            if waiting == [0, 0]:
                break
        return [one.text for one in self.graph.taken]

    async def stored(self) -> int:
        table = schema.messages
        query = sa.select(sa.func.count()).select_from(table).where(table.c.direction == "in")
        return int(await self.office.database.transaction(lambda connection: connection.execute(query).scalar_one()))


@pytest.fixture
async def phone(tmp_path: Path, base: FactBase) -> AsyncIterator[Phone]:
    async with GraphStandIn(statuses=()) as graph:
        settings = Settings(
            data_folder=str(tmp_path),
            limit_person=0.01,
            limit_person_burst=6.0,
            whatsapp_graph_url=graph.url,
            whatsapp_phone_number_id=graph.number,
            whatsapp_access_token=graph.token,
            whatsapp_app_secret=graph.app_secret,
            whatsapp_verify_token="word",
        )
        assistant = Echo()
        office = MessageService(settings, assistant)
        server = TestServer(make(settings, office, base))
        await server.start_server()
        async with ClientSession() as session:
            made = Phone(office, assistant, str(server.make_url("")).rstrip("/"), session)
            made.graph = graph
            yield made
        await server.close()


async def test_over_the_limit_all_is_stored_and_danger_comes_first(phone: Phone) -> None:
    for number in range(40):
        assert await phone.send(meta.text(f"quick {number}", sender=PHONE)) == 200
    assert await phone.send(meta.text("danger, he hits me", sender=PHONE)) == 200
    heard = await phone.quiet()
    assert await phone.stored() == 41
    assert "re: danger, he hits me" in heard
    assert [one for one in heard if one.startswith("re: quick")] == [f"re: quick {number}" for number in range(6)]
    assert len([one for one in heard if one.startswith(MANY)]) == 1
    assert await phone.metric("baken_messages_together_total", channel="whatsapp") == 34


async def test_in_a_heap_danger_goes_before_what_was_written_earlier(phone: Phone) -> None:
    heap = [meta.text(f"quick {number}", sender=PHONE, at=None) for number in range(5)]
    assert await phone.send(*heap, meta.text("danger, he hits me", sender=PHONE)) == 200
    heard = await phone.quiet()
    assert heard[0] == "re: danger, he hits me" and len(heard) == 6


async def test_one_message_delivered_many_times_uses_up_nothing(phone: Phone) -> None:
    again = meta.text("hello", sender=PHONE, id="wamid.again")
    for _ in range(35):
        assert await phone.send(again) == 200
    for number in range(5):
        assert await phone.send(meta.text(f"quick {number}", sender=PHONE)) == 200
    assert await phone.quiet() == ["re: hello", *(f"re: quick {number}" for number in range(5))]


async def test_while_the_assistant_is_away_nobody_is_taken_for_a_flood(phone: Phone) -> None:
    assert isinstance(phone.assistant, Echo)
    phone.assistant.away = True
    for number in range(5):
        await phone.send(meta.text(f"quick {number}", sender=PHONE))
    await asyncio.sleep(4)  # it is tried again and again
    phone.assistant.away = False
    assert await phone.quiet() == [f"re: quick {number}" for number in range(5)]


async def test_the_limit_is_one_persons_and_holds_on_the_web_too(phone: Phone, base: FactBase) -> None:
    talk, other = secrets.token_hex(16), secrets.token_hex(16)
    for number in range(20):
        assert await phone.say(f"quick {number}", talk) == 202
    assert await phone.say("hello", other) == 202
    await phone.quiet()
    heard = [one["text"] for one in (await phone.heard(talk))["messages"] if not one["me"]]
    told = Wording(base).text("bad.many", "en")  # the language of the answers before
    assert heard[:6] == [f"re: quick {number}" for number in range(6)]
    assert [one for one in heard if one == told] == heard[6:] and len(heard) == 7
    assert [one["text"] for one in (await phone.heard(other))["messages"] if not one["me"]] == ["re: hello"]
    assert await phone.stored() == 21


async def test_with_a_clock_that_is_days_ahead_people_are_answered_and_health_tells(phone: Phone) -> None:
    """By our clock all that comes is three days old; Meta knows better whether the 24 hours are over."""
    assert await phone.send(meta.text("hello", sender=PHONE, at=time.time() - 3 * 24 * 3600)) == 200
    assert await phone.quiet() == ["re: hello"]
    status, text, _ = await phone.get("/health")
    assert status == 200 and "our clock is ahead" in json.loads(text)["attention"][0]
    assert await phone.metric("baken_attention", about="clock") == 1
