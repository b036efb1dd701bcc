"""A place in the pieces of a message, and what stands around it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from actions.amounts.model import AskedFor, Extracted, Per
from actions.amounts.tokenizer import Item

#: What a word of a unit ("hour", "per_hour") says that an amount is for.
PER_OF: Final[dict[str, Per]] = {
    "hour": "hour", "day": "day", "week": "week", "four_weeks": "4weeks", "month": "month", "year": "year",
    "per_hour": "hour", "per_day": "day", "per_week": "week", "per_four_weeks": "4weeks", "per_month": "month",
    "per_year": "year", "per_piece": "piece",
}  # fmt: skip
PER_KEYS: Final = tuple(key for key in PER_OF if key.startswith("per_"))
UNITS: Final = ("four_weeks", "hour", "minute", "day", "week", "month", "year")
#: Letters of a word like "to".
SMALL: Final = 3
#: How far from a number its gross, net or "weekly" may stand, in pieces.
NEAR: Final = 4


class Cursor:
    """The pieces of a message, which of them were read already, and what was found."""

    def __init__(self, items: list[Item], today: date, asked: AskedFor, *, postpositions: bool, arabic: bool) -> None:
        self.items, self.today, self.asked, self.postpositions = items, today, asked, postpositions
        self.arabic = arabic
        self.used: set[int] = set()
        self.found: list[Extracted] = []
        self.guessed: set[int] = set()  #: where a bare number was taken for money because money was asked for

    def at(self, place: int) -> Item | None:
        """The item at a place, or None outside."""
        return self.items[place] if 0 <= place < len(self.items) else None

    def has(self, place: int, *kinds: str) -> bool:
        """Whether the item at a place can mean one of these."""
        item = self.at(place)
        return item is not None and item.has(*kinds)

    def _is_number(self, place: int) -> bool:
        item = self.at(place)
        return item is not None and item.number is not None

    def _half(self, place: int) -> bool:
        """Whether "(and) a half" stands here, in words."""
        item = self.at(place)
        return item is not None and item.spelled and item.number == Decimal("0.5")

    def _small(self, place: int) -> bool:
        """A little word without a meaning of its own, like "from" and "to"."""
        item = self.at(place)
        return (
            item is not None
            and not item.stop
            and item.number is None
            and 0 < len(item.text) <= SMALL
            and not item.has("and", *UNITS, "euro", "months", "no")
        )

    def _one_of(self, place: int) -> bool:
        """The number one, in words, before a unit ("egy óra", an hour): no amount of its own."""
        item = self.at(place)
        return item is not None and item.spelled and item.number == 1 and self.has(place + 1, *UNITS)

    def _reach(self, start: int, step: int) -> Sequence[int]:
        """Places near a number, up to the next number or the end of a clause."""
        places = []
        for place in range(start, start + step * NEAR, step):
            item = self.at(place)
            one = step == 1 and self._one_of(place)
            if item is None or item.stop or (item.number is not None and not one) or item.days:
                break
            places.append(place)
        return places
