"""Translation between advisor and worker, where the operator switched it on. It never holds a message up."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from bot.settings import Settings
from bot.translation.protect import Damaged, mask, unmask
from bot.translation.providers import Provider, provider
from bot.translation.service import Breaker

log = logging.getLogger(__name__)


class Translator:
    """Keeps figures, telephone numbers and addresses as they are; has a deadline; rests for a while after failures."""

    def __init__(self, service: Provider, deadline: float) -> None:
        self._service, self._deadline, self._breaker = service, deadline, Breaker()
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="desk-translate")

    async def translate(self, text: str, source: str, target: str) -> str | None:
        """The text in the other language, or None where it did not work in time."""
        if self._breaker.open:
            return None
        loop = asyncio.get_running_loop()
        try:
            work = loop.run_in_executor(self._threads, self._one, text, source, target)
            made = await asyncio.wait_for(work, self._deadline)
        except Damaged as error:
            log.warning("a translation to %s refused: %s", target, error)
            return None
        except Exception as error:  # a time-out, a network error, anything of a provider
            self._breaker.note(worked=False)
            log.warning("translation from %s to %s failed: %s", source, target, type(error).__name__)
            return None
        self._breaker.note(worked=True)
        return made

    def _one(self, text: str, source: str, target: str) -> str:
        masked, parts = mask(text)
        return unmask(self._service.translate(masked, source, target), parts)


def translator(settings: Settings) -> Translator | None:
    """The translator of the settings; None where translation is off."""
    chosen = provider(settings)
    return None if chosen is None else Translator(chosen, settings.translate_deadline)
