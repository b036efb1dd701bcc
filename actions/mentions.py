"""What a question mentions that brings a fact into its answer."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from facts.model import Condition

#: Ages for which the minimum wage is lower (Wml 7(3) and 8(3): from 15 until 21).
_YOUNG: Final = range(13, 21)
_NUMBER = re.compile(r"(?<![\d.,:/€$%-])\d{2}(?![\d.,:/€$%-]*\d)")
#: Words for an hour or money right behind a number: then it is no age.
_OTHER_UNIT = re.compile(
    r"^\s*(?:€|%|h\b|u\b|uur|hour|godz|or[ae]\b|час|год|óra|ora|saat|hora|ساع|eur|evr|евр|євр|يورو|avro|day|dag|dni|dn|zi|nap|gün)",
    re.IGNORECASE,
)


def mentioned(text: str) -> frozenset[Condition]:
    """What the text mentions: an age below the full minimum wage ("I am 19").

    >>> sorted(mentioned("I am 19, what is my wage?")), sorted(mentioned("I work 18 hours for 19,50"))
    (['young_age'], [])
    """
    western = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
    for match in _NUMBER.finditer(western):
        before, behind = western[: match.start()].rstrip(), western[match.end() :]
        if int(match[0]) in _YOUNG and not before.endswith(("€", "$")) and not _OTHER_UNIT.match(behind):
            return frozenset({"young_age"})
    return frozenset()
