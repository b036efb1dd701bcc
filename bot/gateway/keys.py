"""What the application carries, by typed key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from bot.channels.whatsapp.lateness import Lateness
    from bot.delivery.service import MessageService
    from bot.gateway.metrics import Counts

OFFICE: web.AppKey[MessageService] = web.AppKey("office")
LATENESS: web.AppKey[Lateness] = web.AppKey("lateness")
COUNTS: web.AppKey[Counts] = web.AppKey("counts")
