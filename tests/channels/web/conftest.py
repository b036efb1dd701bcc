"""One site for the tests that only use it, and a Chromium."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from actions.letters import store
from facts.base import FactBase

sys.path.insert(0, str(Path(__file__).parent))

from site_of_web import Site, serving

from tests.browsers import chromium_open


@pytest.fixture(scope="session")
def site(base: FactBase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    store.use(folder)
    with serving(folder, base, web_exit="https://neutral.example/") as one:
        yield one


@pytest.fixture(scope="module")  # a browser that is open lets no asynchronous test of another module run
def browser() -> Iterator[Browser]:
    with chromium_open() as one:
        yield one


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Any]:
    """Makes browser contexts that are closed after the test."""
    made: list[Any] = []

    def make(**options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 390, "height": 780}, "locale": "en-GB", **options})
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()
