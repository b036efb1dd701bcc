"""What comes back from the assistant for one message."""

from __future__ import annotations

import msgspec

from actions.responses import Completeness, Reply, SourceShown


class EngineAway(Exception):
    """No engine can be reached just now. The message waits; nobody is told that it failed."""


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
