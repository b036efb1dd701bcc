"""Logs as one JSON object a line, each with the id of the request or message that it belongs to, and nobody in it."""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
from datetime import datetime, timezone
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.redacted_logging import redact

HEADER: Final = "X-Request-ID"
_GIVEN: Final = re.compile(r"[0-9A-Za-z_-]{8,64}")


class AsJson(logging.Formatter):
    """Time, level, logger, what happened, the type and place of an exception, and what `about` says this is about."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "logger": record.name, **redact(record)}
        return json.dumps({**line, **structlog.contextvars.get_contextvars()}, ensure_ascii=False)


def use_json() -> None:
    """Log as JSON from now on, at the level that was set."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(AsJson())
    logging.basicConfig(level=logging.getLogger().level, handlers=[handler], force=True)


def about(correlation: str) -> None:
    """What is logged from here on in this task belongs to this request or message."""
    structlog.contextvars.bind_contextvars(correlation=correlation)


@web.middleware
async def correlated(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Gives each request an id, or takes the proxy's; the answer carries it."""
    given = request.headers.get(HEADER, "")
    correlation = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
    about(correlation)
    try:
        response = await handler(request)
    except web.HTTPException as refused:
        refused.headers[HEADER] = correlation
        raise
    if not response.prepared:
        response.headers[HEADER] = correlation
    return response
