"""The one clock. Every date that an answer or a sum is made for comes from here."""

from __future__ import annotations

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def today() -> date:
    """The day that answers hold for: `BAKEN_TODAY` (YYYY-MM-DD) where it is set, else the day in Amsterdam.

    Raises:
        ValueError: `BAKEN_TODAY` is no date; the message names the setting.
    """
    fixed = os.environ.get("BAKEN_TODAY", "").strip()
    if not fixed:
        return datetime.now(AMSTERDAM).date()
    try:
        return date.fromisoformat(fixed)
    except ValueError as error:
        raise ValueError(f"BAKEN_TODAY must be a date like 2026-11-23, not {fixed!r}") from error


def now() -> datetime:
    """The moment, timezone-aware, for logs and expiry; answers use `today`."""
    return datetime.now(AMSTERDAM)
