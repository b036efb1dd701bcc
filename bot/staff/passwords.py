"""Passwords: argon2id, and the same time spent whether there is an account or not."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

#: Fewest and most characters; more would only keep the machine busy.
SHORTEST: Final = 12
LONGEST: Final = 256
#: RFC 9106's second choice (64 MiB would be much for a small machine that several sign in to at once).
_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=46 * 1024, parallelism=1)


def hashed(password: str) -> str:
    """The hash that is stored. Takes a tenth of a second: call it in a thread."""
    return _HASHER.hash(password)


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))


def right(password: str, stored: str | None) -> bool:
    """Whether a password fits. Where there is none stored, as long is spent on one that never fits."""
    try:
        fits = _HASHER.verify(stored or _nobody(), password[:LONGEST])
    except (Argon2Error, InvalidHashError):
        return False
    return fits and stored is not None


def weakness(password: str, name: str) -> str:
    """Why a password is not taken, as a key of the staff texts; empty where it is fine."""
    if len(password) < SHORTEST:
        return "password.short"
    if len(password) > LONGEST:
        return "password.long"
    if len(set(password)) < 5 or name.lower() in password.lower():
        return "password.easy"
    return ""
