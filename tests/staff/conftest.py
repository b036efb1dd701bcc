"""A small site with the staff pages on a real socket, over each database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.staff.site import Site, serving


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with serving(f"sqlite:///{tmp_path / 'baken.db'}") as one:
        yield one
