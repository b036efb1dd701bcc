"""One row that can't be decrypted holds up nobody else, is kept as it was, and is told to who runs Baken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversations import history, inbox, key_check, outbox, schema, unreadable
from bot.conversations.channel import Channels
from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.conversations.models import Assignee, Content, Message, MessageKind
from bot.delivery.service import MessageService
from bot.settings import Settings
from tests.databases import KINDS, database_url
from tests.delivery.test_waking import Channel, Slow, incoming
from tests.stand_in_channels import CHANNELS

ILL, WELL = "31611111111", "31622222222"
KEY, OTHER = Keys(bytes(32)), Keys(bytes(range(32)))
_M, _C = schema.messages, schema.conversations


def now() -> datetime:
    return datetime.now(timezone.utc)


def take_in(database: Database, keys: Keys, person: str, text: str = "first 1") -> inbox.Taken:
    return database.transaction_sync(inbox.receive, keys, incoming(text, person), now())


def change(database: Database, table: sa.Table, id: Any, **values: Any) -> None:
    database.transaction_sync(
        lambda connection: connection.execute(sa.update(table).where(table.c.id == id).values(**values))
    )


def damaged_message(database: Database) -> None:
    change(database, _M, take_in(database, KEY, ILL).id, content=bytes(60))


def message_of_a_lost_key(database: Database) -> None:
    take_in(database, OTHER, ILL)


def damaged_answer(database: Database) -> None:
    taken = take_in(database, KEY, ILL)
    database.transaction_sync(inbox.settle, taken.id, "answered")
    (row,) = database.transaction_sync(outbox.enqueue, KEY, CHANNELS, taken.conversation, [Content(text="lost")], now())
    change(database, _M, row, content=bytes(60))


def damaged_contact(database: Database) -> None:
    taken = take_in(database, KEY, ILL)
    database.transaction_sync(inbox.settle, taken.id, "answered")
    database.transaction_sync(outbox.enqueue, KEY, CHANNELS, taken.conversation, [Content(text="lost")], now())
    change(database, _C, taken.conversation, contact=bytes(60))


def answer_of_a_lost_key(database: Database) -> None:
    taken = take_in(database, OTHER, ILL)
    database.transaction_sync(inbox.settle, taken.id, "answered")
    database.transaction_sync(outbox.enqueue, OTHER, CHANNELS, taken.conversation, [Content(text="lost")], now())


class Telling(Channel):
    """Says what it could not read."""

    def unreadable(self, kind: MessageKind, assignee: Assignee, language: str) -> str | None:
        return f"no {kind}"


class TellingPage(Telling):
    fetched = True


FORMS = [damaged_message, message_of_a_lost_key, damaged_answer, damaged_contact, answer_of_a_lost_key]


@asynccontextmanager
async def working(url: str, folder: Path, keys: Keys = KEY) -> AsyncIterator[tuple[MessageService, Channel]]:
    settings = Settings(data_folder=str(folder))
    channel = Telling()
    channels: Channels = {"web": TellingPage(), "whatsapp": channel}
    office = MessageService(settings, Slow(), channels=channels, database=Database(url), keys=keys)
    await office.open()
    yield office, channel
    await office.close()


def rows(database: Database) -> list[Any]:
    found: list[Any] = database.transaction_sync(lambda c: c.execute(sa.select(_M).order_by(_M.c.id)).all())
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", FORMS)
async def test_one_row_holds_up_nobody(
    form: Callable[[Database], None], kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with database_url(kind, tmp_path) as url:
        before = Database(url)
        before.migrate()
        before.transaction_sync(key_check.check, KEY)
        form(before)
        kept = rows(before)[-1]
        before.close()
        async with working(url, tmp_path) as (office, channel):
            await office.receive([incoming("well 1", WELL)])
            while "well 1 1" not in [text for text, _ in channel.got]:
                await asyncio.wait_for(channel.news.wait(), 10)
                channel.news.clear()
            assert await office.database.transaction(unreadable.count) == 1 and office.trouble() is None
            # its owner writes again and is answered too
            await office.receive([incoming("again 1", ILL)])
            for _ in range(200):
                await asyncio.sleep(0.05)
                if "again 1 1" in [text for text, _ in channel.got]:
                    break
            assert "again 1 1" in [text for text, _ in channel.got]
            asked = [text for text, _ in channel.got if text == "no unknown"]
            assert len(asked) == (form is damaged_message), "who was not read is told so"
        after = Database(url)
        (now_there,) = [row for row in rows(after) if row.state == "unreadable"]
        after.close()
        assert (now_there.id, bytes(now_there.content)) == (kept.id, bytes(kept.content)), "kept as it was"
        assert f"message {kept.id} can't be decrypted" in caplog.text and "lost" not in caplog.text


@pytest.mark.parametrize("kind", KINDS)
async def test_with_the_right_key_back_it_is_answered(kind: str, tmp_path: Path) -> None:
    with database_url(kind, tmp_path) as url:
        before = Database(url)
        before.migrate()
        take_in(before, OTHER, ILL, "wrong key 1")
        before.transaction_sync(inbox.claim, KEY, "me", now(), lease=inbox.timedelta(seconds=1), most=1)
        assert before.transaction_sync(unreadable.count) == 1
        before.close()
        async with working(url, tmp_path, OTHER) as (office, channel):
            assert await channel.texts(1) == ["wrong key 1 1"]
            assert await office.database.transaction(unreadable.count) == 0


async def test_a_talk_with_such_a_row_can_still_be_shown(database: Database, keys: Keys) -> None:
    taken = take_in(database, keys, ILL)
    database.transaction_sync(outbox.enqueue, keys, CHANNELS, taken.conversation, [Content(text="an answer")], now())
    for content in (b"", bytes(5), bytes(60), keys.seal_bytes(b"no content of ours")):
        change(database, _M, taken.id, content=content)
        shown: list[Message] = database.transaction_sync(history.since, keys, taken.conversation)
        assert [(one.state, one.content.text) for one in shown] == [("unreadable", ""), ("ready", "an answer")]


@pytest.fixture
def keys() -> Keys:
    return KEY
