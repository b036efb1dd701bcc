"""The test room as a whole: opened with the gateway, it keeps the published content in force and does the runs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import utcnow
from bot.delivery.service import MessageService
from bot.review.content import blocks, drafts, edit, publishing
from bot.review.content.drafts import Change, NotPossible, Translations
from bot.review.flags import store as flags
from bot.review.suites import store as runs
from bot.review.suites.runner import MUST_PASS, Runner
from bot.review.suites.store import Run
from bot.timeouts import timeout
from facts import clock
from facts.base import FactBase
from facts.check import Problem
from facts.model import Fact, Figure
from facts.published import Published

log = logging.getLogger(__name__)

#: Seconds between two looks at the published version, should the news of it not come.
_LOOK: Final = 30.0
#: Runs and flags are kept so long.
RUNS_KEPT: Final = timedelta(days=400)
#: A try of the test room is forgotten after so long.
TRY_KEPT: Final = timedelta(minutes=30)


class ReviewService:
    """What the pages of the test room stand on."""

    def __init__(self, office: MessageService, content: Published, must_pass: Path = MUST_PASS) -> None:
        self.office, self.content = office, content
        self.database, self.keys = office.database, office.keys
        self.assistant = office.assistant
        answering = office.answering
        self.runner = Runner(
            office.database, office.keys, office.hub, office.assistant, lambda: bool(answering._running), must_pass
        )
        self.tries: dict[str, float] = {}  #: conversation of a try → when it was last used (the loop's clock)
        self._one_at_a_time = asyncio.Lock()

    # -- workers ------------------------------------------------------------------------------------------------

    def workers(self) -> list[Coroutine[Any, Any, None]]:
        """What works while the gateway runs."""
        return [self._publishing(), self.runner.run()]

    async def _publishing(self) -> None:
        """Keep the newest published version in force on this machine."""
        with self.office.hub.watch(f"all:{drafts.NEWS}") as news:
            while not self.office.hub.closing:
                news.clear()
                try:
                    await self.refresh()
                    await self._forget_tries()
                    await self.database.transaction(runs.purge, utcnow() - RUNS_KEPT)
                    await self.database.transaction(flags.purge, utcnow() - RUNS_KEPT)
                except Exception as error:
                    log.warning("published content waits: %s", type(error).__name__)
                with contextlib.suppress(asyncio.TimeoutError):
                    async with timeout(_LOOK):
                        await news.wait()

    async def refresh(self) -> str:
        """Put the newest published version in force here; its name."""
        async with self._one_at_a_time:
            number, changes = await self.database.transaction(_published)
            name = await asyncio.to_thread(publishing.refresh, self.content, number, changes)
            self.content.base()  # begins to read it, so that nobody's message does
            return name

    async def _forget_tries(self) -> None:
        moment = asyncio.get_running_loop().time()
        for name, used in list(self.tries.items()):
            if moment - used > TRY_KEPT.total_seconds():
                self.tries.pop(name, None)
                await self.assistant.erase(name)

    # -- content ------------------------------------------------------------------------------------------------

    def entry(self, name: str, base: FactBase | None = None) -> Fact | Figure | None:
        """A fact or figure by `fact:<id>` or `figure:<id>`, in force or of another content."""
        base = base or self.content.base()
        kind, _, one = name.partition(":")
        return base.facts.get(one) if kind == "fact" else base.figures.get(one) if kind == "figure" else None

    def file(self, name: str) -> str:
        """The file of an entry, under facts/."""
        base = self.content.base()
        path = base.where[name.partition(":")[2] if name.startswith("fact:") else name]
        return path.relative_to(base.folder).as_posix()

    async def save(self, name: str, made: Fact | Figure, translations: Translations, reason: str, by: int) -> int:
        """Keep a draft of an entry; its number.

        Raises:
            NotPossible: no reason, or nothing changed.
        """
        base = self.content.base()
        before = self.entry(name, base)
        assert before is not None
        file = self.file(name)
        text = (base.folder / file).read_text(encoding="utf-8")
        old = blocks.block(text, made.id)
        new = old if blocks.same(made, before) else blocks.rewritten(old, before, made)
        _, changes = await self.database.transaction(_published)
        last = next((change for change in reversed(changes) if change.entry == name), None)
        kept = last.translations if last is not None else {}
        english = edit.keys_of(made)
        carried = {key: texts for key, texts in kept.items() if edit.keys_of(before).get(key) == english.get(key)}
        names = sorted(carried.keys() | translations.keys())
        merged = {key: carried.get(key, {}) | translations.get(key, {}) for key in names}
        return await self.database.transaction(
            drafts.draft,
            entry=name,
            file=file,
            before=old,
            after=new,
            translations_before=kept,
            translations=merged,
            reason=reason,
            author=by,
            now=utcnow(),
        )

    async def undo(self, change: Change, reason: str, by: int) -> int:
        """Keep a draft that takes an entry back to how it was before a change; its number.

        Raises:
            NotPossible: it stands like that already.
        """
        _, changes = await self.database.transaction(_published)
        last = next((one for one in reversed(changes) if one.entry == change.entry), change)
        return await self.database.transaction(
            drafts.draft,
            entry=change.entry,
            file=change.file,
            before=last.after,
            after=change.before,
            translations_before=last.translations,
            translations=change.translations_before,
            reason=reason,
            author=by,
            now=utcnow(),
            undoes=change.id,
        )

    async def prepared(self, change: Change) -> tuple[str, FactBase, list[Problem]]:
        """A draft's content: its name, itself, and what is broken in it.

        Raises:
            BrokenFile: it can't be read at all.
        """
        number, changes = await self.database.transaction(_published)

        def build() -> tuple[str, FactBase, list[Problem]]:
            name = publishing.draft(self.content, number, changes, change)
            base = self.content.draft(name)
            return name, base, publishing.problems(base, clock.today())

        return await asyncio.to_thread(build)

    async def publish(self, change: Change, by: int) -> int:
        """Publish a draft; the number of the new version.

        Raises:
            NotPossible: it is not tested as it stands, it fails, or somebody published since.
        """
        number, _ = await self.database.transaction(_published)
        name, _, problems = await self.prepared(change)
        run = await self.database.transaction(runs.of_draft, change.id, name)
        if problems:
            raise NotPossible("change.broken")
        if run is None or run.state != "done":
            raise NotPossible("change.untested")
        report = await self.database.transaction(runs.report, self.keys, run.id)
        if report is None or failed(report):
            raise NotPossible("change.fails")
        version = await self.database.transaction(drafts.publish, change.id, by, utcnow(), on_version=number)
        await self.refresh()
        return version

    async def tested(self, change: Change, name: str) -> tuple[Run | None, dict[str, Any] | None]:
        """The newest run of a draft as it stands, with its report."""
        run = await self.database.transaction(runs.of_draft, change.id, name)
        if run is None or run.state != "done":
            return run, None
        return run, await self.database.transaction(runs.report, self.keys, run.id)


def failed(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The must-pass conversations that a draft breaks: those that pass on the content in force."""
    part = report.get("conversations")
    results = part.get("results", []) if isinstance(part, dict) else []
    return [one for one in results if not one["passed"] and not one.get("failed_before")]


def _published(connection: Connection) -> tuple[int, list[Change]]:
    return drafts.version(connection), drafts.in_force(connection)


ROOM: web.AppKey[ReviewService] = web.AppKey("room")
