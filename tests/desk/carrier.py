"""Telephones that take whatever is sent to them, and hand out a picture that somebody sent."""

from __future__ import annotations

from bot.channels.whatsapp.graph_client import Media
from bot.conversations.models import Conversation, Delivered, NotDelivered, Outgoing

PICTURE = bytes.fromhex("89504e470d0a1a0a") + b"picture"


class Telephones:
    """bot.conversations.models.Carrier."""

    def __init__(self) -> None:
        self.got: list[Outgoing] = []
        self.shown: list[str] = []

    async def send(self, outgoing: Outgoing) -> Delivered | NotDelivered:
        self.got.append(outgoing)
        return Delivered(f"wamid.{outgoing.message.id}")

    async def working(self, conversation: Conversation, channel_id: str) -> None:
        self.shown.append(channel_id)

    async def fetch(self, media: str) -> Media | NotDelivered:
        return Media(PICTURE, "image/png") if media == "picture" else NotDelivered("gone", permanent=True)
