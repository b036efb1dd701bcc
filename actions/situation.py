"""What an action knows of the conversation at this moment, read from a Rasa tracker or made by a test."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec

from facts import clock


class Memory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a conversation remembers from one message to the next. Never the person's words."""

    topic: str | None = None  #: last topic that was answered
    told: tuple[str, ...] = ()  #: facts that the last answer was made of
    disclaimed: bool = False  #: "information, not legal advice" was said
    not_understood: int = 0  #: times in a row
    offered: tuple[str, ...] = ()  #: topics that Baken offered in its last reply
    asked: Literal["", "human", "delete"] = ""  #: what a "yes" now answers


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """The message and the memory of one conversation."""

    intent: str
    text: str = ""
    language: str = "en"  #: that the reply is written in: one of the twelve
    before: str | None = None  #: language of the conversation until this message, None at its first
    wrote: str = "en"  #: language of the message itself, of any language
    choices: tuple[str, ...] = ()  #: topics that the understanding thinks likely
    hint: bool = False  #: possible signs of danger
    sign: str = ""  #: of danger, where a rule named it: one of data/signs
    alarm: float = 0.0  #: how strong the signs of danger are (the detector's score); 9 where a rule found them
    confidence: float = 0.0  #: in the intent, 0 to 1
    shares: dict[str, float] = {}  #: what the understanding thinks of the likeliest topics
    values: dict[str, Any] = {}  #: of a button's payload
    memory: Memory = Memory()
    on: date = msgspec.field(default_factory=clock.today)
