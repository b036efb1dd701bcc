"""The minimum wage of every day of a period, for an age that can change on the way."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import msgspec

from facts.base import FactBase
from facts.model import Period

#: The figures of the minimum wage (facts/figures/wml.yaml).
WML, FULL_AGE = "wml_hourly", "wml_full_age"
#: BBL amounts exist for these ages; outside them the ordinary amount holds (Wml 8(3)).
_DAY = timedelta(days=1)


class UnknownMinimum(ValueError):
    """The fact base holds no minimum wage for a day: then no sum is made for it."""

    def __init__(self, day: date) -> None:
        super().__init__(f"no minimum wage is known for {day:%Y-%m-%d}")
        self.day = day


class TooYoung(ValueError):
    """Below the lowest age with a minimum wage (15; Wml 7 and 8)."""


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a minimum is looked up for. The birthday wins over the age; without either the full age is meant."""

    age: int | None = None
    birthday: date | None = None
    bbl: bool = False  #: pupil in a work-learn contract

    def age_on(self, day: date) -> int | None:
        """Whole years on a day, or None for a grown-up of unknown age."""
        if self.birthday is None:
            return self.age
        had = (day.month, day.day) >= (self.birthday.month, self.birthday.day)
        return day.year - self.birthday.year - (not had)


class WagePeriod(msgspec.Struct, frozen=True, kw_only=True):
    """Days in a row with one minimum: first and last day (both counted), euros per hour."""

    first: date
    last: date
    minimum: Decimal
    age: int | None = None

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def weeks(self) -> Fraction:
        """How many weeks, exactly."""
        return Fraction(self.days, 7)


class Rates:
    """Minimum wages from a fact base."""

    def __init__(self, base: FactBase) -> None:
        self._figure = base.figures[WML]
        #: from this age on the full minimum holds (figure wml_full_age)
        self.full_age = int(base.figures[FULL_AGE].periods[-1].value)

    def _period(self, day: date) -> Period:
        period = self._figure.on(day)
        if period is None:
            raise UnknownMinimum(day)
        return period

    def minimum(self, day: date, worker: Worker) -> Decimal:
        """Gross euros per hour that the law asks for on a day (Wml 7 and 8).

        Raises:
            UnknownMinimum: the fact base has no figure for that day.
            TooYoung: nobody of that age has a minimum wage.
        """
        period, age = self._period(day), worker.age_on(day)
        if age is None or age >= self.full_age:
            return Decimal(period.value)
        if worker.bbl and age in period.bbl:
            return Decimal(period.bbl[age])
        if age not in period.by_age:
            raise TooYoung(f"no minimum wage at {age}")
        return Decimal(period.by_age[age])

    def stretches(self, first: date, last: date, worker: Worker) -> list[WagePeriod]:
        """The days from `first` to `last`, both counted, cut where the minimum or the age changes.

        Raises:
            ValueError: the last day lies before the first; and what `minimum` raises.
        """
        if last < first:
            raise ValueError(f"{last} lies before {first}")
        found: list[WagePeriod] = []
        start = first
        while start <= last:
            until = self._period(start).until or last
            end = min(last, until, self._before_birthday(start, worker) or last)
            found.append(
                WagePeriod(first=start, last=end, minimum=self.minimum(start, worker), age=worker.age_on(start))
            )
            start = end + _DAY
        return found

    def _before_birthday(self, day: date, worker: Worker) -> date | None:
        """The last day before the next birthday that still changes the minimum."""
        birthday, age = worker.birthday, worker.age_on(day)
        if birthday is None or age is None or age >= self.full_age:
            return None
        year = birthday.year + age + 1
        try:
            return birthday.replace(year=year) - _DAY
        except ValueError:  # born on 29 February: the birthday of other years is 1 March
            return date(year, 2, 28)
