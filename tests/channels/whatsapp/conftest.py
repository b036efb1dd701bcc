"""Shared: settings of WhatsApp, and a server on a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from bot.channels.whatsapp.config import WhatsAppConfig

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
    runners: list[web.AppRunner] = []

    async def start(app: web.Application) -> str:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[union-attr]

    yield start
    for runner in runners:
        await runner.cleanup()
