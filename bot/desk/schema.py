"""The desk's own tables, beside the log's `cases`: internal notes, and how each case stands on the desk."""

from __future__ import annotations

import sqlalchemy as sa

from bot.conversations.schema import Moment, Serial, metadata

#: Notes between advisors. The worker never sees one.
notes = sa.Table(
    "desk_notes",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("case", sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("staff", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),  # encrypted
)

#: One row a case, made when an advisor first does something with it.
marks = sa.Table(
    "desk_marks",
    metadata,
    sa.Column("case", sa.ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("seen", Serial, nullable=False, server_default="0"),  # newest row that an advisor has had on the screen
    sa.Column("translate", sa.Boolean, nullable=False, server_default=sa.true()),
)
