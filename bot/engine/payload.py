"""What a pressed button sends: an intent, with values where it has some, as `/show_group{"group": "pay"}`.

Only buttons send payloads. What a person types is text, whatever it begins with: the two are told apart by the channel
and kept apart down to Rasa (bot/engine/rasa/agent_turn.py).
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

_PAYLOAD: Final = re.compile(r"/([a-z_]{1,40})(\{.*\})?", re.DOTALL)


class Pressed(msgspec.Struct, frozen=True):
    """A payload that could be read. Whether there is such an intent is not known here."""

    intent: str
    values: dict[str, str] = {}


def read(payload: str) -> Pressed | None:
    """A payload as its parts; None where it is none."""
    match = _PAYLOAD.fullmatch(payload.strip())
    if match is None:
        return None
    try:
        return Pressed(match[1], msgspec.json.decode(match[2] or "{}", type=dict[str, str]))
    except msgspec.DecodeError:  # msgspec.ValidationError is one too: a value that is no text
        return None
