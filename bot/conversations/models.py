"""What the log holds, as the rest of the gateway sees it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from actions.responses import Button

ChannelName = Literal["web", "whatsapp"]
Author = Literal["person", "bot", "advisor", "system"]
#: What kind of message it is. system: something about the person, like a new number; never answered.
MessageKind = Literal[
    "text",
    "button",
    "image",
    "voice",
    "video",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "edited",
    "deleted",
    "system",
    "unknown",
]
#: Who answers a conversation. waiting: a case is open and the bot still answers; human: an advisor has it.
Assignee = Literal["bot", "waiting", "human"]
#: in: new → answered | held (an advisor has it) | noted (nothing is answered: a reaction, a deletion).
#: out: ready → sending → sent → delivered → read, or failed. Web messages are sent as soon as they stand in the log.
#: Both: unreadable, where it can't be decrypted (bot/conversations/unreadable.py); nothing is done with it.
MessageState = Literal[
    "new",
    "answered",
    "held",
    "noted",
    "ready",
    "sending",
    "sent",
    "delivered",
    "read",
    "failed",
    "unreadable",
]


class FileRef(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file that belongs to a message: in the log's table of files (`file`), or still with the channel (`media`)."""

    filename: str = ""
    media_type: str = ""
    file: str = ""  #: id in the table of files
    media: str = ""  #: the channel's own id, fetched only where an advisor is involved


class Content(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was said. Encrypted at rest, as a whole."""

    text: str = ""
    language: str = ""  #: of the text, where it is known
    payload: str = ""  #: what a pressed button sends
    buttons: tuple[Button, ...] = ()
    document: FileRef | None = None
    translated: str = ""  #: the same for the other side: shown beside the text, marked as machine translation
    translated_to: str = ""  #: its language
    replaces: str = ""  #: the channel's id of the message that was edited, deleted or reacted to
    safety: bool = False
    template: str = ""  #: name of a WhatsApp template, outside the window
    by: str = ""  #: the advisor's name as the worker sees it


class Contact(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a person can be reached. Encrypted at rest; only the channel and, on purpose, an advisor see it."""

    phone: str = ""  #: E.164 without plus; may be missing on WhatsApp
    user_id: str = ""  #: WhatsApp's business-scoped user id
    name: str = ""
    username: str = ""


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """A message as a channel takes it in."""

    channel: ChannelName
    address: str  #: the channel's id of the person; kept only as a keyed hash
    channel_id: str  #: the channel's id of the message: taken in once
    kind: MessageKind
    content: Content
    at: datetime  #: timezone-aware, by the channel's clock
    contact: Contact | None = None
    language: str | None = None  #: a guess of the channel, like the browser's language
    own_id: bool = False  #: the person's page made `channel_id`: it names a message in their conversation only
    also_known_as: tuple[str, ...] = ()  #: further addresses of the same person (user id beside the number)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the log."""

    id: int
    conversation: str
    direction: Literal["in", "out"]
    author: Author
    kind: MessageKind
    state: MessageState
    content: Content
    at: datetime
    channel_id: str | None = None
    reply_to: int | None = None  #: the row that it answers
    attempts: int = 0
    error: str = ""  #: the channel's code, never its text
    topic: str = ""
    staff: int | None = None  #: the advisor who wrote it


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """A person on a channel. `id` is random: it is all that Rasa sees."""

    id: str
    channel: ChannelName
    holder: Assignee
    language: str
    last_in: datetime | None  #: WhatsApp's 24 hours count from here
    contact: Contact | None


class Delivered(msgspec.Struct, frozen=True):
    """A channel took a message."""

    channel_id: str


class NotDelivered(msgspec.Struct, frozen=True):
    """A channel did not take a message, or it is not known whether it did."""

    code: str  #: the channel's error code, or "timeout", "window", "network"
    permanent: bool = False  #: trying again is no use
    unknown: bool = False  #: it may have been taken: wait for a status before trying again
    after: float | None = None  #: seconds that the channel asks to wait


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message to carry out."""

    message: Message
    conversation: Conversation
    #: the newest message of the person, to mark as read with the answer
    answered: str | None = None


class DeliveryStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel says about a message that was sent: sent, delivered, read, or failed with its code."""

    channel_id: str
    state: Literal["sent", "delivered", "read", "failed"]
    code: str = ""
    ours: int | None = None  #: our row's id, where the channel hands it back
    extra: Mapping[str, Any] = {}
