"""Speed and memory of `uv run baken`, and of stock Rasa on the same model in the same run.

uv run python -m bench.speed            # prints
uv run python -m bench.speed --write    # and writes docs/performance.md
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parent.parent
QUESTIONS = [
    "Ile wynosi minimalna stawka godzinowa?", "Mijn baas betaalt mijn loon niet", "Can they take rent from my wage?",
    "Не платят зарплату уже два месяца", "¿Cuántos días de vacaciones tengo?", "Hastayım, maaş alacak mıyım?",
    "Mă pot da afară fără motiv?", "كم الحد الأدنى للأجور؟",
]  # fmt: skip
STOCK_ENDPOINTS = """
action_endpoint: {url: "http://127.0.0.1:%d/webhook"}
tracker_store: {type: SQL, dialect: sqlite, db: "%s"}
"""


def _spawn(command: list[str], **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        command,
        cwd=ROOT,
        env={**os.environ, "RASA_TELEMETRY_ENABLED": "false", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _stop(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        os.killpg(process.pid, signal.SIGTERM)
    for process in processes:
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _memory(process: subprocess.Popen[bytes]) -> float:
    """Resident memory of a process and its children, MiB."""
    total, waiting = 0.0, [process.pid]
    while waiting:
        pid = waiting.pop()
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            total += int(status.split("VmRSS:")[1].split()[0]) / 1024
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except (OSError, IndexError):
            continue
    return total


class Ours:
    """The chat's calls: a message is taken in, its answer is waited for."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"

    async def say(self, session: aiohttp.ClientSession, conversation: str, text: str) -> None:
        """Say something and wait for its answer."""
        message = {"conversation": conversation, "id": uuid.uuid4().hex, "text": text}
        row = after = (await _post(session, f"{self.address}/api/messages", message))["message"]
        while True:
            asked = {"conversation": conversation, "after": after, "wait": 25}
            news = await _post(session, f"{self.address}/api/poll", asked)
            if any(one["to"] == row for one in news["messages"]):
                return
            after = max(after, news["last"])


