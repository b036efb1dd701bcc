"""A post room in a process of its own that dies at a named step.

It takes in one message (as the webhook would), answers and carries it. Instead of Rasa a one-line assistant answers:
what is tried here is the log and its workers. Step "" does not die: it works until nothing is left to do.
"""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import aiohttp

from actions.responses import Reply
from bot.conversations import inbox, outbox
from bot.conversations.channel import Channels
from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.conversations.models import Contact, Content, Delivered, Incoming, NotDelivered, Outgoing
from bot.delivery import send_worker, transactions
from bot.delivery.service import MessageService
from bot.engine.turn import Turn, TurnRequest
from bot.settings import Settings
from tests.assistants import QuietAssistant
from tests.stand_in_channels import PlainChannel, PlainPage

#: Functions of the way of a message through the house, where a process can die before or after.
STEPS = {
    "receive": (inbox, "receive"),
    "claim": (inbox, "claim"),
    "settle": (inbox, "settle"),
    "enqueue": (outbox, "enqueue"),
    "claim_due": (outbox, "claim_due"),
    "mark_sent": (outbox, "mark_sent"),
}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class OneLine(QuietAssistant):
    """Answers at once."""

    def __init__(self, step: str) -> None:
        self.step = step

    async def reply(self, request: TurnRequest) -> Turn:
        if self.step == "before:reply":
            die()
        turn = Turn(
            language="en",
            language_confidence=1,
            topic="greet",
            confidence=1,
            understood=True,
            safety=False,
            safety_hint=False,
            handoff=False,
            replies=(Reply(f"{request.message_id}: {request.text}"),),
        )
        if self.step == "after:reply":
            die()
        return turn


class ToGraph(PlainChannel):
    """Carries to the Graph API's stand-in."""

    def __init__(self, url: str, step: str) -> None:
        self.url, self.step = url, step

    async def send(self, outgoing: Outgoing) -> Delivered | NotDelivered:
        if self.step == "before:send":
            die()
        payload = {
            "messaging_product": "whatsapp",
            "to": "31612345678",
            "type": "text",
            "text": {"body": outgoing.message.content.text},
            "biz_opaque_callback_data": str(outgoing.message.id),
        }
        address = f"{self.url}/106540352242922/messages"
        session = aiohttp.ClientSession(headers={"Authorization": "Bearer token"})
        async with session, session.post(address, json=payload) as answer:
            taken = await answer.json()
        if self.step == "after:send":
            die()
        return Delivered(taken["messages"][0]["id"])


def arm(step: str) -> None:
    """Make the process die before or after (and, within a transaction, before its commit) a step."""
    when, _, name = step.partition(":")
    if name not in STEPS:
        return
    module, attribute = STEPS[name]
    real = getattr(module, attribute)

    @functools.wraps(real)
    def dying(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            die()
        result = real(*args, **kwargs)
        if result or name == "mark_sent":  # an idle worker finds nothing: that is no step
            die()
        return result

    if when == "committed":
        original = Database.transaction
        inner = {
            "receive": "store",
            "settle": "replied",
            "enqueue": "replied",
            "claim_due": "_take",
            "mark_sent": "_sent",
        }

        @functools.wraps(original)
        async def run(self: Database, function: Any, *args: Any, **kwargs: Any) -> Any:
            result = await original(self, function, *args, **kwargs)
            something = result[0] if name == "claim_due" and isinstance(result, tuple) else result
            if getattr(function, "__name__", "") == inner.get(name, name) and (something or name == "mark_sent"):
                die()
            return result

        Database.transaction = run  # type: ignore[method-assign]
    else:
        setattr(module, attribute, dying)


async def _work(url: str, graph: str, step: str, told: Path) -> None:
    arm(step)
    settings = Settings(data_folder=tempfile.mkdtemp(), send_doubt=0.5)
    channels: Channels = {"web": PlainPage(), "whatsapp": ToGraph(graph, step)}
    office = MessageService(settings, OneLine(step), channels=channels, database=Database(url), keys=Keys(bytes(32)))
    await office.open()
    message = Incoming(
        channel="whatsapp",
        address="31612345678",
        channel_id="wamid.IN1",
        kind="text",
        content=Content(text="hello"),
        at=datetime.now(timezone.utc),
        contact=Contact(phone="31612345678"),
    )
    await office.receive([message])
    await asyncio.to_thread(told.touch)  # Meta was told 200
    for _ in range(800):
        await asyncio.sleep(0.05)
        waiting = await office.database.transaction(
            inbox.waiting_since
        )  # first: what is answered becomes something to send
        if waiting is None and await office.database.transaction(outbox.next_due) is None:
            break
    await office.close()


def run(url: str, graph: str, step: str, told: Path) -> None:
    """What the process does: `told` is a file that is made once the message is taken in."""
    transactions.LEASE = send_worker.timedelta(seconds=1)  # another gateway may go on soon
    asyncio.run(_work(url, graph, step, told))
