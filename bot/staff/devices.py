"""A device that an account was signed in on before: others' guesses at its name don't count there.

A cookie for each account on the device, signed with the key of the installation and made of the password's hash: a
changed password ends them all. It lets nobody in; whoever takes one may guess as often as anybody (OWASP: "Slow down
online guessing attacks with device cookies").
"""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from aiohttp import web

from bot.conversations.crypto import Keys

#: Days that a device is known without a sign-in.
_KEPT: Final = 180


def known(request: web.Request, keys: Keys, name: str, staff: int, stored: str | None) -> str:
    """The device's number, where this account was signed in on it since the password was set; else "".

    Args:
        name: of the cookies, without the account.
        stored: the hash of the account's password.
    """
    number, _, mark = request.cookies.get(f"{name}-{staff}", "").partition(".")
    if not stored or not number.isascii() or not mark.isascii():
        return ""
    return number if hmac.compare_digest(mark, _mark(keys, staff, stored, number)) else ""


def remember(response: web.StreamResponse, keys: Keys, name: str, staff: int, stored: str, *, secure: bool) -> None:
    """Know the device that this answer goes to from now on."""
    number = secrets.token_hex(12)
    response.set_cookie(
        f"{name}-{staff}",
        f"{number}.{_mark(keys, staff, stored, number)}",
        path="/",
        max_age=_KEPT * 24 * 3600,
        httponly=True,
        samesite="Strict",
        secure=secure,
    )


def _mark(keys: Keys, staff: int, stored: str, number: str) -> str:
    return keys.sign("staff device", f"{staff}\0{number}\0{stored}")
