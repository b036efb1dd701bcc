"""Before any staff page: who asks, may they, is the form their own."""

from __future__ import annotations

import functools
import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import quote, urlsplit

import sqlalchemy as sa
from aiohttp import web

from bot.clock import utcnow
from bot.staff import audit_log, sessions
from bot.staff.context import STAFF, WHO, CurrentUser
from bot.staff.templates import refusal
from bot.staff.texts import LANGUAGES, spoken
from bot.web import rate_limit, security_headers

log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
#: Paths that a sign-in may lead back to.
_OURS: Final = ("/desk", "/staff", "/room", "/review")
#: What a session's cookie of ours can hold; anything else was planted, and is replaced.
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,100}")


def require(role: str, *, acted: bool = True, without_code: bool = False) -> Callable[[Handler], Handler]:
    """Only for who is signed in and may do what `role` does; every change with the form's own token.

    Args:
        role: advisor, editor, admin; or "any" for everybody who is signed in.
        acted: False for what an open page asks by itself: it does not keep a session alive.
        without_code: open to those who still have to set up their second factor.
    """

    def wrap(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            staff = request.app[STAFF]
            one = await _identify(request, acted)
            request[WHO] = one
            if one.account is None or one.half:
                return security_headers.of_staff(_to_sign_in(request, one))
            if not without_code and staff.must_have_code(one.account):
                return security_headers.of_staff(_redirect(request, "/staff/account/second"))
            if role != "any" and not one.account.may(role):
                await staff.database.transaction(audit_log.note, utcnow(), one.account.id, "refused", request.path)
                return security_headers.of_staff(refusal(request, 403, "refused.role"))
            return await _checked(request, handler, one)

        return _or_away(guarded)

    return wrap


def before_sign_in(handler: Handler) -> Handler:
    """For the pages before the sign-in: a token of their own for the form, nothing else is known."""

    @functools.wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        one = await _identify(request, True)
        request[WHO] = one
        response = await _checked(request, handler, one)
        cookie = request.app[STAFF].cookie
        if request.cookies.get(cookie) != one.token and cookie not in response.cookies:
            set_cookie(request, response, one.token)
        return response

    return _or_away(guarded)


def _or_away(handler: Handler) -> Handler:
    """A page that says so, where the log's database is away or takes nothing in."""

    @functools.wraps(handler)
    async def whole(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except sa.exc.DBAPIError as error:
            log.error("a staff page: the log's database did not work (%s)", type(error).__name__)
            if request.headers.get("Accept") == "text/event-stream":  # it has begun already; the page asks again
                raise
            if WHO not in request:
                language = spoken(request.headers.get("Accept-Language", ""), request.query.get("lang"))
                request[WHO] = CurrentUser(None, "", language, "")
            return security_headers.of_staff(refusal(request, 503, "refused.away"))

    return whole


async def _identify(request: web.Request, acted: bool) -> CurrentUser:
    staff = request.app[STAFF]
    token = request.cookies.get(staff.cookie, "")
    session = None
    if _TOKEN.fullmatch(token):
        session = await staff.database.transaction(sessions.find, token, utcnow(), staff.idle, acted=acted)
    else:
        token = sessions.new_token()
    language = session.account.language if session else ""
    if language not in LANGUAGES:
        language = spoken(request.headers.get("Accept-Language", ""), request.query.get("lang"))
    if session is None:
        return CurrentUser(None, token, language, sessions.csrf(token))
    return CurrentUser(session.account, token, language, sessions.csrf(token), session.half)


async def _checked(request: web.Request, handler: Handler, one: CurrentUser) -> web.StreamResponse:
    if request.method not in ("GET", "HEAD"):
        given = request.headers.get("X-CSRF-Token") or ""
        if not given:
            given = str((await request.post()).get("csrf", ""))
        if not _same_origin(request) or not secrets.compare_digest(given.encode(errors="replace"), one.csrf.encode()):
            return security_headers.of_staff(refusal(request, 403, "refused.form"))
    try:
        return security_headers.of_staff(await handler(request))
    except web.HTTPException as error:
        if error.status < 400:
            return security_headers.of_staff(error)
        key = "refused.missing" if error.status == 404 else "refused.form"
        return security_headers.of_staff(refusal(request, error.status, key))


def _same_origin(request: web.Request) -> bool:
    """Whether a browser says that the form stands on our own page."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin, site = request.headers.get("Origin"), request.app[STAFF].site
    if origin is None:  # a browser sends it with every form
        return False
    return origin == site if site else urlsplit(origin).netloc == request.host


def _to_sign_in(request: web.Request, one: CurrentUser) -> web.StreamResponse:
    path = "/staff/code" if one.half else "/staff/sign-in"
    if not one.half and request.method == "GET" and "HX-Request" not in request.headers:
        path += f"?next={quote(request.path_qs, safe='')}"
    return _redirect(request, path)


def _redirect(request: web.Request, path: str) -> web.StreamResponse:
    """Leads a page, and a part of a page that htmx asks for, somewhere else."""
    if "HX-Request" in request.headers or request.headers.get("Accept") == "text/event-stream":
        return web.Response(status=401, headers={"HX-Redirect": path})
    return web.Response(status=303, headers={"Location": path})


def goes_back(path: str) -> str:
    """A path of ours to lead back to after the sign-in, or nothing: never another site."""
    parts = urlsplit(path)
    fine = (
        not parts.scheme and not parts.netloc and "\\" not in path and path.startswith(tuple(f"{one}" for one in _OURS))
    )
    # a line break would end the header that it goes into
    return path if fine and not path.startswith("//") and path.isascii() and path.isprintable() else ""


def set_cookie(request: web.Request, response: web.StreamResponse, token: str) -> None:
    """The one cookie: not for scripts, not for other sites, not for other hosts."""
    staff = request.app[STAFF]
    response.set_cookie(staff.cookie, token, path="/", httponly=True, samesite="Strict", secure=staff.secure)


def address(request: web.Request) -> str:
    """Where a request comes from, for the lock-out."""
    return rate_limit.address(request, request.app[STAFF].settings.proxies)
