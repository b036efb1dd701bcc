"""What every engine can do: the one that holds Rasa in this process, and the one that speaks to Rasa servers."""

from __future__ import annotations

from typing import Any, Protocol

from bot.engine.turn import Turn, TurnRequest


class Engine(Protocol):
    """Answers messages. Conversations are kept apart by an id that says nothing about the person."""

    async def reply(self, request: TurnRequest) -> Turn:
        """Answer one message.

        Raises:
            EngineAway: it can't answer now; give it the message again later.
        """
        ...

    async def parse(self, text: str) -> dict[str, Any]:
        """What the understanding makes of a text, without a conversation.

        Raises:
            EngineAway: as `reply`.
        """
        ...

    async def slot(self, conversation: str, name: str) -> Any:
        """What a conversation keeps under a slot's name, as plain data; None where it keeps nothing. Changes nothing.

        Raises:
            EngineAway: as `reply`.
        """
        ...

    async def erase(self, conversation: str) -> None:
        """Delete what is kept of a conversation, and the files that were made in it.

        Raises:
            EngineAway: as `reply`.
        """
        ...

    async def unhealthy_reason(self) -> str | None:
        """Why it can't answer just now, in a few words that name the part; None where it can."""
        ...

    async def close(self) -> None:
        """Let go of what is open."""
        ...
