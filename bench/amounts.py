"""What the reader makes of the exam in tests/amounts: one row right is every item right, in order.

uv run python -m bench.amounts [language …] [--wrong]
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from actions.amounts.extract import extract
from actions.amounts.model import Age, DateRange, Duration, Extracted, Money, Number, Percent
from facts.languages import NAMES

FOLDER = Path(__file__).parent.parent / "tests" / "amounts"
TODAY = date(2026, 11, 23)


def _number(amount: Decimal) -> str:
    return f"{round(amount, 2).normalize():f}"


def written(reading: Extracted) -> str:
    """A reading in the exam's notation ("money 11.50/hour gross", "hours 40..45/week", "since 2026-03")."""
    if isinstance(reading, Money):
        parts = [_number(reading.amount) + ("" if reading.currency == "EUR" else f" {reading.currency}")]
        text = "money " + parts[0] + (f"/{reading.per}" if reading.per else "")
        return f"{text} {reading.tax}".strip()
    if isinstance(reading, Duration):
        most = f"..{_number(reading.most)}" if reading.most is not None else ""
        return f"{reading.unit} {_number(reading.amount)}{most}" + (f"/{reading.per}" if reading.per else "")
    if isinstance(reading, Age):
        return f"age {reading.years}"
    if isinstance(reading, Percent):
        return f"percent {_number(reading.amount)}"
    if isinstance(reading, Number):
        return f"number {_number(reading.amount)}"
    return _when(reading)


def _when(reading: DateRange) -> str:
    first, last = reading.first, reading.last
    if first == last:
        kind, day = "date", first.isoformat()
    elif (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        kind, day = "year", str(first.year)
    else:
        kind, day = "month", f"{first:%Y-%m}"
    return f"{reading.edge or kind} {day}"


def normal(expected: str) -> list[str]:
    """The exam's items with numbers in one notation."""
    items = []
    for item in filter(None, (part.strip() for part in expected.split(";"))):
        kind, _, rest = item.partition(" ")
        if kind in ("money", "hours", "days", "weeks", "months", "years", "percent", "number"):
            head = rest.replace("/", " /").split()
            numbers = "..".join(_number(Decimal(one)) for one in head[0].split(".."))
            rest = " ".join([numbers, *head[1:]]).replace(" /", "/")
        items.append(f"{kind} {rest}")
    return items


def rows(language: str) -> Iterator[dict[str, str]]:
    """The exam of a language."""
    with (FOLDER / f"{language}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def got(row: dict[str, str], language: str) -> list[str]:
    """What the reader reads in a row's text."""
    return [written(one) for one in extract(row["text"], language, TODAY, row["asked"] or "")]  # type: ignore[arg-type]


def main() -> None:
    """Prints the share of rows that are right, by language."""
    names = [name for name in sys.argv[1:] if name in NAMES] or list(NAMES)
    total: Counter[str] = Counter()
    for language in names:
        right = count = 0
        for row in rows(language):
            want, have = normal(row["expect"]), got(row, language)
            count += 1
            right += want == have
            if want != have and "--wrong" in sys.argv:
                print(f"{row['id']} [{row['asked']}] {row['text']}")
                print("    want", "; ".join(want))
                print("    got ", "; ".join(have))
        total.update(rows=count, right=right)
        print(f"{language}: {right} of {count}")
    print(f"all: {total['right']} of {total['rows']} ({total['right'] / total['rows']:.1%})")


if __name__ == "__main__":
    main()
