"""What the assistant is asked for one message, and what comes back."""

from __future__ import annotations

import msgspec

from actions.responses import Completeness, Reply, SourceShown
from actions.turn_context import DeskStatus, Preview


class EngineAway(Exception):
    """No engine can be reached just now. The message waits; nobody is told that it failed."""


class TurnRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One message to answer; also the body in which a gateway sends it to a Rasa server (bot/engine/protocol.py)."""

    conversation: str  #: an id that says nothing about the person
    text: str = ""  #: what the person typed: understood, whatever it begins with
    payload: str = ""  #: what a button that they pressed instead sends (bot/engine/payload.py); the text is not read
    message_id: str | None = None  #: given again, the message is answered from the state before it, as it was then
    language_hint: str | None = None  #: a language (ISO 639-1) to begin in, where the message does not show one
    desk: DeskStatus | None = None  #: how the advisors' desk stands, for what is said about it
    preview: Preview | None = None


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One message answered: the object that `ask --json` prints (docs/contract.md)."""

    language: str
    language_confidence: float
    topic: str
    confidence: float
    understood: bool
    safety: bool
    safety_hint: bool
    handoff: bool
    replies: tuple[Reply, ...]
    questions: tuple[str, ...] = ()
    complete: Completeness = "complete"
    facts: tuple[str, ...] = ()
    sources: tuple[SourceShown, ...] = ()
    milliseconds: float = 0.0
    forget: bool = False
