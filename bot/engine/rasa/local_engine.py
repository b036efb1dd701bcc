"""Holds the Rasa agent in this process: a message in, a `Turn` out."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import threading
import time
from pathlib import Path
from typing import Any

from actions.amounts.lexicon import words_of
from bot.engine.rasa import agent_turn
from bot.engine.turn import Turn, TurnRequest
from bot.redacted_logging import quieten_libraries
from facts.languages import NAMES


class RasaEngine:
    """One assistant. Conversations are kept apart by an id that says nothing about the person."""

    def __init__(self, agent: Any, store: Any) -> None:
        self._agent = agent
        self._store = store

    @classmethod
    async def load(cls, model: Path, database: Path | str | None, key: str = "") -> RasaEngine:
        """Load a trained model.

        Args:
            database: SQLite file of the conversations, or postgresql://…; None keeps them in memory.
            key: 32 bytes as base64 that they are encrypted with.
        """
        return await asyncio.to_thread(cls._load, model, database, key)

    @classmethod
    def _load(cls, model: Path, database: Path | str | None, key: str) -> RasaEngine:
        _keep_memory_together()
        # The encoder's weights are unpacked beside Rasa's import: a second less to the first answer.
        threading.Thread(target=_warm_up, daemon=True).start()
        quieten_libraries()  # whoever loads an engine: Rasa would print every message at its debug level
        from rasa.core.agent import Agent
        from rasa.core.tracker_store import InMemoryTrackerStore
        from rasa.shared.core.domain import Domain

        from bot.engine.rasa.in_process_actions import InProcessEndpoint
        from bot.engine.rasa.lock_store import PromptLockStore
        from bot.engine.rasa.patches import patch_agent, patch_process
        from bot.engine.rasa.tracker_store import SnapshotTrackerStore

        patch_process()
        endpoint = InProcessEndpoint("actions.rasa_actions")
        domain = Domain.load(str(Path("domain.yml")))
        if database is None:
            store: Any = InMemoryTrackerStore(domain)
        elif isinstance(database, str):
            store = SnapshotTrackerStore(domain, host=database, key=key)
        else:
            database.parent.mkdir(parents=True, exist_ok=True)
            store = SnapshotTrackerStore(domain, dialect="sqlite", db=str(database), key=key)
        agent = Agent(domain=domain, tracker_store=store, lock_store=PromptLockStore(), action_endpoint=endpoint)
        agent.load_model(str(model))
        patch_agent(agent)
        gc.collect()
        gc.freeze()  # what was loaded stays: Python would look through all of it now and then, a message waiting 0.2 s
        _give_back_memory()
        threading.Thread(target=_read_ahead, daemon=True).start()
        return cls(agent, store)

    async def reply(self, request: TurnRequest) -> Turn:
        """Answer one message. Messages of one conversation are answered one after the other (bot/engine/engine.py)."""
        return await agent_turn.answer(self._agent, request)

    async def erase(self, conversation: str) -> None:
        """Delete what Rasa keeps of a conversation, and the files that were made in it."""
        await agent_turn.erase(self._agent, conversation)

    async def parse(self, text: str) -> dict[str, Any]:
        """What the understanding makes of a text, without a conversation."""
        parsed: dict[str, Any] = await self._agent.parse_message(text)
        return parsed

    async def slot(self, conversation: str, name: str) -> Any:
        """What a conversation knows under a name; None where nothing."""
        return await agent_turn.slot(self._agent, conversation, name)

    async def unhealthy_reason(self) -> str | None:
        """What keeps it from answering, if anything."""
        return await agent_turn.unhealthy_reason(self._agent)

    async def close(self) -> None:
        """Let go of the database."""
        engine = getattr(self._store, "engine", None)
        if engine is not None:
            engine.dispose()


def _read_ahead() -> None:
    """Words for amounts language by language, then langdetect's, while nobody waits: else a message pays for it."""
    from bot.nlu.langdetect_profiles import read_ahead

    for language in NAMES:
        time.sleep(0.3)
        words_of(language)
    read_ahead()
    gc.freeze()
    _give_back_memory()


def _warm_up() -> None:
    from bot.nlu.sentence_encoder import encode

    encode("warm-up")


def _keep_memory_together() -> None:
    """glibc gives each thread memory of its own, and keeps what the thread leaves; two such heaps are enough."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(-8, 2)  # M_ARENA_MAX


def _give_back_memory() -> None:
    """Reading the model leaves freed memory with the C library; glibc hands it back when asked."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
