"""Shared: settings of WhatsApp, and a server on a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from aiohttp import web

from bot.channels.whatsapp.config import WhatsAppConfig
from tests.servers import listening

Serve = Callable[[web.Application], Awaitable[str]]


@pytest.fixture
def config() -> WhatsAppConfig:
    return WhatsAppConfig(
        graph_url="http://127.0.0.1:9/v23.0",
        phone_number_id="106540352242922",
        access_token="token",
        app_secret="secret",
        verify_token="open sesame",
    )


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serves an application on a free port of loopback; gives its address."""
    async with AsyncExitStack() as servers:

        async def start(app: web.Application) -> str:
            return await servers.enter_async_context(listening(app, shutdown_timeout=1))

        yield start
