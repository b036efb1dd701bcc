"""Messages that can't be decrypted are set aside, and counted off an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    only = sa.text("state = 'unreadable'")
    op.create_index("messages_unreadable", "messages", ["id"], sqlite_where=only, postgresql_where=only)
