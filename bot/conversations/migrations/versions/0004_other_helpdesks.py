"""Other helpdesks: where cases stand there, and what advisors there wrote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "helpdesk_cases",
        sa.Column("case", SERIAL, autoincrement=False, nullable=False),
        sa.Column("desk", sa.String(length=16), nullable=False),
        sa.Column("theirs", sa.String(length=64), server_default="", nullable=False),
        sa.Column("contact", sa.String(length=64), server_default="", nullable=False),
        sa.Column("state", sa.String(length=8), server_default="open", nullable=False),
        sa.Column("sent_to", SERIAL, server_default="0", nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("urgency", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("case", "desk"),
    )
    op.create_table(
        "helpdesk_messages",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("case", SERIAL, nullable=False),
        sa.Column("desk", sa.String(length=16), nullable=False),
        sa.Column("theirs", sa.String(length=64), nullable=False),
        sa.Column("ours", SERIAL, nullable=True),
        sa.Column("outcome", sa.String(length=16), server_default="", nullable=False),
        sa.Column("told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("desk", "theirs", name="helpdesk_messages_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_helpdesk_messages_case", "helpdesk_messages", ["case"], unique=False)
