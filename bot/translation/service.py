"""A question translated in, the curated answer translated out, within a deadline, and English where that fails."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import msgspec

from actions.responses import Reply
from bot.engine.turn import Turn, TurnRequest
from bot.translation.protect import Damaged, mask, unmask
from bot.translation.providers import Provider
from facts.languages import NAMES
from facts.wording import Wording

log = logging.getLogger(__name__)


class TranslationEngine(Protocol):
    """What translation needs of the engine."""

    async def reply(self, request: TurnRequest) -> Turn:
        """Answer a message."""

    async def parse(self, text: str) -> dict[str, Any]:
        """Understand a text."""


class Breaker:
    """After `limit` failures in a row nothing is tried for `rest` seconds."""

    def __init__(self, limit: int = 3, rest: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._rest, self._clock = limit, rest, clock
        self._failures, self._since = 0, 0.0

    @property
    def open(self) -> bool:
        """Whether to leave the service alone for now."""
        return self._failures >= self._limit and self._clock() - self._since < self._rest

    def note(self, *, worked: bool) -> None:
        """Take in how a call went."""
        self._failures = 0 if worked else self._failures + 1
        self._since = self._clock()


class Translation:
    """Machine translation around the engine."""

    def __init__(
        self, provider: Provider, wording: Wording, *, deadline: float = 2.0, breaker: Breaker | None = None
    ) -> None:
        self._provider = provider
        self._wording = wording
        self._deadline = deadline
        self._breaker = breaker or Breaker()
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="translate")

    async def around(self, engine: TranslationEngine, request: TurnRequest) -> Turn:
        """Answer a message, translating both ways where it is in a language that Baken does not write."""
        found = (await engine.parse(request.text)).get("language") or {}
        language = str(found.get("language", "en"))
        if language in NAMES or found.get("confidence", 0) < 0.8 or self._breaker.open:
            return await engine.reply(request)
        end = time.monotonic() + self._deadline
        english = await self._within(end, [request.text], language, "en")
        if english is None:
            return await engine.reply(request)
        turn = await engine.reply(msgspec.structs.replace(request, text=english[0], language_hint="en"))
        if turn.language != "en":
            return turn
        told = await self._within(end, [reply.text for reply in turn.replies], "en", language)
        if told is None:
            note = self._wording.text("language.unknown", "en", languages=", ".join(NAMES.values()))
            first, *rest = turn.replies
            return msgspec.structs.replace(
                turn, replies=(Reply(f"{note}\n\n{first.text}", first.buttons, first.document), *rest)
            )
        mark = self._wording.text("translation.marked", "en")
        replies = tuple(
            Reply(f"{new}\n\n{mark}\n\n{reply.text}", reply.buttons, reply.document)
            for new, reply in zip(told, turn.replies, strict=True)
        )
        return msgspec.structs.replace(turn, language=language, replies=replies)

    async def _within(self, end: float, texts: list[str], source: str, target: str) -> list[str] | None:
        """The texts translated before the moment `end`, or None."""
        loop = asyncio.get_running_loop()
        tasks = [loop.run_in_executor(self._threads, self._one, text, source, target) for text in texts]
        try:
            done = await asyncio.wait_for(asyncio.gather(*tasks), timeout=max(0.0, end - time.monotonic()))
        except Damaged as error:
            log.warning("translation to %s refused: %s", target, error)
            return None
        except Exception as error:  # a time-out, a network error, anything of a provider
            self._breaker.note(worked=False)
            log.warning("translation from %s to %s failed: %s", source, target, type(error).__name__)
            return None
        self._breaker.note(worked=True)
        return list(done)

    def _one(self, text: str, source: str, target: str) -> str:
        masked, parts = mask(text)
        return unmask(self._provider.translate(masked, source, target), parts)
