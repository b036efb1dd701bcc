"""Numbers that point to a person: phone, bank account, BSN and its like abroad, documents, plates, dates of birth.

Where a number has check digits they are checked (python-stdnum, phonenumbers). Without them a number is masked when a
word announces it, or when it is so long that no amount is. Money, hours, ages, years and articles are shorter, or
carry a comma or a colon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException
from stdnum import iban as iban_number
from stdnum.nl import bsn

from bot.privacy.spans import MaskedSpan, announced, fold
from facts import clock
from facts.base import FOLDER
from facts.model import FigureFile
from facts.read import read_as

#: Countries whose way of writing a phone number is tried, by the language of the message; the Netherlands always.
REGIONS: Final[dict[str, tuple[str, ...]]] = {
    "en": ("GB", "IE"), "nl": ("BE",), "pl": ("PL",), "ro": ("RO", "MD"), "bg": ("BG",), "hu": ("HU",), "uk": ("UA",),
    "ru": ("RU", "UA", "BY", "KZ"), "tr": ("TR",), "es": ("ES",), "pt": ("PT", "BR"), "ar": ("MA", "SY", "EG", "IQ"),
}  # fmt: skip

CONTACTS: Final = FOLDER / "figures" / "contacts.yaml"

_PHONE = re.compile(r"(?<![\w.,:/+-])(?:\+|00)?\(?\d(?:\)?[ .\-/(]{0,2}\d){7,14}(?![\d:]|[.,]\d)")
_HOURS = re.compile(r"\d\.\d\d\s?[-–/]")
_DATE = re.compile(
    r"(?<![\d.,:/-])(?:\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:(?:19|20)\d\d|\d\d)|(?:19|20)\d\d[./-]\s?\d{1,2}[./-]\s?\d{1,2})(?!\d)"
)
_WRITTEN_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}(?:st|nd|rd|th|\.)?\s(?:de\s|of\s)?[^\W\d_]{3,}\.?,?\s(?:de\s)?(?:19|20)\d\d"
    r"|(?:19|20)\d\d\.?\s[^\W\d_]{3,}\s\d{1,2}|[^\W\d_]{3,}\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d)(?!\d)"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ .\-]?[A-Za-z0-9]){11,30}")
_ID = re.compile(r"[A-Za-z]?-?\d(?:[ .\-]?\d){5,14}(?:-?[A-Za-z](?!\w))?(?![,:]\d)")
_LONG = re.compile(r"(?<![\w.,:+])(?:\d{9,}|[XYZxyz]-?\d{7}-?[A-Za-z]|\d{8}-?[A-Za-z])(?![\w,:])")
_DOTTED = re.compile(r"(?<![\w.,:])\d{3,4}\.\d{2,3}\.\d{3}(?![\d,:.])")
_DOCUMENT = re.compile(
    r"(?:[^\W\d_]{1,3}\s?(?:nr|no|№)?\.?\s?)?\d{2,}(?:\s?\d{2,})*[A-Z]?\d*(?![,.:]\d)|[A-Z]{2}[A-Z0-9]{6}\d(?!\w)"
)
_BARE_DOCUMENT = re.compile(r"(?<!\w)(?!EUR|USD|GBP|PLN|RON|BGN|HUF|UAH|RUB|TRY)[A-Z]{1,3}\d{6,8}(?!\w)")
_PLATE_PART = r"(?:[A-ZА-ЯІ]{1,3}|\d{1,5})"
_PLATE = re.compile(rf"(?<!\w){_PLATE_PART}(?:[ \-·]?{_PLATE_PART}){{1,3}}(?!\w)")
_BOTH = r"[АВЕКМНОРСТУХABEKMHOPCTYX]"  #: letters that Cyrillic and Latin plates share
_SIDE = r"(?:[A-Z]{1,3}|\d{1,3})"
_BARE_PLATE = re.compile(
    rf"(?<![\w-])(?=[A-Z\d-]*[A-Z])(?=[A-Z\d-]*\d){_SIDE}-{_SIDE}-{_SIDE}(?![\w-])"
    r"|(?<!\w)[A-ZА-ЯІ]{1,2} ?\d{4} ?[A-ZА-ЯІ]{2}(?!\w)"
    rf"|(?<!\w){_BOTH}\d{{3}}{_BOTH}{{2}}\d{{2,3}}(?!\w)"
)
_SERVICE = re.compile(r"0[89]00|1[1-9]\d{1,4}$")
_YOUNGEST = 14  #: nobody younger works: a full date before that is more likely a date of birth than of a job


@lru_cache(maxsize=1)
def helplines() -> frozenset[str]:
    """The telephone numbers of the fact base, without signs and without the country's prefix."""
    figures = read_as(CONTACTS, FigureFile).figures
    return frozenset(
        _national(str(period.value)) for figure in figures if figure.unit == "phone" for period in figure.periods
    )


