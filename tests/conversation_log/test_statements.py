"""Statements of every message: what SQLite's driver gives is what SQLAlchemy gives, and none walks through the log."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import history, inbox, outbox, schema, unreadable
from bot.conversations import store as conversations
from bot.conversations.database import Database
from bot.conversations.statements import CompiledStatement, statement
from bot.desk import handoff
from bot.staff import accounts, sessions
from tests.databases import database_url

NOW = datetime(2026, 11, 29, 12, 0, 0, 123456, tzinfo=timezone.utc)
MODULES: list[ModuleType] = [conversations, history, inbox, outbox, unreadable, handoff, accounts, sessions]
STATEMENTS = {
    f"{module.__name__}.{name}": known
    for module in MODULES
    for name, known in vars(module).items()
    if isinstance(known, CompiledStatement)
}
_M, _C = schema.messages, schema.conversations


@statement
def add(id: str, channel: str, language: str, created: datetime, last_at: datetime, contact: bytes) -> sa.sql.Insert:
    return sa.insert(_C).values(
        id=id, channel=channel, language=language, created=created, last_at=last_at, contact=contact
    )


@statement
def say(
    conversation: str,
    channel: str,
    author: str,
    kind: str,
    content: bytes,
    direction: str,
    state: str,
    at: datetime,
    safety: bool,
) -> sa.sql.Insert:
    return sa.insert(_M).values(
        conversation=conversation,
        channel=channel,
        author=author,
        kind=kind,
        content=content,
        direction=direction,
        state=state,
        at=at,
        safety=safety,
    )


@statement
def read(conversation: str) -> sa.sql.Select:
    return sa.select(_M).where(_M.c.conversation == conversation).order_by(_M.c.id)


@statement
def person_of(conversation: str) -> sa.sql.Select:
    return sa.select(_C).where(_C.c.id == conversation)


@statement
def touch(conversation: str, at: datetime) -> sa.sql.Update:
    return sa.update(_C).where(_C.c.id == conversation).values(last_in=at)


def fill(connection: Connection) -> tuple[int, int]:
    add.add(connection, id="a", channel="whatsapp", language="pl", created=NOW, last_at=NOW, contact=b"\0sealed")
    about = ("a", "whatsapp", "person", "text", b"\0\1")
    first = say.add(connection, *about, direction="in", state="new", at=NOW, safety=True)
    return first, say.add(connection, *about, direction="out", state="ready", at=NOW + timedelta(days=1), safety=False)


def test_there_are_the_statements() -> None:
    assert len(STATEMENTS) > 25


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_no_statement_walks_through_the_log(name: str, tmp_path: Any) -> None:
    """However many messages are kept, a message costs the same. Queues may be walked: their indexes hold what waits."""
    with database_url("sqlite", tmp_path) as url:
        log = Database(url)
        log.migrate()

        def plan(connection: Connection) -> list[str]:
            quick = STATEMENTS[name]._prepared(connection)
            asked = f"explain query plan {quick.sql}"
            nothing = [None] * len(quick._order)
            return [str(row[3]) for row in connection.connection.execute(asked, nothing).fetchall()]

        steps = log.transaction_sync(plan)
        log.close()
    walks = [step for step in steps if step.startswith("SCAN")]
    queues = (
        "INDEX messages_new",
        "INDEX messages_open",
        "INDEX messages_unreadable",
        "INDEX cases_queue",
        "SCAN staff",
        "SCAN sessions",
    )
    assert [step for step in walks if not any(queue in step for queue in queues)] == []


def test_rows_come_back_as_they_went_in(database: Database) -> None:
    first, second = database.transaction_sync(fill)
    assert second == first + 1
    one, two = database.transaction_sync(lambda connection: read.rows(connection, conversation="a"))
    assert (one.id, one.at, one.safety, one.content, one.state) == (first, NOW, True, b"\0\1", "new")
    assert (two.at, two.safety, two.next_at, two.understood) == (NOW + timedelta(days=1), False, None, True)
    assert database.transaction_sync(lambda connection: touch.change(connection, conversation="a", at=NOW)) == 1
    assert database.transaction_sync(lambda connection: touch.change(connection, conversation="b", at=NOW)) == 0
    person = database.transaction_sync(lambda connection: person_of.row(connection, conversation="a"))
    assert (person.last_in, person.contact, person.language, person.holder) == (NOW, b"\0sealed", "pl", "bot")
    assert database.transaction_sync(lambda connection: person_of.row(connection, conversation="b")) is None
    assert database.transaction_sync(lambda connection: person_of.value(connection, conversation="a")) == "a"


def test_rows_are_what_sqlalchemy_gives(database: Database) -> None:
    database.transaction_sync(fill)

    def both(connection: Connection) -> tuple[list[Any], list[Any]]:
        usual = connection.execute(read._statement, {"given_conversation": "a"}).all()
        return [tuple(row) for row in usual], [tuple(row) for row in read.rows(connection, conversation="a")]

    usual, quick = database.transaction_sync(both)
    assert usual == quick
    assert len(quick) == 2


def test_what_the_database_refuses_is_said_as_always(database: Database) -> None:
    database.transaction_sync(fill)
    with pytest.raises(sa.exc.IntegrityError) as told:
        database.transaction_sync(fill)
    assert "sealed" not in str(told.value)


def test_a_list_among_the_values_is_refused(tmp_path: Any) -> None:
    @statement
    def many(states: list[str]) -> sa.sql.Select:
        return sa.select(_M.c.id).where(_M.c.state.in_(states))

    with database_url("sqlite", tmp_path) as url:
        log = Database(url)
        log.migrate()
        with pytest.raises(ValueError, match="list among its values"):
            log.transaction_sync(lambda connection: many.rows(connection, ["new"]))
        log.close()


def test_a_value_has_the_name_of_its_column_and_one_that_is_missing_is_told(database: Database) -> None:
    database.transaction_sync(fill)

    @statement
    def rename(language: str, channel: str) -> sa.sql.Update:
        return sa.update(_C).where(_C.c.channel == channel).values(language=language)

    assert database.transaction_sync(lambda connection: rename.change(connection, "nl", channel="whatsapp")) == 1
    assert database.transaction_sync(lambda connection: person_of.row(connection, "a")).language == "nl"
    one_too_few, one_too_many, another = ("nl",), ("nl", "web", "more"), {"language": "nl", "medium": "web"}
    for values, named in ((one_too_few, {}), (one_too_many, {}), ((), another)):
        with pytest.raises(TypeError, match="was given"):
            database.transaction_sync(lambda connection, v=values, n=named: rename.change(connection, *v, **n))
