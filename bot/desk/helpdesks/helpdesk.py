"""What any other helpdesk looks like to Baken.

The case stands in Baken's log and on its own desk whatever happens here: a helpdesk that is away holds nothing up and
loses nothing. What goes to it is a pseudonym and the words of the case, never a phone number or a name.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

import msgspec

from bot.conversations.models import NotDelivered

Urgency = Literal["danger", "asked", "offered"]


class Referral(msgspec.Struct, frozen=True, kw_only=True):
    """A case as another helpdesk may know it."""

    number: int
    pseudonym: str  #: the same for one case, and no way back to the person
    channel: str
    language: str
    topic: str
    urgency: Urgency
    opened: datetime
    link: str  #: the case on Baken's desk; empty where its address is not known


class TranscriptLine(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was said, for the advisor to read."""

    row: int  #: in the log
    author: Literal["person", "bot", "advisor"]
    text: str


class Opened(msgspec.Struct, frozen=True):
    """Where a case stands at the other side."""

    theirs: str
    contact: str = ""


class AdvisorMessage(msgspec.Struct, frozen=True, kw_only=True):
    """An advisor wrote to the person."""

    theirs: str
    id: str  #: the other side's id of the message: taken once
    text: str
    by: str
    files: bool = False  #: there were files with it, which Baken does not carry


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """An advisor closed the case."""

    theirs: str


HelpdeskEvent = AdvisorMessage | Ended


class Helpdesk(Protocol):
    """The door. No method raises for what the network or the other side does."""

    name: str
    carries: bool  #: whether words go through it; a mere notice carries none

    async def open(self, referral: Referral) -> Opened | NotDelivered:
        """Open a case; opened twice, it is still one."""
        ...

    async def say(self, theirs: str, line: TranscriptLine, *, doubtful: bool) -> NotDelivered | None:
        """Hand on what the person said. `doubtful`: it may have arrived already; look before saying it again."""
        ...

    async def note(self, theirs: str, text: str) -> NotDelivered | None:
        """Tell the advisor something that the person doesn't see."""
        ...

    async def urge(self, opened: Opened, referral: Referral) -> NotDelivered | None:
        """The case has become more urgent."""
        ...

    async def close(self, theirs: str) -> NotDelivered | None:
        """The case ended on Baken's side, or an advisor of Baken's own desk has it."""
        ...

    async def reopen(self, theirs: str) -> NotDelivered | None:
        """It waits again."""
        ...

    async def erase(self, opened: Opened) -> NotDelivered | None:
        """The person's data are to go, there too."""
        ...

    async def end(self) -> None:
        """Close connections."""
        ...
