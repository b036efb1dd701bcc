"""Shared by all tests: the fact base of the product, and an assistant on the product's own model."""

from __future__ import annotations

import asyncio
import fcntl
import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot.redacted_logging import configure_logging

configure_logging()
settings.register_profile("busy", deadline=None)  # a machine that does other things too is no reason to fail
settings.load_profile("busy")
ROOT = Path(__file__).parent.parent
os.chdir(ROOT)

from actions.answers import Answers  # noqa: E402
from bot.assistant import Assistant  # noqa: E402
from bot.engine.rasa.model import ready  # noqa: E402
from bot.engine.turn import Turn  # noqa: E402
from facts.base import FactBase  # noqa: E402
from facts.wording import Wording  # noqa: E402
from tests import speaking  # noqa: E402
from tests.databases import database  # noqa: E402, F401  (a fixture)

#: Fixtures that bring an open Chromium.
BROWSERS = {"browser", "chromium"}


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """All tests, or a folder of them, are shared by processes; files that are named run in one, for the debugger."""
    if config.option.usepdb or all(".py" in argument for argument in config.args):
        config.option.dist = "no"
        return 0
    return min(os.cpu_count() or 1, 4)  # each holds a loaded model, and servers of its own


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks what needs Chromium or PostgreSQL, and begins with the files that take long, so that none is last alone.

    On a Python without Rasa (the gateway's) what needs its model is left out.
    """
    if importlib.util.find_spec("rasa") is None:
        needing = [item for item in items if "model" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=needing)
        items[:] = [item for item in items if item not in needing]
    for item in items:
        if BROWSERS & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
        if "postgresql" in item.name:
            item.add_marker("postgres")
    takes_long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in takes_long)


@pytest.fixture(scope="session")
def base() -> FactBase:
    """The product's fact base."""
    return FactBase()


@pytest.fixture(scope="session")
def wording(base: FactBase) -> Wording:
    """Its words."""
    return Wording(base)


@pytest.fixture(scope="session")
def answers(base: FactBase) -> Answers:
    """Its answers."""
    return Answers(base)


@pytest.fixture(scope="session")
def model() -> Path:
    """The product's model, made where it is missing or stale: by one process, while the others wait."""
    with (ROOT / "pyproject.toml").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        return ready()


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One event loop for the assistant that tests share."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def assistant(
    model: Path, loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """A real assistant on a SQLite file of its own."""
    file = tmp_path_factory.mktemp("assistant") / "rasa.db"
    made = loop.run_until_complete(Assistant.start(model, file))
    yield made
    loop.run_until_complete(made.close())


@pytest.fixture
def talk(
    assistant: Assistant, loop: asyncio.AbstractEventLoop, request: pytest.FixtureRequest
) -> Callable[..., list[Turn]]:
    """Say things in a conversation of this test's own; gives the turns. A text with a slash is a pressed button."""
    name = request.node.nodeid

    def say(*texts: str, conversation: str = name) -> list[Turn]:
        async def run() -> list[Turn]:
            return [await speaking.say(assistant, conversation, text) for text in texts]

        return loop.run_until_complete(run())

    return say
