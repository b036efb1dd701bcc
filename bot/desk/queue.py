"""The lists of the desk: who waits, what is mine, what others have, what is closed."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import schema
from bot.desk import schema as desk_schema
from bot.staff import schema as staff_schema

_K, _M, _C = schema.cases, schema.messages, schema.conversations
_S, _D = staff_schema.staff, desk_schema.marks
Folder = Literal["waiting", "mine", "others", "closed"]
FOLDERS: Final[tuple[Folder, ...]] = ("waiting", "mine", "others", "closed")
#: Cases that a list shows at most.
MOST: Final = 300


class QueueEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A case in a list. Nothing of what was said stands here."""

    id: int
    state: str
    urgency: int
    topic: str
    language: str
    channel: str
    opened: datetime
    closed: datetime | None
    advisor: str
    unread: int
    rating: int | None


class CasePage(msgspec.Struct, frozen=True, kw_only=True):
    """A folder as it is shown, with the counts of all, and what the filters can choose among."""

    folder: Folder
    lines: list[QueueEntry]
    counts: dict[str, int]
    languages: list[str]
    topics: list[str]
    newest: int  #: number of the newest case that waits: a page that knows a lower one rings


def _within(folder: Folder, me: int) -> sa.sql.ColumnElement[bool]:
    conditions = {
        "waiting": _K.c.state == "waiting",
        "mine": sa.and_(_K.c.state == "taken", _K.c.taken_by == me),
        "others": sa.and_(_K.c.state == "taken", _K.c.taken_by != me),
        "closed": _K.c.state.in_(("closed", "left")),
    }
    return conditions[folder]


def show(connection: Connection, me: int, folder: Folder, *, language: str = "", topic: str = "") -> CasePage:
    """A folder: the most urgent first, then who has waited longest; closed ones by when they were closed."""
    within = [_within(folder, me)]
    if language:
        within.append(_K.c.language == language)
    if topic:
        within.append(_K.c.topic == topic)
    unread = (
        sa.select(sa.func.count())
        .where(
            _M.c.conversation == _K.c.conversation,
            _M.c.direction == "in",
            _M.c.state == "held",
            _M.c.id >= _K.c.first_message,
            _M.c.id > sa.func.coalesce(_D.c.seen, 0),
        )
        .scalar_subquery()
    )
    order = [_K.c.closed.desc()] if folder == "closed" else [_K.c.urgency.desc(), _K.c.opened, _K.c.id]
    rows = connection.execute(
        sa.select(_K, _C.c.channel, _S.c.shown, unread.label("unread"))
        .select_from(
            _K.join(_C, _C.c.id == _K.c.conversation)
            .outerjoin(_S, _S.c.id == _K.c.taken_by)
            .outerjoin(_D, _D.c.case == _K.c.id)
        )
        .where(*within)
        .order_by(*order)
        .limit(MOST)
    ).all()
    lines = [
        QueueEntry(
            id=row.id,
            state=row.state,
            urgency=row.urgency,
            topic=row.topic,
            language=row.language,
            channel=row.channel,
            opened=row.opened,
            closed=row.closed,
            advisor=row.shown or "",
            unread=row.unread,
            rating=row.rating,
        )
        for row in rows
    ]
    return CasePage(
        folder=folder,
        lines=lines,
        counts=counts(connection, me),
        languages=_among(connection, _K.c.language, folder, me),
        topics=_among(connection, _K.c.topic, folder, me),
        newest=int(connection.execute(sa.select(sa.func.max(_K.c.id)).where(_K.c.state == "waiting")).scalar() or 0),
    )


def counts(connection: Connection, me: int) -> dict[str, int]:
    """How many cases each folder has."""
    folder = sa.case(*((_within(one, me), one) for one in FOLDERS), else_="")
    rows = connection.execute(sa.select(folder.label("folder"), sa.func.count().label("n")).group_by(folder)).all()
    found = {row.folder: int(row.n) for row in rows}
    return {one: found.get(one, 0) for one in FOLDERS}


def _among(connection: Connection, column: sa.Column, folder: Folder, me: int) -> list[str]:
    query = sa.select(column).distinct().where(_within(folder, me), column != "").order_by(column)
    return [cast(str, one) for one in connection.execute(query).scalars()]
