"""Passwords: argon2id, and the same time spent whether there is an account or not."""

from __future__ import annotations

import re
import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

#: Fewest and most characters; more would only keep the machine busy.
SHORTEST: Final = 12
LONGEST: Final = 256
#: Of zxcvbn's scores (0 to 4): from here on more than 10^8 guesses.
_STRONG: Final = 3
_LOOKED_AT: Final = 72
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
    """Why a password is not taken, as a key of the staff texts; empty where it is fine. Up to 0.1 s of work."""
    if len(password) < SHORTEST:
        return "password.short"
    if len(password) > LONGEST:
        return "password.long"
    if name.lower() in password.lower() or _guessed(password, name):
        return "password.easy"
    return ""


def _guessed(password: str, name: str) -> bool:
    """Whether it is among what is tried first: words and names that many take, keyboard rows, dates, repeats."""
    from zxcvbn import zxcvbn  # its lists of words are read when somebody chooses a password, not before

    # what stands at the beginning must do: its work grows with the square of the length
    found = zxcvbn(password[:_LOOKED_AT], user_inputs=["baken", *re.split(r"[._@+-]", name)])
    return bool(found["score"] < _STRONG)
