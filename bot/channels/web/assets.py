"""What the browser fetches: named by its content and packed once, at the start."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any, Final

import jinja2
import msgspec
from aiohttp import web

from bot.channels.web.config import WebConfig
from facts.languages import NAMES

#: What is sent as it stands; the bundles in it are made from scripts/ (docs/decisions/0019-page-scripts.md).
STATIC: Final = Path(__file__).parent / "static"
_YEAR: Final = "public, max-age=31536000, immutable"
_HOUR: Final = "public, max-age=3600"


class Asset(msgspec.Struct, frozen=True):
    """A response that is the same for everyone, plain and gzipped."""

    plain: bytes
    packed: bytes
    media_type: str
    cache: str
    tag: str

    def response(self, request: web.Request, headers: dict[str, str] | None = None) -> web.Response:
        """As the browser can read it; 304 where it has it."""
        about = {"Cache-Control": self.cache, "ETag": f'"{self.tag}"', "Vary": "Accept-Encoding", **(headers or {})}
        if f'"{self.tag}"' in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=about)
        body = self.plain
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body, about["Content-Encoding"] = self.packed, "gzip"
        return web.Response(body=body, content_type=self.media_type, charset="utf-8", headers=about)


def asset(text: str, media_type: str, cache: str) -> Asset:
    """A text, packed."""
    plain = text.encode()
    return Asset(plain, gzip.compress(plain, 9, mtime=0), media_type, cache, hashlib.sha256(plain).hexdigest()[:16])


class Assets:
    """All of it: pages by language, and files by their address."""

    def __init__(self, texts: dict[str, dict[str, Any]], config: WebConfig) -> None:
        self.files: dict[str, Asset] = {}
        names = {
            "script": self._named("chat", _read("chat.bundle.js"), "js", "text/javascript"),
            "style": self._named("chat", _read("chat.css"), "css", "text/css"),
            "page_style": self._named("page", _read("page.css"), "css", "text/css"),
        }
        self.widget = asset(_loader(texts, config), "text/javascript", _HOUR)
        setup = {"exit": config.exit, "origins": config.origins}
        templates = jinja2.Environment(loader=jinja2.FileSystemLoader(STATIC), autoescape=True, trim_blocks=True)

        def page(template: str, language: str) -> Asset:
            text = templates.get_template(template).render(words=texts[language], setup=setup, **names)
            return asset(text, "text/html", "no-cache")

        self.pages = {language: page("page.html", language) for language in NAMES}
        self.embeds = {language: page("embed.html", language) for language in NAMES}
        self.texts = {
            language: asset(json.dumps(texts[language], ensure_ascii=False), "application/json", _HOUR)
            for language in NAMES
        }

    def _named(self, name: str, text: str, ending: str, media_type: str) -> str:
        made = asset(text, media_type, _YEAR)
        address = f"/static/{name}-{made.tag}.{ending}"
        self.files[address] = made
        return address


def _read(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def _loader(texts: dict[str, dict[str, Any]], config: WebConfig) -> str:
    """The widget with what it is set up with: its few words in all languages, and where quick exit goes."""
    labels = {
        language: {name: words[name] for name in ("open", "close", "chat", "direction")}
        for language, words in texts.items()
    }
    setup = json.dumps({"exit": config.exit, "labels": labels}, ensure_ascii=False)
    return f"(function () {{\nvar BAKEN_SETUP = {setup};\n{_read('widget.bundle.js')}}})();\n"
