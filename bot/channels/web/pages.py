"""`GET /`, `/embed`, `/widget.js`, files and texts: what the browser is given, and under which rules."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from bot.channels.web.assets import Assets
from bot.channels.web.config import WebConfig
from bot.channels.web.texts import best_language
from facts.languages import NAMES, SOURCE

_RULES: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "
)
_NOTHING: Final = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "microphone", "geolocation", "payment", "usb", "display-capture", "browsing-topics")
)


class Pages:
    """The handlers of everything that is the same for everyone."""

    def __init__(self, texts: dict[str, dict[str, Any]], config: WebConfig) -> None:
        self.assets = Assets(texts, config)
        self._own = self._headers("'none'")
        self._framed = self._headers(" ".join(("'self'", *config.origins)))

    def add(self, app: web.Application) -> None:
        """Open the addresses."""
        app.router.add_get("/", self.index)
        app.router.add_get("/embed", self.embed)
        app.router.add_get("/widget.js", self.widget)
        app.router.add_get("/api/texts/{language}", self.texts)
        app.router.add_get("/static/{name}", self.file)

    async def index(self, request: web.Request) -> web.Response:
        """`GET /`: a page with the widget, as a site would include it."""
        return self.assets.pages[_language(request)].response(request, self._own)

    async def embed(self, request: web.Request) -> web.Response:
        """`GET /embed`: the chat, in a frame of a site that is on the list."""
        return self.assets.embeds[_language(request)].response(request, self._framed)

    async def widget(self, request: web.Request) -> web.Response:
        """`GET /widget.js`: the one line. Any site may read it; the frame is what the list guards."""
        open_to_all = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
        return self.assets.widget.response(request, {**_PLAIN, **open_to_all})

    async def texts(self, request: web.Request) -> web.Response:
        """`GET /api/texts/{language}`; English for a language that Baken does not write."""
        language = request.match_info["language"].lower()[:2]
        return self.assets.texts[language if language in NAMES else SOURCE].response(request, _PLAIN)

    async def file(self, request: web.Request) -> web.Response:
        """`GET /static/{name}`: a file by the name of its content."""
        found = self.assets.files.get(request.path)
        if found is None:
            raise web.HTTPNotFound(text="no such file")
        return found.response(request, _PLAIN)

    @staticmethod
    def _headers(ancestors: str) -> dict[str, str]:
        return {
            **_PLAIN,
            "Content-Security-Policy": _RULES + ancestors,
            "Permissions-Policy": _NOTHING,
            "Vary": "Accept-Encoding, Accept-Language",
        }


_PLAIN: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def _language(request: web.Request) -> str:
    return best_language(request.query.getall("language", []), request.headers.get("Accept-Language", ""))
