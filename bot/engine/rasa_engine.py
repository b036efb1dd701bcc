"""Holds the Rasa agent in this process: a message in, a `Turn` out."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from actions.letters import store
from actions.reply import Button, Document, Reply, SourceShown
from bot.engine.turn import Turn
from bot.quiet import hush
from bot.understanding.encoder import encode


class RasaEngine:
    """One assistant. Conversations are kept apart by an id that says nothing about the person."""

    def __init__(self, agent: Any, store: Any) -> None:
        self._agent = agent
        self._store = store

    @classmethod
    async def load(cls, model: Path, database: Path | None) -> RasaEngine:
        """Load a trained model. `database` is the SQLite file of the conversations; None keeps them in memory."""
        return await asyncio.to_thread(cls._load, model, database)

    @classmethod
    def _load(cls, model: Path, database: Path | None) -> RasaEngine:
        # The encoder's weights are unpacked beside Rasa's import: a second less to the first answer.
        threading.Thread(target=encode, args=("warm-up",), daemon=True).start()
        hush()  # whoever loads an engine: Rasa would print every message at its debug level
        from rasa.core.agent import Agent
        from rasa.core.tracker_store import InMemoryTrackerStore
        from rasa.shared.core.domain import Domain

        from bot.engine.direct import DirectEndpoint, compile_answer_check
        from bot.engine.mends import mend
        from bot.engine.stores import PromptLockStore, SnapshotTrackerStore

        compile_answer_check()
        endpoint = DirectEndpoint("actions.rasa_actions")
        domain = Domain.load(str(Path("domain.yml")))
        if database is None:
            store: Any = InMemoryTrackerStore(domain)
        else:
            database.parent.mkdir(parents=True, exist_ok=True)
            store = SnapshotTrackerStore(domain, dialect="sqlite", db=str(database))
        agent = Agent(domain=domain, tracker_store=store, lock_store=PromptLockStore(), action_endpoint=endpoint)
        agent.load_model(str(model))
        mend(agent)
        _give_back_memory()
        return cls(agent, store)

    async def reply(
        self, conversation: str, text: str, *, language_hint: str | None = None, message_id: str | None = None,
        desk: Mapping[str, Any] | None = None,
    ) -> Turn:  # fmt: skip
        """Answer one message. Messages of one conversation are answered one after the other."""
        from rasa.core.channels.channel import UserMessage

        start = time.perf_counter()
        channel = _new_collector()
        message = UserMessage(
            text, channel, conversation, input_channel="baken", metadata={"language_hint": language_hint, "desk": desk}
        )
        await self._agent.handle_message(message)
        turn = _turn(channel.said, (time.perf_counter() - start) * 1000)
        if turn.forget:
            await self.forget(conversation)
        return turn

    async def forget(self, conversation: str) -> None:
        """Delete what Rasa keeps of a conversation, and the files that were made in it."""
        tracker = await self._store.retrieve(conversation)
        case = tracker.get_slot("case") if tracker is not None else None
        store.forget((case or {}).get("files") or ())
        if hasattr(self._store, "forget"):
            await self._store.forget(conversation)
        else:
            self._store.store.pop(conversation, None)

    async def parse(self, text: str) -> dict[str, Any]:
        """What the understanding makes of a text, without a conversation."""
        parsed: dict[str, Any] = await self._agent.parse_message(text)
        return parsed

    async def close(self) -> None:
        """Let go of the database."""
        engine = getattr(self._store, "engine", None)
        if engine is not None:
            engine.dispose()


def _give_back_memory() -> None:
    """Reading the model leaves freed memory with the C library; glibc hands it back when asked."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _new_collector() -> Any:
    from rasa.core.channels.channel import OutputChannel

    class Collector(OutputChannel):  # type: ignore[misc]
        """Takes replies whole; Rasa's own channel splits them at blank lines."""

        def __init__(self) -> None:
            self.said: list[dict[str, Any]] = []

        @classmethod
        def name(cls) -> str:
            return "baken"

        async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
            self.said.append(message)

    return Collector()


def _turn(said: list[dict[str, Any]], milliseconds: float) -> Turn:
    extra: dict[str, Any] = next(
        (message["custom"]["baken"] for message in said if (message.get("custom") or {}).get("baken")), {}
    )
    heard: dict[str, Any] = extra.get("heard") or {}
    language = heard.get("language") or {}
    ranked = {entry["name"]: entry["confidence"] for entry in heard.get("intent_ranking") or []}
    topic = extra.get("topic", "out_of_scope")
    intent = heard.get("intent") or {}
    return Turn(
        language=extra.get("language", "en"),
        language_confidence=round(float(language.get("confidence", 1.0)), 4),
        topic=topic,
        confidence=round(float(ranked.get(topic, intent.get("confidence") or 0.0)), 4),
        understood=bool(extra.get("understood", False)),
        safety=bool(extra.get("safety")),
        safety_hint=bool(extra.get("safety_hint")),
        handoff=bool(extra.get("handoff")),
        replies=tuple(_reply(message) for message in said),
        facts=tuple(extra.get("facts") or ()),
        sources=msgspec.convert(extra.get("sources") or [], tuple[SourceShown, ...]),
        milliseconds=round(milliseconds, 2),
        forget=bool(extra.get("forget")),
    )


def _reply(message: dict[str, Any]) -> Reply:
    document = (message.get("custom") or {}).get("document")
    return Reply(
        text=message.get("text") or "",
        buttons=tuple(Button(button["title"], button["payload"]) for button in message.get("buttons") or []),
        document=msgspec.convert(document, Document) if document else None,
    )
