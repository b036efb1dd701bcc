"""The chat page and the three calls that it makes: its texts, a message, and forgetting."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from bot.engine.turn import Turn
from bot.gateway.keys import ASSISTANT, PAGE
from facts.base import FactBase
from facts.languages import NAMES, RIGHT_TO_LEFT
from facts.wording import Wording

#: A conversation's id is made by the browser: 128 random bits as 32 hexadecimal digits. It says nothing about anyone.
_CONVERSATION = re.compile(r"^[0-9a-f]{32}$")
#: Longest message, in characters, that is taken at all; what is longer than an answer needs gets a kind reply.
_LONGEST = 200_000


class Incoming(msgspec.Struct, frozen=True):
    """What the page sends."""

    conversation: str
    text: str
    language: str | None = None


class Page:
    """The page's texts in each language, made once."""

    def __init__(self, base: FactBase) -> None:
        wording = Wording(base)
        shown = [key for key in base.texts if key.startswith("page.")]
        phones = [
            period.value for figure in base.figures.values() if figure.unit == "phone" for period in figure.periods
        ]
        self.texts: dict[str, dict[str, Any]] = {
            language: {
                "language": language,
                "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
                "languages": NAMES,
                "greeting": wording.text("greeting", language),
                "menu": wording.text("button.menu", language),
                "phones": phones,
                **{key.removeprefix("page."): wording.text(key, language) for key in shown},
            }
            for language in NAMES
        }


def shown(turn: Turn) -> dict[str, Any]:
    """What a page needs of a turn: no facts, no inner workings."""
    return {
        "language": turn.language,
        "direction": "rtl" if turn.language in RIGHT_TO_LEFT else "ltr",
        "safety": turn.safety,
        "replies": [
            {
                "text": reply.text,
                "buttons": [msgspec.to_builtins(button) for button in reply.buttons],
                "document": reply.document
                and {
                    "filename": reply.document.filename,
                    "address": f"/api/files/{Path(reply.document.path).name}",
                },
            }
            for reply in turn.replies
        ],
    }


async def index(_request: web.Request) -> web.StreamResponse:
    """`GET /`"""
    return web.FileResponse(Path(__file__).parent / "static" / "index.html")


async def texts(request: web.Request) -> web.Response:
    """`GET /api/texts/{language}`; English for a language that Baken does not write."""
    language = request.match_info["language"].lower()[:2]
    all_texts = request.app[PAGE].texts
    return web.json_response(all_texts.get(language, all_texts["en"]))


async def message(request: web.Request) -> web.Response:
    """`POST /api/messages` {conversation, text, language}: the replies. 400 names what is wrong."""
    incoming = await _read(request)
    turn = await request.app[ASSISTANT].reply(
        incoming.conversation, incoming.text, language_hint=incoming.language if incoming.language in NAMES else None
    )
    return web.json_response(shown(turn))


async def forget(request: web.Request) -> web.Response:
    """`POST /api/forget` {conversation}: everything of the conversation is deleted."""
    incoming = await _read(request, needs_text=False)
    await request.app[ASSISTANT].forget(incoming.conversation)
    return web.json_response({"deleted": True})


async def _read(request: web.Request, *, needs_text: bool = True) -> Incoming:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="expected application/json")
    try:
        body = json.loads(await request.read())  # takes half a surrogate pair, which browsers can send
        incoming = msgspec.convert({"text": "", **body} if not needs_text else body, Incoming)
    except (ValueError, TypeError) as error:  # msgspec's errors are ValueErrors too
        raise web.HTTPBadRequest(text=f"not a message: {error}") from error
    if not _CONVERSATION.match(incoming.conversation):
        raise web.HTTPBadRequest(text="conversation must be 32 hexadecimal digits")
    if len(incoming.text) > _LONGEST:
        raise web.HTTPRequestEntityTooLarge(max_size=_LONGEST, actual_size=len(incoming.text))
    whole = incoming.text.encode("utf-8", "replace").decode("utf-8")
    return msgspec.structs.replace(incoming, text=whole)
