"""Processes and people for measurements: a real `baken` with WhatsApp against the Graph API stand-in, on loopback."""

from __future__ import annotations

import asyncio
import csv
import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp

from tests.channels.whatsapp import meta

ROOT = Path(__file__).parent.parent
NUMBER, SECRET, TOKEN, WORD = "106540352242922", "secret", "token", "word"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def environment(port: int, folder: Path, graph: str, **more: str) -> dict[str, str]:
    """What a `baken` with WhatsApp is started with."""
    return {
        **os.environ,
        "BAKEN_PORT": str(port),
        "BAKEN_DATA_FOLDER": str(folder),
        "BAKEN_WHATSAPP_GRAPH_URL": graph,
        "BAKEN_WHATSAPP_PHONE_NUMBER_ID": NUMBER,
        "BAKEN_WHATSAPP_ACCESS_TOKEN": TOKEN,
        "BAKEN_WHATSAPP_APP_SECRET": SECRET,
        "BAKEN_WHATSAPP_VERIFY_TOKEN": WORD,
        "PYTHONUNBUFFERED": "1",
        **more,
    }


class Baken:
    """One `baken`, started, killed and started again."""

    def __init__(self, folder: Path, graph: str, port: int | None = None, **more: str) -> None:
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.webhook = f"{self.address}/webhooks/whatsapp"
        self._environment = environment(self.port, folder, graph, **more)
        self._log = folder / "baken.log"
        folder.mkdir(parents=True, exist_ok=True)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; `ready` waits until it answers."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot.cli"], cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )

    async def ready(self, seconds: float = 90) -> None:
        """Wait for `/health`."""
        assert self.process is not None
        end = time.monotonic() + seconds
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            while time.monotonic() < end:
                if self.process.poll() is not None:
                    raise RuntimeError(self._log.read_text(errors="replace")[-3000:])
                try:
                    async with session.get(f"{self.address}/health") as answer:
                        if answer.status == 200:
                            return
                except (aiohttp.ClientError, asyncio.TimeoutError):
                    pass
                await asyncio.sleep(0.1)
        raise RuntimeError("not ready: " + self._log.read_text(errors="replace")[-3000:])

    def kill(self) -> None:
        """kill -9"""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def kill_engine(self) -> bool:
        """kill -9 of one of the engines that it started; False where it has none."""
        engines = self._engines()
        if engines:
            os.kill(engines[0], signal.SIGKILL)
        return bool(engines)

    def stop(self) -> int:
        """As an operator stops it."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(30)

    def memory(self) -> float:
        """MiB of the gateway that are resident."""
        assert self.process is not None
        return resident(self.process.pid)

    def engines_memory(self) -> float:
        """MiB of the engines that it started."""
        return sum(map(resident, self._engines()))

    def cpu(self) -> float:
        """Seconds of the gateway's processor time so far."""
        assert self.process is not None
        return cpu(self.process.pid)

    def engines_cpu(self) -> float:
        """Seconds of processor time so far of the engines that the gateway started (`BAKEN_ENGINES`)."""
        return sum(map(cpu, self._engines()))

    def _engines(self) -> list[int]:
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(child) for child in children.read_text().split()]


def resident(process: int) -> float:
    """MiB of a process that are resident."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def cpu(process: int) -> float:
    """Seconds of a process's processor time so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def graph(port: int, webhook: str, share: float = 0.0) -> subprocess.Popen[bytes]:
    """The Graph API's stand-in in a process of its own; `share` of its answers fail."""
    module = "tests.channels.whatsapp.graph_stand_in"
    options = ["--port", str(port), "--no-validate", "--share", str(share), "--webhook", webhook]
    return subprocess.Popen([sys.executable, "-m", module, *options], cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603


def questions(seed: int = 1) -> list[str]:
    """What workers write: the texts of the frozen exam, mixed. Without "delete everything": who says that and then yes
    is rightly not in the log any more."""
    rows: list[str] = []
    for path in sorted((ROOT / "tests" / "questions").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += [row["text"] for row in csv.DictReader(file) if row["topic"] != "delete_my_data"]
    random.Random(seed).shuffle(rows)
    return rows


_people = itertools.count(1)


def message(text: str, sender: str | None = None, id: str | None = None) -> dict[str, Any]:
    """A message of a new person, or of this one."""
    return meta.text(text, sender=sender or f"316{next(_people):08d}", id=id)


async def post(session: aiohttp.ClientSession, address: str, *messages: dict[str, Any]) -> int:
    """Post to the webhook as Meta does; the status, or 0 where nobody answered."""
    raw = meta.body(list(messages))
    try:
        async with session.post(address, data=raw, headers=meta.signed(raw, SECRET)) as answer:
            return answer.status
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
        return 0
