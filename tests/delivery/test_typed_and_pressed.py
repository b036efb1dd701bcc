"""What a person types and what a button sends stay apart on the way to the assistant, on every channel."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from actions.responses import Button, Reply
from bot.channels.whatsapp.choices import pick
from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.conversations.models import Content, Incoming, MessageKind
from bot.delivery.service import MessageService
from bot.engine.turn import Turn, TurnRequest
from bot.privacy.about_me import AboutMe
from bot.settings import Settings
from facts.wording import Wording
from tests.assistants import QuietAssistant
from tests.delivery.test_waking import Channel
from tests.stand_in_channels import PlainPage

_numbers = itertools.count(1)
BUTTONS = (Button("All topics", "/menu"), Button("Delete everything", "/delete_my_data"))


class Listening(QuietAssistant):
    """Keeps what it is given, and answers with two buttons."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.news = asyncio.Event()

    async def reply(self, request: TurnRequest) -> Turn:
        self.heard.append((request.text, request.payload))
        self.news.set()
        return Turn(
            language="en",
            language_confidence=1,
            topic="greet",
            confidence=1,
            understood=True,
            safety=False,
            safety_hint=False,
            handoff=False,
            replies=(Reply("hello", BUTTONS),),
        )


class Typed(Channel):
    """WhatsApp: a choice can be typed."""

    def resolve_choice(self, shown: Content, typed: str) -> str | None:
        return pick(shown, typed)


class Post:
    """A post room, and the assistant in it."""

    def __init__(self, room: MessageService, assistant: Listening) -> None:
        self.room, self.assistant = room, assistant

    async def take_in(self, channel: str, text: str, payload: str = "", kind: MessageKind | None = None) -> None:
        message = Incoming(
            channel=channel,
            address="31612345678",
            channel_id=f"id.{next(_numbers)}",  # type: ignore[arg-type]
            kind=kind or ("button" if payload else "text"),
            content=Content(text=text, payload=payload),
            at=datetime.now(timezone.utc),
        )
        await self.room.receive([message])

    async def hears(self, channel: str, text: str, payload: str = "") -> tuple[str, str]:
        """What the assistant is given for a message."""
        self.assistant.news.clear()
        await self.take_in(channel, text, payload)
        await asyncio.wait_for(self.assistant.news.wait(), 10)
        return self.assistant.heard[-1]


@pytest.fixture
async def post(tmp_path: Path, wording: Wording) -> AsyncIterator[Post]:
    assistant, settings = Listening(), Settings(data_folder=str(tmp_path))
    room = MessageService(
        settings,
        assistant,
        channels={"web": PlainPage(), "whatsapp": Typed()},
        database=Database(f"sqlite:///{tmp_path / 'baken.db'}"),
        keys=Keys(bytes(32)),
        directs=[AboutMe(wording, settings)],
    )
    await room.open()
    yield Post(room, assistant)
    await room.close()


@pytest.mark.parametrize("channel", ["web", "whatsapp"])
@pytest.mark.parametrize("text", ["/start", " /start", "/confirm_delete", "/my_data", "/leave_human", "/"])
async def test_typed_text_is_text(post: Post, channel: str, text: str) -> None:
    assert await post.hears(channel, text) == (text, "")


@pytest.mark.parametrize("channel", ["web", "whatsapp"])
async def test_a_pressed_button_is_its_payload(post: Post, channel: str) -> None:
    assert (await post.hears(channel, "All topics", "/menu"))[1] == "/menu"
    assert (await post.hears(channel, "Old", "no payload of ours"))[1] == "no payload of ours"


async def test_on_whatsapp_the_words_of_a_choice_press_it(post: Post) -> None:
    await post.hears("whatsapp", "hello")
    assert (await post.hears("whatsapp", "all topics"))[1] == "/menu"
    assert (await post.hears("whatsapp", "/menu")) == ("/menu", "")


async def test_a_button_that_the_log_answers_does_so_pressed_and_not_typed(post: Post) -> None:
    await post.hears("web", "hello")
    await post.take_in("web", "What do you keep?", "/my_data")
    assert await post.hears("web", "/my_data") == ("/my_data", "")
    assert [payload for _, payload in post.assistant.heard] == ["", ""], "the pressed one never came to the assistant"
