"""Who tried to sign in is kept as a keyed hash; the hashes without a key, which can be turned back, go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.execute(sa.text("delete from staff_attempts"))
