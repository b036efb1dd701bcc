"""Telephones that take whatever is sent to them, and hand out a picture that somebody sent."""

from __future__ import annotations

from bot.channels.whatsapp.rules import WhatsAppRules
from bot.conversations.channel import Media
from bot.conversations.models import Conversation, Delivered, NotDelivered, Outgoing
from facts import published
from facts.wording import Wording

PICTURE = bytes.fromhex("89504e470d0a1a0a") + b"picture"


class Telephones(WhatsAppRules):
    """bot.conversations.channel.Channel."""

    def __init__(self) -> None:
        super().__init__(Wording(published.base()))
        self.got: list[Outgoing] = []
        self.shown: list[str] = []

    async def send(self, outgoing: Outgoing) -> Delivered | NotDelivered:
        self.got.append(outgoing)
        return Delivered(f"wamid.{outgoing.message.id}")

    async def show_typing(self, conversation: Conversation, inbound_id: str) -> None:
        self.shown.append(inbound_id)

    async def download(self, media_id: str) -> Media | NotDelivered:
        return Media(PICTURE, "image/png") if media_id == "picture" else NotDelivered("gone", permanent=True)
