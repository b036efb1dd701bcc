"""Files of conversations: letters that were made, pictures and recordings kept for an advisor. Encrypted."""

from __future__ import annotations

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import schema
from bot.conversations.crypto import Keys
from bot.conversations.database import announce_deleted

_F = schema.files


def store_file(
    connection: Connection, keys: Keys, conversation: str, content: bytes, now: datetime, expires: datetime
) -> str:
    """Store a file; its id cannot be guessed."""
    name = secrets.token_hex(16)
    connection.execute(
        sa.insert(_F).values(
            id=name, conversation=conversation, content=keys.seal_bytes(content), created=now, expires=expires
        )
    )
    return name


def load_file(connection: Connection, keys: Keys, conversation: str, name: str) -> bytes | None:
    """A file of this conversation, or None."""
    query = sa.select(_F.c.content).where(_F.c.id == name, _F.c.conversation == conversation)
    sealed = connection.execute(query).scalar()
    return None if sealed is None else keys.open_bytes(sealed)


def delete_file(connection: Connection, name: str) -> None:
    """Delete one."""
    connection.execute(sa.delete(_F).where(_F.c.id == name))
    announce_deleted(connection)


def purge(connection: Connection, now: datetime) -> int:
    """Delete what has waited too long; how many."""
    gone = int(connection.execute(sa.delete(_F).where(_F.c.expires < now)).rowcount)
    if gone:
        announce_deleted(connection)
    return gone
