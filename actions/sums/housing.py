"""Housing costs taken from the wage (Besluit minimumloon en minimumvakantiebijslag, art. 2a; Wml 13)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from actions.sums.pay import exact

HousingVerdict = Literal["nothing_allowed", "too_much", "depends", "within"]


class Housing(msgspec.Struct, frozen=True, kw_only=True):
    """What may be taken for housing in one pay period. Euros, exact."""

    verdict: HousingVerdict
    minimum_wage: Fraction  #: minimum wage for the hours of the period
    most: Fraction  #: largest part of it that may go to housing; zero where nothing is allowed
    above: Fraction  #: wage above the minimum, from which more may be taken if agreed in writing
    too_much: Fraction  #: certainly too much
    doubtful: Fraction  #: only allowed from the wage above the minimum, and only if agreed in writing


def housing(
    taken: Decimal, hours: Fraction, minimum: Decimal, share: Decimal, *, allowed: bool = True, wage: Fraction | None
) -> Housing:
    """Holds a deduction against the maximum.

    Args:
        taken: euros taken in the period for rent, service and energy together.
        hours: hours of that period.
        minimum: minimum wage per hour for the age.
        share: percent of the minimum wage that may go to housing.
        allowed: false where nothing may be taken from the minimum (posted worker; no mandate or tenancy).
        wage: gross wage of the period, where it is known.
    """
    owed = exact(minimum) * hours
    most = owed * exact(share) / 100 if allowed else Fraction(0)
    above = max(Fraction(0), wage - owed) if wage is not None else Fraction(0)
    over = max(Fraction(0), exact(taken) - most)
    doubtful = min(over, above)
    too_much = over - doubtful
    if not allowed and taken:
        verdict: HousingVerdict = "nothing_allowed"
    elif too_much:
        verdict = "too_much"
    else:
        verdict = "depends" if doubtful else "within"
    return Housing(verdict=verdict, minimum_wage=owed, most=most, above=above, too_much=too_much, doubtful=doubtful)
