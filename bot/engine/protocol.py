"""What the gateway and a Rasa server say to one another, as JSON over HTTP: bodies and header.

A message to answer is a `TurnRequest` (bot/engine/turn.py).
"""

from __future__ import annotations

from typing import Final

import msgspec

from bot.engine.turn import Turn

#: Header of the shared secret.
HEADER: Final = "X-Baken-Secret"
SHORTEST_SECRET: Final = 16


class TurnResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The answer, with the content of the files that its replies name by their path at the Rasa server."""

    turn: Turn
    files: dict[str, bytes] = {}


class ParseRequest(msgspec.Struct, frozen=True):
    """A text to understand."""

    text: str


class SlotRequest(msgspec.Struct, frozen=True):
    """A slot of a conversation, for who looks on: an advisor sees what the worker told."""

    conversation: str
    name: str


class EraseRequest(msgspec.Struct, frozen=True):
    """A conversation to delete."""

    conversation: str
