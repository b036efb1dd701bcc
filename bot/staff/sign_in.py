"""Signing in and out: name and password, the code where one is set up, and the one-time link of a new account."""

from __future__ import annotations

import asyncio

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import utcnow
from bot.staff import accounts, audit_log, devices, lockout, passwords, second_factor, sessions
from bot.staff.accounts import Account
from bot.staff.auth import address, before_sign_in, goes_back, require, set_cookie
from bot.staff.context import STAFF, current_user
from bot.staff.templates import render


@before_sign_in
async def sign_in(request: web.Request) -> web.StreamResponse:
    """`GET /staff/sign-in`"""
    one = current_user(request)
    if one.account is not None:
        return web.Response(status=303, headers={"Location": "/staff/code" if one.half else _home(request)})
    return render(request, "staff/sign_in.html", {"next": request.query.get("next", ""), "error": "", "name": ""})


@before_sign_in
async def sign_in_form(request: web.Request) -> web.StreamResponse:
    """`POST /staff/sign-in`: the same words and the same time for a wrong password and an unknown name."""
    staff, form = request.app[STAFF], await request.post()
    name, password = str(form.get("name", ""))[:64], str(form.get("password", ""))
    back = goes_back(str(form.get("next", "")))
    account, stored = await staff.database.transaction(accounts.by_name, name)
    device = devices.known(request, staff.keys, staff.device_cookie, account.id, stored) if account else ""
    kinds = {"device": device} if device else lockout.stranger(name, address(request))
    wait = await staff.database.transaction(lockout.attempt, staff.keys, utcnow(), **kinds)
    if wait is not None:
        minutes = max(1, -(-int(wait.total_seconds()) // 60))
        context = {"next": back, "name": name, "error": "sign_in.wait", "minutes": minutes}
        return render(request, "staff/sign_in.html", context, status=429)
    fits = await staff.right(password, stored)

    def enter(connection: Connection) -> str | None:
        if not fits or account is None:
            audit_log.note(connection, utcnow(), account.id if account else None, "sign-in failed")
            return None
        lockout.worked(connection, staff.keys, **kinds)
        audit_log.note(connection, utcnow(), account.id, "password" if account.totp_on else "signed in")
        return sessions.begin(connection, account.id, utcnow(), half=account.totp_on, old=current_user(request).token)

    token = await staff.database.transaction(enter)
    if token is None or account is None:
        context = {"next": back, "name": name, "error": "sign_in.wrong"}
        return render(request, "staff/sign_in.html", context, status=401)
    to = "/staff/code" if account.totp_on else back or staff.home(account)
    response = web.Response(status=303, headers={"Location": to})
    set_cookie(request, response, token)
    if not account.totp_on and stored:
        _remember(request, response, account, stored)
    return response


@before_sign_in
async def code(request: web.Request) -> web.StreamResponse:
    """`GET /staff/code`"""
    if not current_user(request).half:
        return web.Response(status=303, headers={"Location": "/staff/sign-in"})
    return render(request, "staff/code.html", {"error": ""})


@before_sign_in
async def code_form(request: web.Request) -> web.StreamResponse:
    """`POST /staff/code`: a code of the telephone, or a recovery code."""
    staff, one, form = request.app[STAFF], current_user(request), await request.post()
    if not one.half or one.account is None:
        return web.Response(status=303, headers={"Location": "/staff/sign-in"})
    account, given = one.account, str(form.get("code", ""))[:40]
    wait = await staff.database.transaction(lockout.attempt, staff.keys, utcnow(), code=str(account.id))
    if wait is not None:
        return render(request, "staff/code.html", {"error": "code.wait"}, status=429)

    def enter(connection: Connection) -> str | None:
        right = second_factor.right(connection, staff.keys, account.id, given, utcnow())
        recovered = not right and second_factor.recover(connection, account.id, given)
        if not right and not recovered:
            audit_log.note(connection, utcnow(), account.id, "code failed")
            return None
        lockout.worked(connection, staff.keys, code=str(account.id))
        audit_log.note(connection, utcnow(), account.id, "signed in by recovery code" if recovered else "signed in")
        return sessions.begin(connection, account.id, utcnow(), half=False, old=one.token)

    token = await staff.database.transaction(enter)
    if token is None:
        return render(request, "staff/code.html", {"error": "code.wrong"}, status=401)
    response = web.Response(status=303, headers={"Location": staff.home(account)})
    set_cookie(request, response, token)
    stored = await staff.database.transaction(accounts.password_of, account.id)
    if stored:
        _remember(request, response, account, stored)
    return response


@require("any", without_code=True)
async def sign_out(request: web.Request) -> web.StreamResponse:
    """`POST /staff/sign-out`"""
    staff, one = request.app[STAFF], current_user(request)

    def leave(connection: Connection) -> None:
        sessions.end(connection, one.token)
        audit_log.note(connection, utcnow(), one.me.id, "signed out")

    await staff.database.transaction(leave)
    response = web.Response(status=303, headers={"Location": "/staff/sign-in", "Clear-Site-Data": '"storage"'})
    response.del_cookie(staff.cookie, path="/", secure=staff.secure, httponly=True, samesite="Strict")
    return response


@before_sign_in
async def welcome(request: web.Request) -> web.StreamResponse:
    """`GET /staff/welcome/{token}`"""
    account = await request.app[STAFF].database.transaction(accounts.invited, request.match_info["token"], utcnow())
    status = 200 if account else 404
    return render(request, "staff/welcome.html", {"account": account, "error": ""}, status=status)


@before_sign_in
async def welcome_form(request: web.Request) -> web.StreamResponse:
    """`POST /staff/welcome/{token}`: the password is set, the link used up, older sessions end."""
    staff, form, token = request.app[STAFF], await request.post(), request.match_info["token"]
    account = await staff.database.transaction(accounts.invited, token, utcnow())
    if account is None:
        return render(request, "staff/welcome.html", {"account": None, "error": ""}, status=404)
    password = str(form.get("password", ""))
    error = await asyncio.to_thread(passwords.weakness, password, account.name)
    if not error and password != str(form.get("again", "")):
        error = "password.differs"
    if error:
        return render(request, "staff/welcome.html", {"account": account, "error": error}, status=400)
    hashed = await asyncio.to_thread(passwords.hashed, password)

    def store(connection: Connection) -> bool:
        if accounts.invited(connection, token, utcnow()) is None:  # used by another window meanwhile
            return False
        accounts.set_password(connection, account.id, hashed)
        sessions.end_all(connection, account.id)
        lockout.lift(connection, staff.keys, account.name, address(request))
        audit_log.note(connection, utcnow(), account.id, "password set by link")
        return True

    response = web.Response(status=303, headers={"Location": "/staff/sign-in"})
    if await staff.database.transaction(store):
        _remember(request, response, account, hashed)
    return response


def _remember(request: web.Request, response: web.Response, account: Account, stored: str) -> None:
    staff = request.app[STAFF]
    devices.remember(response, staff.keys, staff.device_cookie, account.id, stored, secure=staff.secure)


def _home(request: web.Request) -> str:
    return request.app[STAFF].home(current_user(request).me)
