"""Days, months and years in a message, and the times of day that are no amounts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from actions.amounts.cursor import PER_KEYS, SMALL, UNITS, Cursor
from actions.amounts.model import DateRange
from actions.amounts.tokenizer import Item, month_days

_YEARS: Final = range(2015, 2041)

#: A number that names a room or a house is smaller.
LABELS: Final = 100


class Times(Cursor):
    """Reads the times; what they use is no amount any more."""

    def _clock_times(self) -> None:
        """ "at 5", "5 am", "from 7 to 17h" are no amounts but hours of the day."""
        for place, item in enumerate(self.items):
            if not self._is_number(place):
                continue
            money = self.has(place + 1, "euro", "money", "percent", "gross", "net")
            money = money or (self.has(place + 1, *PER_KEYS) and not self.has(place + 1, "hour"))
            named = self.has(place - 1, "label_before") and not money and not self.has(place + 1, "per", *UNITS)
            if named and (item.number or 0) < LABELS:  # "room 12", not "room 120 a week"
                self.used.add(place)
                continue
            whole = item.number is not None and item.number == item.number.to_integral_value()
            small = whole and (item.number or 0) <= 24 and not item.spelled
            before = self.has(place - 1, "clock_before") and not self._counted(place + 1)
            after = self.has(place + 1, "clock_after") or (
                self.has(place + 1, "hour") and self.has(place + 2, "clock_after")
            )
            until_time = self.has(place - 1, "since") and self.has(place + 1, "until") and self._is_time(place + 2)
            from_to = self.has(place + 1, "since") and self._is_number(place + 2)
            if small and from_to and (self.items[place + 2].number or 99) <= 24:  # "7-tol 17 h-ig"
                self.used.update({place, place + 2, place + 3} if self.has(place + 3, "hour") else {place, place + 2})
                continue
            if small and not money and (before or after or until_time):
                self.used.update({place, place + 1} if self.has(place + 1, "hour", "clock_after") else {place})
                continue
            starts = self.has(place - 1, "since", "clock_before") or self._small(place - 1)
            if not starts:
                continue
            between = self.at(place + 1)
            other = place + 2
            if between is None or not self._is_number(other):
                continue
            if not (between.has("until") or between.dash or self._small(place + 1)):
                continue
            low, high = item.number, self.items[other].number
            if low is not None and high is not None and max(low, high) <= 24 and not self._counted(other + 1):
                self.used.update({place, other, other + 1} if self.has(other + 1, "hour") else {place, other})

    def _is_time(self, place: int) -> bool:
        """Whether a time of day ("15:30") stood here."""
        item = self.at(place)
        return item is not None and item.stop and not item.text

    def _counted(self, place: int) -> bool:
        """Whether "hours" here are hours a day or week, not of the clock."""
        return self.has(place, "euro", "money", "day", "week", "month") or (
            self.has(place, "hour") and (self.has(place + 1, *PER_KEYS) or self.has(place + 1, "per"))
        )

    def _when(self, place: int) -> None:
        item = self.items[place]
        days = self._days(place)
        if days is None:
            return
        (first, last), taken = days
        edge = ""
        said_before = self.has(place - 1, "since") and not self.has(place - 1, "months")
        if said_before or (self.has(place - 2, "since") and not self._is_number(place - 1)):
            edge = "since"
        elif self.has(place - 1, "until") or (self.has(place - 2, "until") and not self._is_number(place - 1)):
            edge = "until"
        inner = self.items[place:taken]
        behind = self.postpositions
        if any(one.has("since") for one in inner) or (behind and self.has(taken, "since")):
            edge = edge or "since"
        elif any(one.has("until") for one in inner) or (behind and self.has(taken, "until") and not edge):
            edge = edge or "until"
        if (
            self._joins(place)
            and self.found
            and isinstance(self.found[-1], DateRange)
            and self.found[-1].edge != "until"
        ):
            before = self.found[-1]
            self.found[-1] = msgspec.structs.replace(before, edge="since")
            edge = "until"
        self.used.update(range(place, taken))
        self.found.append(DateRange(first, last, edge, item.at))  # type: ignore[arg-type]

    def _joins(self, place: int) -> bool:
        """Whether "from … to" stands between this time and the one before: a dash, "to", or a small word like it."""
        item, between, before = self.at(place), self.at(place - 1), self.at(place - 2)
        if item is not None and item.has("until") and place - 1 in self.used:
            return True
        if between is None or place - 2 not in self.used or before is None:
            return False
        small = 0 < len(between.text) <= SMALL and not between.stop and not between.has("and", "no", "yes", "euro")
        return between.dash or between.has("until") or small

    def _days(self, place: int) -> tuple[tuple[date, date], int] | None:
        """The days that the words from `place` name, and where they end."""
        item = self.at(place)
        if item is None or place in self.used:
            return None
        if item.days:
            return item.days, place + 1
        if item.has("months"):
            if item.has("month_traps") and not self._date_beside(place):
                return None
            return self._month(item.meanings["months"], place, place + 1)
        if item.number is not None:
            number = item.number
            small = self.at(place + 1)
            of = 1 + (small is not None and 0 < len(small.text) <= SMALL and not small.has("months", "hour", "euro"))
            trap = of != 1 and self.has(place + of, "month_traps")
            whole = number == number.to_integral_value() and 1 <= number <= 31
            if self.has(place + of, "months") and whole and not trap:
                month = self.items[place + of].meanings["months"]
                return self._month(month, place, place + of + 1, day=int(number))
            money = self.has(place + 1, "euro", "money", *UNITS) or self.has(place - 1, "euro", "money")
            if number in _YEARS and not money:
                return (date(int(number), 1, 1), date(int(number), 12, 31)), place + 1
            return None
        named = self.items[place + 1].number if item.has("month") and self._is_number(place + 1) else None
        if named is not None and self.arabic and 1 <= named <= 12 and not self.has(place + 2, *UNITS, "euro"):
            return self._month(int(named), place, place + 2)  # "شهر 9", September
        return self._relative(item, place)

    def _month(self, month: int, place: int, end: int, day: int | None = None) -> tuple[tuple[date, date], int] | None:
        year = None
        before = self.at(place - 1)
        if before is not None and before.number is not None and before.number in _YEARS:  # "2026. junius"
            year = int(before.number)
            self.found = [one for one in self.found if one.at != before.at]
        for ahead in (end, end + 1) if year is None else ():
            item = self.at(ahead)
            if item is not None and item.number is not None and item.number in _YEARS:
                year, end = int(item.number), ahead + 1
                break
        if day is None and self._is_number(place + 1) and end == place + 1:
            number = self.items[place + 1].number or Decimal(0)
            unit = self.has(place + 2, *UNITS, "euro", "money", "per", "percent", *PER_KEYS)
            if number == number.to_integral_value() and 1 <= number <= 31 and not unit:
                day, end = int(number), place + 2
        if year is None:
            year = self.today.year if month <= self.today.month else self.today.year - 1
        try:
            span = (date(year, month, day), date(year, month, day)) if day else month_days(year, month)
        except ValueError:
            return None
        return span, end

    def _date_beside(self, place: int) -> bool:
        """Whether a word that is a month and something else ("may") stands in a date."""
        year = self.at(place + 1)
        return (
            self.has(place - 1, "since", "until", "per", "month")
            or (year is not None and year.number is not None and year.number in _YEARS)
            or self.has(place + 1, "until", "since")
            or self._is_number(place - 1)
            or self.asked == "period"
        )

    def _relative(self, item: Item, place: int) -> tuple[tuple[date, date], int] | None:
        today = self.today
        if item.has("last_month"):
            before = today.replace(day=1) - timedelta(days=1)
            return month_days(before.year, before.month), place + 1
        if item.has("this_month"):
            return month_days(today.year, today.month), place + 1
        if item.has("last_year", "this_year"):
            year = today.year - item.has("last_year")
            return (date(year, 1, 1), date(year, 12, 31)), place + 1
        if item.has("last_week"):
            monday = today - timedelta(days=today.weekday() + 7)
            return (monday, monday + timedelta(days=6)), place + 1
        edges = self.has(place - 1, "since", "until")
        if item.has("today", "yesterday") and edges:
            day = today - timedelta(days=item.has("yesterday"))
            return (day, day), place + 1
        return None
