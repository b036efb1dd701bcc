"""Guessing is slowed down, without anybody being able to lock another out of their account.

What is counted of an attempt by a stranger (`stranger`): the name from this address, the address, and the name from
everywhere. Whoever guesses waits, longer each time; elsewhere the name is only slowed, by a minute at most, once it was
tried from many addresses. A device that the account was signed in on before (bot/staff/devices.py) is counted by
itself, whatever strangers do.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations.crypto import Keys
from bot.staff import schema

_A = schema.attempts
#: Failures that are free: by name from one address (or by device, or by code); by address, behind which a whole office
#: can be; and by name from everywhere.
BY_NAME: Final = 5
BY_ADDRESS: Final = 20
BY_NAME_ANYWHERE: Final = 50
_FREE: Final = {"address": BY_ADDRESS, "name": BY_NAME_ANYWHERE}
_FIRST: Final = timedelta(seconds=15)
_LONGEST: Final = timedelta(hours=1)
#: The name from everywhere waits no longer: else many addresses together could lock its owner out of a new device.
_LONGEST_ANYWHERE: Final = timedelta(minutes=1)
#: Failures are forgotten after this.
_FORGOTTEN: Final = timedelta(hours=24)


def _key(keys: Keys, kind: str, what: str) -> str:
    return keys.attempt(kind, what.strip().lower())


def stranger(name: str, address: str) -> dict[str, str]:
    """What is counted where nothing is known of the device."""
    return {"pair": _pair(name, address), "address": address, "name": name}


def _pair(name: str, address: str) -> str:
    return f"{name.strip()}\0{address}"


def attempt(connection: Connection, keys: Keys, /, now: datetime, **kinds: str) -> timedelta | None:
    """Count an attempt before it is looked at, so that many at once gain nothing; how long to wait where it is refused.

    Args:
        kinds: what is counted: `stranger(…)`, `device="…"`, `code="7"`, `confirm="7"`.
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
        over = count - _FREE.get(kind, BY_NAME)
        longest = _LONGEST_ANYWHERE if kind == "name" else _LONGEST
        until = now + min(_FIRST * 2 ** min(over, 12), longest) if over >= 0 else None
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
    """It was the right one: it starts anew; of what strangers share with it only this attempt is taken back."""
    for kind, what in kinds.items():
        key = _key(keys, kind, what)
        if kind in _FREE:
            connection.execute(sa.update(_A).where(_A.c.key == key).values(count=_A.c.count - 1, until=None))
        else:
            connection.execute(sa.delete(_A).where(_A.c.key == key))


def lift(connection: Connection, keys: Keys, name: str, address: str = "") -> None:
    """A new one-time link was given for this account, or used from this address: earlier failures don't count."""
    for kind, what in (("name", name), ("pair", _pair(name, address))):
        connection.execute(sa.delete(_A).where(_A.c.key == _key(keys, kind, what)))
