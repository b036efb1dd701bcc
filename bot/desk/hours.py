"""When advisors are there: "mon-fri 09:00-17:00, sat 10:00-12:00", Dutch time, without the holidays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from facts.clock import AMSTERDAM

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART: Final = re.compile(r"(?:([a-z]{3})(?:\s*-\s*([a-z]{3}))?|daily)\s+(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")
#: So far ahead the next opening is looked for.
_AHEAD: Final = 60


class BadHours(ValueError):
    """Hours or holidays that can't be read; the message shows the part."""


class Hours:
    """The opening hours of the desk."""

    def __init__(self, hours: str, holidays: str = "") -> None:
        """Raises BadHours."""
        self._spans: dict[int, list[tuple[time, time]]] = {}
        for part in filter(None, (one.strip().lower() for one in re.split("[,;]", hours))):
            days, start, end = _read(part)
            for day in days:
                self._spans.setdefault(day, []).append((start, end))
        for spans in self._spans.values():
            spans.sort()
        try:
            self._holidays = {date.fromisoformat(one) for one in holidays.replace(",", " ").split()}
        except ValueError as error:
            raise BadHours(f"holidays {holidays!r}: {error}; write days like 2026-12-25") from error

    def open_at(self, moment: datetime) -> bool:
        """Whether advisors are there at a moment."""
        local = moment.astimezone(AMSTERDAM)
        spans = [] if local.date() in self._holidays else self._spans.get(local.weekday(), [])
        return any(start <= local.time() < end for start, end in spans)

    def opens_after(self, moment: datetime) -> datetime | None:
        """When they are there next, in Dutch time; None where that is not within two months."""
        return next((one for one in self._openings(moment.astimezone(AMSTERDAM)) if one > moment), None)

    def _openings(self, local: datetime) -> Iterator[datetime]:
        for ahead in range(_AHEAD):
            day = local.date() + timedelta(days=ahead)
            if day not in self._holidays:
                for start, _ in self._spans.get(day.weekday(), []):
                    yield datetime.combine(day, start, AMSTERDAM)


def _read(part: str) -> tuple[list[int], time, time]:
    found = _PART.fullmatch(part)
    if found is None:
        raise BadHours(f"hours {part!r}: write them like mon-fri 09:00-17:00")
    try:
        first = _DAYS.index(found[1]) if found[1] else 0
        last = _DAYS.index(found[2]) if found[2] else (first if found[1] else 6)
        start, end = (_time(found[number]) for number in (3, 4))
    except ValueError as error:
        raise BadHours(f"hours {part!r}: write them like mon-fri 09:00-17:00") from error
    if start >= end:
        raise BadHours(f"hours {part!r}: the end is not after the start")
    length = (last - first) % 7 + 1
    return [(first + number) % 7 for number in range(length)], start, end


def _time(text: str) -> time:
    hour, minute = text.split(":")
    return time.max if (hour, minute) == ("24", "00") else time(int(hour), int(minute))
