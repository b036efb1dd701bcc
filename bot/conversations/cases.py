"""Cases: a period in which an advisor is asked for or has a conversation. The desk builds on these."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import schema
from bot.conversations.database import notify
from bot.conversations.store import assign

_K, _M = schema.cases, schema.messages
DANGER, ASKED, OFFERED = 2, 1, 0


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A case as the rest of the gateway sees it."""

    id: int
    conversation: str
    state: Literal["waiting", "taken", "closed", "left"]
    urgency: int
    topic: str
    language: str
    first_message: int
    share: str
    improve: str
    opened: datetime
    taken: datetime | None = None
    taken_by: int | None = None
    closed: datetime | None = None
    rating: int | None = None
    elsewhere: str = ""


def _case(row: sa.engine.Row) -> Case:
    return msgspec.convert({str(name): value for name, value in row._mapping.items()}, Case)


def get(connection: Connection, case: int) -> Case | None:
    """A case by its number."""
    row = connection.execute(sa.select(_K).where(_K.c.id == case)).first()
    return None if row is None else _case(row)


def running(connection: Connection, conversation: str) -> Case | None:
    """The case of a conversation that is not closed, or None."""
    row = connection.execute(
        sa.select(_K).where(_K.c.conversation == conversation, _K.c.state.in_(("waiting", "taken")))
    ).first()
    return None if row is None else _case(row)


def latest(connection: Connection, conversation: str) -> Case | None:
    """The newest case of a conversation, whatever became of it."""
    row = connection.execute(
        sa.select(_K).where(_K.c.conversation == conversation).order_by(_K.c.id.desc()).limit(1)
    ).first()
    return None if row is None else _case(row)


def open_case(
    connection: Connection,
    conversation: str,
    now: datetime,
    *,
    urgency: int,
    topic: str,
    language: str,
    first_message: int,
) -> int:
    """Put a conversation in the queue; where it is in it already, only made more urgent."""
    before = running(connection, conversation)
    if before is not None:
        if urgency > before.urgency:
            raise_urgency(connection, conversation, urgency)
        return before.id
    made = connection.execute(
        sa.insert(_K).values(
            conversation=conversation,
            state="waiting",
            urgency=urgency,
            topic=topic,
            language=language,
            first_message=first_message,
            opened=now,
        )
    )
    assign(connection, conversation, "waiting")
    notify(connection, f"case:{conversation}")
    return int(made.inserted_primary_key[0])


def raise_urgency(connection: Connection, conversation: str, urgency: int) -> None:
    """Danger was heard in a conversation that waits or is with an advisor."""
    connection.execute(
        sa.update(_K)
        .where(_K.c.conversation == conversation, _K.c.state.in_(("waiting", "taken")), _K.c.urgency < urgency)
        .values(urgency=urgency)
    )
    notify(connection, f"case:{conversation}")


def consent(connection: Connection, conversation: str, what: Literal["share", "improve"], answer: str) -> None:
    """Keep what the worker said about sharing the talk so far, or its use for improving Baken."""
    newest = latest(connection, conversation)
    if newest is not None:
        connection.execute(sa.update(_K).where(_K.c.id == newest.id).values({what: answer}))
        notify(connection, f"case:{conversation}")


def leave(connection: Connection, conversation: str, now: datetime) -> bool:
    """The worker goes back to Baken; False where no case was running."""
    left = connection.execute(
        sa.update(_K)
        .where(_K.c.conversation == conversation, _K.c.state.in_(("waiting", "taken")))
        .values(state="left", closed=now)
    )
    if left.rowcount:
        assign(connection, conversation, "bot")
        notify(connection, f"case:{conversation}")
    return bool(left.rowcount)


def place(connection: Connection, conversation: str) -> int:
    """Place in the queue, from 1; 0 where it does not wait. The more urgent and the longer waiting come first."""
    own = running(connection, conversation)
    if own is None or own.state != "waiting":
        return 0
    before = sa.or_(_K.c.urgency > own.urgency, sa.and_(_K.c.urgency == own.urgency, _K.c.id < own.id))
    query = sa.select(sa.func.count()).where(_K.c.state == "waiting", before)
    return int(connection.execute(query).scalar_one()) + 1


def waiting(connection: Connection) -> int:
    """How many cases wait."""
    return int(connection.execute(sa.select(sa.func.count()).where(_K.c.state == "waiting")).scalar_one())
