"""Messages that can't be decrypted: damaged on the disk, or written with a key that is lost.

Such a row is set aside with the state "unreadable", so that it holds up nobody else. It is kept as it was, for who
looks into it, until its conversation is over its time. Where it can be read again (the right key is back), the next
start puts it where it was.
"""

from __future__ import annotations

import logging
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import schema
from bot.conversations.crypto import BadKey, Keys
from bot.conversations.statements import statement

log = logging.getLogger(__name__)

_C, _M = schema.conversations, schema.messages
_IS_UNREADABLE = schema.IS_UNREADABLE


@statement
def _set_aside(message: int, what: str) -> sa.sql.Update:
    return sa.update(_M).where(_M.c.id == message).values(state="unreadable", error=what, next_at=sa.null())


def set_aside(connection: Connection, message: int, what: str) -> None:
    """Nothing more is done with a message. `what` can't be read: its "content", or its person's "contact"."""
    _set_aside.change(connection, message, what)
    log.error("message %d can't be decrypted (%s) and is set aside; docs/operations.md says what to do", message, what)


@statement
def _count() -> sa.sql.Select:
    return sa.select(sa.func.count().label("rows")).select_from(_M).where(_IS_UNREADABLE)


def count(connection: Connection) -> int:
    """How many are set aside now."""
    return int(_count.value(connection))


def restore(connection: Connection, keys: Keys, now: datetime) -> int:
    """Put back into their queues those that can be read again; how many."""
    query = (
        sa.select(_M.c.id, _M.c.direction, _M.c.content, _C.c.contact)
        .join(_C, _C.c.id == _M.c.conversation)
        .where(_IS_UNREADABLE)
    )
    back = 0
    for row in connection.execute(query).all():
        try:
            keys.content(row.content)
            if row.direction == "out":
                keys.contact(row.contact)
        except BadKey:
            continue
        again = {"state": "new"} if row.direction == "in" else {"state": "ready", "next_at": now}
        connection.execute(sa.update(_M).where(_M.c.id == row.id).values(error="", **again))
        back += 1
    if back:
        log.warning("%d messages that were set aside can be read again and are taken up", back)
    return back
