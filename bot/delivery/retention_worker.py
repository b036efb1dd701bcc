"""Nothing is kept longer than it is needed: on a schedule, and proven by tests that search every table."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from datetime import datetime, timedelta, timezone
from typing import Final, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import files, schema
from bot.conversations import store as conversations
from bot.conversations.database import Database
from bot.delivery.events import EventBus
from bot.delivery.standing import DeliveryState
from bot.settings import Settings
from bot.timeouts import timeout

log = logging.getLogger(__name__)

#: Seconds between two looks.
_EVERY: Final = 600
#: What is left of a conversation that was deleted on request (the word that it is gone) goes after this.
_LAST_WORD: Final = timedelta(hours=1)
_BATCH: Final = 200
#: Seconds after a deletion until the files are wiped, so that several share it; and after one that did not work.
_TOGETHER: Final = 1.0
_AGAIN: Final = 30.0


class Erases(Protocol):
    """The assistant, as far as it keeps something of a conversation."""

    async def erase(self, conversation: str) -> None:
        """Delete it."""
        ...


class Retention:
    """The worker that deletes, and sees to it that the bytes of what was deleted go from the files."""

    def __init__(self, database: Database, assistant: Erases, settings: Settings, hub: EventBus) -> None:
        self.database, self.assistant, self.hub = database, assistant, hub
        self.messages = timedelta(days=settings.keep_days)
        self.cases = timedelta(days=settings.keep_case_days)
        self.standing = DeliveryState()
        #: what was deleted has not gone from the files yet, since when; and from their gaps
        self.left_since: float | None = None
        self._gaps = True  # an earlier run may have left some

    async def run(self) -> None:
        """Delete on a schedule until cancelled, and wipe after each deletion."""
        self.hub.deleted.set()
        while True:
            try:
                await self.once(datetime.now(timezone.utc))
                self.standing.fine()
            except Exception as error:
                log.warning("deleting on schedule waits: %s", type(error).__name__)
                self.standing.held_up(error)
            with contextlib.suppress(asyncio.TimeoutError):
                async with timeout(_EVERY if self.standing.fine_now else _AGAIN):
                    await self._wiping()

    async def _wiping(self) -> None:
        while True:
            await self.hub.deleted.wait()
            await asyncio.sleep(_TOGETHER)
            await self.wipe(thorough=False)
            if self.left_since is not None:
                await asyncio.sleep(_AGAIN)

    async def wipe(self, *, thorough: bool) -> None:
        """Let what was deleted so far go from the files; `thorough` also from the gaps in them."""
        if self.hub.deleted.is_set():
            self.left_since = self.left_since or time.monotonic()
            self._gaps = True
        self.hub.deleted.clear()
        try:
            done = await self.database.wipe(thorough=thorough)
        except Exception as error:
            log.warning("what was deleted waits to go from the files: %s", type(error).__name__)
            done = False
        if done:
            self.left_since, self._gaps = None, self._gaps and not thorough
        else:
            self.left_since = self.left_since or time.monotonic()
            self.hub.deleted.set()

    async def once(self, now: datetime) -> int:
        """Delete all that is over its time, then wipe what was deleted since; how many conversations went."""
        await self.database.transaction(files.purge, now)
        gone = 0
        while True:
            names = await self.database.transaction(over, now, self.messages, self.cases)
            for name in names:
                await self.assistant.erase(name)
                await self.database.transaction(conversations.erase, name)
            gone += len(names)
            if len(names) < _BATCH:
                break
        if self._gaps or gone or self.hub.deleted.is_set():
            await self.wipe(thorough=True)
        return gone


def over(connection: Connection, now: datetime, messages: timedelta, cases: timedelta) -> list[str]:
    """Conversations that are over their time: `messages` after the last word, `cases` where an advisor was asked for.

    A conversation that was emptied on request and has nothing left to carry goes after an hour.
    """
    conversation, case, message = schema.conversations, schema.cases, schema.messages
    had_case = sa.exists().where(case.c.conversation == conversation.c.id)
    running = sa.exists().where(case.c.conversation == conversation.c.id, case.c.state.in_(("waiting", "taken")))
    has_words = sa.exists().where(message.c.conversation == conversation.c.id, message.c.direction == "in")
    to_carry = sa.exists().where(
        message.c.conversation == conversation.c.id, message.c.state.in_(("new", "ready", "sending"))
    )
    last = conversation.c.last_at
    query = (
        sa.select(conversation.c.id)
        .where(
            sa.or_(
                sa.and_(last < now - messages, sa.not_(had_case)),
                sa.and_(last < now - cases, sa.not_(running)),
                sa.and_(last < now - _LAST_WORD, sa.not_(has_words), sa.not_(had_case), sa.not_(to_carry)),
            )
        )
        .order_by(last)
        .limit(_BATCH)
    )
    return list(connection.execute(query).scalars())
