"""Carries messages out of the log to the channels: in order for each person, again where it failed, never for ever."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Final

import structlog
from sqlalchemy.engine import Connection

from bot.conversations import outbox
from bot.conversations import store as conversations
from bot.conversations.channel import Channels
from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.conversations.models import Delivered, NotDelivered, Outgoing
from bot.delivery.events import EventBus
from bot.delivery.standing import DeliveryState
from bot.timeouts import timeout

log = logging.getLogger(__name__)

#: Tries of one message, and the seconds between them: doubled each time, with as much by chance.
MOST_TRIES: Final = 8
_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 300.0
#: Messages taken at a time, and longest sleep when nothing is due, in seconds.
_BATCH: Final = 20
_SLEEP: Final = 5.0


def wait(attempts: int, asked: float | None = None) -> float:
    """Seconds until the next try: what the channel asks for, or exponential backoff with full jitter."""
    if asked is not None:
        return asked + random.random()
    most = min(_FIRST_WAIT * 2.0 ** max(attempts - 1, 0), _LONGEST_WAIT)
    return most / 2 + random.random() * most / 2


class SendWorker:
    """The worker. One in each gateway; several share the work by the log."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        hub: EventBus,
        channels: Channels,
        *,
        doubt: float = 30.0,
        at_once: int = 16,
    ) -> None:
        """`doubt`: seconds after which a message that may or may not have been taken is sent again."""
        self.database, self.keys, self.hub, self.channels = database, keys, hub, channels
        self.doubt = timedelta(seconds=doubt)
        self.standing = DeliveryState()
        self._slots = asyncio.Semaphore(at_once)
        self._running: set[asyncio.Task[None]] = set()
        #: told of each try: (what, what came of it, seconds, whether it was the last)
        self.measured: Callable[[Outgoing, Delivered | NotDelivered, float, bool], None] | None = None

    async def run(self) -> None:
        """Send until cancelled; what is under way is finished by `finish`."""
        while not self.hub.closing:
            self.hub.mail.clear()
            try:
                taken, following = await self.database.transaction(_take, self.keys, self.doubt)
                self.standing.fine()
                for outgoing in taken:
                    await self._slots.acquire()
                    task = asyncio.create_task(self._one(outgoing))
                    self._running.add(task)
                    task.add_done_callback(self._running.discard)
                # of several gateways another may have been quicker with some of them
                if len(taken) >= _BATCH or (taken and not self.database.sqlite):
                    continue
            except Exception as error:
                log.warning("sending waits for the database: %s", type(error).__name__)
                self.standing.held_up(error)
                following = _now() + timedelta(seconds=1)
            pause = _SLEEP if following is None else (following - _now()).total_seconds()
            with contextlib.suppress(asyncio.TimeoutError):
                async with timeout(max(0.02, min(pause, _SLEEP))):
                    await self.hub.mail.wait()

    async def finish(self) -> None:
        """Wait for what is being sent."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _one(self, outgoing: Outgoing) -> None:
        structlog.contextvars.bind_contextvars(correlation=f"out-{outgoing.message.id}")
        start = time.perf_counter()
        try:
            result = await self.channels[outgoing.conversation.channel].send(outgoing)
            if self.measured is not None:
                last = isinstance(result, NotDelivered) and _given_up(outgoing, result)
                self.measured(outgoing, result, time.perf_counter() - start, last)
            if await self._note(outgoing, result):
                self.hub.mail.set()
        except Exception as error:  # the row stays as it is: it is found again after `doubt`
            log.error("a message was not carried: %s", type(error).__name__)
        finally:
            self._slots.release()

    async def _note(self, outgoing: Outgoing, result: Delivered | NotDelivered) -> bool:
        """Write down what came of it; whether there is something new to send or to wait for."""
        message, attempts = outgoing.message.id, outgoing.message.attempts + 1
        for pause in (0.0, 0.2, 1.0, 3.0):  # what the channel said must not be lost to a restart of the database
            await asyncio.sleep(pause)
            try:
                if isinstance(result, Delivered):  # the next one of this person may go now
                    return await self.database.transaction(_sent, outgoing, result.channel_id)
                if _given_up(outgoing, result):
                    log.warning("message not delivered: code %s after %d tries", result.code, attempts)
                    await self.database.transaction(outbox.mark_failed, message, result.code)
                else:
                    when = _now() + (self.doubt if result.unknown else timedelta(seconds=wait(attempts, result.after)))
                    await self.database.transaction(
                        outbox.schedule_retry, message, when, result.code, known=not result.unknown
                    )
                return True
            except Exception as error:
                log.warning("what became of a message could not be noted yet: %s", type(error).__name__)
        return True


def _given_up(outgoing: Outgoing, result: NotDelivered) -> bool:
    return result.permanent or outgoing.message.attempts + 1 >= MOST_TRIES


def _take(connection: Connection, keys: Keys, doubt: timedelta) -> tuple[list[Outgoing], datetime | None]:
    """What is to be sent now, and when the next after it will be."""
    taken = outbox.claim_due(connection, keys, _now(), doubt=doubt, most=_BATCH)
    return taken, outbox.next_due(connection)


def _sent(connection: Connection, outgoing: Outgoing, channel_id: str) -> bool:
    """Write it down; whether the person is to get more."""
    outbox.mark_sent(connection, outgoing.message.id, channel_id)
    if conversations.erase_if_spent(connection, outgoing.conversation.id):
        return False
    return outbox.has_more(connection, outgoing.conversation.id)


def _now() -> datetime:
    return datetime.now(timezone.utc)
