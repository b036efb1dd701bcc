"""`baken check`: check the content."""

from __future__ import annotations

from datetime import date

from facts import clock
from facts.base import FactBase
from facts.check import check as problems
from facts.commands import report


def check(on: date | None) -> int:
    """Prints what is broken or due; 1 where anything is."""
    base = FactBase()
    return report(problems(base, on or clock.today()), base)
