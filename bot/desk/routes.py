"""The addresses of the desk."""

from __future__ import annotations

from aiohttp import web

from bot.desk import acts, canned, files, lists, live, pages
from bot.desk.handoff import Handoff
from bot.desk.room import DESK, Desk
from bot.post.office import Office
from bot.settings import Settings
from bot.staff.web import HERE, Nav, set_up


def add_routes(app: web.Application, office: Office, settings: Settings, handoff: Handoff) -> Desk:
    """Open the desk's addresses in an application that has the staff pages."""
    staff = set_up(app, office.database, office.keys, settings)
    staff.nav.append(Nav("advisor", "/desk", "nav.desk"))
    room = app[DESK] = Desk(office, settings, handoff)
    app.cleanup_ctx.append(room.working)
    app.on_shutdown.append(live.stopping)
    get, post = app.router.add_get, app.router.add_post
    get("/desk", lists.desk)
    get("/desk/queue", lists.part)
    get("/desk/live", live.live)
    get("/desk/export.csv", lists.table)
    case = r"/desk/cases/{id:\d{1,15}}"
    get(case, pages.page)
    get(f"{case}/more", pages.more)
    get(f"{case}/canned", canned.canned)
    get(case + r"/files/{message:\d{1,15}}", files.file)
    post(f"{case}/contact", pages.contact)
    for name, handler in (
        ("take", acts.take), ("hand-over", acts.hand_over), ("close", acts.close), ("reopen", acts.reopen),
        ("note", acts.note), ("say", acts.say), ("translate", acts.translate), ("writing", acts.writing),
    ):  # fmt: skip
        post(f"{case}/{name}", handler)
    app.router.add_static("/desk/static", HERE.parent / "desk" / "static")
    return room
