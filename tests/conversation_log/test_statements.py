"""Statements of every message: what SQLite's driver gives is what SQLAlchemy gives, and none walks through the log."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import history, inbox, outbox, schema
from bot.conversations import store as conversations
from bot.conversations.database import Database
from bot.conversations.statements import CompiledStatement
from bot.desk import handoff
from bot.staff import accounts, sessions
from tests.databases import database_url

NOW = datetime(2026, 11, 29, 12, 0, 0, 123456, tzinfo=timezone.utc)
MODULES: list[ModuleType] = [conversations, history, inbox, outbox, handoff, accounts, sessions]
STATEMENTS = {
    f"{module.__name__}.{name}": statement
    for module in MODULES
    for name, statement in vars(module).items()
    if isinstance(statement, CompiledStatement)
}
_M, _C = schema.messages, schema.conversations
ADD = CompiledStatement(sa.insert(_C), "id", "channel", "language", "created", "last_at", "contact")
SAY = CompiledStatement(
    sa.insert(_M), "conversation", "channel", "direction", "author", "kind", "state", "content", "at", "safety"
)
READ = CompiledStatement(sa.select(_M).where(_M.c.conversation == sa.bindparam("a_name")).order_by(_M.c.id))
OF = CompiledStatement(sa.select(_C).where(_C.c.id == sa.bindparam("a_name")))
TOUCH = CompiledStatement(
    sa.update(_C).where(_C.c.id == sa.bindparam("a_name")).values(last_in=sa.bindparam("at", type_=schema.Moment))
)


def fill(connection: Connection) -> tuple[int, int]:
    ADD.add(connection, id="a", channel="whatsapp", language="pl", created=NOW, last_at=NOW, contact=b"\0sealed")
    about = {"conversation": "a", "channel": "whatsapp", "author": "person", "kind": "text", "content": b"\0\1"}
    first = SAY.add(connection, direction="in", state="new", at=NOW, safety=True, **about)
    return first, SAY.add(connection, direction="out", state="ready", at=NOW + timedelta(days=1), safety=False, **about)


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
    queues = ("INDEX messages_new", "INDEX messages_open", "INDEX cases_queue", "SCAN staff", "SCAN sessions")
    assert [step for step in walks if not any(queue in step for queue in queues)] == []


def test_rows_come_back_as_they_went_in(database: Database) -> None:
    first, second = database.transaction_sync(fill)
    assert second == first + 1
    one, two = database.transaction_sync(lambda connection: READ.rows(connection, a_name="a"))
    assert (one.id, one.at, one.safety, one.content, one.state) == (first, NOW, True, b"\0\1", "new")
    assert (two.at, two.safety, two.next_at, two.understood) == (NOW + timedelta(days=1), False, None, True)
    assert database.transaction_sync(lambda connection: TOUCH.change(connection, a_name="a", at=NOW)) == 1
    assert database.transaction_sync(lambda connection: TOUCH.change(connection, a_name="b", at=NOW)) == 0
    person = database.transaction_sync(lambda connection: OF.row(connection, a_name="a"))
    assert (person.last_in, person.contact, person.language, person.holder) == (NOW, b"\0sealed", "pl", "bot")
    assert database.transaction_sync(lambda connection: OF.row(connection, a_name="b")) is None
    assert database.transaction_sync(lambda connection: OF.value(connection, a_name="a")) == "a"


def test_rows_are_what_sqlalchemy_gives(database: Database) -> None:
    database.transaction_sync(fill)

    def both(connection: Connection) -> tuple[list[Any], list[Any]]:
        usual = connection.execute(READ._statement, {"a_name": "a"}).all()
        return [tuple(row) for row in usual], [tuple(row) for row in READ.rows(connection, a_name="a")]

    usual, quick = database.transaction_sync(both)
    assert usual == quick
    assert len(quick) == 2


def test_what_the_database_refuses_is_said_as_always(database: Database) -> None:
    database.transaction_sync(fill)
    with pytest.raises(sa.exc.IntegrityError) as told:
        database.transaction_sync(fill)
    assert "sealed" not in str(told.value)


def test_a_list_among_the_values_is_refused(tmp_path: Any) -> None:
    many = CompiledStatement(sa.select(_M.c.id).where(_M.c.state.in_(sa.bindparam("states", expanding=True))))
    with database_url("sqlite", tmp_path) as url:
        log = Database(url)
        log.migrate()
        with pytest.raises(ValueError, match="list among its values"):
            log.transaction_sync(lambda connection: many.rows(connection, states=["new"]))
        log.close()
