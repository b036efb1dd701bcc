"""What the desk's pages share, and what it does by itself: translating what workers write to an advisor."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web
from sqlalchemy.engine import Connection

from actions.answers import Answers
from bot.clock import utcnow
from bot.conversations import cases
from bot.conversations.channel import Channels
from bot.delivery.service import MessageService
from bot.desk import transcript
from bot.desk.handoff import Handoff
from bot.desk.translation import Translator, translator
from bot.settings import Settings
from bot.staff import accounts, audit_log

log = logging.getLogger(__name__)
#: Seconds between two looks for lines of the trail that are over their time.
_PURGE: Final = 6 * 3600


class DeskContext:
    """The advisors' room."""

    def __init__(self, office: MessageService, settings: Settings, handoff: Handoff) -> None:
        self.office, self.settings, self.handoff = office, settings, handoff
        self.keys, self.database = office.keys, office.database
        self.channels: Channels = office.channels
        self.translator: Translator | None = translator(settings)
        self.stopping = False
        self.pages: set[asyncio.Event] = set()  #: open pages, each waiting for its news
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: set[str] = set()  #: conversations that are being translated
        self._again: set[str] = set()  #: those in which something was said meanwhile

    @property
    def answers(self) -> Answers:
        """Answers from the content in force."""
        return self.handoff.answers

    def stop(self) -> None:
        """Let open pages go; they come back by themselves."""
        self.stopping = True
        for page in self.pages:
            page.set()

    async def working(self, _app: web.Application) -> AsyncIterator[None]:
        """While the gateway runs."""
        stop = self.office.hub.subscribe(self._told) if self.translator is not None else None
        purging = asyncio.create_task(self._purging())
        yield
        if stop is not None:
            stop()
        for task in (purging, *self._tasks):
            task.cancel()
        await asyncio.gather(purging, *self._tasks, return_exceptions=True)

    async def _purging(self) -> None:
        while True:
            try:
                await self.database.transaction(audit_log.purge, utcnow())
            except Exception as error:
                log.warning("the trail is not shortened now: %s", type(error).__name__)
            await asyncio.sleep(_PURGE)

    # -- translating what comes in ------------------------------------------------------------------------------

    def _told(self, kind: str, conversation: str) -> None:
        if kind != "case":
            return
        if conversation in self._under_way:
            self._again.add(conversation)
        else:
            self._under_way.add(conversation)
            task = asyncio.create_task(self._translate(conversation))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _translate(self, conversation: str) -> None:
        try:
            while True:
                self._again.discard(conversation)
                case, language = await self.database.transaction(_who_reads, conversation)
                if case is not None and language:
                    await self.translate_case(case.id, language)
                if conversation not in self._again:
                    return
        except Exception as error:
            log.warning("a case is not translated: %s", type(error).__name__)
        finally:
            self._under_way.discard(conversation)

    async def translate_case(self, number: int, language: str) -> None:
        """Translate what the worker wrote and nobody tried to translate yet, for an advisor who reads `language`."""
        if self.translator is None:
            return
        opened = await self.database.transaction(transcript.open_talk, self.keys, number)
        if opened is None or not opened.translate:
            return
        theirs = opened.conversation.language or opened.case.language
        if not theirs or theirs == language:
            return
        for message in await self.database.transaction(transcript.to_translate, self.keys, number):
            text = await self.translator.translate(message.content.text, message.content.language or theirs, language)
            await self.database.transaction(transcript.keep_translation, self.keys, message, text, language)


def _who_reads(connection: Connection, conversation: str) -> tuple[cases.Case | None, str]:
    case = cases.running(connection, conversation)
    if case is None or case.state != "taken" or case.taken_by is None:
        return None, ""
    reader = accounts.get(connection, case.taken_by)
    return case, reader.language if reader is not None else ""


DESK: web.AppKey[DeskContext] = web.AppKey("desk")
