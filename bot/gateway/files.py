"""The letters that people download: once, then they are gone; what nobody fetches is gone after a day."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from actions.letters import store

#: Seconds between two looks for files that have waited too long.
_PURGE_EVERY: Final = 600


async def download(request: web.Request) -> web.Response:
    """`GET /api/files/{name}`: a kept file, deleted as it is handed out. 404 where there is none (any more)."""
    content = await asyncio.to_thread(store.take, request.match_info["name"])
    if content is None:
        raise web.HTTPNotFound(text="no such file, or it was fetched already")
    headers = {"Content-Disposition": "attachment; filename=baken.pdf", "Content-Type": "application/pdf"}
    return web.Response(body=content, headers=headers)


async def purging(_app: web.Application) -> AsyncIterator[None]:
    """While the gateway runs, files that nobody fetched within a day are deleted."""

    async def run() -> None:
        while True:
            await asyncio.to_thread(store.purge)
            await asyncio.sleep(_PURGE_EVERY)

    task = asyncio.create_task(run())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
