"""Guessing is slowed down: after a few failures by name or by address, each further one waits longer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations.crypto import Keys
from bot.staff import schema

_A = schema.attempts
#: Failures that are free: by name (or code), and by address, behind which a whole office can be.
BY_NAME: Final = 5
BY_ADDRESS: Final = 20
_FIRST: Final = timedelta(seconds=15)
_LONGEST: Final = timedelta(hours=1)
#: Failures are forgotten after this.
_FORGOTTEN: Final = timedelta(hours=24)


def _key(keys: Keys, kind: str, what: str) -> str:
    return keys.attempt(kind, what.strip().lower())


def attempt(connection: Connection, keys: Keys, /, now: datetime, **kinds: str) -> timedelta | None:
    """Count an attempt before it is looked at, so that many at once gain nothing; how long to wait where it is refused.

    Args:
        kinds: what is counted, `name="anna"`, `address="192.0.2.1"`, `code="7"`.
    """
    connection.execute(sa.delete(_A).where(_A.c.last < now - _FORGOTTEN))
    rows = {}
    for kind, what in kinds.items():
        key = _key(keys, kind, what)
        query = sa.select(_A).where(_A.c.key == key).with_for_update()
        rows[kind] = (key, connection.execute(query).first())
    waits: list[timedelta] = [
        row.until - now for _, row in rows.values() if row is not None and row.until and row.until > now
    ]
    if waits:
        return max(waits)
    for kind, (key, row) in rows.items():
        count = 1 if row is None else row.count + 1
        over = count - (BY_ADDRESS if kind == "address" else BY_NAME)
        until = now + min(_FIRST * 2 ** min(over, 12), _LONGEST) if over >= 0 else None
        if row is None:
            try:
                with connection.begin_nested():
                    connection.execute(sa.insert(_A).values(key=key, count=count, last=now, until=until))
                continue
            except sa.exc.IntegrityError:  # counted by another gateway between our look and our insert
                count += 1
        connection.execute(sa.update(_A).where(_A.c.key == key).values(count=count, last=now, until=until))
    return None


def worked(connection: Connection, keys: Keys, /, **kinds: str) -> None:
    """It was the right one: the name starts anew, of the address only this attempt is taken back."""
    for kind, what in kinds.items():
        key = _key(keys, kind, what)
        if kind == "address":
            connection.execute(sa.update(_A).where(_A.c.key == key).values(count=_A.c.count - 1, until=None))
        else:
            connection.execute(sa.delete(_A).where(_A.c.key == key))
