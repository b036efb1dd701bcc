"""Memory of a gateway that holds many open chats: `uv run python -m bench.connections` (1,000 by default).

The gateway runs as in the scaled setup, with Rasa in processes of its own (here one that is not asked anything).
Each connection is a page that said something and waits for news with a long poll.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import tempfile
from pathlib import Path
from typing import Any

import aiohttp

from bench.record import record
from bench.servers import Baken, free_port


async def measure(count: int) -> dict[str, Any]:
    """Open the pages, look at the memory, tell one of them something."""
    rasa = free_port()
    baken = Baken(
        Path(tempfile.mkdtemp(prefix="baken-open-")),
        "http://127.0.0.1:9/v23.0",
        BAKEN_RASA_URLS=f"http://127.0.0.1:{rasa}",
        BAKEN_RASA_SECRET=secrets.token_hex(16),
        BAKEN_LIMIT_WAITING=str(count * 2),
        BAKEN_LIMIT_ADDRESS="10000",
        BAKEN_LIMIT_ADDRESS_BURST="10000",
    )
    baken.start()
    try:
        await _listening(baken)
        before = baken.memory()
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:
            pages = [secrets.token_hex(16) for _ in range(count)]
            for page in pages:
                said = {"conversation": page, "id": secrets.token_hex(16), "text": "hello", "language": "en"}
                async with session.post(f"{baken.address}/api/messages", json=said) as answer:
                    assert answer.status == 202, await answer.text()
            waits = [asyncio.create_task(_wait(session, baken.address, page)) for page in pages]
            await asyncio.sleep(8)
            open_ones = sum(not wait.done() for wait in waits)
            seen = baken.memory()
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        return {"pages": count, "open": open_ones, "before MiB": round(before), "with them MiB": round(seen)}
    finally:
        baken.stop()


async def _listening(baken: Baken) -> None:
    """Until it answers anything: without a Rasa its health is rightly bad."""
    async with aiohttp.ClientSession() as session:
        for _ in range(300):
            try:
                async with session.get(f"{baken.address}/health"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.2)
    raise RuntimeError("the gateway did not start")


async def _wait(session: aiohttp.ClientSession, address: str, page: str) -> None:
    after = 0
    state: dict[str, Any] = {}
    while True:
        asked = {"conversation": page, "after": after, "wait": 25, **state}
        async with session.post(f"{address}/api/poll", json=asked) as answer:
            news = await answer.json()
        after = max(after, news.get("last", 0))
        state = {"typing": news.get("typing", False), "holder": news.get("holder", "bot")}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--write", action="store_true", help="into docs/load.md")
    options = parser.parse_args()
    seen = asyncio.run(measure(options.count))
    print(json.dumps(seen))
    if options.write:
        record("connections", "gateway without Rasa", seen)


if __name__ == "__main__":
    main()
