"""Numbers in a reply, by value, whatever the notation of the language."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

_NUMBER = re.compile(r"\d(?:[\d.,'’٫٬]|[\s\u00a0\u202f](?=\d{3}(?!\d)))*")


def values(text: str) -> set[Decimal]:
    """Every reading of every number in a text: "1.234,50", "1 234,50" and "1,234.50" are all 1234.5.

    >>> sorted(values("€ 1.234,50 in 2 weken"))
    [Decimal('2'), Decimal('1234.50')]
    """
    found: set[Decimal] = set()
    for match in _NUMBER.finditer(_western(text)):
        found |= readings(match[0])
    return found


def readings(written: str) -> set[Decimal]:
    """What a written number can mean: one value, or two where a single separator may be either kind."""
    bare = re.sub(r"[\s\u00a0\u202f'’]", "", written).strip(".,")
    marks = [character for character in bare if character in ".,"]
    candidates = []
    if not marks:
        candidates = [bare]
    elif len(set(marks)) == 2:
        candidates = [bare.replace(marks[0], "").replace(marks[-1], ".")]
    else:
        candidates = [bare.replace(marks[0], "")] if len(marks) > 1 else []
        if len(marks) == 1:
            candidates = [bare.replace(marks[0], ".")]
            if len(bare.split(marks[0])[1]) == 3:
                candidates.append(bare.replace(marks[0], ""))
    found = set()
    for candidate in candidates:
        try:
            found.add(Decimal(candidate))
        except InvalidOperation:
            continue
    return found


def _western(text: str) -> str:
    return "".join(
        str(unicodedata.digit(character)) if character.isdigit() and not character.isascii() else character
        for character in text.replace("٫", ".").replace("٬", "")
    )
