"""Engines in processes of their own: they answer, one that dies is started anew, and none is left behind."""

from __future__ import annotations

import os
import signal
import time
import uuid
from pathlib import Path

import psutil
from server import running

from bot.engine.engine_pool import CHILD


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


def test_an_engine_ends_with_a_gateway_that_is_killed(tmp_path: Path, model: Path) -> None:
    with running(tmp_path, BAKEN_ENGINES="2") as one:
        found = engines(one.process.pid)
        assert len(found) == 2
        one.process.kill()
        one.process.wait(10)
        gone, alive = psutil.wait_procs(found, timeout=10)
        assert len(gone) == 2 and not alive
