"""A request's body comes within some seconds, whatever reads it, or the connection is closed."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.gateway.keys import COUNTS

#: Seconds from the headers to the end of the body. The Caddyfile says the same.
READ_WITHIN: Final = 20.0


@web.middleware
async def prompt_bodies(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers 408 where the body is not there in time; what a handler does with it may take longer."""
    if not request.body_exists or request.content.is_eof():
        return await handler(request)
    watch = asyncio.get_running_loop().call_later(READ_WITHIN, _give_up, request)
    try:
        return await handler(request)
    finally:
        watch.cancel()


def _give_up(request: web.Request) -> None:
    if request.content.is_eof():
        return
    if COUNTS in request.app:
        request.app[COUNTS].refused("web", "slow")
    slow = web.HTTPRequestTimeout(text="the request did not come in time")
    slow.force_close()
    request.content.set_exception(slow)  # whoever reads it, or reads on, gets this
