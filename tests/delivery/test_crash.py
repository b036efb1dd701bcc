"""kill -9 between any two steps: the message is answered once, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.conversations import outbox
from bot.conversations.database import Database
from bot.conversations.models import DeliveryStatus
from tests.channels.whatsapp.graph_stand_in import GraphStandIn
from tests.databases import KINDS, database_url

STEPS = [
    *(f"{when}:{name}" for name in ("take_in", "claim", "settle", "say", "due", "sent") for when in
      ("before", "after", "committed")),
    "before:reply", "after:reply", "before:send", "after:send",
]  # fmt: skip


def run(url: str, graph: GraphStandIn, step: str, told: Path) -> int:
    command = [sys.executable, "-m", "tests.delivery.one_run", url, graph.url, step, str(told)]
    return subprocess.run(command, env={**os.environ}, timeout=60, check=False).returncode


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
