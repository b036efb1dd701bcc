"""Bodies of requests that can't be read."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler


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
