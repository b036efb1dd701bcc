"""Whether a run of the test room slows the workers' messages: the same messages with and without one, in turns.

uv run python -m bench.review [ROUNDS]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bot.channels.web.channel import WebChannel
from bot.commands.start import start
from bot.conversations.models import Content, Incoming
from bot.delivery.service import MessageService
from bot.evaluation.files import questions
from bot.review.suites import files as suites
from bot.review.suites import store as runs
from bot.review.suites.runner import Runner
from bot.settings import Settings
from facts import published
from facts.languages import NAMES
from facts.wording import Wording

ROOT = Path(__file__).parent.parent
#: Messages a round, and seconds between two of them: a busy hour of an NGO.
MESSAGES, APART = 60, 0.25


def main(rounds: int) -> None:
    """Print both."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder), rounds))


async def _measure(folder: Path, rounds: int) -> None:
    settings = Settings(data_folder=str(folder))
    office = MessageService(settings, await start(settings), channels={"web": WebChannel(Wording(published.base()))})
    await office.open()
    runner = Runner(office.database, office.keys, office.hub, office.assistant, lambda: bool(office.answering._running))
    texts = [row.text for code in NAMES for row in questions(ROOT / f"tests/questions/{code}.csv")[:40]]
    lines = "".join(f'{number},en,menu,"{text.replace(chr(34), "")}"\n' for number, text in enumerate(texts))
    content = ("id,language,topic,text\n" + lines).encode()
    now = datetime.now(timezone.utc)
    suite = await office.database.transaction(
        suites.keep,
        office.keys,
        "bench.csv",
        content,
        kind="questions",
        rows=len(texts),
        must_pass=False,
        by=1,
        now=now,
    )
    found: dict[bool, list[float]] = {False: [], True: []}
    done = 0
    await _round(office, texts, "warm")
    for number in range(rounds):
        for running in (False, True):
            working = None
            if running:
                run = await office.database.transaction(runs.ask, 1, now, suite=suite)
                working = asyncio.create_task(runner.run())
            found[running] += await _round(office, texts, f"{number}-{running}")
            if working is not None and run is not None:
                state = await office.database.transaction(runs.get, run)
                done += state.done if state is not None else 0
                await office.database.transaction(runs.stop, run, datetime.now(timezone.utc))
                await asyncio.sleep(1.5)
                working.cancel()
    for running, times in found.items():
        name = "with a run" if running else "alone     "
        cuts = statistics.quantiles(times, n=20)
        print(f"{name}  p50 {1000 * statistics.median(times):6.1f} ms   p95 {1000 * cuts[-1]:6.1f} ms   n {len(times)}")
    print(f"questions of the run done meanwhile: {done}")
    await office.close()


async def _round(office: MessageService, texts: list[str], name: str) -> list[float]:
    """Send messages, each of another person, and wait for their answers; seconds from taken in to answered."""
    begun: dict[int, float] = {}
    times: list[float] = []
    all_answered = asyncio.Event()

    def measured(_conversation: Any, message: Any, _turn: Any, _seconds: float) -> None:
        times.append(time.perf_counter() - begun[message.id])
        if len(times) == MESSAGES:
            all_answered.set()

    office.answering.measured = measured
    for number in range(MESSAGES):
        incoming = Incoming(
            channel="web",
            address=f"{name}-{number}",
            channel_id=f"{name}-{number}",
            kind="text",
            content=Content(text=texts[(7 * number) % len(texts)]),
            at=datetime.now(timezone.utc),
        )
        start_at = time.perf_counter()
        (taken,) = await office.receive([incoming])
        begun[taken.id] = start_at
        await asyncio.sleep(APART)
    await asyncio.wait_for(all_answered.wait(), 60)
    return times


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4)
