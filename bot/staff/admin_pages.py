"""The admin's pages: accounts made, changed and closed, and the trail."""

from __future__ import annotations

from typing import cast

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import utcnow
from bot.staff import accounts, audit_log, lockout, second_factor, sessions
from bot.staff.accounts import ROLES, BadAccount, Role
from bot.staff.auth import require
from bot.staff.context import STAFF, current_user
from bot.staff.templates import render


@require("admin")
async def people(request: web.Request) -> web.StreamResponse:
    """`GET /staff/people`"""
    return await _page(request)


async def _page(request: web.Request, *, error: str = "", link: str = "", name: str = "") -> web.Response:
    everyone = await request.app[STAFF].database.transaction(accounts.everyone)
    context = {"everyone": everyone, "roles": ROLES, "error": error, "link": link, "name": name}
    return render(request, "staff/people.html", context, status=400 if error else 200)


def link_of(request: web.Request, token: str) -> str:
    """The one-time link to hand to somebody. By the set address: a request's own Host is not to be trusted."""
    return f"{request.app[STAFF].site}/staff/welcome/{token}"


@require("admin")
async def add_form(request: web.Request) -> web.StreamResponse:
    """`POST /staff/people`: a new account; its one-time link is shown once."""
    staff, me, form = request.app[STAFF], current_user(request).me, await request.post()
    name, role, shown = (str(form.get(key, "")) for key in ("name", "role", "shown"))

    def make(connection: Connection) -> str:
        number, token = accounts.add(connection, name, cast(Role, role), utcnow(), shown=shown)
        audit_log.note(connection, utcnow(), me.id, f"account made: {role}", f"staff {number}")
        return token

    try:
        token = await staff.database.transaction(make)
    except BadAccount:
        return await _page(request, error="people.bad")
    return await _page(request, link=link_of(request, token), name=name.strip().lower())


@require("admin")
async def change_form(request: web.Request) -> web.StreamResponse:
    """`POST /staff/people/{id}`: role, close, reopen, a new link, second factor off."""
    staff, me, form = request.app[STAFF], current_user(request).me, await request.post()
    number, what, role = int(request.match_info["id"]), str(form.get("what", "")), str(form.get("role", ""))

    def act(connection: Connection) -> str:
        account = accounts.get(connection, number)
        if account is None:
            raise web.HTTPNotFound
        token = ""
        if what == "role":
            accounts.change(connection, number, role=role)
        elif what == "close":
            accounts.change(connection, number, closed=utcnow())
        elif what == "reopen":
            accounts.change(connection, number, closed=None)
        elif what == "link":
            token = accounts.invite(connection, number, utcnow())
            lockout.lift(connection, staff.keys, account.name)
        elif what == "second":
            second_factor.switch_off(connection, number)
        else:
            raise web.HTTPBadRequest
        if what != "reopen":
            sessions.end_all(connection, number, but=current_user(request).token if number == me.id else "")
        audit_log.note(
            connection, utcnow(), me.id, f"account: {what} {role if what == 'role' else ''}".strip(), f"staff {number}"
        )
        return token

    try:
        token = await staff.database.transaction(act)
    except BadAccount as error:
        return await _page(request, error="people.last" if str(error) == "last admin" else "people.bad")
    if token:
        return await _page(request, link=link_of(request, token))
    return web.Response(status=303, headers={"Location": "/staff/people"})


@require("admin")
async def trail_page(request: web.Request) -> web.StreamResponse:
    """`GET /staff/trail`, of one object with `?about=`."""
    about = request.query.get("about", "")[:80]
    steps = await request.app[STAFF].database.transaction(audit_log.entries, about=about)
    return render(request, "staff/trail.html", {"steps": steps, "about": about})
