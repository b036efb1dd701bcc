"""What stand-ins for a channel (bot.conversations.channel.Channel) have in common; each changes what it is about."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.conversations.channel import Channels, Media, RenderedMessage
from bot.conversations.models import (
    Assignee,
    Content,
    Conversation,
    Delivered,
    MessageKind,
    NotDelivered,
    Outgoing,
)


class PlainChannel:
    """Takes whatever is sent, as it is, at any hour; says nothing to what can't be read."""

    fetched = False

    async def send(self, outgoing: Outgoing) -> Delivered | NotDelivered:
        return Delivered(f"out.{outgoing.message.id}")

    async def show_typing(self, conversation: Conversation, inbound_id: str) -> None:
        return None

    def split(self, content: Content, language: str) -> list[Content]:
        return [content]

    def resolve_choice(self, shown: Content, typed: str) -> str | None:
        return None

    def reply_window(self, conversation: Conversation, now: datetime) -> timedelta | None:
        return None

    def unreadable(self, kind: MessageKind, assignee: Assignee, language: str) -> str | None:
        return None

    async def download(self, media_id: str) -> Media | NotDelivered:
        return NotDelivered("gone", permanent=True)

    def preview(self, content: Content, language: str) -> list[RenderedMessage]:
        return []


class PlainPage(PlainChannel):
    """A page that fetches what stands in the log."""

    fetched = True


CHANNELS: Channels = {"web": PlainPage(), "whatsapp": PlainChannel()}
