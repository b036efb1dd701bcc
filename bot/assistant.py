"""The assistant as everything else sees it: takes any text, gives a `Turn`, never falls over.

Around the engine stand the care for impossible messages and, where the operator switched it on, machine translation of
languages that Baken does not write.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path

import msgspec

from actions.responses import Reply
from bot.engine.engine import Engine
from bot.engine.rasa.local_engine import RasaEngine
from bot.engine.turn import EngineAway, Turn, TurnRequest
from bot.nlu.fold import LONGEST, clean, has_words
from bot.translation.service import Translation
from facts import published
from facts.languages import NAMES
from facts.wording import Wording

log = logging.getLogger(__name__)


class Assistant:
    """Answers messages. `reply` gives an answer to whatever comes in."""

    def __init__(self, engine: Engine, wording: Wording, translation: Translation | None = None) -> None:
        self._engine = engine
        self._wording = wording
        self._translation = translation
        self._language: dict[str, str] = {}

    @classmethod
    async def start(
        cls, model: Path, database: Path | str | None, translation: Translation | None = None, *, key: str = ""
    ) -> Assistant:
        """Load the model and answer one message, so that the first person does not wait for anything to be read.

        Args:
            database: of what Rasa keeps: a SQLite file, or postgresql://…; None keeps it in memory.
            key: 32 bytes as base64 that it is encrypted with.
        """
        assistant = cls.around(await RasaEngine.load(model, database, key), translation)
        await assistant.reply(TurnRequest(conversation="warm-up", text="hello"))
        await assistant.erase("warm-up")
        return assistant

    @classmethod
    def around(cls, engine: Engine, translation: Translation | None = None) -> Assistant:
        """An assistant on an engine that is there already."""
        return cls(engine, Wording(published.base()), translation)

    @property
    def engine(self) -> Engine:
        """What understands and answers."""
        return self._engine

    async def reply(self, request: TurnRequest) -> Turn:
        """Answer one message of a conversation.

        Raises:
            EngineAway: it can't be answered now; give it again later.
        """
        start = time.perf_counter()
        cared = None if request.payload else self._impossible(request, start)
        if cared:
            return cared
        try:
            turn = await self._answer(msgspec.structs.replace(request, text=clean(request.text)))
        except EngineAway:
            raise
        except Exception as error:  # whatever it was, the person gets a reply
            log.error("no answer: %s at %s", type(error).__name__, _place(error))
            return self._apology("bad.failed", request, start)
        if len(self._language) > 10_000:
            self._language.clear()
        self._language[request.conversation] = turn.language
        return msgspec.structs.replace(turn, milliseconds=round((time.perf_counter() - start) * 1000, 2))

    async def _answer(self, request: TurnRequest) -> Turn:
        if self._translation is None or request.payload:
            return await self._engine.reply(request)
        return await self._translation.around(self._engine, request)

    async def erase(self, conversation: str) -> None:
        """Delete what is kept of a conversation."""
        self._language.pop(conversation, None)
        await self._engine.erase(conversation)

    async def parse(self, text: str) -> dict[str, object]:
        """What the understanding makes of a text."""
        return await self._engine.parse(clean(text))

    async def slot(self, conversation: str, name: str) -> object:
        """What a conversation keeps under a slot's name; None where nothing."""
        return await self._engine.slot(conversation, name)

    async def unhealthy_reason(self) -> str | None:
        """Why it can't answer just now, in a few words that name the part; None where it can."""
        return await self._engine.unhealthy_reason()

    async def close(self) -> None:
        """Let go of what is open."""
        await self._engine.close()

    def _impossible(self, request: TurnRequest, start: float) -> Turn | None:
        """A kind reply to what cannot be answered: nothing to read, or far too much. Its content goes nowhere."""
        text = request.text
        if len(text) > LONGEST:
            return self._apology("bad.long", request, start)
        if not clean(text):
            return self._apology("bad.empty", request, start)
        if not has_words(text) and not any(character.isdigit() for character in text):
            return self._apology("bad.unreadable", request, start)
        return None

    def _apology(self, key: str, request: TurnRequest, start: float) -> Turn:
        hint = request.language_hint if request.language_hint in NAMES else None
        language = self._language.get(request.conversation) or hint or "en"
        return Turn(
            language=language,
            language_confidence=0.0,
            topic="out_of_scope",
            confidence=0.0,
            understood=False,
            safety=False,
            safety_hint=False,
            handoff=False,
            replies=(Reply(self._wording.text(key, language)),),
            milliseconds=round((time.perf_counter() - start) * 1000, 2),
        )


def _place(error: Exception) -> str:
    """File and line where it went wrong; never the message of the error, which may hold what a person wrote."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
