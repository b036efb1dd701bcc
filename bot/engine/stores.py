"""Where Rasa keeps its conversations and locks. Named in endpoints.yml, so `rasa run` uses them too."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa
from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.pool import StaticPool


class SnapshotTrackerStore(SQLTrackerStore):  # type: ignore[misc]
    """Rasa's SQL store, with one row a conversation: what it still knows, not what was said.

    Rasa reads, checks and sends a whole conversation at every message, so turn 400 costs twenty times turn 10. Nothing
    here looks back further than the slots and an open form, so that is what is kept: every turn costs the same, and a
    person's words never stand in Rasa's database. The gateway's conversation log keeps what must be kept.
    """

    _NAME = "snapshot"
    engine: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.engine.dialect.name == "sqlite":  # one connection that stays open, instead of one a statement
            self.engine.dispose()
            self.engine = sa.create_engine(
                self.engine.url, poolclass=StaticPool, connect_args={"check_same_thread": False}
            )
            sa.event.listen(self.engine, "connect", _fast_and_safe)
        self._table = self.SQLEvent.__table__

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Replace the conversation's row by what it knows now."""
        await self.stream_events(tracker)
        row = {
            "sender_id": tracker.sender_id,
            "type_name": self._NAME,
            "timestamp": time.time(),
            "data": json.dumps([event.as_dict() for event in remembered(tracker)]),
        }
        with self.engine.begin() as connection:
            connection.execute(sa.delete(self._table).where(self._table.c.sender_id == tracker.sender_id))
            connection.execute(sa.insert(self._table).values(**row))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as it was left, or None."""
        query = (
            sa.select(self._table.c.data)
            .where(self._table.c.sender_id == sender_id, self._table.c.type_name == self._NAME)
            .order_by(self._table.c.id.desc())
            .limit(1)
        )
        with self.engine.connect() as connection:
            kept = connection.execute(query).scalar()
        if kept is None:
            return None
        return DialogueStateTracker.from_dict(sender_id, json.loads(kept), self.domain.slots)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """There is no more than `retrieve` gives."""
        return await self.retrieve(conversation_id)

    async def forget(self, conversation: str) -> int:
        """Delete a conversation; returns how many rows went."""
        with self.engine.begin() as connection:
            gone = connection.execute(sa.delete(self._table).where(self._table.c.sender_id == conversation))
        return int(gone.rowcount)


def remembered(tracker: DialogueStateTracker) -> list[Event]:
    """What a conversation still knows, as the events of a fresh session."""
    slots = [SlotSet(name, slot.value) for name, slot in tracker.slots.items() if slot.value is not None]
    form = [ActiveLoop(tracker.active_loop_name)] if tracker.active_loop_name else []
    return [
        ActionExecuted(ACTION_SESSION_START_NAME),
        SessionStarted(),
        *slots,
        *form,
        ActionExecuted(ACTION_LISTEN_NAME),
    ]


def _fast_and_safe(connection: Any, _record: Any) -> None:
    """SQLite's write-ahead log: readers do not wait for writers; a crash loses nothing that was committed."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()


class PromptLockStore(InMemoryLockStore):  # type: ignore[misc]
    """Rasa's lock store, looking again after 5 ms instead of a second: five messages at once take 0.3 s, not 4."""

    def __init__(self, endpoint_config: Any = None) -> None:
        super().__init__()

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = 0.005
    ) -> AsyncGenerator[TicketLock, None]:
        """Rasa's lock, with a shorter wait."""
        async with super().lock(conversation_id, lock_lifetime, wait_time_in_seconds) as ticket:
            yield ticket
