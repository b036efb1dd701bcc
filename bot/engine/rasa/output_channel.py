"""Takes what Rasa says for one message and makes a `Turn` of it. Imported where Rasa is."""

from __future__ import annotations

from typing import Any

import msgspec
from rasa.core.channels.channel import OutputChannel

from actions.responses import Button, Document, Reply, SourceShown
from bot.engine.turn import Turn


class CollectingOutputChannel(OutputChannel):  # type: ignore[misc]
    """Takes replies whole; Rasa's own channel splits them at blank lines."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """Of the channel."""
        return "baken"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Rasa calls this with each reply."""
        self.said.append(message)


def turn_of(said: list[dict[str, Any]], milliseconds: float) -> Turn:
    """The turn that Rasa's replies to one message make."""
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
        questions=tuple(extra.get("questions") or ()),
        complete=extra.get("complete", "unknown"),
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
