"""The review list: what was flagged or not understood, approved or rejected, and taken along as a patch."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any, Literal, cast

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import utcnow
from bot.conversations.crypto import Keys
from bot.review import export
from bot.review.content import drafts
from bot.review.content.drafts import Change
from bot.review.flags import store as flags
from bot.review.flags.store import Flag
from bot.review.pages import attached, back, page, room, topics
from bot.review.suites.holdout import ROOT, Exam, exam, lines
from bot.staff import audit_log
from bot.staff.accounts import names
from bot.staff.auth import require
from bot.staff.context import current_user
from facts.base import FOLDER
from facts.languages import NAMES

_STATES = ("new", "approved", "rejected")
_PAGE = 50


@require("editor")
async def flags_page(request: web.Request) -> web.StreamResponse:
    """`GET /desk/room/flags`: what conversations brought since is taken in first."""
    place = room(request)
    state = request.query.get("state", "new")
    language, topic, after = (request.query.get(name, "") for name in ("language", "topic", "after"))
    if state not in _STATES or (language and language not in NAMES) or (after and not after.isdecimal()):
        raise web.HTTPNotFound
    await place.database.transaction(flags.gather, place.keys, utcnow())

    def read(connection: Connection) -> tuple[list[Flag], dict[str, int], dict[int, str]]:
        audit_log.note(connection, utcnow(), current_user(request).me.id, "read the review list", state)
        found = flags.listed(
            connection, place.keys, state=state, language=language, topic=topic[:40], most=_PAGE, after=int(after or 0)
        )
        return found, flags.counts(connection), names(connection)

    found, counts, staff = await place.database.transaction(read)
    return page(request, "flags.html", _context(request, found, counts, staff, state, language, topic, ""))


def _context(
    request: web.Request,
    found: list[Flag],
    counts: dict[str, int],
    staff: dict[int, str],
    state: str,
    language: str,
    topic: str,
    error: str,
) -> dict[str, Any]:
    return {
        "flags": found,
        "counts": counts,
        "staff": staff,
        "state": state,
        "language_shown": language,
        "topic_shown": topic,
        "topics": topics(request),
        "states": _STATES,
        "error": error,
        "more": found[-1].id if len(found) == _PAGE else 0,
    }


@require("editor")
async def decide_form(request: web.Request) -> web.StreamResponse:
    """`POST /desk/room/flags/<id>`: approve for training or testing, reject, or take back."""
    place, form, me = room(request), await request.post(), current_user(request).me
    number, what = int(request.match_info["id"]), str(form.get("what", ""))
    topic = str(form.get("right", ""))
    if what not in ("train", "test", "reject", "new") or (topic and topic not in place.content.base().topics):
        raise web.HTTPBadRequest
    state = cast(
        Literal["approved", "rejected", "new"],
        {"train": "approved", "test": "approved", "reject": "rejected", "new": "new"}[what],
    )
    read = await asyncio.to_thread(exam)

    def decide(connection: Connection) -> tuple[str | None, Flag | None, dict[int, str]]:
        error = flags.decide(
            connection,
            place.keys,
            number,
            state,
            by=me.id,
            now=utcnow(),
            topic=topic,
            use=what,
            text=str(form["text"]) if "text" in form else None,
            near=lambda text, _: read.near(text),
        )
        if error is None:
            audit_log.note(connection, utcnow(), me.id, f"flag {what}", str(number))
        return error, flags.get(connection, place.keys, number), names(connection)

    error, flag, staff = await place.database.transaction(decide)
    if flag is None:
        raise web.HTTPNotFound
    if "HX-Request" in request.headers:
        return page(
            request, "flag.html", {"flag": flag, "topics": topics(request), "staff": staff, "error": error or ""}
        )
    return back(f"/desk/room/flags?state={flag.state if error else 'new'}")


@require("editor")
async def flags_csv(request: web.Request) -> web.StreamResponse:
    """`GET /desk/room/flags.csv`: the approved and the new ones, for a spreadsheet."""
    place = room(request)

    def read(connection: Connection) -> list[Flag]:
        audit_log.note(connection, utcnow(), current_user(request).me.id, "took the review list along")
        states = ("new", "approved")
        return [flag for state in states for flag in flags.listed(connection, place.keys, state=state, most=10_000)]

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("id", "state", "language", "topic_got", "topic_right", "use", "text"))
    for flag in await place.database.transaction(read):
        row = (flag.state, flag.language, flag.topic_got, flag.topic_right, flag.use, flag.text)
        writer.writerow((flag.id, *(export.cell(part) for part in row)))
    return attached("baken-flags.csv", out.getvalue(), "text/csv")


@require("editor")
async def patch_file(request: web.Request) -> web.StreamResponse:
    """`GET /desk/room/room.patch`: approved lines and published content as a change for git."""
    place = room(request)
    await place.database.transaction(audit_log.note, utcnow(), current_user(request).me.id, "took the patch along")
    approved, changes = await place.database.transaction(to_export, place.keys)
    text, _ = await asyncio.to_thread(made_patch, approved, changes)
    return attached("baken-room.patch", text, "text/x-diff")


def to_export(connection: Connection, keys: Keys) -> tuple[list[Flag], list[Change]]:
    """Everything that was approved and published."""
    return flags.listed(connection, keys, state="approved", most=10_000), drafts.in_force(connection)


def made_patch(approved: list[Flag], changes: list[Change]) -> tuple[str, list[tuple[int, str]]]:
    """The patch of it, and the flags that were left out with the reason."""
    exported = export.lines(approved, Exam(lines()), ROOT)
    files = {**exported.files, **export.content(changes, FOLDER)}
    return export.patch(files, ROOT), exported.left_out
