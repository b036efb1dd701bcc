"""What the application carries, by typed key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.gateway.chat import Page
    from bot.gateway.metrics import Counts

ASSISTANT: web.AppKey[Assistant] = web.AppKey("assistant")
PAGE: web.AppKey[Page] = web.AppKey("page")
COUNTS: web.AppKey[Counts] = web.AppKey("counts")
