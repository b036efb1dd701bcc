"""Whether the key is the one that the log was encrypted with, found out before anything is read or written with it.

The log keeps a known word, encrypted. One from before that (version 0.1) is tried on its newest encrypted values.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import schema
from bot.conversations.crypto import BadKey, Keys

_WORD: Final = b"baken: the key fits"
_K = schema.key_check
_ID: Final = 1
#: Where encrypted values stand: table, column, what the newest is known by.
_SEALED: Final = (
    ("messages", "content", "id"),
    ("conversations", "contact", "last_at"),
    ("files", "content", "created"),
    ("staff", "totp", "id"),
    ("desk_notes", "content", "id"),
    ("flags", "text", "id"),
    ("suites", "content", "id"),
)
_TRIED: Final = 20


class WrongKey(BadKey):
    """The log was encrypted with another key."""


def check(connection: Connection, keys: Keys) -> None:
    """Nothing where the key fits, or nothing is encrypted yet; from then on the log knows its key.

    Raises:
        WrongKey: the log was encrypted with another key.
    """
    kept = connection.execute(sa.select(_K.c.sealed).where(_K.c.id == _ID)).scalar()
    if kept is not None:
        if not _opens(keys, kept):
            raise WrongKey("the log was encrypted with another key")
        return
    some = False
    for sealed in _newest(connection):
        some = True
        if _opens(keys, sealed):
            break
    else:
        if some:
            raise WrongKey("the log was encrypted with another key")
    with contextlib.suppress(sa.exc.IntegrityError), connection.begin_nested():  # another gateway was quicker
        connection.execute(sa.insert(_K).values(id=_ID, sealed=keys.seal_bytes(_WORD)))


def needed(connection: Connection) -> bool:
    """Whether anything in the log is encrypted, so that a new key would be a wrong one."""
    kept = connection.execute(sa.select(_K.c.sealed).where(_K.c.id == _ID)).scalar()
    return kept is not None or next(_newest(connection), None) is not None


def _newest(connection: Connection) -> Iterator[bytes]:
    """The newest encrypted values of each kind."""
    for table, column, by in _SEALED:
        value, order = sa.column(column), sa.column(by)
        query = sa.select(value).select_from(sa.table(table, value, order)).where(value.isnot(None))
        for (sealed,) in connection.execute(query.order_by(order.desc()).limit(_TRIED)).all():
            yield bytes(sealed)


def _opens(keys: Keys, sealed: bytes) -> bool:
    try:
        keys.open_bytes(bytes(sealed))
    except BadKey:
        return False
    return True
