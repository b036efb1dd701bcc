"""From the pieces of a message to readings: what each number is, of what, and since when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

import msgspec

from actions.amounts.cursor import PER_KEYS, PER_OF, UNITS
from actions.amounts.dates import Times
from actions.amounts.lexicon import words_of
from actions.amounts.model import Age, AskedFor, Duration, Extracted, Money, Number, Per, Percent, Tax
from actions.amounts.tokenizer import tokens
from facts.languages import NAMES

#: Ages of people who work; a smaller number of years is a length of time.
_AGES: Final = range(13, 76)
#: Languages that say "weekly" before the number and "since" behind the month.
_POSTPOSITIONS: Final = frozenset({"tr", "hu"})
#: More hours than a month has workable ones are no answer to "how many hours?".
_MOST_HOURS: Final = 300
#: A bare number from here on, or with cents, is money.
_MONEY: Final = 100
#: A bare number a week or day that is no more than this is hours, not money.
_HOURS: Final[dict[Per, int]] = {"week": 84, "day": 16}


def extract(text: str, language: str, today: date, asked: AskedFor = "", wrote: str = "") -> list[Extracted]:
    """Everything that can be read out of a message, in its order.

    Args:
        text: as the person typed it.
        language: of the conversation; `wrote` that of the message, where it differs.
        today: for "last month" and months without a year.
        asked: what was asked for; a bare number is then the answer to it.
    """
    return list(_read(text, language, today, asked, wrote))


@lru_cache(maxsize=16)  # the parts of a talk read the same message, one after the other
def _read(text: str, language: str, today: date, asked: AskedFor, wrote: str) -> tuple[Extracted, ...]:
    known = [name for name in dict.fromkeys((language, wrote, "nl", "en")) if name in NAMES]
    items = tokens(text, [words_of(name) for name in known])
    found = _Reader(items, today, asked, postpositions=language in _POSTPOSITIONS, arabic=language == "ar").all()
    return tuple(sorted(found, key=lambda reading: reading.at))


class _Reader(Times):
    """Reads the numbers that the times left."""

    def all(self) -> list[Extracted]:
        """Times first, so that a year is no amount; then the numbers."""
        self._clock_times()
        telling = [(place, item) for place, item in enumerate(self.items) if item.tells]
        for place, _ in telling:
            if place not in self.used:
                self._when(place)
        for place, item in telling:
            if item.number is not None and place not in self.used:
                self._number(place)
            elif item.has("hour") and place not in self.used and self._half(place + 1):
                self.used.update({place, place + 1})
                self.found.append(Duration("hours", Decimal("1.5"), self._per_of_span(place, place + 2), at=item.at))
            elif item.has("nothing"):
                self._nothing(place)
            elif item.has("half_hour") and place not in self.used:
                self.found.append(Duration("hours", Decimal("0.5"), self._per_of_span(place, place + 1), at=item.at))
        self._said_before()
        return self._without_guesses()

    def _said_before(self) -> None:
        """ "paid every four weeks, 1900 gross": what stands before the comma counts for the one amount behind it."""
        money = [one for one in self.found if isinstance(one, Money)]
        if len(money) != 1 or money[0].per or money[0].role in ("received", "total") or self.asked == "paid":
            return
        for place in range(len(self.items)):
            item = self.items[place]
            if item.at > money[0].at:
                return
            kinds = [kind for kind in (*PER_KEYS, *UNITS) if item.has(kind) and kind in PER_OF and kind != "per_piece"]
            if not kinds or place in self.used or not (kinds[0] in PER_KEYS or self.has(place - 1, "per")):
                continue
            per = PER_OF[kinds[0]]
            if per != "hour" or money[0].amount < _MONEY:
                self.found[self.found.index(money[0])] = msgspec.structs.replace(money[0], per=per)
                return

    def _without_guesses(self) -> list[Extracted]:
        """A small number that was taken for money only because money was asked for is none beside real money."""
        sure = any(isinstance(one, Money) and (one.per or one.tax) for one in self.found)
        return [
            Number(one.amount, one.at) if sure and isinstance(one, Money) and one.at in self.guessed else one
            for one in self.found
        ]

    def _number(self, place: int) -> None:
        item = self.items[place]
        amount = item.number
        if amount is None:
            return
        end, most = place + 1, None
        between = self.at(end)
        hours = self.has(end + 2, "hour") or self.asked == "hours"
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
        if amount == Decimal("0.5") and self.items[place].spelled and not self.has(end, *UNITS):
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
        unit = next((unit for unit in UNITS if self.has(end, unit)), None)
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
        return self.has(place - 1, "age_before", "age_needs") and not self.has(end, *UNITS, "per", *PER_KEYS)

    # -- money --------------------------------------------------------------------------------------------------

    def _money(self, place: int, end: int, amount: Decimal, currency: str) -> None:
        cents = self.at(end)
        if cents is not None and cents.number is not None and self.has(end + 1, "cent") and cents.number < 100:
            amount += cents.number / 100
            self.used.add(end)
            end += 2
        elif currency == "EUR" and self._cents_follow(amount, end):
            amount += (self.items[end].number or Decimal(0)) / 100
            self.used.add(end)
            end += 1
        per, tax = self._per(place, end), self._tax(place, end)
        thing = self.at(end + 1)
        if not per and amount < 3 and self.has(end, "per") and thing is not None and not thing.meanings:
            per = "piece"  # "forty cents a crate"
        self.found.append(Money(amount, per, tax, currency, self._role(place, end), self.items[place].at))

    def _cents_follow(self, amount: Decimal, end: int) -> bool:
        """ "11 euro 75 an hour": two figures right behind the euros, of an hour or a piece and of nothing else."""
        item = self.at(end)
        if item is None or item.spelled or len(item.text) != 2 or not item.text.isdigit():
            return False
        if amount != amount.to_integral_value() or amount >= _MONEY or not self.has(end - 1, "euro"):
            return False
        near = [end + 1, *self._reach(end + 1, 1)]
        others: tuple[str, ...] = ("day", "week", "month", "four_weeks", "year", "euro", "cent", "percent", "age_after")
        others += tuple(f"per_{unit}" for unit in others[:5])
        counted = self.has(end + 1, "hour") and not self.has(end + 1, "per_hour")
        return not counted and not any(self.has(one, *others) for one in near)

    def _role(self, place: int, end: int) -> Literal["", "received", "agreed", "total"]:
        """Whether an amount was received or agreed, by the nearest word that says so in its clause."""
        before, behind = self._reach(place - 1, -1), self._reach(end, 1)
        near = sorted([*((place - one, one) for one in before), *((one - end + 1, one) for one in behind)])
        for _, one in near:
            if self.items[one].has("received"):
                return "received"
            if self.items[one].has("agreed"):
                return "agreed"
        return "total" if any(self.items[one].has("together") for _, one in near) else ""

    def _nothing(self, place: int) -> None:
        """ "got nothing", "nothing was agreed": an amount of zero."""
        role = self._role(place, place + 1)
        if not role and self._denied_before(place):
            role = "received"
        if role:
            self.found.append(Money(Decimal(0), role=role, at=self.items[place].at))

    def _denied_before(self, place: int) -> bool:
        """Whether the sentence says before this that something was not received ("did not pay October, not a cent")."""
        sentence: list[int] = []
        for near in range(place - 1, -1, -1):
            item = self.items[near]
            if item.stop and item.text != ",":
                break
            sentence.append(near)
        paid = next((near for near in sentence if self.has(near, "received")), None)
        return paid is not None and any(self.has(near, "no") for near in range(max(0, paid - 3), paid))

    def _per(self, place: int, end: int) -> Per:
        """What the amount is for: behind it ("a week", "weekly"), or before it ("weekly 600", "hourly wage 12")."""
        return (
            (self._per_before(place) or self._per_behind(end))
            if self.postpositions
            else (self._per_behind(end) or self._per_before(place))
        )

    def _of_the_next(self, place: int) -> bool:
        """Where "weekly" stands before its number: whether this one belongs to the number behind it."""
        near = (self._is_number(place + 1) and not self._one_of(place + 1)) or (
            self._is_number(place + 2) and not self.has(place + 1, "and")
        )
        return self.postpositions and near

    def _per_behind(self, end: int) -> Per:
        for near in self._reach(end, 1):
            item = self.items[near]
            if self._of_the_next(near):
                break
            key = next((key for key in PER_KEYS if item.has(key)), None)
            if key:
                self.used.add(near)
                return PER_OF[key]
            unit = next((unit for unit in UNITS if item.has(unit) and unit in PER_OF), None)
            if unit and (self.has(near - 1, "per") or near == end or self._one_before(near)):
                self.used.update({near - 1, near} if self._one_of(near - 1) else {near})
                return PER_OF[unit]
        return ""

    def _per_before(self, place: int) -> Per:
        for near in self._reach(place - 1, -1):
            item = self.items[near]
            key = next((key for key in PER_KEYS if item.has(key)), None)
            unit = next((unit for unit in UNITS if item.has(unit) and unit in PER_OF), None)
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
        return (item is not None and item.meanings.get("number") == 1) or self._one_of(place - 1)

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
            self.found.append(Duration("weeks", amount * 4, at=self.items[place].at))
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
        self.found.append(Duration(name, amount, per, most, self.items[place].at))  # type: ignore[arg-type]

    def _per_of_span(self, place: int, following: int) -> Per:
        for near in self._reach(following, 1)[:3]:
            item = self.items[near]
            if item.has("euro", "money") or self._of_the_next(near):
                break
            key = next((key for key in PER_KEYS if item.has(key) and key not in ("per_hour", "per_piece")), None)
            unit = next((unit for unit in ("day", "week", "month", "four_weeks", "year") if item.has(unit)), None)
            if key:
                self.used.add(near)
                return PER_OF[key]
            if unit and (self.has(near - 1, "per") or near == following):
                self.used.add(near)
                return PER_OF[unit]
        for near in self._reach(place - 1, -1)[:2]:
            item = self.items[near]
            key = next((key for key in PER_KEYS if item.has(key) and key not in ("per_hour", "per_piece")), None)
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
            self.found.append(Duration("hours", amount, behind, most, at))
        elif self.asked in ("pay", "deduction", "paid"):
            self.found.append(Money(most or amount, role=self._role(place, end), at=at))
            if amount < _MONEY:
                self.guessed.add(at)
        elif self.asked == "hours" and amount <= _MOST_HOURS:
            self.found.append(Duration("hours", amount, "", most, at))
        elif amount >= _MONEY or amount.as_tuple().exponent == -2:
            self.found.append(Money(most or amount, role=self._role(place, end), at=at))
        else:
            self.found.append(Number(amount, at))

    def _says_per(self, place: int, end: int) -> bool:
        near = self._reach(end, 1)
        behind = any(self.has(one, *PER_KEYS) or (self.has(one, *UNITS) and self.has(one - 1, "per")) for one in near)
        before = any(self.has(one, *PER_KEYS) and one not in self.used for one in self._reach(place - 1, -1))
        return behind or before
