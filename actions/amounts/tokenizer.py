"""Cuts a message into numbers, dates, words and signs, each word with what it can mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import msgspec

from actions.amounts.lexicon import Lexicon, Meaning
from actions.amounts.normalize import latin_word, western

_SIGNS: Final[dict[str, Meaning]] = {
    "€": ("euro", None), "$": ("money", "USD"), "£": ("money", "GBP"), "₺": ("money", "TRY"), "₴": ("money", "UAH"),
    "₽": ("money", "RUB"), "zł": ("money", "PLN"), "%": ("percent", None), "/": ("per", None),
}  # fmt: skip
_TOKEN: Final = re.compile(
    r"""
    (?P<plain>[^\W\d_½]\w*(?![\w.]|\s\d))                     # first, for speed: no other kind begins so
    |(?P<skip>(?<!\d)24\s?/\s?7(?!\d)                            # round the clock
       |\[[^\]]*\d:\d\d[^\]]*\]                                 # head of a forwarded message
       |\b\d{1,2}[./]\d{1,2}[./]\d{2,4},?\s\d{1,2}:\d{2}\s-\s[^:\n]{1,40}:
       |\b0\d\.\d\d\b(?!\s?(?:€|[eе])|[./-]\d)|\b7\s?/\s?24\b
       |\b\d{4}\s?[A-Z]{2}\b                                   # postcodes
       |\b\w+(?:straat|weg|laan|plein|dijk|kade|singel|hof)\s\d+\s?[a-zA-Z]?\b  # addresses
       |\b\d{1,2}:\d{2}(?:\s?(?:uur|h|u)\b)?)                   # times of day
    |(?P<ymd>\b20\d\d[-/.]\d{1,2}[-/.]\d{1,2}\b)
    |(?P<dmy>\b\d{1,2}[-/.]\d{1,2}[-/.](?:20)?\d\d\b(?![.,]?\d))
    |(?P<ym>\b20\d\d[-/]\d{1,2}\b)
    |(?P<my>\b(?:0?[1-9]|1[0-2])[-/.]20\d\d\b)
    |(?P<phone>(?:\+|\b00)\d[\d\s().-]{7,}\d|\b0\d[\d\s-]{7,}\d|\b\d{9,}\b)
    |(?P<kilo>\b\d+(?:[.,]\d+)?[kк]\b)
    |(?P<glued>\b\d+[^\W\d_]\w*)
    |(?P<number>(?<![\w.,])(?:\d{1,3}(?:[\s.,'’]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?)(?P<dash>[,.][-–—])?
       |(?<=[€$£₺~>(-])(?:\d{1,3}(?:[\s.,'’]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?)(?P<dash2>[,.][-–—])?)
    |(?P<half>½)
    |(?P<range>\s?[-–—]\s?(?=\d))
    |(?P<word>[^\W\d_](?:[\w]|(?<=\w)\.(?=\w\.))*)
    |(?P<sign>[€$£₺₴₽%/])
    |(?P<stop>(?<!\b20\d\d)[.!?;\n]|,(?=\s))
    """,
    re.VERBOSE,
)
_THOUSAND, _HUNDRED, _HALF = Decimal(1000), Decimal(100), Decimal("0.5")
#: Written onto an Arabic word: and, with, to, and in colloquial speech on.
_PREFIXES: Final = ("وال", "بال", "لل", "عال", "ال", "و", "ب", "ل", "ف", "ع")
#: Where an Arabic "and" or "in" is written onto figures.
_ON_A_NUMBER: Final = re.compile(r"(?<=[\u0621-\u064a])(?=\d)")
#: Said between the euros and the cents ("nueve con cincuenta").
_POINT: Final = frozenset({"con", "com", "coma", "komma", "koma", "virgula", "virgul", "vessző", "vesszo", "przecinek"})
_PLAIN_UNITS: Final = ("hour", "day", "week", "month", "year")
_GLUED: Final = re.compile(r"^(\d+)([^\W\d_].*)$")


class Item(msgspec.Struct):
    """A piece of a message: a number, a date, or a word with its meanings; `stop` ends a clause."""

    at: int
    text: str
    number: Decimal | None = None
    days: tuple[date, date] | None = None
    meanings: dict[str, Any] = {}
    stop: bool = False
    dash: bool = False
    spelled: bool = False  #: a number in words

    @property
    def tells(self) -> bool:
        """Whether anything can be read from it."""
        return bool(self.meanings) or self.number is not None or self.days is not None

    def has(self, *kinds: str) -> bool:
        """Whether it can mean one of these."""
        return bool(self.meanings) and not self.meanings.keys().isdisjoint(kinds)


def number(text: str) -> Decimal:
    """A number in any of the notations of Europe.

    >>> [str(number(one)) for one in ("1.234,50", "1 234,50", "1,234.50", "11,5", "14.99", "2.000")]
    ['1234.50', '1234.50', '1234.50', '11.5', '14.99', '2000']
    """
    text = re.sub(r"[\s'’]", "", text)
    marks = [mark for mark in text if mark in ".,"]
    if not marks:
        return Decimal(text)
    whole, _, part = text.rpartition(marks[-1])
    thousands = len(set(marks)) == 1 and (len(marks) > 1 or len(part) == 3) and whole != "0"
    if thousands:
        return Decimal(text.replace(marks[-1], ""))
    return Decimal(f"{re.sub('[.,]', '', whole)}.{part}")


def tokens(text: str, words: Sequence[Lexicon]) -> list[Item]:
    """The pieces of a message, in order. `words` are the word lists that count, the first before the others."""
    return _numbers_in_words(_named(_cut(_ON_A_NUMBER.sub(" ", western(text))), tuple(words)))


def _cut(text: str) -> list[Item]:
    items: list[Item] = []
    for match in _TOKEN.finditer(text):
        kind, raw, at = match.lastgroup, match[0], match.start()
        if kind in ("plain", "word", "glued"):
            items.append(Item(at, raw))
        elif kind in ("skip", "phone"):
            items.append(Item(at, "", stop=True))
        elif kind in ("ymd", "dmy", "ym", "my"):
            days = _days(match)
            if days:
                items.append(Item(at, raw, days=days))
        elif kind == "kilo":
            items.append(Item(at, raw, number=number(raw[:-1]) * _THOUSAND))
        elif kind == "number":
            plain = raw.rstrip(",.-–—")
            items.append(Item(at, plain, number=number(plain)))
            if match["dash"] or match["dash2"]:
                items.append(Item(at, raw, meanings={"euro": None}))
        elif kind == "half":
            items.append(Item(at, raw, number=_HALF))
        elif kind == "range":
            items.append(Item(at, "-", dash=True))
        elif kind == "sign":
            mark, value = _SIGNS[raw]
            items.append(Item(at, raw, meanings={mark: value}))
        elif kind == "stop":
            items.append(Item(at, raw, stop=True))
    return items


def _days(match: re.Match[str]) -> tuple[date, date] | None:
    parts = [int(part) for part in re.split(r"[-/.]", match[0])]
    try:
        if match["ymd"]:
            day = date(*parts)
            return day, day
        if match["dmy"]:
            year = parts[2] if parts[2] > 99 else 2000 + parts[2]
            day = date(year, parts[1], parts[0])
            return day, day
        year, month = parts if match["ym"] else parts[::-1]
        return month_days(year, month)
    except ValueError:
        return None


def month_days(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), date.fromordinal(following.toordinal() - 1)


def _named(items: list[Item], lists: tuple[Lexicon, ...]) -> list[Item]:
    """Words joined to the phrases that a word list knows, with their meanings."""
    named: list[Item] = []
    place = 0
    while place < len(items):
        item = items[place]
        if item.meanings or item.stop or item.dash or item.days:
            named.append(item)
            place += 1
            continue
        taken, meanings = _longest(items, place, lists)
        glued = _GLUED.match(item.text) if item.text[:1].isdigit() else None
        if item.number is not None and not (meanings and taken > 1):
            named.append(item)
        elif glued and not meanings:
            named += _unglued(item, glued[1], glued[2], lists)
        elif dual := dict(meanings).get("dual"):
            named += [Item(item.at, item.text, number=Decimal(2)), Item(item.at, "", meanings={dual: None})]
        else:
            named.append(Item(item.at, item.text, meanings=dict(meanings)))
        place += max(taken, 1) if meanings and not (item.number is not None and taken == 1) else 1
    return named


def _unglued(item: Item, digits: str, tail: str, lists: tuple[Lexicon, ...]) -> list[Item]:
    """ "45h" is a number and a unit; "3andi" is a word with a digit for a letter."""
    behind = Item(item.at + len(digits), tail)
    _, meanings = _longest([behind], 0, lists)
    if not meanings and tail.isascii() and len(tail) > 1 and len(digits) == 1:
        return [Item(item.at, item.text)]
    behind.meanings = dict(meanings)
    return [Item(item.at, digits, number=Decimal(digits)), behind]


def _longest(items: list[Item], place: int, lists: tuple[Lexicon, ...]) -> tuple[int, list[Meaning]]:
    for rank, (words, (reach, alone)) in enumerate(zip(lists, _by_itself(lists, items[place].text), strict=False)):
        for length in range(min(reach, len(items) - place), 1, -1):
            part = items[place : place + length]
            if any(one.stop or one.dash or one.days or one.meanings for one in part):
                continue
            folded = tuple(latin_word(one.text) for one in part)
            found = words.of(folded)
            if rank:  # another language's word: only what is unmistakable
                found = [one for one in found if _travels(one, folded)]
            if found:
                return length, found
        if alone:
            return 1, alone
    return 1, []


@lru_cache(maxsize=8192)  # people use the same words again and again; kept in memory only, and without their neighbours
def _by_itself(lists: tuple[Lexicon, ...], text: str) -> list[tuple[int, list[Meaning]]]:
    """By word list, how long a phrase can be that begins with a word, and the meanings of the word alone.

    Most words begin no phrase: then one pair stands for all lists, with the meanings in the first that has any.
    """
    first = latin_word(text)
    each = [(words.reach.get(first, 1), _alone(words, text, own=not rank)) for rank, words in enumerate(lists)]
    if all(reach == 1 for reach, _ in each):
        return [(1, next((alone for _, alone in each if alone), []))]
    return each


def _alone(words: Lexicon, text: str, *, own: bool) -> list[Meaning]:
    """The meanings of one word; `own`: in the language of the conversation."""
    folded = (latin_word(text),)
    found = words.of(folded)
    if not own:
        found = [one for one in found if _travels(one, folded)]
    return found or _without_prefix(text, words)


def _without_prefix(word: str, words: Lexicon) -> list[Meaning]:
    """An Arabic word without the "and", "in" or "to" that is written onto it."""
    prefix = next((one for one in _PREFIXES if word.startswith(one) and len(word) > len(one) + 1), None)
    if prefix is None:
        return []
    found = [
        one
        for one in words.of((latin_word(word[len(prefix) :]),))
        if one[0] in ("number", "months", "dual", *_PLAIN_UNITS)
        or (prefix in ("و", "ف") and one[0] in ("received", "agreed"))  # "and I got"
    ]
    if found and prefix == "ل" and found[0][0] == "months":
        return [*found, ("until", None)]
    if found and prefix == "بال" and found[0][0] in _PLAIN_UNITS:  # "بالشهر", a month
        return [("per_" + found[0][0], None)]
    return found


def _travels(meaning: Meaning, folded: tuple[str, ...]) -> bool:
    """Whether a word of another language is taken over: units and pay words, not the small words or short months."""
    kind = meaning[0]
    if kind in ("hour", "day", "week", "month", "year", "four_weeks", "euro", "gross", "net", "money"):
        return len("".join(folded)) > 1 or folded == ("h",) or folded == ("u",)
    if kind.startswith("per_"):
        return len("".join(folded)) > 4
    return (kind == "per" and folded == ("per",)) or (kind == "months" and len(folded[0]) > 4)


def _numbers_in_words(items: list[Item]) -> list[Item]:
    joined: list[Item] = []
    place = 0
    while place < len(items):
        values, end = _run(items, place)
        if not values:
            joined.append(items[place])
            place += 1
            continue
        first = items[place]
        alone = len(values) == 1 and first.number is None and values[0] == 1
        following = items[end] if end < len(items) else None
        if alone and not (_unit(following) or (following and following.has("four_weeks"))):
            joined.append(Item(first.at, first.text, meanings={**first.meanings}))
        elif first.number is None and not any(values):
            joined.append(Item(first.at, first.text))
        else:
            _join(joined, Item(first.at, first.text, number=_sum(values), spelled=first.number is None))
        place = end
    return joined


def _unit(item: Item | None) -> bool:
    return item is not None and item.has("hour", "day", "week", "month", "year")


def _join(joined: list[Item], item: Item) -> None:
    """ "twelve fifty" is a price: 12.50."""
    before = joined[-1] if joined else None
    point = before is not None and latin_word(before.text) in _POINT and len(joined) > 1
    whole_part = joined[-2] if point else None
    if whole_part is not None and whole_part.number and item.number and 10 <= item.number < 100:
        whole_part.number += item.number / 100
        whole_part.spelled = True
        joined.pop()
        return
    if before is not None and before.spelled and item.spelled and before.number and item.number:
        whole = before.number == before.number.to_integral_value()
        if whole and 5 <= before.number < 100 and 10 <= item.number < 100:
            before.number += item.number / 100
            return
    joined.append(item)


def _run(items: list[Item], place: int) -> tuple[list[Decimal], int]:
    """The values of a number in words that begins here, and where it ends."""
    values: list[Decimal] = []
    end = place
    while end < len(items):
        item = items[end]
        value = item.number if item.number is not None and end == place else item.meanings.get("number")
        if value is None:
            joins = item.has("and") and values and end + 1 < len(items) and items[end + 1].has("number")
            if not joins:
                break
            end += 1
            continue
        if values and not _fits(values, value):
            break
        values.append(value)
        end += 1
    while end > place and items[end - 1].has("and") and not items[end - 1].has("number"):
        end -= 1
    return values, end


def _fits(values: list[Decimal], value: Decimal) -> bool:
    """Whether a further number word goes on with the number ("five" "hundred"; "forty" "five"; "two" "thousand")."""
    last = values[-1]
    if value in (_THOUSAND, _HUNDRED):
        return last < value or (value == _HUNDRED and last >= _THOUSAND)
    if value == _HALF:
        return last == last.to_integral_value()
    if last % 1:
        return False
    return (last >= 1000 and value < 1000) or (last >= 100 and value < 100) or (20 <= last < 100 and 0 < value < 10)


def _sum(values: list[Decimal]) -> Decimal:
    total = current = Decimal(0)
    for value in values:
        if value == _THOUSAND:
            total += (current or 1) * _THOUSAND
            current = Decimal(0)
        elif value == _HUNDRED and current < _HUNDRED:
            current = (current or 1) * _HUNDRED
        else:
            current += value
    return total + current
