"""Editors change a fact or a figure: form, draft, test, publish, undo."""

from __future__ import annotations

import asyncio
import difflib
from typing import Any

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import utcnow
from bot.conversations.channel import Channel
from bot.review.content import drafts, edit
from bot.review.content.drafts import Change, NotPossible
from bot.review.content.preview import RenderedPreview, preview, used_by
from bot.review.pages import back, page, room, topic_name
from bot.review.service import failed
from bot.review.suites import store as runs
from bot.staff import audit_log
from bot.staff.accounts import names
from bot.staff.auth import require
from bot.staff.context import current_user
from facts.base import FactBase
from facts.check import FACT_LIMIT, Problem
from facts.languages import TRANSLATED
from facts.model import Fact, Figure
from facts.read import BrokenFile

STANDINGS = ("in_force", "adopted", "bill", "planned", "explored", "recommended", "withdrawn", "observation")
ROLES = ("answer", "step", "warning", "more")
CONFIDENCES = ("high", "medium", "low")


@require("editor")
async def edit_page(request: web.Request) -> web.StreamResponse:
    """`GET /desk/room/facts/<entry>`"""
    entry = _entry(request)
    return page(request, "edit.html", _form_context(request, entry, edit.to_form(entry), {}, ""))


@require("editor")
async def edit_form(request: web.Request) -> web.StreamResponse:
    """`POST /desk/room/facts/<entry>`: a draft is kept, built, and its test begins."""
    place, me = room(request), current_user(request).me
    entry = _entry(request)
    name = request.match_info["entry"]
    form = {key: str(value) for key, value in (await request.post()).items() if isinstance(value, str)}
    wrong, form = edit.unreadable(form)
    reason = edit.get(form, "reason")
    base = place.content.base()
    try:
        if wrong:
            raise edit.BadForm(wrong)
        made = edit.from_form(form, entry)
        translations = edit.translations_from(
            form, edit.translations_of(base, entry), edit.keys_of(entry), edit.keys_of(made)
        )
        wrong = edit.unknown(base, form, made, translations)
        if wrong:
            raise edit.BadForm(wrong)
    except edit.BadForm as bad:
        context = _form_context(request, entry, form, bad.wrong, reason)
        return page(request, "edit.html", context, status=422)
    try:
        number = await place.save(name, made, translations, reason, me.id)
    except NotPossible as error:
        context = _form_context(request, entry, form, {"reason": str(error)}, reason)
        return page(request, "edit.html", context, status=422)
    await place.database.transaction(audit_log.note, utcnow(), me.id, "drafted", name)
    await _begin_test(request, number)
    return back(f"/desk/room/changes/{number}")


def _entry(request: web.Request) -> Fact | Figure:
    entry = room(request).entry(request.match_info["entry"])
    if entry is None:
        raise web.HTTPNotFound
    return entry


def _form_context(
    request: web.Request, entry: Fact | Figure, form: dict[str, str], wrong: dict[str, str], reason: str
) -> dict[str, Any]:
    place, base = room(request), room(request).content.base()
    rows = {
        part: 1 + max((int(key.split("-")[1]) for key in form if key.startswith(f"{part}-")), default=-1) + edit.SPARE
        for part in ("says", "sources", "periods")
    }
    shown = edit.translations_of(base, entry)
    translations = {
        key: {
            language: form.get(f"translation-{key}-{language}", shown.get(key, {}).get(language, ""))
            for language in TRANSLATED
        }
        for key in edit.keys_of(entry)
    }
    return {
        "entry": request.match_info["entry"],
        "fact": entry,
        "form": form,
        "wrong": wrong,
        "reason": reason,
        "rows": rows,
        "is_figure": isinstance(entry, Figure),
        "standings": STANDINGS,
        "roles": ROLES,
        "confidences": CONFIDENCES,
        "translations": translations,
        "english": edit.keys_of(entry),
        "figures": sorted(base.figures),
        "limit": FACT_LIMIT,
        "file": place.file(request.match_info["entry"]),
        "used_by": used_by(base, entry.id) if isinstance(entry, Figure) else [],
        "laws": sorted(path.stem for path in (base.folder / "sources" / "law").glob("*.yaml")),
        "topic": topic_name(base.topic_of[entry.id], request) if isinstance(entry, Fact) else "",
    }


@require("editor")
async def changes_page(request: web.Request) -> web.StreamResponse:
    """`GET /desk/room/changes`: who changed what, why, and how it was before."""
    place = room(request)

    def read(connection: Connection) -> tuple[list[Change], dict[int, str]]:
        return drafts.listed(connection), names(connection)

    changes, staff = await place.database.transaction(read)
    return page(request, "changes.html", {"changes": changes, "staff": staff})


