"""The web channel as the gateway adds it."""

from __future__ import annotations

from aiohttp import web

from bot.channels.web import config, texts
from bot.channels.web.api import Api
from bot.channels.web.pages import Pages
from bot.delivery.service import MessageService
from bot.settings import Settings
from facts.base import FactBase


def add(app: web.Application, office: MessageService, base: FactBase, settings: Settings) -> None:
    """Open the chat's addresses.

    Raises:
        BadSetting: a setting of the widget can't be used.
    """
    Pages(texts.all_texts(base), config.web_config(settings)).add(app)
    Api(office).add(app)
