"""What an action knows of the conversation at this moment, read from a Rasa tracker or made by a test."""

from __future__ import annotations

import os
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from facts import clock


class DeskStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the advisors' desk stands, as the gateway tells it with each message."""

    on: bool = True  #: there is a desk
    open: bool = False  #: within its opening hours
    opens: datetime | None = None  #: the next opening, in Dutch time
    place: int = 1  #: in the queue: of who waits, or that who asks now would get
    holder: Literal["bot", "waiting", "human"] = "bot"
    staffed: bool = False  #: open: an advisor is signed in; closed: there are advisors at all
    spoke: bool = True  #: something was said before, that could be shared


class Preview(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a message is tried with that no worker wrote: in the test room, and in conversations that are checked."""

    content: str = ""  #: name of a draft of the content to answer from; "": the content in force
    today: date | None = None  #: the day to answer for; None: this day


def desk_by_setting() -> DeskStatus:
    """Without a gateway (`baken ask`): there is a desk unless `BAKEN_DESK` is off, and nothing is known of it."""
    return DeskStatus(on=os.environ.get("BAKEN_DESK", "on").strip().lower() != "off")


class Memory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a conversation remembers from one message to the next. Never the person's words."""

    topic: str | None = None  #: last topic that was answered
    told: tuple[str, ...] = ()  #: facts that the last answer was made of
    disclaimed: bool = False  #: "information, not legal advice" was said
    not_understood: int = 0  #: times in a row
    offered: tuple[str, ...] = ()  #: topics that Baken offered in its last reply
    asked: Literal["", "human", "delete"] = ""  #: what a "yes" now answers
    waits: bool = False  #: asked for a human and did not take it back


class TurnContext(msgspec.Struct, frozen=True, kw_only=True):
    """The message and the memory of one conversation."""

    intent: str
    text: str = ""
    pressed: bool = False  #: a button was pressed: the text is its payload
    language: str = "en"  #: that the reply is written in: one of the twelve
    before: str | None = None  #: language of the conversation until this message, None at its first
    wrote: str = "en"  #: language of the message itself, of any language
    choices: tuple[str, ...] = ()  #: topics that the understanding thinks likely
    hint: bool = False  #: possible signs of danger
    sign: str = ""  #: of danger, where a rule named it: one of data/safety_rules
    alarm: float = 0.0  #: how strong the signs of danger are (the detector's score); 9 where a rule found them
    confidence: float = 0.0  #: in the intent, 0 to 1
    shares: dict[str, float] = {}  #: what the understanding thinks of the likeliest topics
    questions: dict[str, float] = {}  #: `topic/question`: how likely the message asks it, given its topic
    values: dict[str, Any] = {}  #: of a button's payload
    memory: Memory = Memory()
    desk: DeskStatus = msgspec.field(default_factory=desk_by_setting)
    on: date = msgspec.field(default_factory=clock.today)
