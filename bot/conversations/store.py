"""Conversations: looked up, changed, and deleted whole."""

from __future__ import annotations

import contextlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import schema
from bot.conversations.crypto import BadKey, Keys
from bot.conversations.database import announce_deleted, notify
from bot.conversations.models import Assignee, Conversation
from bot.conversations.statements import statement

_C, _A, _M = schema.conversations, schema.addresses, schema.messages


@statement
def _find(conversation: str) -> sa.sql.Select:
    return sa.select(_C).where(_C.c.id == conversation)


def find(connection: Connection, keys: Keys, conversation: str) -> Conversation | None:
    """A conversation by its id, or None."""
    row = _find.row(connection, conversation)
    return None if row is None else row_to_conversation(row, keys)


@statement
def _by_address(address: str) -> sa.sql.Select:
    return sa.select(_A.c.conversation).where(_A.c.hash == address)


def by_address(connection: Connection, keys: Keys, channel: str, address: str) -> str | None:
    """The id of a person's conversation on a channel, or None."""
    found: str | None = _by_address.value(connection, keys.address(channel, address))
    return found


def row_to_conversation(row: Any, keys: Keys | None) -> Conversation:
    """A row as the gateway sees it; without keys its contact stays closed, and one that can't be opened is None."""
    contact = None
    if keys is not None:
        with contextlib.suppress(BadKey):
            contact = keys.contact(row.contact)
    return Conversation(
        id=row.id,
        channel=row.channel,
        holder=row.holder,
        language=row.language,
        last_in=row.last_in,
        contact=contact,
    )


def assign(connection: Connection, conversation: str, holder: Assignee) -> None:
    """Say who answers from now on."""
    connection.execute(sa.update(_C).where(_C.c.id == conversation).values(holder=holder))
    notify(connection, f"out:{conversation}")


@statement
def _set_language(conversation: str, language: str) -> sa.sql.Update:
    return sa.update(_C).where(_C.c.id == conversation, _C.c.language != language).values(language=language)


def set_language(connection: Connection, conversation: str, language: str) -> None:
    """Remember the language of a conversation."""
    _set_language.change(connection, conversation, language)


def erase(connection: Connection, conversation: str) -> bool:
    """Delete a conversation with all that hangs on it: addresses, messages, files, cases. False where there is none."""
    gone = connection.execute(sa.delete(_C).where(_C.c.id == conversation))
    announce_deleted(connection)
    return bool(gone.rowcount)


def erase_content(connection: Connection, conversation: str) -> None:
    """Delete all that was said and kept in a conversation. Its address stays, so that a last word can be carried."""
    for table in (schema.messages, schema.files, schema.cases):
        connection.execute(sa.delete(table).where(table.c.conversation == conversation))
    connection.execute(
        sa.update(_C).where(_C.c.id == conversation).values(contact=_C.c.contact, holder="bot", last_in=_C.c.last_in)
    )
    notify(connection, f"out:{conversation}")
    announce_deleted(connection)


@statement
def _erase_if_spent(conversation: str) -> sa.sql.Delete:
    left = sa.exists().where(
        _M.c.conversation == conversation,
        sa.or_(_M.c.direction == "in", _M.c.state == "ready", _M.c.state == "sending"),
    )
    return sa.delete(_C).where(_C.c.id == conversation, sa.not_(left))


def erase_if_spent(connection: Connection, conversation: str) -> bool:
    """Delete a conversation that was emptied on request, once its last word is carried."""
    gone = _erase_if_spent.change(connection, conversation) > 0
    if gone:
        announce_deleted(connection)
    return gone
