"""The addresses of the desk."""

from __future__ import annotations

from aiohttp import web

from bot.delivery.service import MessageService
from bot.desk import canned, files, forms, live, pages, queue_pages
from bot.desk.context import DESK, DeskContext
from bot.desk.handoff import Handoff
from bot.settings import Settings
from bot.staff.context import Nav
from bot.staff.templates import HERE, set_up


def add_routes(app: web.Application, office: MessageService, settings: Settings, handoff: Handoff) -> DeskContext:
    """Open the desk's addresses in an application that has the staff pages."""
    staff = set_up(app, office.database, office.keys, settings)
    staff.nav.append(Nav("advisor", "/desk", "nav.desk"))
    room = app[DESK] = DeskContext(office, settings, handoff)
    app.cleanup_ctx.append(room.working)
    app.on_shutdown.append(live.stopping)
    get, post = app.router.add_get, app.router.add_post
    get("/desk", queue_pages.desk)
    get("/desk/queue", queue_pages.part)
    get("/desk/live", live.live)
    get("/desk/export.csv", queue_pages.table)
    case = r"/desk/cases/{id:\d{1,15}}"
    get(case, pages.page)
    get(f"{case}/more", pages.more)
    get(f"{case}/canned", canned.canned)
    get(case + r"/files/{message:\d{1,15}}", files.file)
    post(f"{case}/contact", pages.contact)
    for name, handler in (
        ("take", forms.take),
        ("hand-over", forms.hand_over),
        ("close", forms.close),
        ("reopen", forms.reopen),
        ("note", forms.note),
        ("say", forms.say),
        ("translate", forms.translate),
        ("writing", forms.writing),
    ):
        post(f"{case}/{name}", handler)
    app.router.add_static("/desk/static", HERE.parent / "desk" / "static")
    return room
