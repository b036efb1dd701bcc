"""WhatsApp's way out: what stands in the log goes to the Graph API, within the 24 hours or by a template."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from datetime import datetime, timezone
from typing import Any, Final, Protocol

from bot.channels.whatsapp.config import WhatsAppConfig
from bot.channels.whatsapp.graph_client import Graph
from bot.channels.whatsapp.render import RenderTexts, payload, split, template
from bot.channels.whatsapp.rules import WhatsAppRules
from bot.conversations.channel import Media
from bot.conversations.models import Contact, Content, Conversation, Delivered, NotDelivered, Outgoing
from facts.wording import Wording

#: Code of a message outside the window, from Meta.
_RE_ENGAGEMENT: Final = "131047"
#: Messages that are remembered: how far they were sent, which were marked as read.
_REMEMBERED: Final = 10_000
#: Receipts under way at once; more than these are left out, since they are only a kindness.
_MOST_RECEIPTS: Final = 32


class Files(Protocol):
    """Where the files of conversations lie."""

    async def read(self, conversation: str, file: str) -> bytes | None:
        """A file's bytes, or None where there is none."""
        ...


class WhatsAppChannel(WhatsAppRules):
    """bot.conversations.channel.Channel over the Graph API."""

    def __init__(
        self,
        config: WhatsAppConfig,
        graph: Graph,
        files: Files,
        wording: Wording,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
        doubtful: Callable[[], bool] = lambda: False,
    ) -> None:
        """`doubtful`: whether our clock may be ahead; then Meta is asked whether the 24 hours are over."""
        super().__init__(wording)
        self.config, self.graph, self.files, self.now = config, graph, files, now
        self.doubtful = doubtful
        self._done: OrderedDict[int, int] = OrderedDict()  # parts of a row that were sent
        self._media: OrderedDict[int, str] = OrderedDict()  # row to uploaded file
        self._read: OrderedDict[str, None] = OrderedDict()  # messages that were marked as read
        self._receipts: set[asyncio.Task[Any]] = set()

    async def send(self, outgoing: Outgoing) -> Delivered | NotDelivered:
        """Carry one message; in several parts where WhatsApp needs that. A second try goes on after the last part
        that is known to be sent.
        """
        conversation, row = outgoing.conversation, outgoing.message.id
        contact = conversation.contact
        if contact is None or not (contact.phone or contact.user_id):
            return NotDelivered("no_address", permanent=True)
        said = self.words(outgoing.message.content.language or conversation.language)
        if not self.reply_window(conversation, self.now()) and not self.doubtful():
            return await self._outside(outgoing, contact)
        parts = split(outgoing.message.content, said)
        if not parts:
            return NotDelivered("empty", permanent=True)
        if outgoing.answered and outgoing.answered not in self._read:
            self._receipt(outgoing.answered, typing=False)
        result: Delivered | NotDelivered = NotDelivered("empty", permanent=True)
        first = min(self._done.get(row, 0), len(parts) - 1)
        for number, part in enumerate(parts[first:], first + 1):
            ours = str(row) if number == len(parts) else f"{row}:{number}/{len(parts)}"
            result = await self._part(part, row, conversation.id, contact, said, ours)
            if isinstance(result, NotDelivered):
                if result.code == _RE_ENGAGEMENT:  # Meta's clock says otherwise than ours
                    return await self._outside(outgoing, contact)
                return result
            _remember(self._done, row, number)
        self._done.pop(row, None)
        self._media.pop(row, None)
        return result

    async def show_typing(self, conversation: Conversation, inbound_id: str) -> None:
        """Mark as read and show that an answer is being written; does not wait for Meta."""
        if inbound_id and self.reply_window(conversation, self.now()):
            self._receipt(inbound_id, typing=True)

    async def download(self, media_id: str) -> Media | NotDelivered:
        """A file that a person sent, for an advisor."""
        return await self.graph.download(media_id)

    async def close(self) -> None:
        """Give up receipts that are under way."""
        for task in self._receipts:
            task.cancel()
        await asyncio.gather(*self._receipts, return_exceptions=True)

    async def _part(
        self, part: Content, row: int, conversation: str, contact: Contact, said: RenderTexts, ours: str
    ) -> Delivered | NotDelivered:
        media = ""
        if part.document is not None:
            media = self._media.get(row, "")
            if not media:
                data = await self.files.read(conversation, part.document.file)
                if data is None:
                    return NotDelivered("no_file", permanent=True)
                uploaded = await self.graph.upload(data, part.document.filename, part.document.media_type)
                if isinstance(uploaded, NotDelivered):
                    return uploaded
                media = uploaded
                _remember(self._media, row, media)
        return await self.graph.send(payload(part, contact, said, media=media, ours=ours))

    async def _outside(self, outgoing: Outgoing, contact: Contact) -> Delivered | NotDelivered:
        """Outside the window only a template gets through, and it carries one short text; else an honest refusal."""
        content, language = outgoing.message.content, outgoing.conversation.language
        name = content.template or self.config.template
        refused = NotDelivered("window", permanent=True)
        if not name or content.document is not None:
            return refused
        known = language if language in self.config.template_languages else self.config.template_languages[0]
        text = content.translated or content.text
        made = template(name, known, text, contact, ours=str(outgoing.message.id))
        return refused if made is None else await self.graph.send(made)

    def _receipt(self, message: str, *, typing: bool) -> None:
        if len(self._receipts) >= _MOST_RECEIPTS:
            return
        _remember(self._read, message, None)
        task = asyncio.get_running_loop().create_task(_quietly(self.graph.seen(message, typing=typing)))
        self._receipts.add(task)
        task.add_done_callback(self._receipts.discard)


async def _quietly(call: Coroutine[Any, Any, bool]) -> None:
    try:
        await call
    except RuntimeError:  # the client was closed meanwhile
        return


def _remember(kept: OrderedDict[Any, Any], key: object, value: object) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _REMEMBERED:
        kept.popitem(last=False)
