"""The aiohttp application: routes, limits and headers."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from bot.assistant import Assistant
from bot.gateway import chat, files, metrics
from bot.gateway.keys import ASSISTANT, COUNTS, PAGE

STATIC = Path(__file__).parent / "static"
#: Largest request body, in bytes; a message is far smaller.
LARGEST = 256 * 1024


def make(assistant: Assistant, page: chat.Page) -> web.Application:
    """The application around an assistant that is ready."""
    app = web.Application(client_max_size=LARGEST, middlewares=[metrics.counted, safe_headers])
    app[ASSISTANT], app[PAGE], app[COUNTS] = assistant, page, metrics.Counts()
    app.router.add_get("/", chat.index)
    app.router.add_get("/api/texts/{language}", chat.texts)
    app.router.add_post("/api/messages", chat.message)
    app.router.add_post("/api/forget", chat.forget)
    app.router.add_get("/api/files/{name}", files.download, allow_head=False)
    app.cleanup_ctx.append(files.purging)
    app.router.add_get("/health", metrics.health)
    app.router.add_get("/metrics", metrics.metrics)
    app.router.add_static("/static", STATIC)
    return app


@web.middleware
async def safe_headers(request: web.Request, handler: web.Handler) -> web.StreamResponse:  # type: ignore[name-defined]
    """No foreign scripts, no framing, no referrer, nothing kept by caches that was said."""
    response: web.StreamResponse = await handler(request)
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if not request.path.startswith("/static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
