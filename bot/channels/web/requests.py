"""What the chat sends, read and refused with a clear word."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Final, TypeVar

import msgspec
from aiohttp import web

from facts.languages import NAMES

T = TypeVar("T", bound="ApiRequest")

#: Made by the browser: 128 random bits as 32 hex digits. It says nothing about anyone.
_SECRET: Final = re.compile(r"[0-9a-f]{32}")
#: Longest text, in characters, that is taken at all; what is longer than an answer needs gets a kind reply.
LONGEST: Final = 200_000
_LONGEST_PAYLOAD: Final = 2000
#: Seconds that a request may wait for news.
LONGEST_WAIT: Final = 25.0


class ApiRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Every request carries the conversation's secret, in its body: an address would stand in logs and histories."""

    conversation: str


class MessageRequest(ApiRequest, frozen=True, kw_only=True):
    """A message, with an id of the browser's own, so that sent twice it is taken once."""

    id: str
    text: str
    language: str | None = None
    payload: str = ""


class Polled(ApiRequest, frozen=True, kw_only=True):
    """What is new behind row `after`? `typing` and `holder` are what the page shows now, where it says so."""

    after: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 0  #: as a database counts
    wait: float = 0.0
    typing: bool | None = None
    holder: str | None = None


async def parse_request(request: web.Request, shape: type[T]) -> T:
    """The body of a request.

    Raises:
        web.HTTPException: 415 for what is not JSON, 413 for too much, 400 for anything else, saying what.
    """
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="expected application/json")
    try:
        body: Any = json.loads(await request.read())  # takes half a surrogate pair, which browsers can send
        asked = msgspec.convert(body, shape)
    except (ValueError, TypeError, RecursionError) as error:  # msgspec's errors are ValueErrors too
        # Only msgspec's own words: they name the field and never what stood in it.
        what = str(error) if isinstance(error, msgspec.ValidationError) else "not JSON"
        raise web.HTTPBadRequest(text=f"not understood: {what}") from error
    if not _SECRET.fullmatch(asked.conversation):
        raise web.HTTPBadRequest(text="conversation must be 32 hexadecimal digits")
    return asked


async def said(request: web.Request) -> MessageRequest:
    """A message, its text made whole, its language one that Baken writes or None.

    Raises:
        web.HTTPException: see `read`.
    """
    message = await parse_request(request, MessageRequest)
    if not _SECRET.fullmatch(message.id):
        raise web.HTTPBadRequest(text="id must be 32 hexadecimal digits")
    if message.payload and (not message.payload.startswith("/") or len(message.payload) > _LONGEST_PAYLOAD):
        raise web.HTTPBadRequest(text="payload must begin with /")
    if len(message.text) > LONGEST:
        raise web.HTTPRequestEntityTooLarge(max_size=LONGEST, actual_size=len(message.text))
    return msgspec.structs.replace(
        message,
        text=_whole(message.text),
        payload=_whole(message.payload),
        language=message.language if message.language in NAMES else None,
    )


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
