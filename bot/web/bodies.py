"""Bodies of requests that come too slowly or can't be read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

#: Seconds from the headers to the end of the body. The Caddyfile says the same.
READ_WITHIN: Final = 20.0


def prompt(refused: Callable[[str, str], None]) -> Middleware:
    """A middleware that answers 408 where a body is not there in time, whatever reads it, and closes the connection.

    What a handler does with the body may take longer.
    """

    @web.middleware
    async def prompt_body(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.body_exists or request.content.is_eof():
            return await handler(request)
        watch = asyncio.get_running_loop().call_later(READ_WITHIN, _give_up, request, refused)
        try:
            return await handler(request)
        finally:
            watch.cancel()

    return prompt_body


def _give_up(request: web.Request, refused: Callable[[str, str], None]) -> None:
    if request.content.is_eof():
        return
    refused("web", "slow")
    slow = web.HTTPRequestTimeout(text="the request did not come in time")
    slow.force_close()
    request.content.set_exception(slow)  # whoever reads it, or reads on, gets this


@web.middleware
async def readable(request: web.Request, handler: Handler) -> web.StreamResponse:
    """400 where a body is not what its headers say, like plain text sent as gzip. aiohttp would answer 500."""
    try:
        return await handler(request)
    except web.RequestPayloadError as error:
        request.content.feed_eof()  # aiohttp would wait for the rest of it, and fail once more
        refused = web.HTTPBadRequest(text="the body can't be read: it does not fit its headers")
        refused.force_close()  # where the next request would begin is not known
        raise refused from error
