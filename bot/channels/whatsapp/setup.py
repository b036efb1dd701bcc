"""WhatsApp as the gateway adds it: the webhook and the channel."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from aiohttp import web

from bot.channels.whatsapp import webhook
from bot.channels.whatsapp.channel import WhatsAppChannel
from bot.channels.whatsapp.config import WhatsAppConfig, whatsapp_config
from bot.channels.whatsapp.graph_client import Graph
from bot.channels.whatsapp.lateness import Lateness
from bot.channels.whatsapp.rules import UnconnectedWhatsApp
from bot.conversations.models import ChannelName, DeliveryStatus, Incoming
from bot.delivery.service import MessageService
from bot.settings import Settings
from facts.base import FactBase
from facts.wording import Wording

CHANNEL: Final[ChannelName] = "whatsapp"


class WhatsAppReceiver:
    """The message service as WhatsApp's webhook sees it. All is stored, however much: Meta counts it as delivered, and
    what one person sends too much of is answered together (bot/delivery/flood.py)."""

    def __init__(self, office: MessageService, refused: Callable[[str, str], None]) -> None:
        self.office, self._count = office, refused

    async def receive(self, incoming: Sequence[Incoming]) -> None:
        """Store messages, all or none."""
        await self.office.receive(incoming)

    async def record_statuses(self, updates: Sequence[DeliveryStatus]) -> None:
        """Note what became of messages that were sent."""
        await self.office.record_statuses(CHANNEL, updates)

    def refused(self, reason: str) -> None:
        """Count something that was not taken in."""
        self._count(CHANNEL, reason)


def add(
    app: web.Application,
    office: MessageService,
    base: FactBase,
    settings: Settings,
    refused: Callable[[str, str], None],
) -> tuple[WhatsAppConfig, Lateness] | None:
    """Open the webhook, and connect the channel while the application runs; None where WhatsApp is not set up.

    Add it before the message service's own opening: what waits is sent at once.

    Args:
        refused: counts what is not taken in: (channel, reason).

    Raises:
        BadSetting: something that it needs is missing or can't be used.
    """
    wording = Wording(base)
    office.channels.setdefault(CHANNEL, UnconnectedWhatsApp(wording))
    config = whatsapp_config(settings)
    if config is None:
        return None
    lateness = Lateness()

    async def connected(_app: web.Application) -> AsyncIterator[None]:
        graph = Graph(config)
        await graph.start()
        channel = WhatsAppChannel(config, graph, office, wording, doubtful=lateness.doubtful)
        office.connect(CHANNEL, channel)
        yield
        await channel.close()
        await graph.close()

    app.cleanup_ctx.append(connected)
    webhook.add_routes(app, config, WhatsAppReceiver(office, refused), lateness=lateness)
    return config, lateness
