"""SQLite's one writer: work that waits shares a commit, stands or falls alone, and is told once it is on the disk."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations.database import Database, notify


def write(connection: Connection, number: int) -> int:
    connection.execute(sa.text("insert into t values (:number)"), {"number": number})
    notify(connection, f"in:{number}")
    return number


def fail(connection: Connection, number: int) -> int:
    write(connection, number)
    raise ValueError("no")


def everything(connection: Connection) -> list[int]:
    return list(connection.execute(sa.text("select number from t order by number")).scalars())


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[Database]:
    log = Database(f"sqlite:///{tmp_path}/log.db")
    log.transaction_sync(lambda connection: connection.execute(sa.text("create table t (number integer)")))
    yield log
    log.close()


def commits(log: Database) -> list[int]:
    """Grows by one with each commit."""
    seen: list[int] = []
    sa.event.listen(log._engine, "commit", lambda _: seen.append(1))
    return seen


async def busy(log: Database) -> tuple[threading.Event, asyncio.Future[None]]:
    """The writer has something to do until the event is set; what comes meanwhile waits together."""
    going, free = threading.Event(), threading.Event()

    def work(_: Connection) -> None:
        going.set()
        assert free.wait(10)

    task = asyncio.ensure_future(log.transaction(work))
    await asyncio.to_thread(going.wait, 10)
    return free, task


async def test_work_that_waits_shares_a_commit(log: Database) -> None:
    seen = commits(log)
    free, first = await busy(log)
    rest = [asyncio.ensure_future(log.transaction(write, number)) for number in range(30)]
    await asyncio.sleep(0)
    free.set()
    assert await asyncio.gather(*rest) == list(range(30))
    await first
    assert len(seen) == 2
    assert log.transaction_sync(everything) == list(range(30))


async def test_what_fails_leaves_nothing_and_the_others_stand(log: Database) -> None:
    heard: list[str] = []
    log.listen(heard.append)
    free, first = await busy(log)
    rest = [asyncio.ensure_future(log.transaction(fail if number % 3 == 0 else write, number)) for number in range(9)]
    await asyncio.sleep(0)
    free.set()
    came = await asyncio.gather(*rest, return_exceptions=True)
    await first
    assert [type(one) for one in came] == [int if number % 3 else ValueError for number in range(9)]
    assert log.transaction_sync(everything) == [1, 2, 4, 5, 7, 8]
    assert heard == [f"in:{number}" for number in (1, 2, 4, 5, 7, 8)]


async def test_where_the_commit_fails_nobody_is_told_that_it_stands(log: Database) -> None:
    heard: list[str] = []
    log.listen(heard.append)

    def full(_: Connection) -> None:
        raise OSError("no space left on the disk")

    sa.event.listen(log._engine, "commit", full)
    free, first = await busy(log)
    rest = [asyncio.ensure_future(log.transaction(write, number)) for number in range(3)]
    await asyncio.sleep(0)
    free.set()
    came = await asyncio.gather(first, *rest, return_exceptions=True)
    assert [type(one) for one in came] == [OSError] * 4
    sa.event.remove(log._engine, "commit", full)
    assert log.transaction_sync(everything) == []
    assert heard == []
    assert await log.transaction(write, 7) == 7  # and goes on


async def test_who_no_longer_listens_does_not_stop_the_log(log: Database) -> None:
    def gone(_: str) -> None:
        raise RuntimeError("Event loop is closed")

    log.listen(gone)
    assert await asyncio.wait_for(log.transaction(write, 1), 10) == 1
    assert await asyncio.wait_for(log.transaction(write, 2), 10) == 2


async def test_what_is_told_is_on_the_disk(log: Database) -> None:
    await log.transaction(write, 1)
    other = Database(str(log.url), beside=True)
    assert other.transaction_sync(everything) == [1]
    other.close()


async def test_who_gives_up_waiting_does_not_stop_the_work(log: Database) -> None:
    free, first = await busy(log)
    given_up = asyncio.ensure_future(log.transaction(write, 1))
    other = asyncio.ensure_future(log.transaction(write, 2))
    await asyncio.sleep(0)
    given_up.cancel()
    free.set()
    assert await other == 2
    await first
    assert log.transaction_sync(everything) == [1, 2]


async def test_what_waits_at_the_end_is_finished_and_nothing_is_taken_after_it(log: Database) -> None:
    free, first = await busy(log)
    waiting = asyncio.ensure_future(log.transaction(write, 1))
    await asyncio.sleep(0)
    free.set()
    await asyncio.to_thread(log.close)
    assert await waiting == 1
    await first
    with pytest.raises(RuntimeError):
        await log.transaction(write, 2)
