"""The trail: who did or read what, and when. Never what was said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.staff import schema

_T, _S = schema.trail, schema.staff
#: The trail is kept so long.
KEPT: Final = timedelta(days=365)


class Step(msgspec.Struct, frozen=True):
    """One line of the trail."""

    at: datetime
    who: str
    action: str
    object: str


def note(connection: Connection, now: datetime, staff: int | None, action: str, object: str = "") -> None:
    """Write a line. In the transaction of what was done, so that neither stands without the other."""
    connection.execute(sa.insert(_T).values(at=now, staff=staff, action=action, object=object[:80]))


def entries(connection: Connection, *, most: int = 200, about: str = "", before: int = 0) -> list[Step]:
    """The newest lines, newest first; of one object where `about` names it."""
    query = sa.select(_T, _S.c.shown).select_from(_T.outerjoin(_S, _S.c.id == _T.c.staff))
    if about:
        query = query.where(_T.c.object == about)
    if before:
        query = query.where(_T.c.id < before)
    rows = connection.execute(query.order_by(_T.c.id.desc()).limit(most)).all()
    return [Step(row.at, row.shown or "", row.action, row.object) for row in rows]


def purge(connection: Connection, now: datetime) -> int:
    """Delete what is over its time; how many lines."""
    return int(connection.execute(sa.delete(_T).where(_T.c.at < now - KEPT)).rowcount)
