"""The pages with the lists of cases."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from bot.clock import utcnow
from bot.desk import export, queue
from bot.desk.context import DESK
from bot.desk.queue import FOLDERS, Folder
from bot.staff import audit_log
from bot.staff.auth import require
from bot.staff.context import current_user
from bot.staff.templates import render
from facts.clock import AMSTERDAM
from facts.languages import NAMES

#: Longest filter value that is looked at.
_LONGEST: Final = 40


@require("advisor")
async def desk(request: web.Request) -> web.StreamResponse:
    """`GET /desk`"""
    return render(request, "desk/desk.html", await _context(request))


@require("advisor", acted=False)
async def part(request: web.Request) -> web.StreamResponse:
    """`GET /desk/queue`: the list alone, which an open page asks for when something changed."""
    return render(request, "desk/queue.html", await _context(request))


async def _context(request: web.Request) -> dict[str, Any]:
    room, one = request.app[DESK], current_user(request)
    asked = request.query.get("folder", "")
    folder: Folder = next((one for one in FOLDERS if one == asked), "waiting")
    language, topic = (request.query.get(key, "")[:_LONGEST] for key in ("language", "topic"))
    shown = await room.database.transaction(queue.show, one.me.id, folder, language=language, topic=topic)
    at = utcnow()
    return {
        "shown": shown,
        "folders": FOLDERS,
        "chosen": {"folder": folder, "language": language, "topic": topic},
        "query": request.query_string,
        "names": NAMES,
        "topic_name": lambda topic: topic_name(request, topic),
        "waited": lambda opened: waited(int((at - opened).total_seconds())),
        "local": lambda moment: moment.astimezone(AMSTERDAM).strftime("%d-%m %H:%M"),
        "with_translation": room.translator is not None,
    }


def topic_name(request: web.Request, topic: str) -> str:
    """A topic's name in the staff's language; the id where it has none."""
    wording, key = request.app[DESK].answers.wording, f"topic.{topic}"
    return wording.text(key, current_user(request).language) if wording.has(key) else topic


def waited(seconds: int) -> str:
    """How long somebody has waited: minutes, then hours, then days."""
    if seconds < 3600:
        return f"{max(seconds, 0) // 60} min"
    return f"{seconds // 3600} h" if seconds < 48 * 3600 else f"{seconds // 86400} d"


@require("admin")
async def table(request: web.Request) -> web.StreamResponse:
    """`GET /desk/export.csv`: the cases as a table, without anything that was said."""
    room, one = request.app[DESK], current_user(request)
    text = await room.database.transaction(export.table)
    await room.database.transaction(audit_log.note, utcnow(), one.me.id, "export", "cases")
    headers = {"Content-Disposition": "attachment; filename=cases.csv"}
    return web.Response(body=text.encode("utf-8-sig"), content_type="text/csv", charset="utf-8", headers=headers)
