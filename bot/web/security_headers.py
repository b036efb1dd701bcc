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
#: What a page of the staff carries besides: forms of its own, sound, and no window that it came from.
_STAFF_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # With no-referrer a browser would send the Origin "null", which is what the check of forms refuses.
    "Referrer-Policy": "same-origin",
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


def of_staff(response: web.StreamResponse) -> web.StreamResponse:
    """An answer with the headers of the staff pages; one that has begun stays as it is."""
    if not response.prepared:
        for name, value in _STAFF_HEADERS.items():
            response.headers.setdefault(name, value)
    return response
