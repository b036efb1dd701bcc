"""From the pieces of a message to readings: what each number is, of what, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

import msgspec

from actions.reading.model import Age, Asked, Money, Number, Per, Percent, Reading, Span, Tax, When
from actions.reading.tokens import Item, month_days, tokens
from actions.reading.words import words_of
from facts.languages import NAMES

#: What a word of a unit ("hour", "per_hour") says that an amount is for.
PER_OF: Final[dict[str, Per]] = {
    "hour": "hour", "day": "day", "week": "week", "four_weeks": "4weeks", "month": "month", "year": "year",
    "per_hour": "hour", "per_day": "day", "per_week": "week", "per_four_weeks": "4weeks", "per_month": "month",
    "per_year": "year", "per_piece": "piece",
}  # fmt: skip
_PER_KEYS: Final = tuple(key for key in PER_OF if key.startswith("per_"))
_UNITS: Final = ("four_weeks", "hour", "minute", "day", "week", "month", "year")
#: Ages of people who work; a smaller number of years is a length of time.
_AGES: Final = range(13, 76)
_YEARS: Final = range(2015, 2041)
#: Languages that say "weekly" before the number and "since" behind the month.
_POSTPOSITIONS: Final = frozenset({"tr", "hu"})
#: More hours than a month has workable ones are no answer to "how many hours?".
_MOST_HOURS: Final = 300
#: A bare number from here on, or with cents, is money.
_MONEY: Final = 100
#: Letters of a word like "to".
_SMALL: Final = 3
#: How far from a number its gross, net or "weekly" may stand, in pieces.
NEAR: Final = 4
#: A bare number a week or day that is no more than this is hours, not money.
_HOURS: Final[dict[Per, int]] = {"week": 84, "day": 16}


def read(text: str, language: str, today: date, asked: Asked = "", wrote: str = "") -> list[Reading]:
    """Everything that can be read out of a message, in its order.

    Args:
        text: as the person typed it.
        language: of the conversation; `wrote` that of the message, where it differs.
        today: for "last month" and months without a year.
        asked: what was asked for; a bare number is then the answer to it.
    """
    known = [name for name in dict.fromkeys((language, wrote, "nl", "en")) if name in NAMES]
    items = tokens(text, [words_of(name) for name in known])
    found = _Reader(items, today, asked, postpositions=language in _POSTPOSITIONS, arabic=language == "ar").all()
    return sorted(found, key=lambda reading: reading.at)


class _Reader:
    def __init__(self, items: list[Item], today: date, asked: Asked, *, postpositions: bool, arabic: bool) -> None:
        self.items, self.today, self.asked, self.postpositions = items, today, asked, postpositions
        self.arabic = arabic
        self.used: set[int] = set()
        self.found: list[Reading] = []

    def all(self) -> list[Reading]:
        """Times first, so that a year is no amount; then the numbers."""
        self._clock_times()
        for place in range(len(self.items)):
            if place not in self.used:
                self._when(place)
        for place, item in enumerate(self.items):
            if item.number is not None and place not in self.used:
                self._number(place)
            elif item.has("hour") and place not in self.used and self._half(place + 1):
                self.used.update({place, place + 1})
                self.found.append(Span("hours", Decimal("1.5"), self._per_of_span(place, place + 2), at=item.at))
            elif item.has("nothing"):
                self._nothing(place)
            elif item.has("half_hour") and place not in self.used:
                self.found.append(Span("hours", Decimal("0.5"), self._per_of_span(place, place + 1), at=item.at))
        return self.found

    # -- neighbours ---------------------------------------------------------------------------------------------

    def at(self, place: int) -> Item | None:
        """The item at a place, or None outside."""
        return self.items[place] if 0 <= place < len(self.items) else None

    def has(self, place: int, *kinds: str) -> bool:
        """Whether the item at a place can mean one of these."""
        item = self.at(place)
        return item is not None and item.has(*kinds)

    def _is_number(self, place: int) -> bool:
        item = self.at(place)
        return item is not None and item.number is not None

    def _half(self, place: int) -> bool:
        """Whether "(and) a half" stands here, in words."""
        item = self.at(place)
        return item is not None and item.spelled and item.number == Decimal("0.5")

    # -- times --------------------------------------------------------------------------------------------------

    def _clock_times(self) -> None:
        """ "at 5", "5 am", "from 7 to 17h" are no amounts but hours of the day."""
        for place, item in enumerate(self.items):
            if not self._is_number(place):
                continue
            money = self.has(place + 1, "euro", "money", "percent", "gross", "net")
            money = money or (self.has(place + 1, *_PER_KEYS) and not self.has(place + 1, "hour"))
            whole = item.number is not None and item.number == item.number.to_integral_value()
            small = whole and (item.number or 0) <= 24 and not item.spelled
            before = self.has(place - 1, "clock_before") and not self._counted(place + 1)
            after = self.has(place + 1, "clock_after") or (
                self.has(place + 1, "hour") and self.has(place + 2, "clock_after")
            )
            until_time = self.has(place - 1, "since") and self.has(place + 1, "until") and self._is_time(place + 2)
            from_to = self.has(place + 1, "since") and self._is_number(place + 2)
            if small and not money and (before or after or until_time):
                self.used.update({place, place + 1} if self.has(place + 1, "hour", "clock_after") else {place})
                continue
            if small and from_to and (self.items[place + 2].number or 99) <= 24:  # "7-tol 17 h-ig"
                self.used.update({place, place + 2, place + 3} if self.has(place + 3, "hour") else {place, place + 2})
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

    def _small(self, place: int) -> bool:
        """A little word without a meaning of its own, like "from" and "to"."""
        item = self.at(place)
        return (
            item is not None
            and not item.stop
            and item.number is None
            and 0 < len(item.text) <= _SMALL
            and not item.has("and", *_UNITS, "euro", "months", "no")
        )

    def _is_time(self, place: int) -> bool:
        """Whether a time of day ("15:30") stood here."""
        item = self.at(place)
        return item is not None and item.stop and not item.text

    def _counted(self, place: int) -> bool:
        """Whether "hours" here are hours a day or week, not of the clock."""
        return self.has(place, "euro", "money", "day", "week", "month") or (
            self.has(place, "hour") and (self.has(place + 1, *_PER_KEYS) or self.has(place + 1, "per"))
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
        if self._joins(place) and self.found and isinstance(self.found[-1], When) and self.found[-1].edge != "until":
            before = self.found[-1]
            self.found[-1] = msgspec.structs.replace(before, edge="since")
            edge = "until"
        self.used.update(range(place, taken))
        self.found.append(When(first, last, edge, item.at))  # type: ignore[arg-type]

    def _joins(self, place: int) -> bool:
        """Whether "from … to" stands between this time and the one before: a dash, "to", or a small word like it."""
        item, between, before = self.at(place), self.at(place - 1), self.at(place - 2)
        if item is not None and item.has("until") and place - 1 in self.used:
            return True
        if between is None or place - 2 not in self.used or before is None:
            return False
        small = 0 < len(between.text) <= _SMALL and not between.stop and not between.has("and", "no", "yes", "euro")
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
            of = 1 + (small is not None and 0 < len(small.text) <= _SMALL and not small.has("months", "hour", "euro"))
            trap = of != 1 and self.has(place + of, "month_traps")
            whole = number == number.to_integral_value() and 1 <= number <= 31
            if self.has(place + of, "months") and whole and not trap:
                month = self.items[place + of].meanings["months"]
                return self._month(month, place, place + of + 1, day=int(number))
            money = self.has(place + 1, "euro", "money", *_UNITS) or self.has(place - 1, "euro", "money")
            if number in _YEARS and not money:
                return (date(int(number), 1, 1), date(int(number), 12, 31)), place + 1
            return None
        named = self.items[place + 1].number if item.has("month") and self._is_number(place + 1) else None
        if named is not None and self.arabic and 1 <= named <= 12 and not self.has(place + 2, *_UNITS, "euro"):
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
            unit = self.has(place + 2, *_UNITS, "euro", "money", "per", "percent", *_PER_KEYS)
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

    # -- numbers ------------------------------------------------------------------------------------------------

    def _number(self, place: int) -> None:
        item = self.items[place]
        amount = item.number
        if amount is None:
            return
        end, most = place + 1, None
        between = self.at(end)
        hours = self.has(end + 2, "hour")
        ranged = between is not None and (between.dash or between.has("until"))
        if hours and self._small(end) and self._is_number(end + 1):
            ranged = ranged or (self.items[end + 1].number or 0) <= amount * 2
        both = between is not None and between.has("and") and self._is_number(end + 1)
        following = self.items[end + 1].number if self._is_number(end + 1) else None
        ranged = ranged or (both and following is not None and amount < following <= amount * 3 and amount >= 5)
        if ranged and following is not None and following > amount and end + 1 not in self.used:
            most, end = self.items[end + 1].number, end + 2
            self.used.add(end - 1)
        self.used.add(place)
        self._kind(place, end, amount, most)

    def _kind(self, place: int, end: int, amount: Decimal, most: Decimal | None) -> None:
        at = self.items[place].at
        if amount == Decimal("0.5") and self.items[place].spelled and not self.has(end, *_UNITS):
            return  # "half" of something
        if self.has(end, "percent") or (self.has(place - 1, "percent") and amount <= 100):
            self.found.append(Percent(amount, at))
            return
        currency = self._currency(place, end)
        if currency:
            self._money(place, end + self.has(end, "euro", "money"), most or amount, currency)
            return
        if self.has(end, "cent") and amount < 100 and not self._is_number(end + 1):
            self._money(place, end + 1, amount / 100, "EUR")
            return
        if self._is_age(place, end, amount):
            self.found.append(Age(int(amount), at))
            return
        unit = next((unit for unit in _UNITS if self.has(end, unit)), None)
        if unit and not (unit == "four_weeks" and self.has(end, "per_four_weeks")):
            self._span(place, end, amount, most, unit)
            return
        self._bare(place, end, amount, most)

    def _currency(self, place: int, end: int) -> str:
        for near in (end, place - 1):
            item = self.at(near)
            if near < place and near in self.used:
                continue
            if item is not None and item.has("euro"):
                self.used.add(near)
                return "EUR"
            if item is not None and item.has("money"):
                self.used.add(near)
                return str(item.meanings["money"])
        return ""

    def _is_age(self, place: int, end: int, amount: Decimal) -> bool:
        if amount != amount.to_integral_value() or amount not in _AGES:
            return False
        if self.has(end, "age_after"):
            if not self.has(end, "year"):
                return True
            return not (self.has(place - 1, "since") or self.has(end + 1, "since"))
        if self.asked == "age":
            return not self.has(end, "hour", "euro", "week", "month", "day")
        return self.has(place - 1, "age_before", "age_needs") and not self.has(end, *_UNITS, "per", *_PER_KEYS)

    # -- money --------------------------------------------------------------------------------------------------

    def _money(self, place: int, end: int, amount: Decimal, currency: str) -> None:
        cents = self.at(end)
        if cents is not None and cents.number is not None and self.has(end + 1, "cent") and cents.number < 100:
            amount += cents.number / 100
            self.used.add(end)
            end += 2
        per, tax = self._per(place, end), self._tax(place, end)
        thing = self.at(end + 1)
        if not per and amount < 3 and self.has(end, "per") and thing is not None and not thing.meanings:
            per = "piece"  # "forty cents a crate"
        self.found.append(Money(amount, per, tax, currency, self._role(place, end), self.items[place].at))

    def _role(self, place: int, end: int) -> Literal["", "received", "agreed"]:
        """Whether an amount was received or agreed, by the nearest word that says so in its clause."""
        before, behind = self._reach(place - 1, -1), self._reach(end, 1)
        near = sorted([*((place - one, one) for one in before), *((one - end + 1, one) for one in behind)])
        for _, one in near:
            if self.items[one].has("received"):
                return "received"
            if self.items[one].has("agreed"):
                return "agreed"
        return ""

    def _nothing(self, place: int) -> None:
        """ "got nothing", "nothing was agreed": an amount of zero."""
        role = self._role(place, place + 1)
        if role:
            self.found.append(Money(Decimal(0), role=role, at=self.items[place].at))

    def _reach(self, start: int, step: int) -> Sequence[int]:
        """Places near a number, up to the next number or the end of a clause."""
        places = []
        for place in range(start, start + step * NEAR, step):
            item = self.at(place)
            if item is None or item.stop or item.number is not None or item.days:
                break
            places.append(place)
        return places

    def _per(self, place: int, end: int) -> Per:
        """What the amount is for: behind it ("a week", "weekly"), or before it ("weekly 600", "hourly wage 12")."""
        return (
            (self._per_before(place) or self._per_behind(end))
            if self.postpositions
            else (self._per_behind(end) or self._per_before(place))
        )

    def _of_the_next(self, place: int) -> bool:
        """Where "weekly" stands before its number: whether this one belongs to the number behind it."""
        return self.postpositions and (self._is_number(place + 1) or self._is_number(place + 2))

    def _per_behind(self, end: int) -> Per:
        for near in self._reach(end, 1):
            item = self.items[near]
            if self._of_the_next(near):
                break
            key = next((key for key in _PER_KEYS if item.has(key)), None)
            if key:
                self.used.add(near)
                return PER_OF[key]
            unit = next((unit for unit in _UNITS if item.has(unit) and unit in PER_OF), None)
            if unit and (self.has(near - 1, "per") or near == end or self._one_before(near)):
                self.used.add(near)
                return PER_OF[unit]
        return ""

    def _per_before(self, place: int) -> Per:
        for near in self._reach(place - 1, -1):
            item = self.items[near]
            key = next((key for key in _PER_KEYS if item.has(key)), None)
            unit = next((unit for unit in _UNITS if item.has(unit) and unit in PER_OF), None)
            if near not in self.used and key:
                self.used.add(near)
                return PER_OF[key]
            if near not in self.used and unit and self.has(near - 1, "per"):
                self.used.add(near)
                return PER_OF[unit]
        return ""

    def _one_before(self, place: int) -> bool:
        """ "in one week", "за один час": the number one before the unit."""
        item = self.at(place - 1)
        return item is not None and item.meanings.get("number") == 1

    def _tax(self, place: int, end: int) -> Tax:
        behind = [*self._reach(end, 1)]
        comma = self.at(behind[-1] + 1 if behind else end)
        if (
            comma is not None
            and comma.text == ","
            and self.has((behind[-1] if behind else end - 1) + 2, "gross", "net")
        ):
            behind.append((behind[-1] if behind else end - 1) + 2)  # "80 a day, net"
        for near in (*behind, *self._reach(place - 1, -1)):
            item = self.items[near]
            if near not in self.used or near >= end:
                if item.has("gross"):
                    self.used.add(near)
                    return "gross"
                if item.has("net"):
                    self.used.add(near)
                    return "net"
        return ""

    # -- lengths of time ----------------------------------------------------------------------------------------

    def _span(self, place: int, end: int, amount: Decimal, most: Decimal | None, unit: str) -> None:
        if unit == "four_weeks":
            self.found.append(Span("weeks", amount * 4, at=self.items[place].at))
            return
        if unit == "minute":
            amount, unit = amount / 60, "hour"
        self.used.add(end)
        following = end + 1
        for ahead in (following, following + 1):  # "an hour (and) a half"
            half = self.at(ahead)
            if unit == "hour" and half is not None and half.number == Decimal("0.5"):
                if ahead == following or self.has(following, "and"):
                    amount += half.number
                    self.used.add(ahead)
                    following = ahead + 1
                break
        per: Per = ""
        if unit in ("hour", "day"):
            per = self._per_of_span(place, following)
        name = f"{unit}s"
        self.found.append(Span(name, amount, per, most, self.items[place].at))  # type: ignore[arg-type]

    def _per_of_span(self, place: int, following: int) -> Per:
        for near in self._reach(following, 1)[:3]:
            item = self.items[near]
            if item.has("euro", "money") or self._of_the_next(near):
                break
            key = next((key for key in _PER_KEYS if item.has(key) and key not in ("per_hour", "per_piece")), None)
            unit = next((unit for unit in ("day", "week", "month", "four_weeks", "year") if item.has(unit)), None)
            if key:
                self.used.add(near)
                return PER_OF[key]
            if unit and (self.has(near - 1, "per") or near == following):
                self.used.add(near)
                return PER_OF[unit]
        for near in self._reach(place - 1, -1)[:2]:
            item = self.items[near]
            key = next((key for key in _PER_KEYS if item.has(key) and key not in ("per_hour", "per_piece")), None)
            unit = next((unit for unit in ("day", "week", "month") if item.has(unit)), None)
            if near in self.used:
                continue
            if key or (unit and self.has(near - 1, "per")):
                self.used.add(near)
                return PER_OF[key or unit or ""]
        return ""

    def _bare(self, place: int, end: int, amount: Decimal, most: Decimal | None) -> None:
        at = self.items[place].at
        behind = self._per(place, end) if self._says_per(place, end) else ""
        hours = behind in _HOURS and amount <= _HOURS[behind] and self.asked not in ("pay", "deduction", "paid")
        tax = self._tax(place, end)
        if tax or (behind and not hours):
            tax = tax or self._tax(place, end)
            self.found.append(Money(most or amount, behind, tax, role=self._role(place, end), at=at))
        elif behind:
            self.found.append(Span("hours", amount, behind, most, at))
        elif self.asked in ("pay", "deduction", "paid"):
            self.found.append(Money(most or amount, role=self._role(place, end), at=at))
        elif self.asked == "hours" and amount <= _MOST_HOURS:
            self.found.append(Span("hours", amount, "", most, at))
        elif amount >= _MONEY or amount.as_tuple().exponent == -2:
            self.found.append(Money(most or amount, role=self._role(place, end), at=at))
        else:
            self.found.append(Number(amount, at))

    def _says_per(self, place: int, end: int) -> bool:
        near = self._reach(end, 1)[:3]
        behind = any(self.has(one, *_PER_KEYS) or (self.has(one, *_UNITS) and self.has(one - 1, "per")) for one in near)
        before = any(self.has(one, *_PER_KEYS) and one not in self.used for one in self._reach(place - 1, -1))
        return behind or before
