"""Does the runs: one at a time, in the background, and always behind the workers' messages."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy.engine import Connection

from actions.turn_context import DeskStatus, Preview
from bot.clock import utcnow
from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.delivery.events import EventBus
from bot.delivery.ports import AssistantPort
from bot.engine.turn import Turn, TurnRequest
from bot.evaluation import judge, report
from bot.evaluation.files import TestConversation, TestQuestion, conversations
from bot.review.suites import files as suites
from bot.review.suites import store as runs
from bot.review.suites.holdout import ROOT
from bot.review.suites.store import Run
from bot.timeouts import timeout
from facts import published
from facts.read import BrokenFile

log = logging.getLogger(__name__)

#: Conversations that every change of content must leave working, beside the files that staff marked.
MUST_PASS: Final = ROOT / "tests" / "conversations"
#: The day that their numbers were worked out for. They are run for that day, so that time breaks none of them.
MUST_PASS_DAY: Final = date(2026, 11, 23)
_SLEEP: Final = 10.0
#: Seconds between two signs of life.
_BEAT: Final = 1.0
#: A run pauses after each message for as long as the message took, and waits until workers were quiet for a moment
#: (in seconds); not for ever, so that a busy day does not keep a run from ending.
_PAUSE: Final = 1.0
_QUIET: Final = 0.3
_GIVE_WAY: Final = 0.02
_LONGEST_WAY: Final = 2.0


class Stopped(Exception):
    """Somebody stopped the run."""


class Runner:
    """The worker that runs files.

    Args:
        busy: whether workers' messages are being answered just now.
        must_pass: folder with the conversations that come with the code.
    """

    def __init__(
        self,
        database: Database,
        keys: Keys,
        hub: EventBus,
        assistant: AssistantPort,
        busy: Callable[[], bool],
        must_pass: Path = MUST_PASS,
    ) -> None:
        self.database, self.keys, self.hub, self.assistant = database, keys, hub, assistant
        self.busy, self.must_pass = busy, must_pass
        self._told = 0.0
        self._worker_wrote = 0.0

    async def run(self) -> None:
        """Do what is in the queue until cancelled."""
        unfollow = self.hub.subscribe(self._heard)
        try:
            await self._work()
        finally:
            unfollow()

    async def _work(self) -> None:
        with self.hub.watch(f"all:{runs.NEWS}") as news:
            while not self.hub.closing:
                news.clear()
                try:
                    claimed = await self.database.transaction(runs.claim, utcnow())
                except Exception as error:
                    log.warning("runs wait for the database: %s", type(error).__name__)
                    claimed = None
                if claimed is None:
                    with contextlib.suppress(asyncio.TimeoutError):
                        async with timeout(_SLEEP):
                            await news.wait()
                else:
                    await self.once(claimed)

    async def once(self, run: Run) -> None:
        """Do one run; whatever happens, it is over afterwards, or is begun anew by another gateway."""
        try:
            made = await (self._draft(run) if run.change is not None else self._suite(run))
            await self.database.transaction(runs.finish, self.keys, run.id, made, utcnow())
        except Stopped:
            return
        except suites.SuiteRefused:
            await self.database.transaction(runs.fail, run.id, "refused", utcnow())
        except Exception as error:
            log.error("a run failed: %s", type(error).__name__)
            await self.database.transaction(runs.fail, run.id, type(error).__name__, utcnow())

    # -- a file -------------------------------------------------------------------------------------------------

    async def _suite(self, run: Run) -> dict[str, Any]:
        assert run.suite is not None
        name, content = await self.database.transaction(suites.content, self.keys, run.suite)
        topics = published.base().topics
        rows = await asyncio.to_thread(suites.parse_suite, name, content, set(topics))
        made: dict[str, Any] = {"content": published.here().loaded()}
        if rows and isinstance(rows[0], TestQuestion):
            asked = [row for row in rows if isinstance(row, TestQuestion)]
            kinds: dict[str, str] = {topic: entry.kind for topic, entry in topics.items()}
            results = []
            async for turn, row in self._questions(run, asked):
                results.append(judge.question(row, turn, kinds))
            return made | {"questions": report.of_questions(asked, results)}
        talks = [row for row in rows if isinstance(row, TestConversation)]
        return made | {"conversations": await self._talks(run, talks)}

    async def _questions(self, run: Run, rows: Sequence[TestQuestion]) -> AsyncIterator[tuple[Turn, TestQuestion]]:
        for number, row in enumerate(rows):
            await self._tell(run, number, len(rows))
            (turn,) = await self._say([row.text])
            yield turn, row

    async def _talks(self, run: Run, talks: Sequence[TestConversation]) -> dict[str, Any]:
        passed = []
        for number, talk in enumerate(talks):
            await self._tell(run, number, len(talks))
            if run.change is not None and not published.here().in_use(run.draft):
                await self.database.transaction(runs.stop, run.id, utcnow())
                raise Stopped  # each message would fail: there is nothing to answer from
            passed.append(judge.conversation(talk, await self._say(talk.turns, _preview(talk, run))))
        made = report.of_conversations(passed)
        for one, talk in zip(made["results"], talks, strict=True):
            one |= {"language": talk.language, "topic": (talk.expect.topics or [""])[0]}
        return made

    # -- a draft ------------------------------------------------------------------------------------------------

    async def _draft(self, run: Run) -> dict[str, Any]:
        """The must-pass conversations on a draft. What fails on the content in force too is no fault of the draft."""
        talks = await self.database.transaction(self._must_pass)
        made = await self._talks(run, talks)
        by_id = {talk.id: talk for talk in talks}
        for one in made["results"]:
            if not one["passed"]:
                talk = by_id[one["id"]]
                again = judge.conversation(talk, await self._say(talk.turns, Preview(today=talk.today)))
                one["failed_before"] = not again.passed
        return {"conversations": made}

    def _must_pass(self, connection: Connection) -> list[TestConversation]:
        talks: list[TestConversation] = []
        for path in sorted(self.must_pass.glob("*.yaml")):
            found = conversations(path)
            talks += [msgspec.structs.replace(talk, today=talk.today or MUST_PASS_DAY) for talk in found]
        topics = set(published.base().topics)
        for name, content in suites.must_pass(connection, self.keys):
            with contextlib.suppress(suites.SuiteRefused, BrokenFile):
                rows = suites.parse_suite(name, content, topics)
                found = [row for row in rows if isinstance(row, TestConversation)]
                talks += [msgspec.structs.replace(talk, id=f"{name}: {talk.id}") for talk in found]
        return talks

    # -- one conversation ---------------------------------------------------------------------------------------

    async def _say(self, texts: Sequence[str], preview: Preview | None = None) -> list[Turn]:
        """A whole conversation; with a preview, as if there were a desk and nobody asked for it."""
        desk = DeskStatus() if preview is not None else None
        name = f"room-0-{secrets.token_hex(12)}"
        turns = []
        try:
            for text in texts:
                await self._give_way()
                start = time.perf_counter()
                turns.append(
                    await self.assistant.reply(TurnRequest(conversation=name, text=text, desk=desk, preview=preview))
                )
                await asyncio.sleep((time.perf_counter() - start) * _PAUSE)
        finally:
            await self.assistant.erase(name)
        return turns

    async def _give_way(self) -> None:
        """Wait while workers write or are being answered."""
        clock = asyncio.get_running_loop().time
        until = clock() + _LONGEST_WAY
        # others' work has no event for its end
        while clock() < until and (self.busy() or clock() < self._worker_wrote + _QUIET):  # noqa: ASYNC110
            await asyncio.sleep(_GIVE_WAY)

    def _heard(self, kind: str, _conversation: str) -> None:
        if kind == "in":
            self._worker_wrote = asyncio.get_running_loop().time()

    async def _tell(self, run: Run, done: int, total: int) -> None:
        moment = time.monotonic()
        if done and moment - self._told < _BEAT:
            return
        self._told = moment
        if not await self.database.transaction(runs.beat, run.id, done, total, utcnow()):
            raise Stopped


def _preview(talk: TestConversation, run: Run) -> Preview | None:
    """What goes along with a conversation's messages: the content to answer from and the day to answer for."""
    if run.change is None and talk.today is None:
        return None
    return Preview(content=run.draft if run.change is not None else "", today=talk.today)
