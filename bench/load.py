"""How much one machine carries: signed webhooks in, answers out at the Graph API's stand-in, end to end.

uv run python -m bench.load --engines 2               # 100 a second, then 50, half a minute each
uv run python -m bench.load --rate 20 --seconds 10    # one process
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from bench.record import record
from bench.servers import Baken, cpu, free_port, message, post, questions
from bench.servers import graph as graph_api


async def run(rate: float, seconds: float, baken: Baken, graph: str, stand_in: int) -> dict[str, Any]:
    """Post at a steady rate; what came of it. `stand_in` is the process of the Graph API's stand-in."""
    texts = questions()
    sent: dict[str, float] = {}
    refused: Counter[int] = Counter()
    before, start = _cpu(baken, stand_in), time.time()
    connector, jar = aiohttp.TCPConnector(limit=256), aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:

        async def one(number: int) -> None:
            row = message(texts[number % len(texts)])
            sent[row["from"]] = time.time()
            status = await post(session, baken.webhook, row)
            if status != 200:
                refused[status] += 1
                del sent[row["from"]]

        tasks = []
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, start + number / rate - time.time()))
            tasks.append(asyncio.create_task(one(number)))
        await asyncio.gather(*tasks)
        pushed = time.time() - start
        answered = await _answered(session, graph, sent)
    used = {who: now - before[who] for who, now in _cpu(baken, stand_in).items()}
    waits = sorted((answered[who][0] - at) * 1000 for who, at in sent.items() if who in answered)
    took = max((times[0] for times in answered.values()), default=start) - start
    return {
        "asked a second": rate,
        "posted": len(sent),
        "refused": dict(refused),
        "answered": len(waits),
        "lost": len(sent) - len(waits),
        "answers a second": round(len(waits) / took, 1),
        "posted a second": round(len(sent) / pushed, 1),
        "p50 ms": round(statistics.median(waits), 1),
        "p95 ms": round(waits[int(len(waits) * 0.95)], 1),
        "p99 ms": round(waits[int(len(waits) * 0.99)], 1),
        "cpu ms a message": ", ".join(f"{who} {spent * 1000 / len(sent):.1f}" for who, spent in used.items()),
        "memory MiB": f"gateway {baken.memory():.0f}, engines {baken.engines_memory():.0f}",
    }


def _cpu(baken: Baken, stand_in: int) -> dict[str, float]:
    """Seconds of processor time so far, by who spent them; the last two stand for Meta."""
    return {
        "gateway": baken.cpu(),
        "engines": baken.engines_cpu(),
        "stand-in": cpu(stand_in),
        "sender": cpu(os.getpid()),
    }


async def _answered(
    session: aiohttp.ClientSession, graph: str, sent: dict[str, float], patience: float = 20
) -> dict[str, list[float]]:
    """When each person got what, once everybody was answered or nothing comes any more."""
    seen = -1
    still = time.monotonic()
    while True:
        async with session.get(f"{graph}/_report?messages=1") as response:
            report = await response.json()
        found: dict[str, list[float]] = {}
        for row in report["messages"]:
            if row["to"] in sent:
                found.setdefault(row["to"], []).append(row["at"])
        if len(found) > seen:
            seen, still = len(found), time.monotonic()
        if len(found) == len(sent) or time.monotonic() - still > patience:
            return found
        await asyncio.sleep(0.5)


async def measure(rates: list[float], seconds: float, engines: int) -> list[dict[str, Any]]:
    """Start everything, run each rate, stop everything."""
    folder = Path(tempfile.mkdtemp(prefix="baken-load-"))
    port = free_port()
    graph = f"http://127.0.0.1:{port}"
    baken = Baken(folder, f"{graph}/v23.0", BAKEN_ENGINES=str(engines))
    stand_in = graph_api(port, baken.webhook)
    baken.start()
    try:
        await baken.ready()
        await run(20, 2, baken, graph, stand_in.pid)  # warm
        return [await run(rate, seconds, baken, graph, stand_in.pid) for rate in rates]
    finally:
        baken.stop()
        stand_in.terminate()
        stand_in.wait()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, nargs="*", default=[100.0, 50.0])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--write", action="store_true", help="into docs/load.md")
    parser.add_argument("--engines", type=int, default=0, help="BAKEN_ENGINES")
    options = parser.parse_args()
    uvloop.install()
    for seen in asyncio.run(measure(options.rate, min(options.seconds, 300), options.engines)):
        print(seen)
        if options.write:
            where = f"{options.engines} engine processes" if options.engines else "one process"
            record("load", f"{where}, {seen['asked a second']:.0f} a second", seen)


if __name__ == "__main__":
    main()
