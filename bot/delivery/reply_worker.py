"""Has messages answered: claims a conversation, asks the assistant, and stores the replies in one transaction.

A message is answered once: the replies are stored only while the claim holds and the message is still new, in the same
transaction that marks it. After a crash the next claim finds it new and asks the assistant again, which answers from
the state that it had before (bot/engine/rasa/tracker_store.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

import structlog

from actions.letters import store
from bot.conversations import inbox
from bot.conversations import store as conversations
from bot.conversations.channel import Channels
from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.conversations.inbox import ClaimedMessage
from bot.conversations.models import Conversation, Message
from bot.delivery import transactions
from bot.delivery.events import EventBus
from bot.delivery.flood import Flood
from bot.delivery.ports import AssistantPort, DirectAnswers, HandoffPort
from bot.delivery.standing import DeliveryState
from bot.delivery.transactions import Documents, PreparedReply, ReplyTransactions
from bot.engine.payload import read
from bot.engine.turn import Turn, TurnRequest
from bot.timeouts import timeout

log = logging.getLogger(__name__)

#: How often a living gateway renews its claims, in seconds.
_RENEW: Final = 5.0
_BATCH: Final = 16
_SLEEP: Final = 2.0
#: Kinds that Baken reads; the others get a kind word (or wait for the advisor).
_READ: Final = ("text", "button")
#: Kinds that nothing is said about.
_SILENT: Final = ("reaction", "deleted", "system")


class ReplyWorker:
    """The worker. One in each gateway; several share the conversations by claims."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        hub: EventBus,
        assistant: AssistantPort,
        *,
        me: str,
        channels: Channels,
        desk: HandoffPort | None = None,
        directs: Sequence[DirectAnswers] = (),
        at_once: int = 8,
        measured: Callable[[Conversation, Message, Turn, float], None] | None = None,
    ) -> None:
        self.database, self.keys, self.hub, self.assistant = database, keys, hub, assistant
        self.me, self.channels, self.desk, self.measured = me, channels, desk, measured
        self.settling = ReplyTransactions(keys, me, channels, desk)
        self.directs = (*directs, *((desk,) if desk is not None else ()))
        self.standing = DeliveryState()
        self.flood = Flood(assistant)
        #: told of messages that were not answered one by one: (whose, how many)
        self.together: Callable[[Conversation, int], None] | None = None
        self._slots = asyncio.Semaphore(at_once)
        self._running: set[asyncio.Task[None]] = set()
        #: claimed here, with whether more of it came in since; and what came in while a claim was being made
        self._claimed: dict[str, bool] = {}
        self._meanwhile: set[str] = set()

    async def run(self) -> None:
        """Answer until cancelled; what is under way is finished by `finish`."""
        renewing = asyncio.create_task(self._renewing())
        unfollow = self.hub.subscribe(self._heard_of)
        try:
            while not self.hub.closing:
                self.hub.work.clear()
                if not await self._claim_some():
                    with contextlib.suppress(asyncio.TimeoutError):
                        async with timeout(_SLEEP):
                            await self.hub.work.wait()
        finally:
            renewing.cancel()
            unfollow()

    async def finish(self) -> None:
        """Wait for what is being answered, then give the claims back."""
        await asyncio.gather(*self._running, return_exceptions=True)
        with contextlib.suppress(Exception):
            await self.database.transaction(inbox.release, self.me)

    def _heard_of(self, kind: str, conversation: str) -> None:
        if kind == "*":
            self._claimed = dict.fromkeys(self._claimed, True)
        elif kind == "in":
            self._meanwhile.add(conversation)
            if conversation in self._claimed:
                self._claimed[conversation] = True

    async def _claim_some(self) -> bool:
        """Claim what there is room for; whether there may be more that waits."""
        await self._slots.acquire()
        self._slots.release()
        room = max(1, min(_BATCH, self._slots._value))
        self._meanwhile.clear()
        try:
            claims = await self.database.transaction(self.settling.claim, room)
        except Exception as error:
            log.warning("answering waits for the database: %s", type(error).__name__)
            self.standing.held_up(error)
            await asyncio.sleep(1.0)
            return True
        self.standing.fine()
        for claim, first in claims:
            self._claimed[claim.conversation.id] = claim.conversation.id in self._meanwhile
            await self._slots.acquire()
            task = asyncio.create_task(self._conversation(claim, first))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        # of several gateways another may have been quicker with some of them
        return len(claims) >= room or (bool(claims) and not self.database.sqlite)

    async def _renewing(self) -> None:
        while True:
            await asyncio.sleep(_RENEW)
            if self._running:
                with contextlib.suppress(Exception):
                    await self.database.transaction(inbox.renew, self.me, _now(), transactions.LEASE)

    async def _conversation(self, claim: ClaimedMessage, first: PreparedReply | None) -> None:
        try:
            conversation, order = claim.conversation, await self.flood.order(claim)
            for place, message in enumerate(order.one_by_one):
                last = place == len(order.one_by_one) - 1 and not order.together
                known = first if place == 0 and message is claim.messages[0] else None
                if not await self._message(conversation, message, last, known):
                    return
            if order.together:
                words = self.flood.words(conversation.id)
                await self.database.transaction(self.settling.together, conversation, order.together, words)
                if self.together is not None:
                    self.together(conversation, len(order.together))
        except Exception as error:  # the messages stay new; the claim is given back, so that they are tried again
            log.error("a conversation was not answered: %s at %s", type(error).__name__, _place(error))
            await asyncio.sleep(1.0)
            with contextlib.suppress(Exception):
                await self.database.transaction(inbox.release, self.me, [claim.conversation.id])
            self._claimed[claim.conversation.id] = True
        finally:
            self._slots.release()
            if self._claimed.pop(claim.conversation.id, True):
                self.hub.work.set()

    async def _message(
        self, conversation: Conversation, message: Message, last: bool, prepared: PreparedReply | None
    ) -> bool:
        """Answer one message; False where the claim was lost and another gateway goes on."""
        structlog.contextvars.bind_contextvars(correlation=f"in-{message.id}")
        prepared = prepared or await self.database.transaction(self.settling.prepare, conversation.id, message)
        if prepared is None:
            return False
        now_conversation, text, payload, desk = prepared
        start = time.perf_counter()
        if message.kind in _SILENT:
            return await self.database.transaction(self.settling.noted, conversation.id, message, last)
        direct = next((one for one in self.directs if payload and one.takes(payload)), None)
        if direct is not None:
            return await self.database.transaction(
                self.settling.direct, now_conversation, message, direct, payload, last
            )
        if now_conversation.holder == "human":
            danger, back = await self._heard(text, payload) if message.kind in _READ else (False, False)
            return await self.database.transaction(self.settling.held, now_conversation, message, danger, back, last)
        if message.kind not in _READ:
            return await self.database.transaction(self.settling.kind, now_conversation, message, last)
        if message.channel_id is not None:
            channel = self.channels[conversation.channel]
            shown = asyncio.create_task(channel.show_typing(now_conversation, message.channel_id))
            self._running.add(shown)
            shown.add_done_callback(self._running.discard)
        request = TurnRequest(
            conversation=conversation.id,
            text=text,
            payload=payload,
            message_id=str(message.id),
            language_hint=now_conversation.language or None,
            desk=desk,
        )
        turn = await self.assistant.reply(request)
        documents = await _documents(turn)
        stored = await self.database.transaction(
            self.settling.replied, now_conversation, message, turn, documents, last
        )
        for path in documents.values():
            store.forget([path[0].name])
        if stored and turn.forget:  # what was kept to answer this message alike once more is not needed now
            await self.assistant.erase(conversation.id)
        if not stored and await self.database.transaction(conversations.find, self.keys, conversation.id) is None:
            await self.assistant.erase(conversation.id)  # deleted while it was being answered
        if stored and self.measured is not None:
            self.measured(now_conversation, message, turn, time.perf_counter() - start)
        return stored

    async def _heard(self, text: str, payload: str) -> tuple[bool, bool]:
        """Whether a message to an advisor has signs of danger (the case goes to the top), or asks for Baken again."""
        button = read(payload)
        if button is not None:
            parsed: dict[str, Any] = {"intent": {"name": button.intent, "confidence": 1.0}}
        elif not text or payload:
            return False, False
        else:
            try:
                parsed = await self.assistant.parse(text)
            except Exception:
                return False, False
        danger = (parsed.get("intent") or {}).get("name") in ("exploitation", "emergency")
        return danger, self.desk is not None and self.desk.wants_back(parsed, payload or text)


async def _documents(turn: Turn) -> Documents:
    """The files that a turn made, read from where the actions left them."""
    paths = [Path(reply.document.path) for reply in turn.replies if reply.document is not None]
    return await asyncio.to_thread(_read, paths) if paths else {}


def _read(paths: Sequence[Path]) -> Documents:
    return {str(path): (path, path.read_bytes()) for path in paths if path.is_file()}


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
