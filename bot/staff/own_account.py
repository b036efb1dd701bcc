"""One's own account: shown name, language, password, second factor, signing out everywhere."""

from __future__ import annotations

import asyncio

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import utcnow
from bot.conversations.crypto import Keys
from bot.staff import accounts, audit_log, devices, lockout, passwords, second_factor, sessions
from bot.staff.auth import goes_back, require
from bot.staff.context import STAFF, current_user
from bot.staff.templates import render
from bot.staff.texts import LANGUAGES

ACCOUNT = "/staff/account"


@require("any")
async def account(request: web.Request) -> web.StreamResponse:
    """`GET /staff/account`"""
    return render(request, "staff/account.html", {"error": "", "done": request.query.get("done", "")[:20]})


@require("any")
async def name_form(request: web.Request) -> web.StreamResponse:
    """`POST /staff/account/name`: the name that workers see."""
    shown = " ".join(str((await request.post()).get("shown", "")).split())[:64]
    if shown:
        await request.app[STAFF].database.transaction(accounts.change, current_user(request).me.id, shown=shown)
    return _back("name")


@require("any", without_code=True)
async def language_form(request: web.Request) -> web.StreamResponse:
    """`POST /staff/language`"""
    form = await request.post()
    language = str(form.get("language", ""))
    if language in LANGUAGES:
        await request.app[STAFF].database.transaction(accounts.change, current_user(request).me.id, language=language)
    to = goes_back(str(form.get("back", ""))) or ACCOUNT
    return web.Response(status=303, headers={"Location": to})


@require("any")
async def password_form(request: web.Request) -> web.StreamResponse:
    """`POST /staff/account/password`: all other sessions end."""
    staff, one, form = request.app[STAFF], current_user(request), await request.post()
    fresh = str(form.get("password", ""))
    error = await asyncio.to_thread(passwords.weakness, fresh, one.me.name)
    if not error and fresh != str(form.get("again", "")):
        error = "password.differs"
    if not error and not await confirmed(request, str(form.get("old", ""))):
        error = "password.wrong"
    if error:
        return render(request, "staff/account.html", {"error": error, "done": ""}, status=400)
    hashed = await asyncio.to_thread(passwords.hashed, fresh)

    def store(connection: Connection) -> None:
        accounts.set_password(connection, one.me.id, hashed)
        sessions.end_all(connection, one.me.id, but=one.token)
        audit_log.note(connection, utcnow(), one.me.id, "password changed")

    await staff.database.transaction(store)
    response = _back("password")
    devices.remember(response, staff.keys, staff.device_cookie, one.me.id, hashed, secure=staff.secure)
    return response


@require("any", without_code=True)
async def everywhere_form(request: web.Request) -> web.StreamResponse:
    """`POST /staff/account/everywhere`: signed out everywhere else."""
    staff, one = request.app[STAFF], current_user(request)

    def leave(connection: Connection) -> None:
        sessions.end_all(connection, one.me.id, but=one.token)
        audit_log.note(connection, utcnow(), one.me.id, "signed out everywhere")

    await staff.database.transaction(leave)
    return _back("everywhere")


@require("any", without_code=True)
async def second(request: web.Request) -> web.StreamResponse:
    """`GET /staff/account/second`: the QR code to scan."""
    return await _second(request, "")


async def _second(request: web.Request, error: str, status: int = 200) -> web.Response:
    staff, me = request.app[STAFF], current_user(request).me
    if me.totp_on:
        return render(request, "staff/second.html", {"on": True, "error": error, "made": []}, status=status)
    secret = await staff.database.transaction(_secret, staff.keys, me.id, fresh=not error)
    context = {
        "on": False,
        "error": error,
        "made": [],
        "secret": secret,
        "picture": second_factor.picture(secret, me.name),
    }
    return render(request, "staff/second.html", context, status=status)


def _secret(connection: Connection, keys: Keys, number: int, *, fresh: bool) -> str:
    kept = None if fresh else second_factor.secret_of(connection, keys, number)
    return kept or second_factor.prepare(connection, keys, number)


@require("any", without_code=True)
async def second_form(request: web.Request) -> web.StreamResponse:
    """`POST /staff/account/second`: the first code switches it on and gives the recovery codes, once."""
    staff, me, form = request.app[STAFF], current_user(request).me, await request.post()
    given = str(form.get("code", ""))[:20]
    if me.totp_on:
        return _back("second")
    if await staff.database.transaction(lockout.attempt, staff.keys, utcnow(), code=str(me.id)) is not None:
        return await _second(request, "code.wait", 429)

    def switch(connection: Connection) -> list[str]:
        if not second_factor.right(connection, staff.keys, me.id, given, utcnow()):
            return []
        lockout.worked(connection, staff.keys, code=str(me.id))
        audit_log.note(connection, utcnow(), me.id, "second factor on")
        return second_factor.switch_on(connection, me.id)

    made = await staff.database.transaction(switch)
    if not made:
        return await _second(request, "code.wrong", 400)
    return render(request, "staff/second.html", {"on": True, "error": "", "made": made})


@require("any")
async def second_off_form(request: web.Request) -> web.StreamResponse:
    """`POST /staff/account/second/off`: with the password, where the operator's rule allows it."""
    staff, me = request.app[STAFF], current_user(request).me
    if not await confirmed(request, str((await request.post()).get("old", ""))):
        return await _second(request, "password.wrong", 400)

    def switch(connection: Connection) -> None:
        second_factor.switch_off(connection, me.id)
        audit_log.note(connection, utcnow(), me.id, "second factor off")

    await staff.database.transaction(switch)
    return _back("second")


async def confirmed(request: web.Request, password: str) -> bool:
    """Whether the signed-in person gave their own password; guessing is counted like at the sign-in."""
    staff, me = request.app[STAFF], current_user(request).me
    if await staff.database.transaction(lockout.attempt, staff.keys, utcnow(), confirm=str(me.id)) is not None:
        return False
    stored = await staff.database.transaction(accounts.password_of, me.id)
    fits = await staff.right(password, stored)
    if fits:
        await staff.database.transaction(lockout.worked, staff.keys, confirm=str(me.id))
    return fits


def _back(done: str) -> web.Response:
    return web.Response(status=303, headers={"Location": f"{ACCOUNT}?done={done}"})
