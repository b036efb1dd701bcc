"""What the gateway needs of a channel, and nothing more: who adds a channel implements `Channel`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from bot.conversations.models import (
    Assignee,
    ChannelName,
    Content,
    Conversation,
    Delivered,
    MessageKind,
    NotDelivered,
    Outgoing,
)


class Media(msgspec.Struct, frozen=True):
    """A file that was fetched from a channel."""

    data: bytes
    media_type: str


class RenderedMessage(msgspec.Struct, frozen=True):
    """One message as a channel shows it, for the test room."""

    shape: str  #: none, buttons, list or numbers
    text: str
    choices: tuple[str, ...]
    document: str  #: file name
    json: str  #: as it would go out, for who doubts


class Channel(Protocol):
    """A channel: web, WhatsApp. `send`, `show_typing` and `download` may use the network and never raise for what it
    or the channel does; the others only compute.
    """

    @property
    def fetched(self) -> bool:
        """Whether the person's own page fetches what stands in the log: then nothing is sent, and nothing typed."""
        ...

    async def send(self, outgoing: Outgoing) -> Delivered | NotDelivered:
        """Carry one message."""
        ...

    async def show_typing(self, conversation: Conversation, inbound_id: str) -> None:
        """Show the person that their message was read and an answer is being written. May do nothing.

        Args:
            inbound_id: the channel's id of that message.
        """
        ...

    def split(self, content: Content, language: str) -> list[Content]:
        """A content as the messages that the channel needs for it, to be stored as a row each.

        A row that is one message is sent once whatever stops in between.
        """
        ...

    def resolve_choice(self, shown: Content, typed: str) -> str | None:
        """The payload of the button that a typed answer means, such as "2"; None where it means none.

        Args:
            shown: the newest thing that was said to the person.
        """
        ...

    def reply_window(self, conversation: Conversation, now: datetime) -> timedelta | None:
        """Time left in which the person may be written to freely, at least zero; None: there is no such limit."""
        ...

    def unreadable(self, kind: MessageKind, assignee: Assignee, language: str) -> str | None:
        """What is said to a message that Baken can't read; None: nothing is said, or it can be read."""
        ...

    async def download(self, media_id: str) -> Media | NotDelivered:
        """A file that a person sent, for an advisor."""
        ...

    def preview(self, content: Content, language: str) -> list[RenderedMessage]:
        """A content as the person would get it, for the test room; empty where that shows nothing of its own."""
        ...


#: The channels of a gateway. Web and WhatsApp are always there; one that is not set up refuses to send.
Channels = Mapping[ChannelName, Channel]
