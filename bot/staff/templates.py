"""The pages that staff see: their templates, and what stands on each."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.settings import Settings
from bot.staff.context import STAFF, Staff, current_user
from bot.staff.texts import LANGUAGES, text

HERE: Final = Path(__file__).parent


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
