"""Every sum against figures that were worked out by hand from the law (cases.yaml says how)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.sums.housing import housing
from actions.sums.pay import Calendar, cents, check_pay, hourly
from actions.sums.rates import Rates, TooYoung, UnknownMinimum, Worker
from actions.sums.wages import LatePaymentIncrease, claim, months_before
from facts.base import FactBase

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8")
)
CALENDAR = Calendar(weeks_per_year=52, months_per_year=12)
LATE = LatePaymentIncrease(
    free_days=3, first_days=5, first_share=Decimal(5), next_share=Decimal(1), most=Decimal(50)
)  # BW 7:625(1)
EIGHT = Decimal(8)


@pytest.fixture(scope="module")
def rates(base: FactBase) -> Rates:
    return Rates(base)


def named(kind: str) -> Any:
    return pytest.mark.parametrize("case", CASES[kind], ids=lambda case: str(case.get("id") or case))


def decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def worker(case: dict[str, Any]) -> Worker:
    return Worker(age=case.get("age"), birthday=case.get("birthday"), bbl=case.get("bbl", False))


def test_there_are_at_least_sixty() -> None:
    assert sum(map(len, CASES.values())) >= 60


@named("pay")
def test_pay(case: dict[str, Any], rates: Rates) -> None:
    weekly = decimal(case["weekly"])
    wage = hourly(Decimal(case["amount"]), case["per"], weekly, CALENDAR, decimal(case.get("daily")))
    made = check_pay(wage, weekly, rates.stretches(case["first"], case["last"], worker(case)), EIGHT)
    assert made.short_week is not None
    assert cents(made.hourly) == Decimal(case["hourly"])
    assert cents(made.short_hour) == Decimal(case["short_hour"])
    assert cents(made.short_week) == Decimal(case["short_week"])
    assert made.verdict == case["verdict"]
    if "total" in case:
        assert (cents(made.total), cents(made.holiday)) == (Decimal(case["total"]), Decimal(case["holiday"]))


@named("housing")
def test_housing(case: dict[str, Any]) -> None:
    wage = None if case["wage"] is None else Fraction(case["wage"])
    made = housing(
        Decimal(case["taken"]),
        Fraction(case["hours"]),
        Decimal(case["minimum"]),
        Decimal(25),
        allowed=case["allowed"],
        wage=wage,
    )
    for name in ("minimum_wage", "most", "too_much", "doubtful"):
        assert cents(getattr(made, name)) == Decimal(case[name]), name
    assert made.verdict == case["verdict"]


@named("late")
def test_increase_for_paying_late(case: dict[str, Any]) -> None:
    assert LATE.share(case["days"]) == Decimal(case["share"])


def made_claim(case: dict[str, Any], rates: Rates, today: date) -> Any:
    agreed = None if case["agreed"] is None else Fraction(case["agreed"])
    weekly = decimal(case.get("weekly"))
    monthly = CALENDAR.hours(Fraction(weekly), "month") if case.get("monthly") and weekly else None
    stretches = rates.stretches(case["first"], case["last"], worker(case))
    return claim(
        stretches,
        weekly,
        agreed,
        Decimal(case["paid"]),
        LATE,
        EIGHT,
        today,
        hours=decimal(case.get("hours")),
        monthly_hours=monthly,
    )


@named("claim")
def test_claim(case: dict[str, Any], rates: Rates) -> None:
    made = made_claim(case, rates, case["last"])
    found = tuple(cents(amount) for amount in (made.unpaid, made.holiday, made.total))
    assert found == (Decimal(case["unpaid"]), Decimal(case["holiday"]), Decimal(case["total"]))


@named("increase")
def test_increase_of_a_claim(case: dict[str, Any], rates: Rates) -> None:
    made = made_claim(case, rates, case["today"])
    assert (cents(made.increase), cents(made.increase_most)) == (Decimal(case["increase"]), Decimal(case["most"]))


@named("permit")
def test_six_months_that_the_law_presumes(case: dict[str, Any]) -> None:
    assert months_before(case["last"], case["months"]) == case["first"]


def test_no_sum_for_a_day_whose_minimum_is_not_known(rates: Rates) -> None:
    with pytest.raises(UnknownMinimum, match="2031-01-01"):
        rates.minimum(date(2031, 1, 1), Worker())
    with pytest.raises(UnknownMinimum):
        rates.stretches(date(2026, 12, 1), date(2031, 1, 31), Worker())


def test_below_fifteen_there_is_no_minimum(rates: Rates) -> None:
    with pytest.raises(TooYoung):
        rates.minimum(date(2026, 11, 23), Worker(age=14))


def test_born_on_the_29th_of_february(rates: Rates) -> None:
    """Turns 18 on 1 March 2026, as 2026 has no 29 February."""
    found = rates.stretches(date(2026, 2, 27), date(2026, 3, 2), Worker(birthday=date(2008, 2, 29)))
    assert [(part.first, part.last, part.age) for part in found] == [
        (date(2026, 2, 27), date(2026, 2, 28), 17),
        (date(2026, 3, 1), date(2026, 3, 2), 18),
    ]


def test_pay_per_week_without_hours_is_refused() -> None:
    with pytest.raises(ValueError, match="hours a week"):
        hourly(Decimal(450), "week", None, CALENDAR)
    with pytest.raises(ValueError, match="hours a day"):
        hourly(Decimal(100), "day", Decimal(40), CALENDAR)


def test_the_figures_of_the_fact_base_are_those_of_the_law(base: FactBase) -> None:
    """The hand-worked cases use the law's numbers; the product reads them from facts/. They must be the same."""
    seen = {name: base.figures[name].periods[-1].value for name in base.figures}
    assert seen["housing_max_share"] == "25" and seen["holiday_allowance_share"] == "8"
    late = ("wage_late_free_days", "wage_late_first_days", "wage_late_first_share", "wage_late_next_share")
    assert [seen[name] for name in late] == ["3", "5", "5", "1"] and seen["wage_late_max_share"] == "50"
    assert (seen["pay_weeks_per_year"], seen["pay_months_per_year"], seen["wav23_presumed_months"]) == ("52", "12", "6")
