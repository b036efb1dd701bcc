"""The queues by conversation: what is next in each is read off the index, however many messages stand in the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.drop_index("messages_new", "messages")
    op.drop_index("messages_due", "messages")
    for name, states in (("messages_new", "state = 'new'"), ("messages_open", "state in ('ready', 'sending')")):
        only = sa.text(states)
        op.create_index(name, "messages", ["conversation", "id"], sqlite_where=only, postgresql_where=only)
