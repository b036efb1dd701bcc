"""kill -9 between any two steps: the message is answered once, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import multiprocessing
from pathlib import Path

import pytest

from bot.conversations import outbox
from bot.conversations.database import Database
from bot.conversations.models import DeliveryStatus
from tests.channels.whatsapp.graph_stand_in import GraphStandIn
from tests.databases import KINDS, database_url
from tests.delivery import one_run

pytestmark = pytest.mark.slow

STEPS = [
    *(f"{when}:{name}" for name in one_run.STEPS for when in
      ("before", "after", "committed")),
    "before:reply", "after:reply", "before:send", "after:send",
]  # fmt: skip


#: Each run is a process of its own, forked from one that has read the code already: that is most of a start.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([one_run.__name__, "alembic.command", "psycopg2", "sqlite3"])


def run(url: str, graph: GraphStandIn, step: str, told: Path) -> int:
    """How the process ended: 0, or minus the number of the signal."""
    process = PROCESSES.Process(target=one_run.run, args=(url, graph.url, step, told))
    process.start()
    process.join(60)
    if process.exitcode is None:
        process.kill()
        raise AssertionError("it did not end within 60 s")
    return process.exitcode


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", STEPS)
async def test_a_message_is_answered_once_whenever_the_process_dies(step: str, kind: str, tmp_path: Path) -> None:
    with database_url(kind, tmp_path) as url:
        async with GraphStandIn(validate=False) as graph:
            told = tmp_path / "told"
            died = await asyncio.to_thread(run, url, graph, step, told)
            assert died == -9, "the step was not reached: nothing was tried"
            if graph.taken:  # Meta's status comes while nobody is there, and again until it is taken
                await asyncio.to_thread(status, url, graph)
            if kind == "postgresql":
                await asyncio.sleep(1.1)  # the dead one's claim runs out; on SQLite the next start takes it
            assert await asyncio.to_thread(run, url, graph, "", told) == 0  # the message comes again as well
            assert [one.text.split(": ")[1] for one in graph.taken] == ["hello"]


def status(url: str, graph: GraphStandIn) -> None:
    database = Database(url)
    for one in graph.taken:
        update = DeliveryStatus(channel_id=one.id, state="sent", ours=int(one.ours))
        assert database.transaction_sync(outbox.record_status, "whatsapp", update)
    database.close()
