"""The message that is being answered, for what Rasa does not pass on to its stores: it travels with the task."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Literal


class CurrentMessage:
    """One message on its way through Rasa.

    Attributes:
        message_id: its id in the gateway's log; None where it has none (the command line).
        before: what the conversation knew before it, once the store has read that.
        failure: "away" where something that Rasa needs can't be reached, "broken" where an action failed.
    """

    def __init__(self, message_id: str | None) -> None:
        self.message_id = message_id
        self.before: list[Any] | None = None
        self.failure: Literal["", "away", "broken"] = ""


#: Of this task. Rasa answers a message within the task that hands it in.
INCOMING: ContextVar[CurrentMessage | None] = ContextVar("incoming", default=None)
