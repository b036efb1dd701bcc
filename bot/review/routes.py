"""The addresses of the test room."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from aiohttp import web

from bot.delivery.service import MessageService
from bot.review.content import edit_pages as view_edit
from bot.review.content import state_pages
from bot.review.flags import pages as view_flags
from bot.review.playground import pages as view_try
from bot.review.service import ROOM, ReviewService
from bot.review.suites import pages as view_runs
from bot.review.suites.runner import MUST_PASS
from bot.staff.context import Nav
from bot.staff.templates import set_up
from facts import published

STATIC: Final = Path(__file__).parent / "static"


def add_routes(app: web.Application, office: MessageService, *, must_pass: Path = MUST_PASS) -> ReviewService:
    """The test room over a post room, with its workers, which begin and end with the application.

    Add it after the post room's own opening: the tables must be there. `facts.published.use` says where published
    content lies.
    """
    staff = set_up(app, office.database, office.keys, office.settings)
    staff.nav.append(Nav("editor", "/desk/room", "room.nav"))
    app[ROOM] = ReviewService(office, published.here(), must_pass)
    app.cleanup_ctx.append(working)
    get, post = app.router.add_get, app.router.add_post
    number, entry = r"{id:\d{1,9}}", r"{entry:(?:fact|figure):[A-Za-z0-9_-]{1,80}}"
    get("/desk/room", view_try.try_page)
    post("/desk/room/try", view_try.try_form)
    post("/desk/room/flags", view_try.flag_form)
    get("/desk/room/flags", view_flags.flags_page)
    get("/desk/room/flags.csv", view_flags.flags_csv)
    post(f"/desk/room/flags/{number}", view_flags.decide_form)
    get("/desk/room/room.patch", view_flags.patch_file)
    get("/desk/room/runs", view_runs.runs_page)
    post("/desk/room/runs", view_runs.bring_form)
    post(f"/desk/room/suites/{number}", view_runs.suite_form)
    get(f"/desk/room/runs/{number}", view_runs.run_page)
    get(f"/desk/room/runs/{number}.csv", view_runs.run_csv)
    get(f"/desk/room/runs/{number}/progress", view_runs.progress_part)
    post(f"/desk/room/runs/{number}/stop", view_runs.stop_form)
    get("/desk/room/content", state_pages.content_page)
    get("/desk/room/facts", state_pages.facts_page)
    get(f"/desk/room/facts/{entry}", view_edit.edit_page)
    post(f"/desk/room/facts/{entry}", view_edit.edit_form)
    get("/desk/room/changes", view_edit.changes_page)
    get(f"/desk/room/changes/{number}", view_edit.change_page)
    post(f"/desk/room/changes/{number}", view_edit.change_form)
    get(f"/desk/room/changes/{number}/progress", view_edit.test_progress)
    app.router.add_static("/desk/room/static", STATIC)
    return app[ROOM]


async def working(app: web.Application) -> AsyncIterator[None]:
    """The room's workers: published content stays in force here, runs are done."""
    workers = [asyncio.create_task(one) for one in app[ROOM].workers()]
    yield
    for worker in workers:
        worker.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*workers, return_exceptions=True)
