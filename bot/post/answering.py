"""Has messages answered: claims a conversation, asks the assistant, and stores the replies in one transaction.

A message is answered once: the replies are stored only while the claim holds and the message is still new, in the same
transaction that marks it. After a crash the next claim finds it new and asks the assistant again, which answers from
the state that it had before (bot/engine/stores.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final, Protocol

import structlog
from sqlalchemy.engine import Connection

from actions.letters import store
from bot.channels.whatsapp.choices import pick
from bot.engine.turn import Turn
from bot.log import cases, conversations, files, history, inbox, outbox
from bot.log.database import Database, announce
from bot.log.inbox import Claim
from bot.log.keys import Keys
from bot.log.model import Carrier, Content, Conversation, FileRef, Holder, Kind, Message
from bot.post.hub import Hub

log = logging.getLogger(__name__)

#: How long a claim holds when its gateway dies, and how often a living one renews it.
LEASE: Final = timedelta(seconds=15)
_RENEW: Final = 5.0
_BATCH: Final = 16
_SLEEP: Final = 2.0
#: A letter waits for its download so long.
_FILE_KEPT: Final = timedelta(days=1)
#: Kinds that Baken reads; the others get a kind word (or wait for the advisor).
_READ: Final = ("text", "button")
#: Kinds that nothing is said about.
_SILENT: Final = ("reaction", "deleted", "system")


class Answers(Protocol):
    """The assistant, as the post room needs it."""

    async def reply(
        self, conversation: str, text: str, *, language_hint: str | None = None, message_id: str | None = None,
        desk: Mapping[str, Any] | None = None,
    ) -> Turn:  # fmt: skip
        """Answer one message."""
        ...

    async def parse(self, text: str) -> dict[str, Any]:
        """What the understanding makes of a text."""
        ...

    async def forget(self, conversation: str) -> None:
        """Delete what is kept of a conversation."""
        ...


class Direct(Protocol):
    """Answers some buttons from the log itself; they never reach the assistant."""

    def takes(self, text: str) -> bool:
        """Whether a message is such a button."""
        ...

    def direct(
        self, connection: Connection, conversation: Conversation, text: str, now: datetime
    ) -> list[Content] | None:
        """The answer to it."""
        ...


class Desk(Direct, Protocol):
    """The advisors' desk, as the post room needs it."""

    def situation(self, connection: Connection, conversation: Conversation) -> dict[str, Any]:
        """What an action needs to know to speak about the desk: open or not, place in the queue …"""
        ...

    def after(self, connection: Connection, conversation: Conversation, message: Message, turn: Turn,
              now: datetime) -> list[Content]:  # fmt: skip
        """What a turn means for the desk: opens or leaves a case. More to say, if any."""
        ...

    def wants_back(self, parsed: Mapping[str, Any], text: str) -> bool:
        """Whether somebody who talks to an advisor wants to go back to Baken."""
        ...

    def ask_back(self, connection: Connection, conversation: Conversation) -> list[Content]:
        """Asks whether they do."""
        ...


#: Gives the text that answers a message which Baken can't read, if any: (kind, who answers, language) → text.
KindText = Callable[[Kind, Holder, str], "str | None"]
#: The conversation as it is now, what to give to the assistant, and how the desk stands.
Prepared = tuple[Conversation, str, "dict[str, Any] | None"]


