"""Workers are woken by news: nobody waits for the next look at the log, which is seconds away."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from pathlib import Path

import pytest

from actions.responses import Reply
from bot.conversations.channel import Channels
from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.conversations.models import (
    Contact,
    Content,
    Delivered,
    DeliveryStatus,
    Incoming,
    NotDelivered,
    Outgoing,
)
from bot.delivery.service import MessageService
from bot.engine.turn import Turn, TurnRequest
from bot.settings import Settings
from tests.assistants import QuietAssistant
from tests.databases import KINDS, database_url
from tests.stand_in_channels import PlainChannel, PlainPage

#: Workers look by themselves after 2 and 5 seconds; what is woken comes well before.
SOON = 1.0
_numbers = itertools.count(1)


def incoming(text: str, person: str = "31612345678") -> Incoming:
    return Incoming(
        channel="whatsapp",
        address=person,
        channel_id=f"wamid.{next(_numbers)}",
        kind="text",
        content=Content(text=text),
        at=datetime.now(timezone.utc),
        contact=Contact(phone=person),
    )


class Slow(QuietAssistant):
    """Answers after a while, in as many replies as the message asks for."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def reply(self, request: TurnRequest) -> Turn:
        self.asked.set()
        await asyncio.sleep(0.1)
        replies = tuple(Reply(f"{request.text} {part + 1}") for part in range(int(request.text[-1])))
        return Turn(
            language="en",
            language_confidence=1,
            topic="greet",
            confidence=1,
            understood=True,
            safety=False,
            safety_hint=False,
            handoff=False,
            replies=replies,
        )


class Channel(PlainChannel):
    """Keeps what it is given, with when. Of the first message it can leave open whether it took it."""

    def __init__(self, *, unsure: bool = False) -> None:
        self.got: list[tuple[str, int]] = []
        self.unsure = unsure
        self.news = asyncio.Event()

    async def send(self, outgoing: Outgoing) -> Delivered | NotDelivered:
        self.got.append((outgoing.message.content.text, outgoing.message.id))
        self.news.set()
        if self.unsure and len(self.got) == 1:
            return NotDelivered("timeout", unknown=True)
        return Delivered(f"out.{outgoing.message.id}")

    async def texts(self, many: int, within: float = 10.0) -> list[str]:
        """What it has been given once it is so many; fails where that takes longer."""
        end = time.monotonic() + within
        while len(self.got) < many:
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), end - time.monotonic())
        return [text for text, _ in self.got]


@asynccontextmanager
async def office(url: str, folder: Path, channel: Channel) -> AsyncIterator[tuple[MessageService, Slow]]:
    slow = Slow()
    settings = Settings(data_folder=str(folder), send_doubt=30)
    channels: Channels = {"web": PlainPage(), "whatsapp": channel}
    room = MessageService(settings, slow, channels=channels, database=Database(url), keys=Keys(bytes(32)))
    await room.open()
    await asyncio.sleep(0.3)  # the workers have found nothing, and sleep
    try:
        yield room, slow
    finally:
        await room.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_what_comes_while_the_person_is_being_answered_is_answered_next(kind: str, tmp_path: Path) -> None:
    with database_url(kind, tmp_path) as url:
        channel = Channel()
        async with office(url, tmp_path, channel) as (room, slow):
            await room.receive([incoming("first 1")])
            await slow.asked.wait()
            await room.receive([incoming("second 1")])
            assert await channel.texts(2, SOON) == ["first 1 1", "second 1 1"]


@pytest.mark.parametrize("kind", KINDS)
async def test_all_of_an_answer_goes_at_once_and_in_order(kind: str, tmp_path: Path) -> None:
    with database_url(kind, tmp_path) as url:
        channel = Channel()
        async with office(url, tmp_path, channel) as (room, _):
            await room.receive([incoming("five 5")])
            assert await channel.texts(5, SOON) == [f"five 5 {part}" for part in range(1, 6)]


@pytest.mark.parametrize("kind", KINDS)
async def test_many_people_at_once_each_get_their_answer(kind: str, tmp_path: Path) -> None:
    with database_url(kind, tmp_path) as url:
        channel = Channel()
        async with office(url, tmp_path, channel) as (room, _):
            await asyncio.gather(*(room.receive([incoming(f"person {n} 1", f"316{n:08d}")]) for n in range(60)))
            assert sorted(await channel.texts(60)) == sorted(f"person {n} 1 1" for n in range(60))


@pytest.mark.parametrize("kind", KINDS)
async def test_what_waited_behind_a_doubt_goes_once_a_status_tells(kind: str, tmp_path: Path) -> None:
    with database_url(kind, tmp_path) as url:
        channel = Channel(unsure=True)
        async with office(url, tmp_path, channel) as (room, _):
            await room.receive([incoming("two 2")])
            await channel.texts(1)
            await asyncio.sleep(0.3)
            assert len(channel.got) == 1  # nobody knows yet whether the first was taken
            await room.record_statuses(
                "whatsapp", [DeliveryStatus(channel_id="out.1st", state="sent", ours=channel.got[0][1])]
            )
            assert await channel.texts(2, SOON) == ["two 2 1", "two 2 2"]
