"""Reading JSON that somebody else made: whatever is missing or of another type is simply not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any, Final

#: 9999-01-01; a number above that is no time.
_LATEST: Final = 253_370_764_800


def mapping(of: Any, *path: str) -> Mapping[str, Any]:
    """The object at a path; an empty one where there is none."""
    for key in path:
        of = of.get(key) if isinstance(of, dict) else None
    return of if isinstance(of, dict) else {}


def text(of: Any, *path: str) -> str:
    """The text (or whole number) at a path, without half surrogate pairs and zeros, which no database takes."""
    for key in path:
        of = of.get(key) if isinstance(of, dict) else None
    if isinstance(of, bool) or not isinstance(of, (str, int)):
        return ""
    return str(of).encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def items(of: Any, key: str) -> Iterator[Mapping[str, Any]]:
    """The objects in a list."""
    found = of.get(key) if isinstance(of, dict) else None
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict):
            yield one


def moment(of: Any, key: str, otherwise: datetime) -> datetime:
    """A time, given as seconds since 1970."""
    try:
        seconds = float(text(of, key))
    except ValueError:
        return otherwise
    if not 0 < seconds < _LATEST:
        return otherwise
    return datetime.fromtimestamp(seconds, timezone.utc)
