"""What every staff page stands on: who asks, may they, is the form their own; and the page around it."""

from __future__ import annotations

import asyncio
import functools
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import aiohttp_jinja2
import jinja2
import msgspec
import sqlalchemy as sa
from aiohttp import web

from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.settings import Settings
from bot.staff import audit_log, passwords, sessions
from bot.staff.accounts import Account
from bot.staff.texts import LANGUAGES, spoken, text
from bot.web import rate_limit

log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HERE: Final = Path(__file__).parent
#: Paths that a sign-in may lead back to.
_OURS: Final = ("/desk", "/staff", "/room", "/review")
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: What a session's cookie of ours can hold; anything else was planted, and is replaced.
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,100}")
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # With no-referrer a browser would send the Origin "null", which is what the check below refuses.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Nav(msgspec.Struct, frozen=True):
    """An entry of the navigation: who sees it, where it leads, the key of its text."""

    role: str
    href: str
    key: str


class Staff:
    """What the staff pages share. Rooms add their entry to `nav`, in the order in which they are wired."""

    def __init__(self, database: Database, keys: Keys, settings: Settings) -> None:
        self.database, self.keys, self.settings = database, keys, settings
        self.nav: list[Nav] = []
        self.site = settings.staff_site.rstrip("/")
        self.secure = self.site.startswith("https://")
        self.cookie = "__Host-baken-staff" if self.secure else "baken-staff"
        self.device_cookie = f"{self.cookie.removesuffix('-staff')}-device"
        self.idle = timedelta(minutes=settings.staff_idle)
        self._hashing = asyncio.Semaphore(2)  # each takes 46 MiB: a flood of sign-ins must not take the machine

    async def right(self, password: str, stored: str | None) -> bool:
        """Whether a password fits what is stored, worked out beside the loop, two at a time."""
        async with self._hashing:
            return await asyncio.to_thread(passwords.right, password, stored)

    def must_have_code(self, account: Account) -> bool:
        """Whether the account has to set up a second factor before anything else."""
        needed = self.settings.staff_totp
        return not account.totp_on and (needed == "all" or (needed == "admin" and account.role == "admin"))

    def home(self, account: Account) -> str:
        """Where a sign-in leads."""
        return next((one.href for one in self.nav if account.may(one.role)), "/staff/account")


STAFF: web.AppKey[Staff] = web.AppKey("staff")


class CurrentUser(msgspec.Struct, frozen=True):
    """Who asks. `account` is None on the pages before the sign-in."""

    account: Account | None
    token: str
    language: str
    csrf: str
    half: bool = False

    @property
    def me(self) -> Account:
        """The account, where `require` made sure of one."""
        assert self.account is not None
        return self.account


_WHO: Final = web.RequestKey("who", CurrentUser)


def current_user(request: web.Request) -> CurrentUser:
    """Who asks."""
    return request[_WHO]


def now() -> datetime:
    """This moment, with its zone."""
    return datetime.now(timezone.utc)


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
            request[_WHO] = one
            if one.account is None or one.half:
                return _headed(_to_sign_in(request, one))
            if not without_code and staff.must_have_code(one.account):
                return _headed(_redirect(request, "/staff/account/second"))
            if role != "any" and not one.account.may(role):
                await staff.database.transaction(audit_log.note, now(), one.account.id, "refused", request.path)
                return _headed(refusal(request, 403, "refused.role"))
            return await _checked(request, handler, one)

        return _or_away(guarded)

    return wrap


def before_sign_in(handler: Handler) -> Handler:
    """For the pages before the sign-in: a token of their own for the form, nothing else is known."""

    @functools.wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        one = await _identify(request, True)
        request[_WHO] = one
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
            if _WHO not in request:
                language = spoken(request.headers.get("Accept-Language", ""), request.query.get("lang"))
                request[_WHO] = CurrentUser(None, "", language, "")
            return _headed(refusal(request, 503, "refused.away"))

    return whole


async def _identify(request: web.Request, acted: bool) -> CurrentUser:
    staff = request.app[STAFF]
    token = request.cookies.get(staff.cookie, "")
    session = None
    if _TOKEN.fullmatch(token):
        session = await staff.database.transaction(sessions.find, token, now(), staff.idle, acted=acted)
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
            return _headed(refusal(request, 403, "refused.form"))
    try:
        return _headed(await handler(request))
    except web.HTTPException as error:
        if error.status < 400:
            return _headed(error)
        key = "refused.missing" if error.status == 404 else "refused.form"
        return _headed(refusal(request, error.status, key))


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


def _headed(response: web.StreamResponse) -> web.StreamResponse:
    if not response.prepared:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
    return response


def render(
    request: web.Request, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> web.Response:
    """A page or a part of one."""
    one, staff = current_user(request), request.app[STAFF]
    given = {
        "t": functools.partial(_text, one.language),
        "language": one.language,
        "other": next(language for language in LANGUAGES if language != one.language),
        "csrf": one.csrf,
        "me": one.account if not one.half else None,
        "nav": [entry for entry in staff.nav if one.account and not one.half and one.account.may(entry.role)],
        "path": request.path,
        "here": max((entry.href for entry in staff.nav if request.path.startswith(entry.href)), key=len, default=""),
        **(context or {}),
    }
    return aiohttp_jinja2.render_template(template, request, given, status=status)


def _text(language: str, key: str, /, **values: object) -> str:
    return text(key, language, **values)


def refusal(request: web.Request, status: int, key: str) -> web.Response:
    """A page that says no, in words that tell nothing."""
    if "HX-Request" in request.headers:
        return web.Response(status=status, text=text(key, current_user(request).language))
    return render(request, "staff/refused.html", {"key": key}, status=status)


def address(request: web.Request) -> str:
    """Where a request comes from, for the lock-out."""
    return rate_limit.address(request, request.app[STAFF].settings.proxies)


def set_up(app: web.Application, database: Database, keys: Keys, settings: Settings) -> Staff:
    """Make an application ready for staff pages; the second call gives what the first one made."""
    if STAFF in app:
        return app[STAFF]
    app[STAFF] = Staff(database, keys, settings)
    rooms = {path.parent.name: jinja2.FileSystemLoader(path) for path in sorted(HERE.parent.glob("*/templates"))}
    aiohttp_jinja2.setup(
        app,
        loader=jinja2.PrefixLoader(rooms),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    app.router.add_static("/staff/static", HERE / "static")
    return app[STAFF]