@require("editor")
async def change_page(request: web.Request) -> web.StreamResponse:
    """`GET /desk/room/changes/<id>`: before and after, all languages and channels, the test, and what can be done."""
    return await _change_page(request, await _change(request), "")


async def _change(request: web.Request) -> Change:
    change = await room(request).database.transaction(drafts.get, int(request.match_info["id"]))
    if change is None or change.state == "dropped":
        raise web.HTTPNotFound
    return change


async def _change_page(request: web.Request, change: Change, error: str) -> web.StreamResponse:
    place = room(request)
    context: dict[str, Any] = {
        "change": change,
        "staff": await place.database.transaction(names),
        "error": error,
        "unreadable": "",
        "problems": [],
        "shown": [],
        "lines": list(_lines(change.before, change.after)),
        "run": None,
        "failures": [],
        "before_too": [],
        "can_publish": False,
        "path": f"/desk/room/changes/{change.id}/progress",
        "languages": sorted({language for texts in change.translations.values() for language in texts}),
    }
    if change.state == "draft":
        try:
            name, base, problems = await place.prepared(change)
        except BrokenFile as broken:
            context["unreadable"] = broken.what
            return page(request, "change.html", context, status=409 if error else 200)
        entry = place.entry(change.entry, base)
        context["problems"] = [_said(problem) for problem in problems]
        context["shown"] = await asyncio.to_thread(_shown, base, entry, problems, place.office.channels["whatsapp"])
        run, report = await place.tested(change, name)
        context["run"] = run
        if report is not None:
            part: Any = report.get("conversations") or {}
            context["failures"] = failed(report)
            context["before_too"] = [one for one in part.get("results", []) if one.get("failed_before")]
            context["can_publish"] = not problems and not context["failures"]
    return page(request, "change.html", context, status=409 if error else 200)


def _shown(
    base: FactBase, entry: Fact | Figure | None, problems: list[Problem], whatsapp: Channel
) -> list[RenderedPreview]:
    """The entry as it would be told; nothing where that is what is broken: the problems say so."""
    try:
        return preview(base, entry, whatsapp) if entry is not None else []
    except (KeyError, ValueError):  # a figure that is gone, a value that is none
        if not problems:
            raise
        return []


def _said(problem: Problem) -> str:
    return f"{problem.path.name}: {problem.what}"


def _lines(before: str, after: str) -> Any:
    """Lines of the change: a sign (minus, plus, or a space) and the text."""
    for line in difflib.ndiff(before.splitlines(), after.splitlines()):
        if line[:1] in "+- ":
            yield line[:1], line[2:]


@require("editor")
async def change_form(request: web.Request) -> web.StreamResponse:
    """`POST /desk/room/changes/<id>`: test, publish, give up, or take back."""
    place, form, me = room(request), await request.post(), current_user(request).me
    change, what = await _change(request), str(form.get("what", ""))
    try:
        if what == "test":
            await _begin_test(request, change.id)
        elif what == "publish":
            version = await place.publish(change, me.id)
            await place.database.transaction(audit_log.note, utcnow(), me.id, "published", f"{change.entry} {version}")
        elif what == "drop":
            await place.database.transaction(drafts.drop, change.id, utcnow())
            return back("/desk/room/changes")
        elif what == "undo" and change.state == "published":
            number = await place.undo(change, str(form.get("reason", "")), me.id)
            await place.database.transaction(audit_log.note, utcnow(), me.id, "drafted an undo", change.entry)
            await _begin_test(request, number)
            return back(f"/desk/room/changes/{number}")
        else:
            raise web.HTTPBadRequest
    except (NotPossible, BrokenFile) as error:
        return await _change_page(request, change, str(error) if isinstance(error, NotPossible) else "change.broken")
    return back(f"/desk/room/changes/{change.id}")


async def _begin_test(request: web.Request, number: int) -> None:
    """Put the must-pass conversations on a draft in the queue, where it can be read at all."""
    place, me = room(request), current_user(request).me
    change = await place.database.transaction(drafts.get, number)
    if change is None or change.state != "draft":
        return
    try:
        name, _, problems = await place.prepared(change)
    except BrokenFile:
        return
    if not problems:
        await place.database.transaction(runs.ask, me.id, utcnow(), change=number, draft=name)


@require("editor", acted=False)
async def test_progress(request: web.Request) -> web.StreamResponse:
    """`GET /desk/room/changes/<id>/progress`: how far the test of a draft is; the page is loaded anew at its end."""
    place, change = room(request), await _change(request)
    try:
        name, _, _ = await place.prepared(change)
    except BrokenFile:
        return web.Response(headers={"HX-Refresh": "true"})
    run = await place.database.transaction(runs.of_draft, change.id, name)
    if run is None or run.over:
        return web.Response(headers={"HX-Refresh": "true"})
    return page(request, "progress.html", {"run": run, "path": f"/desk/room/changes/{change.id}/progress"})
