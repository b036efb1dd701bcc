"""The moment, as it is written down. `facts.clock` says which day answers are for."""

from __future__ import annotations

from datetime import datetime, timezone


def utcnow() -> datetime:
    """This moment, with its zone."""
    return datetime.now(timezone.utc)
