"""Where somebody lives or can be reached: addresses, e-mail, web addresses, handles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from bot.privacy.numbers import CONTACTS
from bot.privacy.spans import MaskedSpan, cues, fold
from facts.model import FigureFile
from facts.read import read_as

_EMAIL = re.compile(r"(?<![\w.+\-])[\w.+\-]{1,64}\s?@\s?[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}")
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]+"
    r"|(?<![\w@.\-])(?:[\w\-]{1,63}\.){1,5}(?:nl|com|net|org|eu|be|de|pl|ro|bg|hu|ua|ru|tr|es|pt|me|io|info)/[^\s<>\"]*"
    r"|(?<![\w@.\-])(?:[\w\-]{1,63}\.){1,5}(?:nl|com|net|org|eu|pl|bg|hu|ua|ru|info)(?![\w.]*\w)",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@.])@[^\W\d][\w.]{2,63}")
#: What follows a number that is no house number.
_UNIT = (
    r"(?![\d:%€$]|[.,]\d|\s?(?:%|€|\$|(?:euro?|eur|uur|uren|hour|dag|day|jaar|year|week|weken|month|maand|min|km|kg"
    r"|pers|stuk|godz|zł|zl|dni|lat|lei|ore|zile|ani|ora|лв|лева|евро|євро|час|ден|год|дн|лет|міс|мес|ft|nap|óra|hét|év"
    r"|saat|gün|ay|tl|hora|día|dia|año|ano|mes|semana|يورو|ساعة|يوم|سنة)))"
)
_NUMBER = rf"\d{{1,4}}(?!\d)(?:\s?[a-zA-Z](?!\w)|\s?(?:bis|hs))?(?:\s?[/\-]\s?\d{{1,4}}(?!\d))?{_UNIT}"
_SURE = "straat|laan|gracht|kade|singel|dreef|steeg|plantsoen|dwarsweg"
_MAYBE = "weg|plein|dijk|hof|pad|park|veld|baan|ring|wal|akker|kamp|burg|donk|hoek|erf|markt|str\\."
_DUTCH = re.compile(
    rf"(?<!\w)(?:(?:[A-Z][\w'’.]{{0,30}}|van|de|den|der|het|'t|ten|ter|v\.d\.)[ ]+){{0,4}}"
    rf"(?:[A-Za-z'’\-]{{2,40}}(?:{_SURE})|[A-Z][a-zA-Z'’\-]{{1,40}}(?:{_MAYBE})|(?:Straat|Laan|Weg|Plein))\s+{_NUMBER}"
)
_LOWER_DUTCH = re.compile(
    rf"(?<!\w)(?!onderweg|halverweg|snelweg|werk)[a-z'’\-]{{3,40}}(?:weg|plein|dijk|str\.)\s+{_NUMBER}(?!\s?[a-z])"
)
_POSTCODE = re.compile(
    r"(?<![\w.,])(?!(?:19[5-9]|20[0-3])\d\s?(?:NL|EU|PL|RO|BG|HU|UA|RU|TR|ES|PT)\b)[1-9]\d{3}\s?(?!EU\b|SS\b|SA\b|SD\b)[A-Z]{2}(?!\w)"
    r"(?:,?[ ]+(?:'s-|'t[ ])?[A-Z][\w\-]+(?:[ ](?:aan|den|de|op)[ ][\w ]{2,10}(?=[,.]|$))?)?"
    r"|(?<![\w.,])\d{2}-\d{3}(?=\s+[A-ZŁŚŻ])|(?<![\w.,])\d{4}-\d{3}(?=\s+[A-Z])"
)
_NAME = r"[A-Z][\w'’.\-]{1,40}(?:[ ](?:van|de|den|der|het|'t|ten|ter|op|aan|[A-Z][\w'’.\-]{1,40})){0,5}"
#: A street whose name tells nothing ("Oude Haven 17b"): with its postcode behind it.
_WITH_POSTCODE = re.compile(rf"(?<!\w){_NAME}\s{_NUMBER}(?=,?\s*[1-9]\d{{3}}\s?[A-Z]{{2}}(?!\w))")
_ROOM = (
    r"(?:,?\s*(?:nr|no|num|№|d|д|дом|буд|будинок|кв|квартира|ap|apt|bl|sc|et|вх|ет|m|lok|piso|º)[.:]?"
    r"\s*\d{1,4}\s?\w?(?!\w))*"
)


@lru_cache(maxsize=1)
def public_hosts() -> frozenset[str]:
    """The hosts of the organisations in the fact base: their addresses point to nobody."""
    return frozenset(
        (urlsplit(str(period.value)).hostname or "").removeprefix("www.")
        for figure in read_as(CONTACTS, FigureFile).figures
        for period in figure.periods
        if str(period.value).startswith("http")
    )


@lru_cache(maxsize=1)
def _streets() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    name = r"[^\W\d_][\w'’.\-]{0,30}"
    abbreviated = [fold(word) for word in cues().street_before if word[-1] in "./"]
    spelled = [fold(word) for word in cues().street_before if word[-1] not in "./"]
    after = "|".join(map(re.escape, map(fold, cues().street_after)))
    house = rf"[,\s]*(?:nr|no|№|дом|д|буд|num)?[.:]?\s*{_NUMBER}{_ROOM}"
    return (
        re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, abbreviated))})\s*{name}(?:\s{name}){{0,4}}?{house}"),
        re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, spelled))})\s+{name}(?:\s{name}){{0,4}}?{house}"),
        re.compile(
            rf"(?<!\w)(?:\d{{1,4}}\s+(?:{name}\s){{1,3}}(?:{after})(?!\w)|(?:{name}\s){{1,3}}?(?:{after})\.?{house})"
        ),
    )


def reached(text: str) -> Iterator[MaskedSpan]:
    """E-mail, web addresses and handles in `text`."""
    for match in _EMAIL.finditer(text):
        yield MaskedSpan(match.start(), match.end(), "email")
    for match in _LINK.finditer(text):
        link = match[0].rstrip(".,;:!?)»\"'")
        host = urlsplit(link if "//" in link else f"//{link}").hostname or ""
        if not any(host == known or host.endswith("." + known) for known in public_hosts()):
            yield MaskedSpan(match.start(), match.start() + len(link), "link")
    for match in _HANDLE.finditer(text):
        yield MaskedSpan(match.start(), match.end(), "link")


def lived(text: str) -> Iterator[MaskedSpan]:
    """Addresses in `text` (Western digits); spans may overlap."""
    for pattern in (_DUTCH, _LOWER_DUTCH, _WITH_POSTCODE, _POSTCODE):
        for match in pattern.finditer(text):
            yield MaskedSpan(match.start(), match.end(), "address")
    yield from _abroad(text)


def _abroad(text: str) -> Iterator[MaskedSpan]:
    low = fold(text)
    for at, pattern in enumerate(_streets()):
        for match in pattern.finditer(low):
            written = text[match.start() : match.end()]
            # A street word spelled out is also a common word ("on the street 3 months"): a name has a capital, or the
            # script has none.
            inner = written.split(maxsplit=1)[-1] if at == 1 else written
            if at == 0 or re.search(r"[A-ZÀ-ÞŁŚŻŹĆŐŰŞİĞА-ЯЁІЇЄҐ\u0600-\u06ff]", inner):
                yield MaskedSpan(match.start(), match.end(), "address")
