"""One door to the database: a function over a connection, run as one transaction in a thread.

SQLite (embedded) has one writer, so one thread and one connection that stays open
(bot/conversations/write_thread.py); PostgreSQL a pool of both.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import functools
import logging
import os
import select
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Concatenate, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool
from typing_extensions import ParamSpec

from bot.conversations import schema, wiping
from bot.conversations.sqlite_file import check_file
from bot.conversations.write_thread import BatchOutcome, Transaction, WriteThread
from bot.settings import StartError

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

#: Name under which gateways on one PostgreSQL tell one another what is new.
_TOPIC: Final = "baken"
_THREADS: Final = 8
#: Any number, the same in every gateway: one migrates while the others wait.
_MIGRATING: Final = 0x62616B
#: A row beside the key's, to try whether there is room: more than a few messages need.
_TRIAL: Final = 2
_TRIAL_BYTES: Final = 64 * 1024


class InUse(StartError):
    """Another Baken has this SQLite file; two would answer twice. Use PostgreSQL for more than one."""


class Database:
    """Open with `Database(url)`, then `await run(function, …)`; close at the end."""

    def __init__(self, url: str, *, threads: int = _THREADS, beside: bool = False) -> None:
        """`beside`: a command that works beside a Baken that runs on the same SQLite file."""
        self.url = sa.engine.make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._lock: Any = None
        self._beside = beside
        self._heard: Callable[[str], None] | None = None
        #: the kind of the error with which the database refused to work; it is kept until `takes_writes`
        self.refused: str | None = None
        self._stopped = threading.Event()
        #: SQLite has one connection; whoever comes from another thread waits its turn
        self._one_at_a_time: Any = threading.Lock() if self.sqlite else contextlib.nullcontext()
        self._listener: threading.Thread | None = None
        if self.sqlite:
            self._engine = self._open_sqlite()
        else:
            self._engine = sa.create_engine(
                self.url, pool_size=threads, max_overflow=0, pool_pre_ping=True, connect_args={"connect_timeout": 5}
            )
        self._kept: sa.engine.Connection | None = None  # SQLite's connection
        self._writer = WriteThread(self._together) if self.sqlite else None
        self._pool = None if self.sqlite else ThreadPoolExecutor(threads, thread_name_prefix="log")

    def _open_sqlite(self) -> sa.engine.Engine:
        name = self.url.database
        if name and name != ":memory:":
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            if not self._beside:
                self._take(path)
            check_file(
                path, "put a backup in its place (docs/operations.md), or move it away to begin with an empty one"
            )
            path.touch(0o600)
        engine = sa.create_engine(
            self.url, poolclass=StaticPool, connect_args={"check_same_thread": False, "isolation_level": None}
        )
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", lambda connection: connection.connection.execute("BEGIN IMMEDIATE"))
        return engine

    def _take(self, path: Path) -> None:
        self._lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise InUse(f"{path} is in use by another Baken; stop it, or set BAKEN_DATABASE_URL") from error

    # -- transactions -------------------------------------------------------------------------------------------

    async def transaction(
        self, function: Callable[Concatenate[sa.engine.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `function(connection, …)` as one transaction; what it announced is told after the commit.

        Raises:
            sqlalchemy.exc.DBAPIError: the database said no, or is away.
        """
        if self._writer is not None:
            result: T = await self._writer.run(lambda connection: function(connection, *args, **kwargs))
            return result
        work = functools.partial(self.transaction_sync, function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def transaction_sync(
        self, function: Callable[Concatenate[sa.engine.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The same, in this thread: for commands and tests."""
        if self.sqlite:
            ((done, error),) = self._together([lambda connection: function(connection, *args, **kwargs)])
            if error is not None:
                raise error
            result: T = done
            return result
        try:
            with self._engine.connect() as connection, connection.begin():
                result, news = self._one(connection, lambda connection: function(connection, *args, **kwargs))
                for one in news:
                    connection.execute(sa.text("select pg_notify(:topic, :what)"), {"topic": _TOPIC, "what": one})
        except Exception as error:
            self._note(error)
            raise
        return result

    def _as_ours(self, error: Exception) -> Exception:
        """An error of the driver as SQLAlchemy's: BEGIN and savepoints go past it, and callers know only its own."""
        if not isinstance(error, sqlite3.Error):
            return error
        dialect = self._engine.dialect
        ours: Exception = sa.exc.DBAPIError.instance(
            "", None, error, sqlite3.Error, hide_parameters=True, dialect=dialect
        )
        return ours

    def _note(self, error: Exception) -> None:
        """Remember that the database took something not, for a reason of its own: its disk is full, say."""
        if isinstance(error, sa.exc.OperationalError | sa.exc.InternalError):
            self.refused = type(error).__name__

    async def takes_writes(self) -> bool:
        """Whether something can be stored now, tried out where the last word was otherwise."""
        if self.refused is None:
            return True
        try:
            await self.transaction(_try_to_write)
            await self.transaction(_try_to_write, undo=True)
        except Exception:
            return False
        self.refused = None
        return True

    def _one(self, connection: sa.engine.Connection, work: Transaction) -> tuple[Any, list[str]]:
        """The result of a piece of work, and what it announced."""
        connection.info["news"] = []
        result = work(connection)
        return result, list(dict.fromkeys(connection.info["news"]))

    def _together(self, works: Sequence[Transaction]) -> list[BatchOutcome]:
        """SQLite: carry out pieces of work in one transaction; one that fails leaves nothing, and the others stand."""
        outcomes: list[BatchOutcome] = []
        heard: dict[str, None] = {}
        with self._one_at_a_time:
            try:
                with self._connected().begin():
                    outcomes.extend(self._alone(work, heard) for work in works)
            except Exception as error:  # the disk is full, say: nothing of it stands
                error = self._as_ours(error)
                self._note(error)
                if self._kept is not None:
                    self._kept.close()  # which rolls back what SQLite may have left open
                    self._kept = None
                return [(None, error)] * len(works)
        with contextlib.suppress(RuntimeError):  # the loop that listened has ended
            for one in heard:
                self._told(one)
        return outcomes

    def _alone(self, work: Transaction, heard: dict[str, None]) -> BatchOutcome:
        """A piece of work within the transaction; what it announced is added to `heard`."""
        connection = self._connected()
        driver = connection.connection
        driver.execute("SAVEPOINT work")
        try:
            result, news = self._one(connection, work)
        except Exception as error:
            try:
                driver.execute("ROLLBACK TO work")
                driver.execute("RELEASE work")
            except sqlite3.Error:  # a full disk ends the whole transaction: nothing of it stands
                raise error from None
            self._note(error)
            return None, error
        driver.execute("RELEASE work")
        heard.update(dict.fromkeys(news))
        return result, None

    def _connected(self) -> sa.engine.Connection:
        if self._kept is None:
            self._kept = self._engine.connect()
        return self._kept

    def migrate(self) -> None:
        """Bring the tables up to date. Several gateways may start at once: one does it, the others wait."""
        from bot.conversations.migrations import run

        with self._one_at_a_time, self._engine.connect() as connection:
            if self.sqlite:
                run.upgrade(connection)
                return
            with connection.begin():  # the lock goes with the transaction
                connection.execute(sa.text("select pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
                run.upgrade(connection)

    async def wipe(self, *, thorough: bool) -> bool:
        """Remove what was deleted from the files too (bot/conversations/wiping.py); False where it must be tried again.

        Args:
            thorough: by writing the file anew. PostgreSQL does nothing without.

        Raises:
            sqlalchemy.exc.DBAPIError, sqlite3.Error: the database said no, or is away.
        """
        return await asyncio.to_thread(self.wipe_now, thorough=thorough)

    def wipe_now(self, *, thorough: bool) -> bool:
        """The same, in this thread."""
        if self.sqlite:
            with self._one_at_a_time:
                if self._stopped.is_set():  # closed while this waited: the next start wipes
                    return True
                return wiping.wipe_sqlite(self._connected().connection, thorough=thorough)
        if not thorough:
            return True
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            return wiping.wipe_postgresql(connection)

    # -- news ---------------------------------------------------------------------------------------------------

    def listen(self, heard: Callable[[str], None]) -> None:
        """Call `heard(what)`, from another thread, for everything announced, by any gateway on this database."""
        self._heard = heard
        if not self.sqlite:
            self._listener = threading.Thread(target=self._listening, name="news", daemon=True)
            self._listener.start()

    def _listening(self) -> None:
        while not self._stopped.is_set():
            try:
                raw = self._engine.dialect.connect(
                    *self._engine.dialect.create_connect_args(self.url)[0],
                    **self._engine.dialect.create_connect_args(self.url)[1],
                )
                raw.autocommit = True
                raw.cursor().execute(f"LISTEN {_TOPIC}")
                self._told("*")  # what was announced while nobody listened
                while not self._stopped.is_set():
                    if select.select([raw], [], [], 1.0)[0]:
                        raw.poll()
                        while raw.notifies:
                            self._told(raw.notifies.pop(0).payload)
                raw.close()
            except Exception as error:
                log.warning("no news from the database: %s; trying again", type(error).__name__)
                self._stopped.wait(1.0)

    def _told(self, what: str) -> None:
        if self._heard is not None and not self._stopped.is_set():
            self._heard(what)

    def close(self) -> None:
        """Let go of everything."""
        self._stopped.set()
        if self._writer is not None:
            self._writer.close()
        if self._pool is not None:
            self._pool.shutdown(wait=True)
        with self._one_at_a_time:  # a wipe goes on in its thread when nobody waits for it any more
            if self._kept is not None:
                self._kept.close()
                self._kept = None
            self._engine.dispose()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _try_to_write(connection: sa.engine.Connection, *, undo: bool = False) -> None:
    connection.execute(sa.delete(schema.key_check).where(schema.key_check.c.id == _TRIAL))
    if not undo:
        connection.execute(sa.insert(schema.key_check).values(id=_TRIAL, sealed=os.urandom(_TRIAL_BYTES)))


def announce_deleted(connection: sa.engine.Connection) -> None:
    """Say that something was deleted whose bytes are to go from the files too."""
    notify(connection, "deleted:")


def notify(connection: sa.engine.Connection, what: str) -> None:
    """Say something to all gateways once this transaction is committed."""
    connection.info["news"].append(what)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Write-ahead log; every commit is on the disk before it is answered for; deleted content is overwritten."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
