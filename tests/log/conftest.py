"""A log on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.log.database import Database
from bot.log.keys import Keys
from tests.databases import KINDS, database_url


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty log with its tables."""
    with database_url(request.param, tmp_path) as url:
        made = Database(url)
        made.migrate()
        yield made
        made.close()


@pytest.fixture
def keys() -> Keys:
    """A key of this test's own."""
    return Keys(bytes(range(32)))
