"""What holds of WhatsApp, whether or not this installation is connected to it: the 24 hours, choices, long messages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from bot.channels.unreadable import answer_text
from bot.channels.whatsapp.choices import pick, shape
from bot.channels.whatsapp.render import RenderTexts, payload, split
from bot.conversations.channel import Media, RenderedMessage
from bot.conversations.models import (
    Assignee,
    Contact,
    Content,
    Conversation,
    MessageKind,
    NotDelivered,
    Outgoing,
)
from facts.languages import NAMES, SOURCE
from facts.wording import Wording

#: How long after a person's last message one may write freely, by Meta's rules, and how sure we want to be.
WINDOW: Final = timedelta(hours=24)
_MARGIN: Final = timedelta(minutes=1)
#: Stands for a person and a file where a message is only shown.
_NOBODY: Final = Contact(phone="31600000000")
_NO_FILE: Final = "1"


class WhatsAppRules:
    """The part of bot.conversations.channel.Channel that needs no connection."""

    fetched = False

    def __init__(self, wording: Wording) -> None:
        self.wording = wording

    def split(self, content: Content, language: str) -> list[Content]:
        """A content as the messages that WhatsApp needs for it: one where it fits."""
        return split(content, self.words(content.language or language))

    def resolve_choice(self, shown: Content, typed: str) -> str | None:
        """The button that a number or the words of a choice mean."""
        return pick(shown, typed)

    def reply_window(self, conversation: Conversation, now: datetime) -> timedelta:
        """What is left of the 24 hours."""
        last = conversation.last_in
        return max(timedelta(), last + WINDOW - _MARGIN - now) if last is not None else timedelta()

    def unreadable(self, kind: MessageKind, assignee: Assignee, language: str) -> str | None:
        """What is said to a voice message, a sticker, a location …"""
        return answer_text(self.wording, kind, assignee, language)

    def preview(self, content: Content, language: str) -> list[RenderedMessage]:
        """The messages of the Graph API."""
        added = self.words(language)
        messages = []
        for part in split(content, added):
            sent = payload(part, _NOBODY, added, media=_NO_FILE)
            how = shape(part.buttons)
            messages.append(
                RenderedMessage(
                    shape=how,
                    text=part.text,
                    choices=() if how == "numbers" else tuple(button.title for button in part.buttons),
                    document=part.document.filename if part.document else "",
                    json=msgspec.json.format(msgspec.json.encode(sent), indent=1).decode(),
                )
            )
        return messages

    def words(self, language: str) -> RenderTexts:
        """The words added to messages, in a language of ours or in English."""
        known = language if language in NAMES else SOURCE
        return RenderTexts(
            choose=self.wording.text("button.choose", known),
            number=self.wording.text("choice.number", known),
            machine=self.wording.text("translation.original", known),
        )


class UnconnectedWhatsApp(WhatsAppRules):
    """bot.conversations.channel.Channel where WhatsApp is not set up (any more): nothing can be sent."""

    async def send(self, outgoing: Outgoing) -> NotDelivered:
        """Never."""
        return NotDelivered("no carrier", permanent=True)

    async def show_typing(self, conversation: Conversation, inbound_id: str) -> None:
        """Nothing is shown."""

    async def download(self, media_id: str) -> Media | NotDelivered:
        """Never."""
        return NotDelivered("no carrier", permanent=True)
