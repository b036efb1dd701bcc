"""What somebody earns, as an hourly wage, held against the minimum."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final, Literal

import msgspec

from actions.amounts.model import Per
from actions.sums.rates import WagePeriod

PayVerdict = Literal["below", "enough"]

_CENT: Final = Decimal("0.01")
FOUR: Final = 4


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """How weeks become months (figures pay_weeks_per_year and pay_months_per_year; Wml 11)."""

    weeks_per_year: int
    months_per_year: int

    def hours(self, weekly: Fraction, per: Per) -> Fraction:
        """The hours of a period for somebody who works `weekly` hours a week.

        Raises:
            KeyError: pay per day or per piece, whose hours do not follow from those of a week.
        """
        factors = {
            "hour": Fraction(1) / weekly if weekly else Fraction(0),
            "week": Fraction(1),
            "4weeks": Fraction(FOUR),
            "month": Fraction(self.weeks_per_year, self.months_per_year),
            "year": Fraction(self.weeks_per_year),
        }
        return weekly * factors[per]


def exact(amount: Decimal) -> Fraction:
    """A decimal without loss."""
    return Fraction(amount)


def cents(amount: Fraction) -> Decimal:
    """Rounded to the cent, half up: only when it is told, never on the way."""
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(_CENT, rounding=ROUND_HALF_UP)


def hourly(
    amount: Decimal, per: Per, weekly: Decimal | None, calendar: Calendar, daily: Decimal | None = None
) -> Fraction:
    """Euros per hour, exactly.

    Args:
        amount: euros for one `per`.
        weekly: hours a week; not needed for pay per hour or, with `daily`, per day.
        daily: hours a day, for pay per day.

    Raises:
        ValueError: the hours that the period needs are missing or zero.
    """
    if per == "hour":
        return exact(amount)
    if per == "day":
        if not daily:
            raise ValueError("pay per day needs the hours a day")
        return exact(amount) / exact(daily)
    if not weekly:
        raise ValueError(f"pay per {per} needs the hours a week")
    return exact(amount) / calendar.hours(exact(weekly), per)


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on a wage. Amounts in gross euros, exact; `total` is None without a time worked."""

    verdict: PayVerdict
    hourly: Fraction
    minimum: Decimal  #: of the newest stretch
    short_hour: Fraction  #: with the newest minimum
    short_week: Fraction | None
    total: Fraction
    holiday: Fraction  #: holiday allowance over the total (Wml 15)
    stretches: tuple[WagePeriod, ...]


def check_pay(wage: Fraction, weekly: Decimal | None, stretches: Sequence[WagePeriod], holiday_share: Decimal) -> Check:
    """Holds an hourly wage against the minimum of each stretch.

    `wage` is exact euros per hour; `holiday_share` percent. The shortfall of a stretch is never below zero: what was
    paid above the minimum in one time does not make good what was missing in another (Wml 7, per pay period).
    """
    week = exact(weekly) if weekly else None
    total = Fraction(0)
    for stretch in stretches:
        short = max(Fraction(0), exact(stretch.minimum) - wage)
        total += short * (week or 0) * stretch.weeks
    newest = stretches[-1]
    short_hour = max(Fraction(0), exact(newest.minimum) - wage)
    below = any(exact(stretch.minimum) > wage for stretch in stretches)
    return Check(
        verdict="below" if below else "enough",
        hourly=wage,
        minimum=newest.minimum,
        short_hour=short_hour,
        short_week=None if week is None else short_hour * week,
        total=total,
        holiday=total * exact(holiday_share) / 100,
        stretches=tuple(stretches),
    )
