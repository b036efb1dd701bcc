"""Cases and results in words: amounts with their period, what was understood, and the lines of a result."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from actions.amounts.model import Money
from actions.intake.results import FigureOf, Product, Quotient, ResultLine, Value, Years
from actions.intake.slot_filling import CLAIMS
from actions.intake.state import Intake
from actions.sums.pay import cents
from facts import notation
from facts.wording import Wording


def amount(money: Money, wording: Wording, language: str) -> str:
    """Money with its period and tax: "€ 11,50 per hour, gross"."""
    text = notation.money(money.amount, language)
    if money.per:
        text = wording.text(f"amount.{money.per}", language, amount=text)
    return wording.text(f"amount.{money.tax}", language, amount=text) if money.tax else text


def understood(case: Intake, wording: Wording, language: str, on: date) -> list[str]:
    """What a sum was made with, a line each."""
    lines = []
    if case.pay is not None:
        lines.append(wording.text("told.pay", language, pay=amount(case.pay, wording, language)))
    elif case.flow in CLAIMS:
        lines.append(wording.text("told.pay_none", language))
    if case.deduction is not None and case.flow == "housing_deduction":
        lines.append(wording.text("told.deduction", language, amount=amount(case.deduction, wording, language)))
    if case.weekly is not None:
        lines.append(wording.text("told.hours", language, hours=_two(case.weekly, language)))
    elif case.hours_total is not None:
        lines.append(wording.text("told.hours_total", language, hours=_two(case.hours_total, language)))
    if case.birthday is None and case.age is None:
        lines.append(wording.text("told.adult", language, age=wording.figure("wml_full_age", language, on) or ""))
    elif case.age is not None:
        lines.append(wording.text("told.age", language, age=notation.counted(Decimal(case.age), "age", language)))
    if case.first is not None and case.last is not None:
        first, last = notation.day(case.first, language), notation.day(case.last, language)
        lines.append(wording.text("told.period", language, first=first, last=last))
    if case.paid is not None and not case.paid and case.flow in CLAIMS:
        lines.append(wording.text("told.paid", language, amount=notation.money(case.paid, language)))
    return lines


def told(line: ResultLine, wording: Wording, language: str, on: date) -> str:
    """A line of a result, in words."""
    return wording.text(line.key, language, **filled(line.values, wording, language, on))


def filled(values: Mapping[str, Value], wording: Wording, language: str, on: date) -> dict[str, str]:
    """A line's values as they are told."""
    return {name: _value(value, wording, language, on) for name, value in values.items()}


def _value(value: Value, wording: Wording, language: str, on: date) -> str:
    if isinstance(value, Fraction):
        return notation.money(cents(value), language)
    if isinstance(value, Decimal):
        return notation.number(value, language)
    if isinstance(value, date):
        return notation.day(value, language)
    if isinstance(value, FigureOf):
        return wording.figure(value.id, language, on) or ""
    if isinstance(value, Years):
        return notation.counted(Decimal(value.age), "age", language)
    if isinstance(value, Product):
        return f"{_two(value.hours, language)} × {notation.money(cents(value.wage), language)}"
    if isinstance(value, Quotient):
        return f"{notation.money(cents(value.amount), language)} ÷ {_two(value.hours, language)}"
    return value


def _two(amount: Decimal | Fraction, language: str) -> str:
    """A number with at most two decimals."""
    exact = Decimal(amount.numerator) / Decimal(amount.denominator) if isinstance(amount, Fraction) else amount
    return notation.number(round(exact, 2), language)
