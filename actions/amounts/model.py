"""What can be read out of a message."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

Per = Literal["", "hour", "day", "week", "4weeks", "month", "year", "piece"]
Tax = Literal["", "gross", "net"]
AskedFor = Literal["", "pay", "hours", "age", "period", "deduction", "paid", "count"]


class Money(msgspec.Struct, frozen=True, tag="money"):
    """An amount of money."""

    amount: Decimal
    per: Per = ""
    tax: Tax = ""
    currency: str = "EUR"
    role: Literal["", "received", "agreed", "total"] = ""  #: what the words beside it say
    at: int = 0


class Duration(msgspec.Struct, frozen=True, tag="span"):
    """A number of hours, days, weeks, months or years; `per` says of what, `most` ends a range."""

    unit: Literal["hours", "days", "weeks", "months", "years"]
    amount: Decimal
    per: Per = ""
    most: Decimal | None = None
    at: int = 0


class Age(msgspec.Struct, frozen=True, tag="age"):
    """Years of age."""

    years: int
    at: int = 0


class DateRange(msgspec.Struct, frozen=True, tag="when"):
    """A day, a month or a year, with what the text says of it: since then, until then, or neither."""

    first: date
    last: date
    edge: Literal["", "since", "until"] = ""
    at: int = 0


class Percent(msgspec.Struct, frozen=True, tag="percent"):
    """A percentage."""

    amount: Decimal
    at: int = 0


class Number(msgspec.Struct, frozen=True, tag="number"):
    """A number without a unit."""

    amount: Decimal
    at: int = 0


Extracted = Money | Duration | Age | DateRange | Percent | Number
