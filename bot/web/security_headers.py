"""Headers of every answer, refusals and failures too: what a page may load, what may be kept, and no versions."""

from __future__ import annotations

from typing import Final

from aiohttp import web, web_response

#: What an answer carries unless it says otherwise itself: no foreign scripts, no framing, no referrer, nothing that was
#: said kept by caches.
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_SERVER: Final = "Baken"


def use(app: web.Application) -> None:
    """Give every answer of an application these headers.

    By a signal and not by a middleware: aiohttp makes some answers after the middlewares, like the one to a failure.
    """
    # aiohttp has no setting for it, and names its version and Python's
    web_response.SERVER_SOFTWARE = _SERVER  # type: ignore[attr-defined]
    app.on_response_prepare.append(_add)


async def _add(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
