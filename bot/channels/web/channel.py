"""The web: the person's page fetches what stands in the log, so that nothing is sent."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from bot.channels.unreadable import answer_text
from bot.channels.web import config, texts
from bot.channels.web.api import CHANNEL, Api
from bot.channels.web.pages import Pages
from bot.conversations.channel import Media, RenderedMessage
from bot.conversations.models import Assignee, Content, Conversation, MessageKind, NotDelivered, Outgoing
from bot.delivery.service import MessageService
from bot.settings import Settings
from facts.base import FactBase
from facts.wording import Wording


class WebChannel:
    """bot.conversations.channel.Channel for the page. It has buttons, no end of a text, and no end of a day."""

    fetched = True

    def __init__(self, wording: Wording) -> None:
        self.wording = wording

    async def send(self, outgoing: Outgoing) -> NotDelivered:
        """Never: the page fetches it."""
        return NotDelivered("fetched", permanent=True)

    async def show_typing(self, conversation: Conversation, inbound_id: str) -> None:
        """The page sees that by itself, from what waits in the log."""

    def split(self, content: Content, language: str) -> list[Content]:
        """As it is."""
        return [content]

    def resolve_choice(self, shown: Content, typed: str) -> str | None:
        """A button is pressed; a "2" is a 2."""
        return None

    def reply_window(self, conversation: Conversation, now: datetime) -> None:
        """There is no such limit."""

    def unreadable(self, kind: MessageKind, assignee: Assignee, language: str) -> str | None:
        """For what could not be decrypted; a page sends nothing but words and buttons."""
        return answer_text(self.wording, kind, assignee, language)

    async def download(self, media_id: str) -> Media | NotDelivered:
        """A page sends no files."""
        return NotDelivered("no file", permanent=True)

    def preview(self, content: Content, language: str) -> list[RenderedMessage]:
        """The test room shows a reply as the page does."""
        return []


def add(app: web.Application, office: MessageService, base: FactBase, settings: Settings) -> None:
    """Open the chat's addresses, and connect the channel.

    Raises:
        BadSetting: a setting of the widget can't be used.
    """
    Pages(texts.all_texts(base), config.web_config(settings)).add(app)
    Api(office).add(app)
    office.connect(CHANNEL, WebChannel(Wording(base)))
