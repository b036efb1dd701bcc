"""`baken ask`: one question, answered, on the terminal."""

from __future__ import annotations

import asyncio
import uuid

import msgspec

from bot.commands.start import start
from bot.engine.turn import Turn, TurnRequest
from bot.settings import Settings


def ask(
    settings: Settings, text: str, language: str | None, conversation: str | None, *, as_json: bool, button: bool
) -> int:
    """Prints the answer. Without a conversation of its own nothing of it is kept.

    Args:
        button: the text is what a button sends, and not what a person typed.
    """
    turn = asyncio.run(_ask(settings, text, language, conversation, button))
    print(printed(turn) if as_json else readable(turn))
    return 0


async def _ask(settings: Settings, text: str, language: str | None, conversation: str | None, button: bool) -> Turn:
    assistant = await start(settings, keep=conversation is not None)
    try:
        request = TurnRequest(
            conversation=conversation or uuid.uuid4().hex,
            text="" if button else text,
            payload=text if button else "",
            language_hint=language,
        )
        return await assistant.reply(request)
    finally:
        await assistant.close()


def printed(turn: Turn) -> str:
    """The object of docs/contract.md."""
    shown = msgspec.to_builtins(turn)
    del shown["forget"]
    return msgspec.json.format(msgspec.json.encode(shown), indent=2).decode()


def readable(turn: Turn) -> str:
    """The replies with their buttons, for a person at a terminal."""
    lines = []
    for reply in turn.replies:
        lines.append(reply.text)
        lines += [f"  [{button.title}]" for button in reply.buttons]
        lines.append("")
    return "\n".join(lines).rstrip()
