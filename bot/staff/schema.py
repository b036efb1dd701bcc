"""The tables of staff: accounts, sessions, failed attempts, recovery codes and the trail of who did what."""

from __future__ import annotations

import sqlalchemy as sa

from bot.conversations.schema import Moment, Serial, metadata

#: `name` signs in, lower case; `shown` is what workers and colleagues see.
staff = sa.Table(
    "staff",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("name", sa.String(64), nullable=False, unique=True),
    sa.Column("shown", sa.String(64), nullable=False),
    sa.Column("role", sa.String(8), nullable=False),  # advisor, editor, admin
    sa.Column("language", sa.String(2), nullable=False, server_default="nl"),
    sa.Column("password", sa.String(200)),  # argon2id; none until the invitation is used
    sa.Column("totp", sa.LargeBinary),  # the shared secret, encrypted
    sa.Column("totp_on", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("totp_step", Serial, nullable=False, server_default="0"),  # of the last code: none is taken twice
    sa.Column("invited", sa.String(64), unique=True),  # hash of the one-time link
    sa.Column("invited_until", Moment),
    sa.Column("created", Moment, nullable=False),
    sa.Column("closed", Moment),  # an account is closed, not deleted: the trail names it
)

sessions = sa.Table(
    "staff_sessions",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),  # of the random token in the cookie
    sa.Column("staff", sa.ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("half", sa.Boolean, nullable=False),  # the password was right, the code is still to come
    sa.Column("created", Moment, nullable=False),
    sa.Column("seen", Moment, nullable=False),  # last thing that a person did
    sa.Column("present", Moment, nullable=False, index=True),  # last sign of an open page
)

recovery = sa.Table(
    "staff_recovery",
    metadata,
    sa.Column("staff", sa.ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, primary_key=True),
    sa.Column("hash", sa.String(64), nullable=False, primary_key=True),
)

#: Failed attempts by name and by address, as hashes; unknown names are counted like known ones.
attempts = sa.Table(
    "staff_attempts",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("last", Moment, nullable=False, index=True),
    sa.Column("until", Moment),
)

#: Who did or read what. Never what it said.
trail = sa.Table(
    "staff_trail",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("staff", sa.Integer),  # none: nobody was signed in
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("object", sa.String(80), nullable=False, server_default=""),
)
