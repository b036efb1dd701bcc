"""A small site with the staff pages on a real socket, over each database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.log.database import Database
from tests.databases import KINDS, database_url
from tests.staff.site import Site, serving


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with database_url(request.param, tmp_path) as url:
        made = Database(url)
        made.migrate()
        yield made
        made.close()


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with serving(f"sqlite:///{tmp_path / 'baken.db'}") as one:
        yield one
