"""A log on each database, a Chatwoot of our own, and the webhook of Baken on a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
from aiohttp import web

from bot.conversations import cases, history, inbox, outbox
from bot.conversations import store as conversations
from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.conversations.models import Contact, Content, Incoming, Message
from bot.delivery.events import EventBus
from bot.desk.handoff import Handoff
from bot.desk.helpdesks import registry
from bot.desk.helpdesks.chatwoot import Chatwoot
from bot.desk.helpdesks.config import ChatwootConfig as Config
from bot.desk.helpdesks.forwarding import Forwarding
from bot.settings import Settings
from facts.base import FactBase
from tests.desk.helpdesks.stand_in import ACCOUNT, INBOX, SECRET, TOKEN, ChatwootStandIn
from tests.servers import listen
from tests.stand_in_channels import CHANNELS

PHONE, NAME = "31687654321", "Oksana Shevchenko"


@pytest.fixture
async def chatwoot() -> AsyncIterator[ChatwootStandIn]:
    made = await ChatwootStandIn().start()
    yield made
    await made.stop()
    assert made.wrong == []


def config(address: str) -> Config:
    return Config(url=address, token=TOKEN, account=ACCOUNT, inbox=INBOX, webhook_secret=SECRET)


class Side:
    """Baken's side: a log, the worker of the door, the webhook, and people who write."""

    def __init__(self, database: Database, base: FactBase, chatwoot: ChatwootStandIn) -> None:
        self.channels = CHANNELS
        self.database, self.keys, self.chatwoot = database, Keys(bytes(range(32))), chatwoot
        self.hub = EventBus()
        database.listen(self.hub.publish_threadsafe)
        self.words = Handoff(Settings(), self.keys, lambda: base)
        self.door = Chatwoot(config(chatwoot.address))
        self.worker = Forwarding(database, self.keys, self.hub, self.door, "https://baken.ngo.example")
        self.refused: list[str] = []
        self.count = 0
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        settings = Settings(
            chatwoot_url=self.chatwoot.address,
            chatwoot_token=TOKEN,
            chatwoot_account=str(ACCOUNT),
            chatwoot_inbox=str(INBOX),
            chatwoot_webhook_secret=SECRET,
        )
        webhook = registry.HelpdeskWebhook(
            registry.config.chatwoot(settings) or pytest.fail("no Chatwoot"),
            SimpleNamespace(database=self.database, keys=self.keys, hub=self.hub, channels=self.channels),
            self.words,
            lambda _, reason: self.refused.append(reason),
        )
        app.router.add_post(registry.PATH, webhook.receive)
        app.router.add_post(registry.PATH + "/{secret}", webhook.receive)
        address, self._runner = await listen(app)
        self.chatwoot.webhook = f"{address}{registry.PATH}"

    async def stop(self) -> None:
        await self.door.end()
        if self._runner is not None:
            await self._runner.cleanup()

    # -- people -------------------------------------------------------------------------------------------------

    async def person(
        self, text: str, *, channel: str = "whatsapp", state: str = "answered", kind: str = "text"
    ) -> Message:
        """The person writes, and the message is dealt with."""
        self.count += 1
        incoming = Incoming(
            channel=channel,
            address=PHONE,
            channel_id=f"m{self.count}",
            kind=kind,
            content=Content(text=text),
            at=now(),
            contact=Contact(phone=PHONE, name=NAME, username="oksana_sh"),
            language="uk",
        )  # type: ignore[arg-type]
        taken = await self.database.transaction(inbox.receive, self.keys, incoming, now())
        if state != "new":
            await self.database.transaction(inbox.settle, taken.id, state)
        message = await self.database.transaction(history.message, self.keys, taken.id)
        assert message is not None
        return message

    async def bot(self, conversation: str, text: str) -> None:
        await self.database.transaction(outbox.enqueue, self.keys, CHANNELS, conversation, [Content(text=text)], now())

    async def case(self, text: str = "хочу поговорити з людиною", urgency: int = cases.ASKED) -> tuple[int, str]:
        """The person asks for a human: the case, and the conversation."""
        asked = await self.person(text)
        number = await self.database.transaction(
            cases.open_case,
            asked.conversation,
            now(),
            urgency=urgency,
            topic="unpaid_wages",
            language="uk",
            first_message=asked.id,
        )
        return number, asked.conversation

    async def read(self, conversation: str) -> list[Message]:
        return await self.database.transaction(history.since, self.keys, conversation)

    async def get(self, number: int) -> cases.Case:
        found = await self.database.transaction(cases.get, number)
        assert found is not None
        return found

    async def holder(self, conversation: str) -> str:
        found = await self.database.transaction(conversations.find, self.keys, conversation)
        assert found is not None
        return found.holder

    async def forward(self, times: int = 1) -> int:
        """The worker looks; the newest conversation at Chatwoot."""
        for _ in range(times):
            await self.worker.once()
        await asyncio.wait_for(self.chatwoot.settled(), 5)
        return max(self.chatwoot.conversations, default=0)


@pytest.fixture
async def side(database: Database, base: FactBase, chatwoot: ChatwootStandIn) -> AsyncIterator[Side]:
    made = Side(database, base, chatwoot)
    await made.start()
    yield made
    await made.stop()


def now() -> datetime:
    return datetime.now(timezone.utc)
