"""What stands before the channels: floods from an address are held off before anything is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.settings import Settings
from bot.web.rate_limit import Buckets, address

#: Calls with which a page says something; waiting for news is not counted.
_SAYING: Final = frozenset({"/api/messages", "/api/forget", "/api/typing"})


def floods(settings: Settings, refused: Callable[[str, str], None]) -> Middleware:
    """A middleware that refuses what one address asks too much of, with 429 and how long to wait."""
    saying = Buckets(settings.limit_address_burst, settings.limit_address)
    waiting: dict[str, int] = {}

    @web.middleware
    async def held_off(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method != "POST" or not request.path.startswith("/api/"):
            return await handler(request)
        client = address(request, settings.proxies)
        if request.path in _SAYING:
            seconds = saying.take(client)
            if seconds:
                refused("web", "flood_address")
                raise web.HTTPTooManyRequests(
                    text="too many messages; please wait a moment", headers={"Retry-After": str(int(seconds) + 1)}
                )
            return await handler(request)
        if waiting.get(client, 0) >= settings.limit_waiting:
            refused("web", "flood_waiting")
            raise web.HTTPTooManyRequests(text="too many open pages", headers={"Retry-After": "10"})
        waiting[client] = waiting.get(client, 0) + 1
        try:
            return await handler(request)
        finally:
            waiting[client] -= 1
            if not waiting[client]:
                del waiting[client]

    return held_off
