"""The one clock. Every date that an answer or a sum is made for comes from here."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
#: A day for one message, where a test was worked out for that day.
_chosen: ContextVar[date | None] = ContextVar("day", default=None)


def today() -> date:
    """The day that answers hold for: `BAKEN_TODAY` (YYYY-MM-DD) where it is set, else the day in Amsterdam.

    Raises:
        ValueError: `BAKEN_TODAY` is no date; the message names the setting.
    """
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    fixed = os.environ.get("BAKEN_TODAY", "").strip()
    if not fixed:
        return datetime.now(AMSTERDAM).date()
    try:
        return date.fromisoformat(fixed)
    except ValueError as error:
        raise ValueError(f"BAKEN_TODAY must be a date like 2026-11-23, not {fixed!r}") from error


@contextlib.contextmanager
def on(day: date | None) -> Iterator[None]:
    """Answer for `day` inside this block; None changes nothing."""
    token = _chosen.set(day if day is not None else _chosen.get())
    try:
        yield
    finally:
        _chosen.reset(token)


def now() -> datetime:
    """The moment, timezone-aware, for logs and expiry; answers use `today`."""
    return datetime.now(AMSTERDAM)
