"""Nothing is kept longer than it is needed: on a schedule, and proven by tests that search every table."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta, timezone
from typing import Final, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import files, schema
from bot.conversations import store as conversations
from bot.conversations.database import Database
from bot.settings import Settings

log = logging.getLogger(__name__)

#: Seconds between two looks.
_EVERY: Final = 600
#: What is left of a conversation that was deleted on request (the word that it is gone) goes after this.
_LAST_WORD: Final = timedelta(hours=1)
_BATCH: Final = 200


class Forgets(Protocol):
    """The assistant, as far as it keeps something of a conversation."""

    async def forget(self, conversation: str) -> None:
        """Delete it."""
        ...


class Retention:
    """The worker that deletes."""

    def __init__(self, database: Database, assistant: Forgets, settings: Settings) -> None:
        self.database, self.assistant = database, assistant
        self.messages = timedelta(days=settings.keep_days)
        self.cases = timedelta(days=settings.keep_case_days)

    async def run(self) -> None:
        """Delete on a schedule until cancelled."""
        while True:
            try:
                await self.once(datetime.now(timezone.utc))
            except Exception as error:
                log.warning("deleting on schedule waits: %s", type(error).__name__)
            await asyncio.sleep(_EVERY)

    async def once(self, now: datetime) -> int:
        """Delete all that is over its time; how many conversations went."""
        await self.database.transaction(files.purge, now)
        gone = 0
        while True:
            names = await self.database.transaction(over, now, self.messages, self.cases)
            for name in names:
                await self.assistant.forget(name)
                await self.database.transaction(conversations.erase, name)
            gone += len(names)
            if len(names) < _BATCH:
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
