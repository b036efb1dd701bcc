"""Reading a conversation: what a page, a desk or the answering side needs to see of it."""

from __future__ import annotations

import contextlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import schema
from bot.conversations.crypto import BadKey, Keys
from bot.conversations.database import announce_deleted, notify
from bot.conversations.models import Content, Message
from bot.conversations.outbox import row_to_message
from bot.conversations.statements import statement

_C, _M = schema.conversations, schema.messages


def since(connection: Connection, keys: Keys, conversation: str, after: int = 0, most: int = 200) -> list[Message]:
    """Messages of a conversation behind a row, both ways, oldest first; of more than `most` the newest."""
    query = sa.select(_M).where(_M.c.conversation == conversation, _M.c.id > after).order_by(_M.c.id.desc()).limit(most)
    return [row_to_message(row, keys) for row in reversed(connection.execute(query).all())]


@statement
def _last_said(conversation: str) -> sa.sql.Select:
    said = sa.select(_M.c.content).where(_M.c.conversation == conversation, _M.c.direction == "out")
    return said.order_by(_M.c.id.desc()).limit(1)


def last_said(connection: Connection, keys: Keys, conversation: str) -> Content | None:
    """The newest thing that was said to the person, for what a bare "2" picks; None where it can't be read."""
    sealed = _last_said.value(connection, conversation)
    try:
        return None if sealed is None else keys.content(sealed)
    except BadKey:
        return None


def blank(connection: Connection, keys: Keys, conversation: str, channel_id: str, now: datetime) -> None:
    """The person took a message back: what was in it goes, that there was one stays.

    Where the message has not come yet, an empty row takes its place, so that it is not taken in when it does.
    """
    (channel,) = connection.execute(sa.select(_C.c.channel).where(_C.c.id == conversation)).one()
    there = sa.select(_M.c.id, _M.c.conversation).where(
        _M.c.channel == channel, _M.c.direction == "in", _M.c.channel_id == channel_id
    )
    row = connection.execute(there).first()
    if row is None:
        with contextlib.suppress(sa.exc.IntegrityError), connection.begin_nested():  # it comes at this very moment
            connection.execute(
                sa.insert(_M).values(
                    conversation=conversation,
                    channel=channel,
                    direction="in",
                    author="person",
                    kind="deleted",
                    state="noted",
                    content=keys.seal(Content()),
                    at=now,
                    channel_id=channel_id,
                )
            )
        row = connection.execute(there).one()
    if row.conversation == conversation:
        connection.execute(sa.update(_M).where(_M.c.id == row.id).values(kind="deleted", content=keys.seal(Content())))
    notify(connection, f"out:{conversation}")
    announce_deleted(connection)


def message(connection: Connection, keys: Keys, id: int) -> Message | None:
    """One row."""
    row = connection.execute(sa.select(_M).where(_M.c.id == id)).first()
    return None if row is None else row_to_message(row, keys)
