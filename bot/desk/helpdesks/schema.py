"""Where cases stand at other helpdesks. No words, no names. Rows outlive their case, so that it is erased there."""

from __future__ import annotations

import sqlalchemy as sa

from bot.conversations.schema import Moment, Serial, metadata

#: One row a case and helpdesk. `case` is no foreign key: a row whose case is gone says what is to be erased there.
standings = sa.Table(
    "helpdesk_cases",
    metadata,
    sa.Column("case", Serial, primary_key=True, autoincrement=False),
    sa.Column("desk", sa.String(16), primary_key=True),
    sa.Column("theirs", sa.String(64), nullable=False, server_default=""),
    sa.Column("contact", sa.String(64), nullable=False, server_default=""),
    sa.Column("state", sa.String(8), nullable=False, server_default="open"),  # open, done, back (waits again)
    sa.Column("sent_to", Serial, nullable=False, server_default="0"),  # newest row of the log that was handed on
    sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()),  # the talk before the case was
    sa.Column("urgency", sa.Integer, nullable=False, server_default="0"),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", Moment, nullable=False),
    sa.Column("error", sa.String(64), nullable=False, server_default=""),
)

#: What advisors there wrote: each is taken once.
received = sa.Table(
    "helpdesk_messages",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("case", Serial, nullable=False, index=True),
    sa.Column("desk", sa.String(16), nullable=False),
    sa.Column("theirs", sa.String(64), nullable=False),
    sa.Column("ours", Serial),  # the row in the log that carries it
    sa.Column("outcome", sa.String(16), nullable=False, server_default=""),  # why it was not carried, or not whole
    sa.Column("told", sa.Boolean, nullable=False, server_default=sa.false()),  # the advisor knows the outcome
    sa.UniqueConstraint("desk", "theirs", name="helpdesk_messages_once"),
    sqlite_autoincrement=True,
)
