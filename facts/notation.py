"""Numbers, money, dates and units in each language's own notation (Babel; CLDR)."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from facts.languages import RIGHT_TO_LEFT
from facts.model import Unit
from facts.read import read_yaml, without_lines

#: The regional form whose notation is used in Europe; a bare `en` would print American dates.
_LOCALE = {"en": "en_GB", "pt": "pt_PT"}
_ISOLATE, _POP = "\u2066", "\u2069"  # behind Arabic letters "0800-5151" would be shown as "5151-0800" (UAX 9, W2)


def locale(language: str) -> Locale:
    """The Babel locale that a language is written in."""
    return Locale.parse(_LOCALE.get(language, language))


@cache
def _units() -> dict[str, dict[str, dict[str, str]]]:
    units: dict[str, dict[str, dict[str, str]]] = without_lines(read_yaml(Path(__file__).with_name("units.yaml")))
    return units


def units_without(language: str) -> list[str]:
    """Units that have no word in a language yet."""
    return [unit for unit, words in _units().items() if language not in words]


def money(amount: Decimal, language: str) -> str:
    """Euros: with cents, or without where there are none ("€ 14,99", "€ 150")."""
    whole = amount == amount.to_integral_value()
    return format_currency(
        amount,
        "EUR",
        locale=locale(language),
        numbering_system="latn",
        currency_digits=not whole,
        format=None if not whole else _whole_pattern(language),
    ).strip()


@cache
def _whole_pattern(language: str) -> str:
    pattern: str = locale(language).currency_formats["standard"].pattern
    return pattern.replace(".00", "").replace("0.00", "0")


def number(amount: Decimal, language: str) -> str:
    """A bare number, without trailing zeros."""
    return format_decimal(amount.normalize() + 0, locale=locale(language), format="#,##0.####", numbering_system="latn")


def counted(amount: Decimal, unit: str, language: str) -> str:
    """Number and unit word in the right plural ("6 months", "6 miesięcy")."""
    forms = _units()[unit].get(language) or _units()[unit]["en"]
    category = locale(language).plural_form(float(amount))
    return forms.get(category, forms["other"]).replace("#", number(amount, language))


def day(value: date, language: str) -> str:
    """A date in words ("31 December 2026")."""
    return format_date(value, "long", locale=locale(language)).replace("\u200f", "")


def moment(value: datetime, language: str) -> str:
    """A day of the week with its date, and the time ("Monday 7 December 2026, 09:00")."""
    shown = format_date(value, "full", locale=locale(language)).replace("\u200f", "")
    return f"{shown}, {value.strftime('%H:%M')}"


@lru_cache(maxsize=4096)  # the same figures are told in answer after answer
def written(value: str, unit: Unit, language: str, *, bare: bool = False) -> str:
    """A figure's stored value as it is told; `bare` leaves the unit word out.

    Raises:
        ValueError: the value does not fit the unit.
    """
    if unit == "date":
        return day(date.fromisoformat(value), language)
    if unit == "time":
        return time.fromisoformat(value).strftime("%H:%M")
    if unit == "phone":
        return f"{_ISOLATE}{value}{_POP}" if language in RIGHT_TO_LEFT else value
    if unit in ("url", "fraction"):
        return value
    try:
        amount = Decimal(value)
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is no number") from error
    if bare or unit == "count":
        return number(amount, language)
    if unit == "EUR":
        return money(amount, language)
    if unit == "percent":
        return format_percent(
            amount / 100, locale=locale(language), format=_percent_pattern(language), numbering_system="latn"
        )
    return counted(amount, unit, language)


@cache
def _percent_pattern(language: str) -> str:
    pattern: Any = locale(language).percent_formats[None]
    return str(pattern.pattern).replace("#,##0", "#,##0.##")
