"""Reading a conversation: what a page, a desk or the answering side needs to see of it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.log import schema
from bot.log.database import announce, announce_deleted
from bot.log.keys import BadKey, Keys
from bot.log.model import Content, Message
from bot.log.outbox import row_to_message
from bot.log.prepared import Prepared

_M = schema.messages
_LAST_SAID = Prepared(
    sa.select(_M.c.content)
    .where(_M.c.conversation == sa.bindparam("a_name"), _M.c.direction == "out")
    .order_by(_M.c.id.desc())
    .limit(1)
)


def since(connection: Connection, keys: Keys, conversation: str, after: int = 0, most: int = 200) -> list[Message]:
    """Messages of a conversation behind a row, both ways, oldest first; of more than `most` the newest."""
    query = sa.select(_M).where(_M.c.conversation == conversation, _M.c.id > after).order_by(_M.c.id.desc()).limit(most)
    return [row_to_message(row, keys) for row in reversed(connection.execute(query).all())]


def last_said(connection: Connection, keys: Keys, conversation: str) -> Content | None:
    """The newest thing that was said to the person, for what a bare "2" picks; None where it can't be read."""
    sealed = _LAST_SAID.value(connection, a_name=conversation)
    try:
        return None if sealed is None else keys.content(sealed)
    except BadKey:
        return None


def blank(connection: Connection, keys: Keys, conversation: str, channel_id: str) -> None:
    """The person took a message back: what was in it goes, that there was one stays."""
    connection.execute(
        sa.update(_M)
        .where(_M.c.conversation == conversation, _M.c.direction == "in", _M.c.channel_id == channel_id)
        .values(kind="deleted", content=keys.seal(Content()))
    )
    announce(connection, f"out:{conversation}")
    announce_deleted(connection)


def message(connection: Connection, keys: Keys, id: int) -> Message | None:
    """One row."""
    row = connection.execute(sa.select(_M).where(_M.c.id == id)).first()
    return None if row is None else row_to_message(row, keys)