def find(text: str, language: str) -> Iterator[MaskedSpan]:
    """The numbers in `text` (Western digits), the surest first; spans may overlap."""
    low = fold(text)
    dates = [match.span() for match in _DATE.finditer(text)]
    yield from _birthdates(text, low)
    yield from _phones(text, low, language, dates)
    yield from _plates(text, low)
    yield from _announced_ids(text, low, dates)
    yield from _documents(text, low)
    yield from _bare_ids(text)


def _national(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return "0" + digits[2:] if number.startswith("+31") else "0" + digits[4:] if digits.startswith("0031") else digits


def _after(pattern: re.Pattern[str], cue: re.Match[str], text: str, gap: int) -> re.Match[str] | None:
    """The first number behind a cue, with no more than `gap` characters and no other number in between."""
    found = pattern.search(text, cue.end(), min(len(text), cue.end() + gap + 40))
    between = text[cue.end() : found.start()] if found else ""
    return found if found and len(between) <= gap and not re.search(r"\d|\n", between) else None


def accounts(text: str) -> Iterator[MaskedSpan]:
    """Bank account numbers (IBAN) in `text` (Western digits)."""
    for match in _IBAN.finditer(text):
        found = match[0]
        for end in range(len(found), 14, -1):
            if found[end - 1].isalnum() and iban_number.is_valid(found[:end].replace(".", " ")):
                yield MaskedSpan(match.start(), match.start() + end, "iban")
                break
        else:
            parts = re.match(r"\S+(?:[ .\-](?=\w*\d)\w+)*", found)  # a slip of the pen: the groups that hold a digit
            if parts and sum(character.isdigit() for character in parts[0]) >= 10:
                yield MaskedSpan(match.start(), match.start() + parts.end(), "iban")


def _birthdates(text: str, low: str) -> Iterator[MaskedSpan]:
    cues = [match.span() for match in announced("birth").finditer(low)]
    for pattern in (_DATE, _WRITTEN_DATE):
        for match in pattern.finditer(text):
            near = any(0 <= match.start() - end <= 30 or 0 <= start - match.end() <= 15 for start, end in cues)
            year = re.search(r"(?:19|20)\d\d", match[0])
            long_ago = pattern is _DATE and year and 1940 <= int(year[0]) <= clock.today().year - _YOUNGEST
            if near or long_ago:
                yield MaskedSpan(match.start(), match.end(), "birthdate")


def _phones(text: str, low: str, language: str, dates: list[tuple[int, int]]) -> Iterator[MaskedSpan]:
    for match in _PHONE.finditer(text):
        start, found = match.start(), match[0]
        digits = re.sub(r"\D", "", found)
        if any(start < end and begin < match.end() for begin, end in dates) or _HOURS.search(found):
            continue
        if _national(found) in helplines() or _SERVICE.match(digits):
            continue
        told = any(True for _ in announced("phone").finditer(low, max(0, start - 40), start))
        trunk = digits[0] == "0" or (digits[0] == "8" and language == "ru")
        if found[0] == "+" or (trunk and len(digits) >= 9) or (told and (trunk or _valid(found, language))):
            yield MaskedSpan(start, match.end(), "phone")


def _valid(found: str, language: str) -> bool:
    for region in ("NL", *REGIONS.get(language, ())):
        with suppress(NumberParseException):
            if phonenumbers.is_valid_number(phonenumbers.parse(found, region)):
                return True
    return False


def _documents(text: str, low: str) -> Iterator[MaskedSpan]:
    for cue in announced("document").finditer(low):
        found = _after(_DOCUMENT, cue, text, 25)
        if found and sum(character.isdigit() for character in found[0]) >= 5:
            start = found.start() + len(found[0]) - len(found[0].lstrip())
            yield MaskedSpan(start, found.end(), "document")
    for match in _BARE_DOCUMENT.finditer(text):
        yield MaskedSpan(match.start(), match.end(), "document")


def _announced_ids(text: str, low: str, dates: list[tuple[int, int]]) -> Iterator[MaskedSpan]:
    for cue in announced("id").finditer(low):
        found = _after(_ID, cue, text, 30)
        if found and not any(found.start() < end and begin < found.end() for begin, end in dates):
            yield MaskedSpan(found.start(), found.end(), "id")


def _bare_ids(text: str) -> Iterator[MaskedSpan]:
    for match in _LONG.finditer(text):
        if _national(match[0]) not in helplines() and not _SERVICE.match(match[0]):
            yield MaskedSpan(match.start(), match.end(), "id")
    for match in _DOTTED.finditer(text):
        if bsn.is_valid(match[0]):
            yield MaskedSpan(match.start(), match.end(), "id")


def _plates(text: str, low: str) -> Iterator[MaskedSpan]:
    for cue in announced("plate").finditer(low):
        found = _after(_PLATE, cue, text, 20)
        if found and re.search(r"\d", found[0]) and re.search(r"[^\W\d_]", found[0]) and len(found[0]) >= 5:
            yield MaskedSpan(found.start(), found.end(), "plate")
    for match in _BARE_PLATE.finditer(text):
        yield MaskedSpan(match.start(), match.end(), "plate")