class Answering:
    """The worker. One in each gateway; several share the conversations by claims."""

    def __init__(
        self, database: Database, keys: Keys, hub: Hub, assistant: Answers, *, me: str, kind_text: KindText,
        carriers: Mapping[str, Carrier] | None = None, desk: Desk | None = None, directs: Sequence[Direct] = (),
        at_once: int = 8,
        measured: Callable[[Conversation, Message, Turn, float], None] | None = None,
    ) -> None:  # fmt: skip
        self.database, self.keys, self.hub, self.assistant = database, keys, hub, assistant
        self.me, self.kind_text, self.carriers, self.desk = me, kind_text, carriers or {}, desk
        self.measured = measured
        self.directs = (*directs, *((desk,) if desk is not None else ()))
        self._slots = asyncio.Semaphore(at_once)
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Answer until cancelled; what is under way is finished by `finish`."""
        renewing = asyncio.create_task(self._renewing())
        try:
            while not self.hub.closing:  # a cancellation can be lost in wait_for (Python 3.10)
                self.hub.work.clear()
                if not await self._claim_some():
                    with contextlib.suppress(asyncio.TimeoutError):
                        await asyncio.wait_for(self.hub.work.wait(), _SLEEP)
        finally:
            renewing.cancel()

    async def finish(self) -> None:
        """Wait for what is being answered, then give the claims back."""
        await asyncio.gather(*self._running, return_exceptions=True)
        with contextlib.suppress(Exception):
            await self.database.run(inbox.release, self.me)

    async def _claim_some(self) -> bool:
        await self._slots.acquire()
        self._slots.release()
        room = max(1, min(_BATCH, self._slots._value))
        try:
            claims = await self.database.run(self._claim, room)
        except Exception as error:
            log.warning("answering waits for the database: %s", type(error).__name__)
            await asyncio.sleep(1.0)
            return True
        for claim, first in claims:
            await self._slots.acquire()
            task = asyncio.create_task(self._conversation(claim, first))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return bool(claims)

    async def _renewing(self) -> None:
        while True:
            await asyncio.sleep(_RENEW)
            if self._running:
                with contextlib.suppress(Exception):
                    await self.database.run(inbox.renew, self.me, _now(), LEASE)

    async def _conversation(self, claim: Claim, first: Prepared) -> None:
        try:
            conversation = claim.conversation
            for place, message in enumerate(claim.messages):
                last = place == len(claim.messages) - 1
                if not await self._message(conversation, message, last, first if place == 0 else None):
                    break
        except Exception as error:  # the messages stay new; the claim is given back, so that they are tried again
            log.error("a conversation was not answered: %s at %s", type(error).__name__, _place(error))
            await asyncio.sleep(1.0)
            with contextlib.suppress(Exception):
                await self.database.run(inbox.release, self.me, [claim.conversation.id])
        finally:
            self._slots.release()
            self.hub.work.set()

    async def _message(
        self, conversation: Conversation, message: Message, last: bool, prepared: Prepared | None
    ) -> bool:
        """Answer one message; False where the claim was lost and another gateway goes on."""
        structlog.contextvars.bind_contextvars(correlation=f"in-{message.id}")
        prepared = prepared or await self.database.run(self._prepare, conversation.id, message)
        if prepared is None:
            return False
        now_conversation, text, desk = prepared
        start = time.perf_counter()
        if message.kind in _SILENT:
            return await self.database.run(self._store_noted, conversation.id, message, last)
        direct = next((one for one in self.directs if one.takes(text)), None)
        if direct is not None:
            return await self.database.run(self._store_direct, now_conversation, message, direct, text, last)
        if now_conversation.holder == "human":
            danger, back = await self._heard(text) if message.kind in _READ and text else (False, False)
            return await self.database.run(self._store_held, now_conversation, message, danger, back, last)
        if message.kind not in _READ:
            return await self.database.run(self._store_kind, now_conversation, message, last)
        carrier = self.carriers.get(conversation.channel)
        if carrier is not None and message.channel_id is not None:
            shown = asyncio.create_task(carrier.working(now_conversation, message.channel_id))
            self._running.add(shown)
            shown.add_done_callback(self._running.discard)
        turn = await self.assistant.reply(
            conversation.id, text, language_hint=now_conversation.language or None, message_id=str(message.id),
            desk=desk,
        )  # fmt: skip
        documents = await asyncio.to_thread(_documents, turn)
        stored = await self.database.run(self._store, now_conversation, message, turn, documents, last)
        for path in documents.values():
            store.forget([path[0].name])
        if stored and turn.forget:  # what was kept to answer this message alike once more is not needed now
            await self.assistant.forget(conversation.id)
        if not stored and await self.database.run(conversations.find, self.keys, conversation.id) is None:
            await self.assistant.forget(conversation.id)  # deleted while it was being answered
        if stored and self.measured is not None:
            self.measured(now_conversation, message, turn, time.perf_counter() - start)
        return stored

    async def _heard(self, text: str) -> tuple[bool, bool]:
        """Whether a message to an advisor has signs of danger (the case goes to the top), or asks for Baken again."""
        try:
            parsed = await self.assistant.parse(text)
        except Exception:
            return False, False
        danger = (parsed.get("intent") or {}).get("name") in ("exploitation", "emergency")
        return danger, self.desk is not None and self.desk.wants_back(parsed, text)

    # -- transactions -------------------------------------------------------------------------------------------

    def _claim(self, connection: Connection, most: int) -> list[tuple[Claim, Prepared]]:
        """Conversations that wait, each with what its first message needs, in one transaction."""
        claims = inbox.claim(connection, self.keys, self.me, _now(), lease=LEASE, most=most)
        return [(claim, self._ready(connection, claim.conversation, claim.messages[0])) for claim in claims]

    def _prepare(self, connection: Connection, name: str, message: Message) -> Prepared | None:
        """What a further message of a claim needs; None where the claim was lost."""
        conversation = inbox.mine(connection, self.me, name, self.keys)
        return None if conversation is None else self._ready(connection, conversation, message)

    def _ready(self, connection: Connection, conversation: Conversation, message: Message) -> Prepared:
        text = message.content.payload or message.content.text
        if not message.content.payload:
            said = (
                history.last_said(connection, self.keys, conversation.id)
                if conversation.channel == "whatsapp"
                else None
            )
            picked = pick(said, text) if said is not None else None  # "2", or the words of a choice
            text = picked or (f" {text}" if text.startswith("/") else text)
        desk = self.desk.situation(connection, conversation) if self.desk is not None else None
        return conversation, text, desk

    def _own(self, connection: Connection, name: str, message: Message, state: str, last: bool, **about: Any) -> bool:
        """Whether this gateway may settle the message now, done in the same breath; the claim ends with the last."""
        if inbox.mine(connection, self.me, name) is None or not inbox.settle(connection, message.id, state, **about):
            return False
        if last:
            inbox.release(connection, self.me, [name])
        return True

    def _store_noted(self, connection: Connection, name: str, message: Message, last: bool) -> bool:
        if not self._own(connection, name, message, "noted", last):
            return False
        if message.kind == "deleted" and message.content.replaces:
            history.blank(connection, self.keys, name, message.content.replaces)
        return True

    def _store_held(
        self, connection: Connection, conversation: Conversation, message: Message, danger: bool, back: bool, last: bool
    ) -> bool:
        if not self._own(connection, conversation.id, message, "held", last, safety=danger):
            return False
        if danger:
            cases.raise_urgency(connection, conversation.id, cases.DANGER)
        self._say_kind(connection, conversation, message)
        if back and self.desk is not None:
            contents = self.desk.ask_back(connection, conversation)
            outbox.say(connection, self.keys, conversation.id, contents, _now(), reply_to=message.id)
        announce(connection, f"case:{conversation.id}")
        return True

    def _store_direct(
        self, connection: Connection, conversation: Conversation, message: Message, direct: Direct, text: str,
        last: bool,
    ) -> bool:  # fmt: skip
        if not self._own(connection, conversation.id, message, "answered", last):
            return False
        contents = direct.direct(connection, conversation, text, _now()) or []
        if contents:
            outbox.say(connection, self.keys, conversation.id, contents, _now(), reply_to=message.id)
        return True

    def _store_kind(self, connection: Connection, conversation: Conversation, message: Message, last: bool) -> bool:
        if not self._own(connection, conversation.id, message, "answered", last):
            return False
        self._say_kind(connection, conversation, message)
        return True

    def _say_kind(self, connection: Connection, conversation: Conversation, message: Message) -> None:
        text = self.kind_text(message.kind, conversation.holder, conversation.language or "en")
        if text:
            outbox.say(connection, self.keys, conversation.id, [Content(text=text)], _now(), reply_to=message.id)

    def _store(
        self, connection: Connection, conversation: Conversation, message: Message, turn: Turn,
        documents: dict[str, tuple[Path, bytes]], last: bool,
    ) -> bool:  # fmt: skip
        about = {"topic": turn.topic, "understood": turn.understood, "safety": turn.safety}
        if not self._own(connection, conversation.id, message, "answered", last, **about):
            return False
        now = _now()
        contents = []
        for reply in turn.replies:
            document = None
            if reply.document is not None and reply.document.path in documents:
                content = documents[reply.document.path][1]
                name = files.keep(connection, self.keys, conversation.id, content, now, now + _FILE_KEPT)
                document = FileRef(reply.document.filename, reply.document.media_type, file=name)
            contents.append(
                Content(
                    text=reply.text, language=turn.language, buttons=reply.buttons, document=document,
                    safety=turn.safety,
                )
            )  # fmt: skip
        if turn.forget:
            self._forget(connection, conversation, contents, now)
            return True
        if self.desk is not None:
            contents += self.desk.after(connection, conversation, message, turn, now)
        outbox.say(connection, self.keys, conversation.id, contents, now, reply_to=message.id, topic=turn.topic)
        conversations.speak(connection, conversation.id, turn.language)
        return True

    def _forget(
        self, connection: Connection, conversation: Conversation, contents: list[Content], now: datetime
    ) -> None:
        """Everything that was said and kept goes; the word that it is gone is all that stays, until retention."""
        conversations.empty(connection, conversation.id)
        outbox.say(connection, self.keys, conversation.id, contents, now)


def _documents(turn: Turn) -> dict[str, tuple[Path, bytes]]:
    """The files that a turn made, read from where the actions left them."""
    paths = [Path(reply.document.path) for reply in turn.replies if reply.document is not None]
    return {str(path): (path, path.read_bytes()) for path in paths if path.is_file()}


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
