"""The log: conversations, their addresses, messages, files and cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=8), server_default="", nullable=False),
        sa.Column("holder", sa.String(length=8), server_default="bot", nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("last_in", sa.BigInteger(), nullable=True),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("seen", SERIAL, server_default="0", nullable=False),
        sa.Column("claimed_by", sa.String(length=32), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_conversations_last_at", "conversations", ["last_at"], unique=False)

    op.create_table(
        "addresses",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("ix_addresses_conversation", "addresses", ["conversation"], unique=False)

    op.create_table(
        "cases",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("conversation", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("urgency", sa.Integer(), server_default="0", nullable=False),
        sa.Column("topic", sa.String(length=40), server_default="", nullable=False),
        sa.Column("language", sa.String(length=8), server_default="", nullable=False),
        sa.Column("first_message", SERIAL, server_default="0", nullable=False),
        sa.Column("share", sa.String(length=3), server_default="", nullable=False),
        sa.Column("improve", sa.String(length=3), server_default="", nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=True),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("closed", sa.BigInteger(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("elsewhere", sa.String(length=64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "cases_one_open",
        "cases",
        ["conversation"],
        unique=True,
        sqlite_where=sa.text("state in ('waiting', 'taken')"),
        postgresql_where=sa.text("state in ('waiting', 'taken')"),
    )
    op.create_index("cases_queue", "cases", ["state", "urgency", "opened"], unique=False)
    op.create_index("ix_cases_conversation", "cases", ["conversation"], unique=False)

    op.create_table(
        "files",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_files_conversation", "files", ["conversation"], unique=False)
    op.create_index("ix_files_expires", "files", ["expires"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("conversation", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("author", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.String(length=255), nullable=True),
        sa.Column("reply_to", SERIAL, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(length=64), server_default="", nullable=False),
        sa.Column("topic", sa.String(length=40), server_default="", nullable=False),
        sa.Column("understood", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("safety", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "direction", "channel_id", name="messages_once"),
        sqlite_autoincrement=True,  # an id is never used twice: pages go on behind the newest that they have seen
    )
    op.create_index(
        "messages_due",
        "messages",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("state in ('ready', 'sending')"),
        postgresql_where=sa.text("state in ('ready', 'sending')"),
    )
    op.create_index(
        "messages_new",
        "messages",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'new'"),
        postgresql_where=sa.text("state = 'new'"),
    )
    op.create_index("messages_of", "messages", ["conversation", "id"], unique=False)
