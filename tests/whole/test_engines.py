"""Engines in processes of their own: they answer, one that dies is started anew, and none is left behind."""

from __future__ import annotations

import os
import signal
import time
import uuid
from decimal import Decimal
from pathlib import Path

import psutil
import pytest
from server import running

from actions.intake.state import from_slot
from bot.engine.engine_pool import CHILD, EnginePool
from tests.speaking import say

pytestmark = pytest.mark.slow


def engines(server: int) -> list[psutil.Process]:
    return [one for one in psutil.Process(server).children() if CHILD in one.cmdline()]


def test_a_talk_goes_on_when_its_engine_is_killed(tmp_path: Path, model: Path) -> None:
    talk = uuid.uuid4().hex
    with running(tmp_path, BAKEN_ENGINES="1") as one:
        told = one.say("I get 11.50 an hour gross, 45 hours a week, I'm 30, since 1 July 2026. Is that ok?", talk)
        assert "14.99" in told["replies"][0]["text"].replace(",", ".")
        (engine,) = engines(one.process.pid)
        os.kill(engine.pid, signal.SIGKILL)
        corrected = one.say("no, 38 hours", talk)  # waits for the new engine, which knows the case
        assert "38" in corrected["replies"][0]["text"]
        (again,) = engines(one.process.pid)
        assert again.pid != engine.pid
    time.sleep(0.5)
    assert not again.is_running() or again.status() == psutil.STATUS_ZOMBIE


async def test_the_desk_gets_what_a_worker_told_from_an_engine_in_its_own_process(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAKEN_DATA_FOLDER", str(tmp_path))
    pool = EnginePool(1)
    await pool.start()
    try:
        await say(pool, "one", "I get 11.50 an hour gross, 45 hours a week, I'm 30, since 1 July 2026. Is that ok?")
        case = from_slot(await pool.slot("one", "case"))
        assert case is not None and case.pay is not None and case.pay.amount == Decimal("11.50")
        assert case.weekly == 45
        assert await pool.slot("another", "case") is None
    finally:
        await pool.close()


def test_an_engine_ends_with_a_gateway_that_is_killed(tmp_path: Path, model: Path) -> None:
    with running(tmp_path, BAKEN_ENGINES="2") as one:
        found = engines(one.process.pid)
        assert len(found) == 2
        one.process.kill()
        one.process.wait(10)
        gone, alive = psutil.wait_procs(found, timeout=10)
        assert len(gone) == 2 and not alive