class Stock:
    """Rasa's REST channel."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/webhooks/rest/webhook"

    async def say(self, session: aiohttp.ClientSession, conversation: str, text: str) -> None:
        """Say something; the answer comes with it."""
        await _post(session, self.address, {"sender": conversation, "message": text})


async def _post(session: aiohttp.ClientSession, address: str, body: dict[str, Any]) -> Any:
    async with session.post(address, json=body) as answer:
        if answer.status >= 300:
            raise RuntimeError(f"{address} answered {answer.status}")
        return await answer.json()


async def _say(session: aiohttp.ClientSession, side: Ours | Stock, conversation: str, text: str) -> float:
    start = time.perf_counter()
    await side.say(session, conversation, text)
    return (time.perf_counter() - start) * 1000


async def _first_answer(side: Ours | Stock, start: float, limit: float = 120) -> float:
    async with aiohttp.ClientSession() as session:
        while time.perf_counter() - start < limit:
            try:
                await _say(session, side, uuid.uuid4().hex, QUESTIONS[0])
                return time.perf_counter() - start
            except (aiohttp.ClientError, RuntimeError):
                await asyncio.sleep(0.05)
    raise RuntimeError(f"{side.address} did not answer within {limit} s")


async def _one_user(side: Ours | Stock, count: int = 200) -> list[float]:
    async with aiohttp.ClientSession() as session:
        for number in range(20):
            await _say(session, side, uuid.uuid4().hex, QUESTIONS[number % len(QUESTIONS)])
        talks = [uuid.uuid4().hex for _ in range(20)]
        return [
            await _say(session, side, talks[number % 20], QUESTIONS[number % len(QUESTIONS)]) for number in range(count)
        ]


async def _throughput(side: Ours | Stock, clients: int = 8, seconds: float = 15) -> float:
    done = 0
    end = time.perf_counter() + seconds

    async def client(session: aiohttp.ClientSession) -> None:
        nonlocal done
        while time.perf_counter() < end:
            talk = uuid.uuid4().hex
            for text in QUESTIONS:
                await _say(session, side, talk, text)
                done += 1

    start = time.perf_counter()
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(client(session) for _ in range(clients)))
    return done / (time.perf_counter() - start)


async def _burst(side: Ours | Stock) -> float:
    async with aiohttp.ClientSession() as session:
        talk = uuid.uuid4().hex
        await _say(session, side, talk, QUESTIONS[0])
        start = time.perf_counter()
        await asyncio.gather(*(_say(session, side, talk, text) for text in QUESTIONS[:5]))
        return time.perf_counter() - start


async def _long_talk(side: Ours | Stock, turns: int = 405) -> tuple[float, float]:
    async with aiohttp.ClientSession() as session:
        talk = uuid.uuid4().hex
        times = [await _say(session, side, talk, QUESTIONS[1]) for _ in range(turns)]
    return statistics.median(times[5:15]), statistics.median(times[395:405])


async def measure(port: int) -> list[tuple[str, str, str, str]]:
    """Rows of the page: what, target, Baken, stock Rasa."""
    folder = Path(tempfile.mkdtemp(prefix="baken-speed-"))
    start = time.perf_counter()
    ours_process = _spawn(
        [sys.executable, "-W", "ignore", "-m", "bot.cli"],
        BAKEN_PORT=str(port),
        BAKEN_DATA_FOLDER=str(folder),
        BAKEN_LIMIT_ADDRESS="100000",
        BAKEN_LIMIT_ADDRESS_BURST="100000",  # all of it comes from one address
        BAKEN_LIMIT_PERSON_BURST="100000",  # and one talk of it is faster than a person types
    )
    ours = Ours(port)
    try:
        first = await _first_answer(ours, start)
        alone = sorted(await _one_user(ours))
        burst = await _burst(ours)
        tenth, late = await _long_talk(ours)
        rate = await _throughput(ours)
        memory = _memory(ours_process)
    finally:
        _stop(ours_process)
    stock_rate, stock_first, stock_memory, stock_p95, stock_burst = await _stock(port, folder)
    shutil.rmtree(folder, ignore_errors=True)
    p95 = alone[int(len(alone) * 0.95)]
    return [
        ("start to the first answer", "8 s", f"{first:.1f} s", f"{stock_first:.1f} s"),
        ("memory of all processes", "600 MiB", f"{memory:.0f} MiB", f"{stock_memory:.0f} MiB"),
        (
            "one user, p50 / p95",
            "25 ms (p95)",
            f"{alone[len(alone) // 2]:.1f} / {p95:.1f} ms",
            f"- / {stock_p95:.1f} ms",
        ),
        ("messages a second, 8 clients", "3 x stock", f"{rate:.0f} ({rate / stock_rate:.1f} x)", f"{stock_rate:.0f}"),
        ("five at once in one conversation", "0.3 s", f"{burst:.2f} s", f"{stock_burst:.2f} s"),
        ("turn 400 against turn 10", "1.5 x", f"{late / tenth:.2f} x ({tenth:.1f} and {late:.1f} ms)", "-"),
    ]


async def _stock(port: int, folder: Path) -> tuple[float, float, float, float, float]:
    endpoints = folder / "endpoints.yml"
    endpoints.write_text(STOCK_ENDPOINTS % (port + 2, folder / "stock.db"))
    rasa = str(Path(sys.executable).with_name("rasa"))
    start = time.perf_counter()
    actions = _spawn([rasa, "run", "actions", "--port", str(port + 2)])
    server = _spawn(
        [rasa, "run", "--port", str(port + 1), "--model", "models/baken.tar.gz", "--endpoints", str(endpoints)]
    )
    side = Stock(port + 1)
    try:
        first = await _first_answer(side, start)
        await asyncio.sleep(3)
        alone = sorted(await _one_user(side, 100))
        burst = await _burst(side)
        rate = await _throughput(side)
        memory = _memory(actions) + _memory(server)
    finally:
        _stop(actions, server)
    return rate, first, memory, alone[int(len(alone) * 0.95)], burst


def page(rows: list[tuple[str, str, str, str]]) -> str:
    """docs/performance.md"""
    from datetime import date

    cores = os.cpu_count()
    lines = [
        "# Performance",
        "",
        f"Measured on {date.today():%Y-%m-%d} on a shared machine of {cores} cores by `uv run python -m bench.speed "
        "--write`; the client runs on the same cores. Read throughput as ± 20 %.",
        "",
        "Stock Rasa: `rasa run` and `rasa run actions` of the same version, same model and actions, Rasa's own SQL "
        "tracker store on SQLite, Rasa's own lock store. Here it too runs without TensorFlow, so its start and memory "
        "are better than a stock installation's.",
        "",
        "| what | target | Baken | stock Rasa |",
        "| --- | --- | --- | --- |",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
        "Where the time went and what was done about it: docs/decisions/0003-behind-the-door.md.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--port", type=int, default=8480)
    options = parser.parse_args()
    text = page(asyncio.run(measure(options.port)))
    print(text)
    if options.write:
        (ROOT / "docs" / "performance.md").write_text(text)


if __name__ == "__main__":
    main()
