"""Where Rasa keeps its conversations. Named in endpoints.yml, so `rasa run` uses it too."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore, create_engine_kwargs
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.pool import StaticPool

from bot.conversations.crypto import BadKey, Keys
from bot.conversations.sqlite_file import check_file
from bot.conversations.statements import statement
from bot.conversations.wiping import wipe_sqlite
from bot.engine.rasa.current_message import INCOMING
from bot.engine.rasa.lock_store import PromptLockStore

__all__ = ["PromptLockStore", "SnapshotTrackerStore", "remembered"]

log = logging.getLogger(__name__)

#: Seconds after a deletion in which others share the writing anew of SQLite's file.
_WIPED_AFTER: Final = 60.0
#: Begins a row that is encrypted.
_SEALED: Final = "sealed:"
#: What the question "delete everything?" and its "yes" need to be answered alike once more.
_STAYS: Final = ("language", "memory")


class SnapshotTrackerStore(SQLTrackerStore):  # type: ignore[misc]
    """Rasa's SQL store, with one row a conversation: what it still knows, not what was said.

    Rasa reads, checks and sends a whole conversation at every message, so turn 400 costs twenty times turn 10. Nothing
    here looks back further than the slots and an open form, so that is what is kept: every turn costs the same, and a
    person's words never stand in Rasa's database. The gateway's conversation log keeps what must be kept.

    The row also holds the id of the message that was answered last and what was known before it. Where the gateway
    falls over before it has stored the reply, it asks again with the same id and gets the same answer from the same
    state (`retrieve`).
    """

    _NAME = "snapshot"
    engine: Any

    def __init__(self, *args: Any, key: str = "", **kwargs: Any) -> None:
        """`key`: 32 bytes as base64 that a row is encrypted with; without it rows stand open."""
        if kwargs.get("dialect") == "sqlite" and kwargs.get("db"):  # in a fresh clone there is no var/ yet
            file = Path(kwargs["db"])
            file.parent.mkdir(parents=True, exist_ok=True)
            check_file(file, "delete it and start again; talks under way lose their thread, and nothing else is lost")
        super().__init__(*args, **kwargs)
        self._keys = Keys.load(key, Path()) if key else None
        self._kept: Any = None  # SQLite's connection
        self._wiping: asyncio.TimerHandle | None = None
        url, dialect = self.engine.url, self.engine.dialect.name
        self.engine.dispose()
        if dialect == "sqlite":  # one connection that stays open, instead of one a statement
            self.engine = sa.create_engine(
                url, poolclass=StaticPool, connect_args={"check_same_thread": False}, hide_parameters=True
            )
            sa.event.listen(self.engine, "connect", _fast_and_safe)
            self._wipe(thorough=True)  # an earlier run may have left something
        else:  # a database that was started anew is noticed before a message fails on it; errors never show values
            self.engine = sa.create_engine(url, pool_pre_ping=True, hide_parameters=True, **create_engine_kwargs(url))
        self._statements()

    def _statements(self) -> None:
        table, kind = self.SQLEvent.__table__, self._NAME

        @statement
        def select(conversation: str) -> sa.sql.Select:
            return sa.select(table.c.data).where(table.c.sender_id == conversation).order_by(table.c.id.desc()).limit(1)

        @statement
        def update(conversation: str, now: float, kept: str) -> sa.sql.Update:
            return sa.update(table).where(table.c.sender_id == conversation).values(timestamp=now, data=kept)

        @statement
        def insert(conversation: str, now: float, kept: str) -> sa.sql.Insert:
            return sa.insert(table).values(sender_id=conversation, type_name=kind, timestamp=now, data=kept)

        @statement
        def delete(conversation: str) -> sa.sql.Delete:
            return sa.delete(table).where(table.c.sender_id == conversation)

        self._select, self._update, self._insert, self._delete = select, update, insert, delete

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Replace the conversation's row by what it knows now.

        A message that could not be answered leaves the row as it was: it will come again. So does a conversation that
        was only just begun; Rasa saves it before its first message, and nothing is known of it.
        """
        incoming = INCOMING.get()
        if not tracker.events or (incoming is not None and incoming.failure):
            return
        await self.stream_events(tracker)
        now = [event.as_dict() for event in remembered(tracker)]
        if incoming is not None and incoming.message_id is not None:
            self._put(tracker.sender_id, {"now": now, "message": incoming.message_id, "before": incoming.before})
        else:
            self._put(tracker.sender_id, {"now": now})

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as it was left, or as it was before the message that has come again; None for a new one."""
        kept = self._get(sender_id)
        incoming = INCOMING.get()
        known = kept.get("now")
        if incoming is not None:
            again = incoming.message_id is not None and kept.get("message") == incoming.message_id
            known = incoming.before = kept.get("before") if again else known
        if known is None:
            return None
        return DialogueStateTracker.from_dict(sender_id, known, self.domain.slots)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """There is no more than `retrieve` gives."""
        return await self.retrieve(conversation_id)

    async def forget(self, conversation: str) -> int:
        """Delete a conversation; returns how many rows went. On SQLite its bytes go from the files too."""
        with self._connected() as connection, connection.begin():
            gone = int(self._delete.change(connection, conversation))
        if gone and self.engine.dialect.name == "sqlite":
            self._wipe(thorough=False)
            if self._wiping is None:
                self._wiping = asyncio.get_running_loop().call_later(_WIPED_AFTER, self._wipe_later)
        return gone

    def _wipe_later(self) -> None:
        self._wiping = None
        self._wipe(thorough=True)

    def _wipe(self, *, thorough: bool) -> None:
        try:
            with self._connected() as connection:
                done = wipe_sqlite(connection.connection, thorough=thorough)
        except Exception as error:
            log.warning("what was deleted waits to go from Rasa's file: %s", type(error).__name__)
            return
        if not done:
            log.warning("what was deleted waits to go from Rasa's file: another program has it open")

    async def empty(self, conversation: str) -> None:
        """Forget a conversation but for what its last message needs to be answered alike once more.

        That is the language and that a deletion was asked for; `forget` takes that too, once the reply is safe.
        """
        kept = self._get(conversation)
        before = [
            {**event, "value": _asked(event["value"])} if event.get("name") == "memory" else event
            for event in kept.get("before") or ()
            if event.get("event") != "slot" or event.get("name") in _STAYS
        ]
        self._put(conversation, {"now": None, "message": kept.get("message"), "before": before or None})

    def ping(self) -> None:
        """Raises whatever the database says where it can't be reached."""
        with self.engine.connect() as connection:
            connection.execute(sa.select(1))

    def _put(self, conversation: str, kept: dict[str, Any]) -> None:
        told = msgspec.json.encode(kept)
        text = told.decode()
        if self._keys is not None:
            text = _SEALED + base64.b64encode(self._keys.seal_bytes(told)).decode()
        row = (conversation, time.time(), text)
        with self._connected() as connection, connection.begin():
            if not self._update.change(connection, *row):
                self._insert.add(connection, *row)

    def _get(self, conversation: str) -> dict[str, Any]:
        with self._connected() as connection:
            data = self._select.value(connection, conversation)
        if data is not None and data.startswith(_SEALED):
            data = self._open(data)
        kept = msgspec.json.decode(data) if data is not None else {}
        return kept if isinstance(kept, dict) else {"now": kept}  # a list was kept until version 0.1

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Any]:
        """A connection. On SQLite it stays open: opening it costs more than a message's two statements."""
        if self.engine.dialect.name != "sqlite":
            with self.engine.connect() as connection:
                yield connection
            return
        if self._kept is None:
            self._kept = self.engine.connect()
        try:
            yield self._kept
        except Exception:
            self._kept.close()  # which rolls back what SQLite may have left open
            self._kept = None
            raise

    def _open(self, data: str) -> str:
        if self._keys is None:
            raise BadKey("a conversation of Rasa is encrypted, and no key was given")
        return self._keys.open_bytes(base64.b64decode(data.removeprefix(_SEALED))).decode()


def _asked(memory: Any) -> Any:
    return {"asked": memory["asked"]} if isinstance(memory, dict) and "asked" in memory else None


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
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()
