"""A desk for the tests that share one, with the product's own assistant; and one without it, for what needs none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium

from actions.answers import Answers
from actions.letters import store
from tests.browsers import chromium_open
from tests.databases import KINDS, database_url
from tests.desk.carrier import Telephones
from tests.desk.site import Site, real_assistant
from tests.desk.stand_in import StandIn


@pytest.fixture(scope="session")
def site(model: Path, answers: Answers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole, on SQLite."""
    folder = tmp_path_factory.mktemp("desk")
    store.use(folder)
    made = Site(f"sqlite:///{folder / 'baken.db'}", folder, answers, real_assistant(model, folder), Telephones())
    yield made
    made.close()


@pytest.fixture(params=KINDS)
def desk(request: pytest.FixtureRequest, answers: Answers, tmp_path: Path) -> Iterator[Site]:
    """A desk of the test's own on each database; a line of code answers in Baken's place."""
    with database_url(request.param, tmp_path) as url:
        made = Site(url, tmp_path, answers, StandIn.start, Telephones())
        yield made
        made.close()


@pytest.fixture
def small(answers: Answers, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Makes desks with settings of the test's own, on SQLite."""
    made: list[Site] = []

    def make(translator: Any = None, **settings: Any) -> Site:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        one = Site(f"sqlite:///{folder / 'baken.db'}", folder, answers, StandIn.start, Telephones(), **settings)
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="module")  # a browser that is open lets no asynchronous test of another module run
def chromium() -> Iterator[Chromium]:
    with chromium_open() as one:
        yield one
