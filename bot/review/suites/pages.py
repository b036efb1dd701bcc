"""Files of questions and conversations: brought, run with progress, compared with the run before."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import utcnow
from bot.evaluation.files import TestQuestion
from bot.review.export import cell
from bot.review.pages import attached, back, page, room, topic_name
from bot.review.suites import files as suites
from bot.review.suites import store as runs
from bot.review.suites.charts import Bar, bars
from bot.review.suites.compare import Comparison, Row, compare
from bot.review.suites.files import Suite, Wrong
from bot.review.suites.store import Run
from bot.staff import audit_log
from bot.staff.accounts import names
from bot.staff.auth import require
from bot.staff.context import current_user
from bot.staff.texts import text as staff_text
from facts.languages import NAMES

#: Results that are shown on a page, the worse ones first.
_SHOWN = 300


@require("editor")
async def runs_page(request: web.Request) -> web.StreamResponse:
    """`GET /desk/room/runs`"""
    return await _page(request, [])


async def _page(request: web.Request, wrong: list[Wrong], name: str = "") -> web.StreamResponse:
    place = room(request)

    def read(connection: Connection) -> tuple[list[Suite], list[tuple[Run, str]], dict[int, str]]:
        return suites.listed(connection), runs.listed(connection), names(connection)

    files, listed, staff = await place.database.transaction(read)
    context = {
        "suites": files,
        "runs": listed,
        "staff": staff,
        "wrong": wrong,
        "name": name,
        "most_rows": suites.ROWS,
        "most_bytes": suites.BYTES // 1000,
    }
    return page(request, "runs.html", context, status=422 if wrong else 200)


@require("editor")
async def bring_form(request: web.Request) -> web.StreamResponse:
    """`POST /desk/room/runs`: a file is checked, kept and run."""
    place, form, me = room(request), await request.post(), current_user(request).me
    given = form.get("file")
    if not isinstance(given, web.FileField) or not given.filename:
        return await _page(request, [Wrong(0, "", "upload.none")])
    name = suites.file_name(given.filename)
    content = await asyncio.to_thread(given.file.read, suites.BYTES + 1)
    topics = set(place.content.base().topics)
    try:
        rows = await asyncio.to_thread(suites.parse_suite, name, content, topics)
    except suites.SuiteRefused as refused:
        return await _page(request, refused.wrong, name)
    must_pass = bool(form.get("must_pass"))

    def keep(connection: Connection) -> int | None:
        kind: suites.SuiteKind = "questions" if isinstance(rows[0], TestQuestion) else "conversations"
        suite = suites.keep(
            connection,
            place.keys,
            name,
            content,
            kind=kind,
            rows=len(rows),
            must_pass=must_pass,
            by=me.id,
            now=utcnow(),
        )
        audit_log.note(connection, utcnow(), me.id, "brought a file", str(suite))
        return runs.ask(connection, me.id, utcnow(), suite=suite)

    run = await place.database.transaction(keep)
    return back(f"/desk/room/runs/{run}" if run is not None else "/desk/room/runs")


@require("editor")
async def suite_form(request: web.Request) -> web.StreamResponse:
    """`POST /desk/room/suites/<id>`: run it, mark it as must-pass or not, take it away."""
    place, form, me = room(request), await request.post(), current_user(request).me
    suite, what = int(request.match_info["id"]), str(form.get("what", ""))

    def do(connection: Connection) -> int | None:
        if suites.get(connection, suite) is None:
            raise web.HTTPNotFound
        if what == "run":
            return runs.ask(connection, me.id, utcnow(), suite=suite)
        if what in ("must", "not_must"):
            suites.mark(connection, suite, what == "must")
        elif what == "remove":
            suites.remove(connection, suite, utcnow())
        else:
            raise web.HTTPBadRequest
        audit_log.note(connection, utcnow(), me.id, f"file {what}", str(suite))
        return None

    run = await place.database.transaction(do)
    return back(f"/desk/room/runs/{run}" if run is not None else "/desk/room/runs")


@require("editor")
async def run_page(request: web.Request) -> web.StreamResponse:
    """`GET /desk/room/runs/<id>`: progress, then the results beside those of the run before."""
    return page(request, "run.html", await _run_context(request))


@require("editor", acted=False)
async def progress_part(request: web.Request) -> web.StreamResponse:
    """`GET /desk/room/runs/<id>/progress`: asked for by the page every second; leads to the results when it is over."""
    place = room(request)
    run = await place.database.transaction(runs.get, int(request.match_info["id"]))
    if run is None:
        raise web.HTTPNotFound
    if run.over:
        return web.Response(headers={"HX-Refresh": "true"})
    return page(request, "progress.html", {"run": run, "path": f"/desk/room/runs/{run.id}/progress"})


@require("editor")
async def stop_form(request: web.Request) -> web.StreamResponse:
    """`POST /desk/room/runs/<id>/stop`"""
    number = int(request.match_info["id"])
    await room(request).database.transaction(runs.stop, number, utcnow())
    return back(f"/desk/room/runs/{number}")


async def _run_context(request: web.Request) -> dict[str, Any]:
    place, number = room(request), int(request.match_info["id"])

    def read(connection: Connection) -> tuple[Run, Suite, dict[str, Any] | None, Run | None, dict[str, Any] | None]:
        run = runs.get(connection, number)
        suite = suites.get(connection, run.suite) if run is not None and run.suite is not None else None
        if run is None or suite is None:
            raise web.HTTPNotFound
        report = runs.report(connection, place.keys, number)
        earlier = runs.before(connection, number)
        before = runs.report(connection, place.keys, earlier) if earlier is not None else None
        return run, suite, report, runs.get(connection, earlier) if earlier is not None else None, before

    run, suite, report, earlier, before = await place.database.transaction(read)
    context: dict[str, Any] = {
        "run": run,
        "suite": suite,
        "report": report,
        "earlier": earlier,
        "path": f"/desk/room/runs/{number}/progress",
        "comparison": None,
        "pairs": [],
    }
    if report is not None:
        comparison = await asyncio.to_thread(compare, report, before)
        context |= {"comparison": comparison, "pairs": _shown(comparison), "charts": _charts(request, comparison)}
        context["texts"] = await _texts(request, suite)
    return context


def _shown(comparison: Comparison) -> list[Any]:
    """What became worse first, then what is wrong, then what became better."""
    order = {"worse": 0, "better": 2, "new": 3, "same": 3, "gone": 4}
    wrong = ("wrong", "failed", "asked_back")
    pairs = [pair for pair in comparison.pairs if pair.verdict in ("worse", "better", "gone") or pair.now in wrong]
    return sorted(pairs, key=lambda pair: (order[pair.verdict], pair.language, pair.id))[:_SHOWN]


def _charts(request: web.Request, comparison: Comparison) -> dict[str, Any]:
    language = current_user(request).language

    def chart(rows: tuple[Row, ...], title: str, name: Any) -> Any:
        return bars(
            [
                Bar(
                    name(row.name),
                    (("right", row.right), ("back", row.asked_back), ("wrong", row.wrong)),
                    row.rows,
                    row.was_right,
                    f"{row.right}/{row.rows}",
                )
                for row in rows
            ],
            staff_text(title, language),
        )

    return {
        "language": chart(comparison.by_language, "runs.by_language", lambda code: NAMES.get(code, code)),
        "topic": chart(comparison.by_topic, "runs.by_topic", lambda topic: topic_name(topic, request)),
    }


async def _texts(request: web.Request, suite: Suite) -> dict[str, str]:
    """What the worker writes, by id."""
    place = room(request)
    name, content = await place.database.transaction(suites.content, place.keys, suite.id)
    try:
        rows = await asyncio.to_thread(suites.parse_suite, name, content, set(place.content.base().topics))
    except suites.SuiteRefused:
        return {}
    return {row.id: row.text if isinstance(row, TestQuestion) else " / ".join(row.turns) for row in rows}


@require("editor")
async def run_csv(request: web.Request) -> web.StreamResponse:
    """`GET /desk/room/runs/<id>.csv`: every result, for a spreadsheet."""
    context = await _run_context(request)
    if context["comparison"] is None:
        raise web.HTTPNotFound
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("id", "language", "topic", "now", "before", "verdict", "got", "text"))
    for pair in context["comparison"].pairs:
        row = (pair.id, pair.language, pair.topic, pair.now, pair.was, pair.verdict, pair.got)
        writer.writerow([cell(part) for part in (*row, context["texts"].get(pair.id, ""))])
    return attached(f"baken-run-{context['run'].id}.csv", out.getvalue(), "text/csv")
