"""The tables of the log. Migrations make them; a test holds that both say the same."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Moment(sa.types.TypeDecorator):  # type: ignore[misc]
    """A time with its zone, kept as microseconds since 1970 (UTC): the same in SQLite and PostgreSQL."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs its zone")
        return (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        """From the database."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


#: Counted up by the database; SQLite counts only INTEGER keys.
Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

metadata = sa.MetaData()

# The queues: what is to be answered, and what is to be sent. Their indexes and the statements that read them say it in
# the same words: where the state is a value instead, SQLite does not see that the index fits.
IS_NEW: Any = sa.text("state = 'new'")
IS_OPEN: Any = sa.text("state in ('ready', 'sending')")
IS_UNREADABLE: Any = sa.text("state = 'unreadable'")

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("contact", sa.LargeBinary),  # encrypted
    sa.Column("language", sa.String(8), nullable=False, server_default=""),
    sa.Column("holder", sa.String(8), nullable=False, server_default="bot"),
    sa.Column("created", Moment, nullable=False),
    sa.Column("last_in", Moment),
    sa.Column("last_at", Moment, nullable=False, index=True),  # retention counts from here
    sa.Column("seen", Serial, nullable=False, server_default="0"),  # newest row that the person's page has shown
    sa.Column("claimed_by", sa.String(32)),
    sa.Column("claimed_until", Moment),
)

#: A person can have several: a number and a user id. Keyed hashes only.
addresses = sa.Table(
    "addresses",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("conversation", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("direction", sa.String(3), nullable=False),
    sa.Column("author", sa.String(8), nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),  # encrypted
    sa.Column("at", Moment, nullable=False),
    sa.Column("channel_id", sa.String(255)),
    sa.Column("reply_to", Serial),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", Moment),
    sa.Column("error", sa.String(64), nullable=False, server_default=""),
    sa.Column("topic", sa.String(40), nullable=False, server_default=""),
    sa.Column("understood", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("safety", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("staff", sa.Integer),
    sa.UniqueConstraint("channel", "direction", "channel_id", name="messages_once"),
    sa.Index("messages_of", "conversation", "id"),
    # the queues: only what is still to be done stands in these
    sa.Index(
        "messages_new",
        "conversation",
        "id",
        sqlite_where=IS_NEW,
        postgresql_where=IS_NEW,
    ),
    sa.Index(
        "messages_open",
        "conversation",
        "id",
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    ),
    sa.Index("messages_unreadable", "id", sqlite_where=IS_UNREADABLE, postgresql_where=IS_UNREADABLE),
    sqlite_autoincrement=True,  # an id is never used twice: pages go on behind the newest that they have seen
)

files = sa.Table(
    "files",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("conversation", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("content", sa.LargeBinary, nullable=False),  # encrypted
    sa.Column("created", Moment, nullable=False),
    sa.Column("expires", Moment, nullable=False, index=True),
)

#: A known word, encrypted with the key of this log (row 1), and for a moment what tries whether there is room.
key_check = sa.Table(
    "key_check",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # encrypted
)

#: A period in which an advisor is asked for, or has the conversation. Not the conversation itself.
cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("state", sa.String(8), nullable=False),  # waiting, taken, closed, left (by the worker)
    sa.Column("urgency", sa.Integer, nullable=False, server_default="0"),  # 2: danger, 1: asked for, 0: offered
    sa.Column("topic", sa.String(40), nullable=False, server_default=""),
    sa.Column("language", sa.String(8), nullable=False, server_default=""),
    sa.Column("first_message", Serial, nullable=False, server_default="0"),  # from here on it belongs to the case
    sa.Column("share", sa.String(3), nullable=False, server_default=""),  # yes, no: what was said before the case
    sa.Column("improve", sa.String(3), nullable=False, server_default=""),  # yes, no: use for improving Baken
    sa.Column("opened", Moment, nullable=False),
    sa.Column("taken", Moment),
    sa.Column("taken_by", sa.Integer),
    sa.Column("closed", Moment),
    sa.Column("rating", sa.Integer),
    sa.Column("elsewhere", sa.String(64), nullable=False, server_default=""),  # its id in another helpdesk
    sa.Index(
        "cases_one_open",
        "conversation",
        unique=True,
        sqlite_where=sa.text("state in ('waiting', 'taken')"),
        postgresql_where=sa.text("state in ('waiting', 'taken')"),
    ),
    sa.Index("cases_queue", "state", "urgency", "opened"),
    sqlite_autoincrement=True,
)
