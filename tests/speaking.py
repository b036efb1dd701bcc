"""What tests say to an assistant or an engine, where a talk has buttons in it."""

from __future__ import annotations

from typing import Any

from bot.assistant import Assistant
from bot.engine.engine import Engine
from bot.engine.turn import Turn, TurnRequest


async def say(to: Assistant | Engine, conversation: str, text: str, **about: Any) -> Turn:
    """One message answered. A text with a slash is that button, pressed: "/show_source"."""
    if text.startswith("/"):
        return await to.reply(TurnRequest(conversation=conversation, payload=text, **about))
    return await to.reply(TurnRequest(conversation=conversation, text=text, **about))
