"""One test room for all tests of its pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from facts import published
from tests.review.site import Site, Visitor


@pytest.fixture(scope="session")
def site(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    before = published._here
    one = Site(tmp_path_factory.mktemp("room"), model)
    yield one
    one.close()
    published._here = before


@pytest.fixture
def editor(site: Site) -> Visitor:
    return site.visitor("eva", "editor")
