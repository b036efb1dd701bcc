"""What the post room needs of others: the assistant, the desk, buttons that are answered from the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.engine import Connection

from actions.turn_context import DeskStatus
from bot.conversations.models import Content, Conversation, Message
from bot.engine.turn import Turn, TurnRequest


class AssistantPort(Protocol):
    """The assistant, as the post room needs it."""

    async def reply(self, request: TurnRequest) -> Turn:
        """Answer one message: a typed text, or a pressed button's payload."""
        ...

    async def parse(self, text: str) -> dict[str, Any]:
        """What the understanding makes of a text."""
        ...

    async def slot(self, conversation: str, name: str) -> object:
        """What a conversation keeps under a slot's name; None where nothing."""
        ...

    async def erase(self, conversation: str) -> None:
        """Delete what is kept of a conversation."""
        ...

    async def unhealthy_reason(self) -> str | None:
        """Why it can't answer just now, in a few words that name the part; None where it can."""
        ...


class DirectAnswers(Protocol):
    """Answers some buttons from the log itself; they never reach the assistant."""

    def takes(self, payload: str) -> bool:
        """Whether a pressed button is one of these."""
        ...

    def direct(
        self, connection: Connection, conversation: Conversation, payload: str, now: datetime
    ) -> list[Content] | None:
        """The answer to it."""
        ...


class HandoffPort(DirectAnswers, Protocol):
    """The advisors' desk, as the post room needs it."""

    def situation(self, connection: Connection, conversation: Conversation) -> DeskStatus:
        """What an action needs to know to speak about the desk: open or not, place in the queue …"""
        ...

    def after(
        self, connection: Connection, conversation: Conversation, message: Message, turn: Turn, now: datetime
    ) -> list[Content]:
        """What a turn means for the desk: opens or leaves a case. More to say, if any."""
        ...

    def wants_back(self, parsed: Mapping[str, Any], text: str) -> bool:
        """Whether somebody who talks to an advisor wants to go back to Baken."""
        ...

    def ask_back(self, connection: Connection, conversation: Conversation) -> list[Content]:
        """Asks whether they do."""
        ...


class PacePort(Protocol):
    """How much one person is answered."""

    def over(self, conversation: str, message: int) -> bool:
        """Whether a message is more than its person may send; each message is counted once."""
        ...

    def words(self, language: str) -> str:
        """What is said to somebody whose messages are not answered one by one."""
        ...
