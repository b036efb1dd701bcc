"""Cases as a table for a spreadsheet. What a person typed can't become a formula there."""

from __future__ import annotations

import csv
import io
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import schema
from bot.staff import schema as staff_schema

_K, _C, _S = schema.cases, schema.conversations, staff_schema.staff
_COLUMNS: Final = (
    "case", "channel", "language", "topic", "urgency", "state", "opened", "taken", "closed", "advisor", "rating",
    "improve",
)  # fmt: skip
#: What a spreadsheet takes for the start of a formula, as it stands or after it has trimmed a cell.
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def cell(value: object) -> str:
    """A value as a cell: text that could be read as a formula gets an apostrophe before it (OWASP, CSV injection)."""
    text = "" if value is None else str(value)
    if text.startswith(("\t", "\r", "\n", "\0")) or text.lstrip().startswith(_FORMULA):
        return f"'{text}"
    return text


def table(connection: Connection) -> str:
    """All cases, newest first."""
    rows = connection.execute(
        sa.select(_K, _C.c.channel, _S.c.shown)
        .select_from(_K.join(_C, _C.c.id == _K.c.conversation).outerjoin(_S, _S.c.id == _K.c.taken_by))
        .order_by(_K.c.id.desc())
    ).all()
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(_COLUMNS)
    for row in rows:
        values = (
            row.id,
            row.channel,
            row.language,
            row.topic,
            row.urgency,
            row.state,
            *(moment.isoformat(timespec="seconds") if moment else "" for moment in (row.opened, row.taken, row.closed)),
            row.shown,
            row.rating,
            row.improve,
        )
        writer.writerow([cell(value) for value in values])
    return out.getvalue()
