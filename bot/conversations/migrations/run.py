"""Alembic, driven from the program: nobody has to run a command of its own."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

HERE = Path(__file__).parent


def upgrade(connection: sa.engine.Connection) -> None:
    """Bring the tables of this connection's database up to the newest step."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
