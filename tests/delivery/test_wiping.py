"""After a deletion no file of the data folder holds what was deleted, not even encrypted; Baken runs meanwhile."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversations import files, inbox, outbox, schema
from bot.conversations import store as conversations
from bot.conversations.channel import Channels
from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.conversations.models import Content
from bot.delivery import retention_worker
from bot.delivery.service import MessageService
from bot.settings import Settings
from tests.databases import database_url
from tests.delivery.test_waking import Channel, Slow, incoming
from tests.stand_in_channels import CHANNELS, PlainPage

KEYS = Keys(bytes(32))
PEOPLE = 24


def now() -> datetime:
    return datetime.now(timezone.utc)


def talk(database: Database, seed: int) -> dict[str, str]:
    """Many talks, their messages of all lengths among one another; the conversations by person."""
    chance, names = random.Random(seed), {}

    def fill(connection: sa.engine.Connection) -> None:
        for _ in range(1200):
            person = str(chance.randrange(PEOPLE))
            text = "x" * chance.choice((5, 50, 300, 3000))
            taken = inbox.receive(connection, KEYS, incoming(text, person), now())
            inbox.settle(connection, taken.id, "answered")
            names[person] = taken.conversation
            for row in outbox.enqueue(
                connection, KEYS, CHANNELS, taken.conversation, [Content(text="y" * len(text))], now()
            ):
                outbox.mark_sent(connection, row, f"out.{row}")
        for name in names.values():
            files.store_file(connection, KEYS, name, b"%PDF" * 3000, now(), now() + timedelta(days=1))

    database.transaction_sync(fill)
    return names


def pieces(database: Database, conversation: str) -> list[bytes]:
    """The beginnings and ends of all that stands encrypted of a conversation."""

    def read(connection: sa.engine.Connection) -> list[bytes]:
        found: list[Any] = []
        for table in (schema.messages, schema.files):
            query = sa.select(table.c.content).where(table.c.conversation == conversation)
            found += connection.execute(query).scalars()
        query = sa.select(schema.conversations.c.contact).where(schema.conversations.c.id == conversation)
        found += connection.execute(query).scalars()
        return [part for value in found for part in (bytes(value)[:24], bytes(value)[-24:])]

    made: list[bytes] = database.transaction_sync(read)
    return made


def left(folder: Path, looked_for: list[bytes]) -> dict[str, int]:
    """How many of them stand in which file."""
    found = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    counts = {name: sum(piece in content for piece in looked_for) for name, content in found.items()}
    return {name: count for name, count in counts.items() if count}


def as_it_is(folder: Path) -> Path:
    """A copy of the folder: what the disk holds when the process dies now."""
    copy = folder / "killed"
    copy.mkdir()
    for path in folder.glob("baken.db*"):
        (copy / path.name).write_bytes(path.read_bytes())
    return copy


@asynccontextmanager
async def working(folder: Path, database: Database) -> AsyncIterator[MessageService]:
    channels: Channels = {"web": PlainPage(), "whatsapp": Channel()}
    office = MessageService(Settings(data_folder=str(folder)), Slow(), channels=channels, database=database, keys=KEYS)
    await office.open()
    yield office
    await office.close()


async def wiped(office: MessageService) -> None:
    for _ in range(100):
        await asyncio.sleep(0.1)
        if not office.hub.deleted.is_set() and office.retention.left_since is None:
            return


@pytest.mark.parametrize("seed", range(3))
async def test_what_was_deleted_is_in_no_file_any_more(tmp_path: Path, seed: int) -> None:
    with database_url("sqlite", tmp_path) as url:
        async with working(tmp_path, Database(url)) as office:
            names = await asyncio.to_thread(talk, office.database, seed)
            gone = [names[str(person)] for person in range(0, PEOPLE, 3)]
            deleted = [piece for name in gone for piece in pieces(office.database, name)]
            kept = pieces(office.database, names["1"])
            assert left(tmp_path, deleted)
            for number, name in enumerate(gone):
                await office.database.transaction((conversations.erase, conversations.erase_content)[number % 2], name)
            await wiped(office)
            assert not left(tmp_path, deleted).get("baken.db-wal"), "at once"
            for name in gone:  # the last word of those that were emptied is carried
                await office.database.transaction(conversations.erase, name)
            await office.retention.once(now())
            assert left(tmp_path, deleted) == {}
            assert left(tmp_path, kept) == {"baken.db": len(kept)}


async def test_what_is_over_its_time_goes_from_the_files_with_the_same_run(tmp_path: Path) -> None:
    with database_url("sqlite", tmp_path) as url:
        async with working(tmp_path, Database(url)) as office:
            names = await asyncio.to_thread(talk, office.database, 7)
            all_of_it = [piece for name in names.values() for piece in pieces(office.database, name)]
            assert await office.retention.once(now() + timedelta(days=31)) == len(names)
            assert left(tmp_path, all_of_it) == {}


async def test_a_run_that_was_killed_is_wiped_by_the_next(tmp_path: Path) -> None:
    with database_url("sqlite", tmp_path) as url:
        first = Database(url)
        first.migrate()
        names = talk(first, 8)
        deleted = pieces(first, names["3"])
        first.transaction_sync(conversations.erase, names["3"])
        copy = as_it_is(tmp_path)
        first.close()
        assert left(copy, deleted)
        async with working(copy, Database(f"sqlite:///{copy / 'baken.db'}")) as office:
            await wiped(office)
            assert left(copy, deleted) == {}


async def test_while_another_program_reads_it_is_tried_again_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention_worker, "_AGAIN", 0.2)
    with database_url("sqlite", tmp_path) as url:
        async with working(tmp_path, Database(url)) as office:
            names = await asyncio.to_thread(talk, office.database, 9)
            deleted = pieces(office.database, names["3"])
            await wiped(office)
            reader = sqlite3.connect(tmp_path / "baken.db")
            reader.execute("begin")
            reader.execute("select count(*) from messages").fetchone()
            await office.database.transaction(conversations.erase, names["3"])
            await asyncio.sleep(2.0)
            assert office.retention.left_since is not None and left(tmp_path, deleted)
            await asyncio.wait_for(office.receive([incoming("goes on 1")]), 5)
            reader.close()
            await wiped(office)
            await office.retention.once(now())
            assert left(tmp_path, deleted) == {} and office.retention.left_since is None


async def test_on_postgresql_old_versions_of_rows_are_taken_away(tmp_path: Path) -> None:
    def vacuumed(connection: sa.engine.Connection) -> int:
        query = sa.text("select vacuum_count from pg_stat_user_tables where relname = 'messages'")
        return int(connection.execute(query).scalar_one())

    with database_url("postgresql", tmp_path) as url:
        async with working(tmp_path, Database(url)) as office:
            names = await asyncio.to_thread(talk, office.database, 10)
            await office.retention.once(now())
            before = await office.database.transaction(vacuumed)
            await office.retention.once(now())
            assert await office.database.transaction(vacuumed) == before, "nothing was deleted"
            await office.database.transaction(conversations.erase, names["3"])
            await asyncio.sleep(0.5)  # the news of it
            await office.retention.once(now())
            assert await office.database.transaction(vacuumed) == before + 1
