"""What an action says: messages with buttons, and what they rest on."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class Button(msgspec.Struct, frozen=True):
    """A choice for the person: at most 20 characters, and what is sent when it is picked."""

    title: str
    payload: str


class Document(msgspec.Struct, frozen=True):
    """A file that goes with a reply."""

    filename: str
    media_type: str
    path: str


class Reply(msgspec.Struct, frozen=True):
    """One message to the person."""

    text: str
    buttons: tuple[Button, ...] = ()
    document: Document | None = None


class SourceShown(msgspec.Struct, frozen=True):
    """A source as `ask --json` prints it."""

    fact: str
    title: str
    url: str
    section: str
    quote: str
    checked_on: str


#: How much of what was asked a reply answers: all of it, a part (the topic in general), nothing but who knows, nothing.
Completeness = Literal["complete", "partial", "elsewhere", "unknown"]


class ActionResult(msgspec.Struct, frozen=True, kw_only=True):
    """All that an action did: its replies, what they are made of, and what the conversation remembers."""

    replies: tuple[Reply, ...]
    topic: str
    language: str
    understood: bool = True
    questions: tuple[str, ...] = ()  #: that it answers, the surest first: `topic/question`
    complete: Completeness = "complete"
    safety: bool = False
    safety_hint: bool = False
    handoff: bool = False
    forget: bool = False  #: the person's words are to be deleted after this turn
    facts: tuple[str, ...] = ()
    sources: tuple[SourceShown, ...] = ()
    slots: dict[str, Any] = {}
