"""What must hold for any case: no shortfall below zero, splitting changes nothing, more hours never claim less."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.sums.housing import housing
from actions.sums.pay import check_pay
from actions.sums.rates import Rates, Worker
from actions.sums.wages import LatePaymentIncrease, claim, months_before, working_days
from facts.base import FactBase

RATES = Rates(FactBase())
LATE = LatePaymentIncrease(free_days=3, first_days=5, first_share=Decimal(5), next_share=Decimal(1), most=Decimal(50))
EIGHT = Decimal(8)
START, END = date(2025, 1, 1), date(2026, 11, 23)

money = st.decimals(min_value=0, max_value=60, places=2)
hours = st.decimals(min_value=1, max_value=80, places=1)
days = st.integers(0, (END - START).days).map(lambda n: START + timedelta(days=n))
periods = st.tuples(days, days).map(lambda pair: (min(pair), max(pair)))
workers = st.one_of(
    st.integers(15, 70).map(lambda age: Worker(age=age)),
    st.dates(date(1960, 1, 1), date(2009, 12, 31)).map(lambda day: Worker(birthday=day)),
    st.just(Worker()),
)


@given(money, hours, periods, workers)
def test_a_shortfall_is_never_negative(pay: Decimal, weekly: Decimal, period: tuple[date, date], who: Worker) -> None:
    made = check_pay(Fraction(pay), weekly, RATES.stretches(*period, who), EIGHT)
    assert made.short_hour >= 0 and made.total >= 0 and (made.total > 0) == (made.verdict == "below")


@given(money, hours, periods, workers, st.data())
def test_splitting_a_period_changes_nothing(
    pay: Decimal, weekly: Decimal, period: tuple[date, date], who: Worker, data: st.DataObject
) -> None:
    first, last = period
    if first == last:
        return
    cut = first + timedelta(days=data.draw(st.integers(0, (last - first).days - 1)))
    whole = check_pay(Fraction(pay), weekly, RATES.stretches(first, last, who), EIGHT).total
    parts = [
        check_pay(Fraction(pay), weekly, RATES.stretches(*part, who), EIGHT).total
        for part in ((first, cut), (cut + timedelta(days=1), last))
    ]
    assert sum(parts) == whole


@given(periods, workers)
def test_stretches_cover_every_day_once(period: tuple[date, date], who: Worker) -> None:
    found = RATES.stretches(*period, who)
    assert sum(part.days for part in found) == (period[1] - period[0]).days + 1
    for before, after in pairwise(found):
        assert after.first == before.last + timedelta(days=1)
    for part in found:
        for day in (part.first, part.last):
            assert RATES.minimum(day, who) == part.minimum


@given(hours, hours, st.one_of(st.none(), money), money, periods, workers)
def test_more_unpaid_hours_never_lower_the_claim(
    few: Decimal, more: Decimal, agreed: Decimal | None, paid: Decimal, period: tuple[date, date], who: Worker
) -> None:
    few, more = min(few, more), max(few, more)
    wage = None if agreed is None else Fraction(agreed)
    made = [claim(RATES.stretches(*period, who), weekly, wage, paid, LATE, EIGHT, END) for weekly in (few, more)]
    assert made[0].unpaid <= made[1].unpaid
    assert made[0].increase <= made[1].increase


@given(hours, st.one_of(st.none(), money), st.decimals(min_value=0, max_value=50000, places=2), periods, workers)
def test_a_claim_is_never_negative_nor_more_than_what_was_owed(
    weekly: Decimal, agreed: Decimal | None, paid: Decimal, period: tuple[date, date], who: Worker
) -> None:
    wage = None if agreed is None else Fraction(agreed)
    made = claim(RATES.stretches(*period, who), weekly, wage, paid, LATE, EIGHT, END)
    assert 0 <= made.unpaid <= made.owed
    assert made.unpaid == max(Fraction(0), made.owed - Fraction(paid))
    assert 0 <= made.increase <= made.increase_most


@given(money, hours, st.one_of(st.none(), st.integers(0, 4000)), st.booleans())
def test_housing_parts_add_up(taken: Decimal, weekly: Decimal, wage: int | None, allowed: bool) -> None:
    made = housing(
        taken * 10,
        Fraction(weekly),
        Decimal("14.99"),
        Decimal(25),
        allowed=allowed,
        wage=None if wage is None else Fraction(wage),
    )
    assert made.too_much >= 0 and made.doubtful >= 0
    assert made.too_much + made.doubtful == max(Fraction(0), Fraction(taken * 10) - made.most)
    assert made.doubtful <= made.above


@given(days, st.integers(1, 24))
def test_months_before_gives_so_many_months(last: date, months: int) -> None:
    first = months_before(last, months)
    after = last + timedelta(days=1)
    apart = (after.year * 12 + after.month) - (first.year * 12 + first.month)
    assert (apart, first.day) in ((months, after.day), (months - 1, 1))


@given(days, st.integers(0, 400))
def test_working_days_are_mondays_to_fridays(day: date, span: int) -> None:
    until = day + timedelta(days=span)
    counted = sum((day + timedelta(days=n)).weekday() < 5 for n in range(1, span + 1))
    assert working_days(day, until) == counted


@settings(max_examples=20)
@given(st.sampled_from(["2024-01-01", "2026-12-31"]))
def test_the_ends_of_what_is_known(day: str) -> None:
    assert RATES.minimum(date.fromisoformat(day), Worker()) > 0


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        RATES.stretches(END, START, Worker())
