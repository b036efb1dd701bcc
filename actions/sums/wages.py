"""Wages that were not paid: what is owed, the holiday allowance over it, and the increase for paying late."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import msgspec

from actions.sums.pay import exact
from actions.sums.rates import WagePeriod


class LatePaymentIncrease(msgspec.Struct, frozen=True, kw_only=True):
    """The increase for late wages (BW 7:625(1)): figures wage_late_*."""

    free_days: int  #: working days late before anything is added
    first_days: int  #: further working days with the first percentage
    first_share: Decimal  #: percent for each of those
    next_share: Decimal  #: percent for each working day after
    most: Decimal  #: percent at most

    def share(self, working_days: int) -> Decimal:
        """Percent that may be asked when wages are so many working days late."""
        counted = max(0, working_days - self.free_days)
        first = min(counted, self.first_days)
        return min(self.most, first * self.first_share + (counted - first) * self.next_share)


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """The wage of (part of) a calendar month. Euros, exact."""

    first: date
    last: date
    hours: Fraction
    owed: Fraction
    unpaid: Fraction
    working_days_late: int
    late_share: Decimal  #: percent


class WageClaim(msgspec.Struct, frozen=True, kw_only=True):
    """What can be claimed. Euros, exact."""

    hours: Fraction
    owed: Fraction
    paid: Fraction
    unpaid: Fraction
    holiday: Fraction  #: holiday allowance over the unpaid wage
    increase: Fraction  #: the most that may be asked today for paying late; a judge can lower it to nothing
    increase_most: Fraction  #: what it can grow to
    months: tuple[Month, ...]
    below_minimum: bool  #: the agreed wage lies below the minimum, which is then counted with

    @property
    def total(self) -> Fraction:
        """Wage and holiday allowance, without the increase."""
        return self.unpaid + self.holiday


def working_days(after: date, until: date) -> int:
    """Mondays to Fridays after a day, up to and with another. Public holidays are not left out."""
    days = max(0, (until - after).days)
    weeks, rest = divmod(days, 7)
    return weeks * 5 + sum((after + timedelta(days=n)).weekday() < 5 for n in range(1, rest + 1))


def _months(stretches: Sequence[WagePeriod]) -> list[WagePeriod]:
    """The stretches, cut at the ends of calendar months too."""
    cut: list[WagePeriod] = []
    for stretch in stretches:
        first = stretch.first
        while first <= stretch.last:
            last = min(stretch.last, first.replace(day=calendar.monthrange(first.year, first.month)[1]))
            cut.append(msgspec.structs.replace(stretch, first=first, last=last))
            first = last + timedelta(days=1)
    return cut


def claim(
    stretches: Sequence[WagePeriod],
    weekly: Decimal | None,
    agreed: Fraction | None,
    paid: Decimal,
    lateness: LatePaymentIncrease,
    holiday_share: Decimal,
    today: date,
    hours: Decimal | None = None,
    monthly_hours: Fraction | None = None,
) -> WageClaim:
    """The claim for a period.

    Args:
        stretches: the period, with the minimum of each part.
        weekly: hours a week; spread evenly over the days.
        agreed: agreed euros per hour, or None: then the minimum counts. Never less than the minimum (Wml 7).
        paid: euros that were paid for the period; counted against the oldest wages first (BW 6:43).
        hours: the hours of the whole period, where they are known; wins over `weekly`.
        monthly_hours: for pay per month: the hours of an average month (Wml 11), of which each calendar month, long or
            short, counts the same, so that a whole month is owed exactly the month's wage.
        today: the increase is counted up to this day; each month's wage had to be paid at its end at the latest
            (BW 7:623).
    """
    days = sum(stretch.days for stretch in stretches)
    per_day = exact(hours) / days if hours is not None else exact(weekly or Decimal(0)) / 7
    left = exact(paid)
    months: list[Month] = []
    for part in _months(stretches):
        wage = max(exact(part.minimum), agreed or Fraction(0))
        worked = per_day * part.days
        if monthly_hours is not None and hours is None:
            worked = monthly_hours * part.days / calendar.monthrange(part.first.year, part.first.month)[1]
        owed = worked * wage
        covered = min(left, owed)
        left -= covered
        due = part.last.replace(day=calendar.monthrange(part.last.year, part.last.month)[1])
        late = working_days(due, today)
        months.append(
            Month(
                first=part.first,
                last=part.last,
                hours=worked,
                owed=owed,
                unpaid=owed - covered,
                working_days_late=late,
                late_share=lateness.share(late),
            )
        )
    unpaid = sum((month.unpaid for month in months), Fraction(0))
    return WageClaim(
        hours=sum((month.hours for month in months), Fraction(0)),
        owed=sum((month.owed for month in months), Fraction(0)),
        paid=exact(paid),
        unpaid=unpaid,
        holiday=unpaid * exact(holiday_share) / 100,
        increase=sum((month.unpaid * exact(month.late_share) / 100 for month in months), Fraction(0)),
        increase_most=unpaid * exact(lateness.most) / 100,
        months=tuple(months),
        below_minimum=agreed is not None and any(exact(part.minimum) > agreed for part in stretches),
    )


def months_before(last: date, months: int) -> date:
    """The first day of a period of so many calendar months that ends with `last`.

    >>> months_before(date(2026, 10, 31), 6), months_before(date(2026, 8, 30), 6)
    (datetime.date(2026, 5, 1), datetime.date(2026, 3, 1))
    """
    after = last + timedelta(days=1)
    year, month = divmod(after.year * 12 + after.month - 1 - months, 12)
    if after.day > calendar.monthrange(year, month + 1)[1]:  # no 31 February: the first of March
        return date(year, month + 2, 1)
    return date(year, month + 1, after.day)
