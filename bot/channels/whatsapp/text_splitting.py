"""Cuts a long text where a reader would pause: between paragraphs, lines, sentences, words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

#: Short forms that end with a point and no sentence: Dutch first, since laws and the letter are quoted in it.
_SHORT_FORMS: Final = """
aanh afd alg art artt bijl bijv blz bv ca cie dhr dr drs enz evt excl fig hfst incl jl jr kath mevr mld mln mr mrs ms
mw nl nr nrs ong onderd par pag plv prof resp sr st stb stcrt tel tit toel tw uitz vgl vlg vnl vs voorz zgn e.g eg i.e
ie etc inc ltd vol approx np tj tzn ust pkt poz ul zob m.in dz godz wg alin lit dvs bl ст чл т.е т.д т.п напр см гл др
руб коп ул стр грн абз пп тел им проф kb stb bek bekezd sz md vb örn bkz yy sn núm pág p.ej ud uds sra srta av pl str
"""
_SHORT: Final = frozenset(_SHORT_FORMS.split())
_END: Final = re.compile(r"[.!?…؟۔]+[\"'»”’)\]\u2069]*(?=\s)")
_LONGEST_SHORT: Final = 24  #: characters to look back for one, and ahead for the next letter
_OPENERS: Final = "\"'«„“‘([\u2066\u2067\u2068"
#: A part is cut at a better place when that leaves it at least this full.
_FULL_ENOUGH: Final = 0.4
_LEAST: Final = 80  #: characters beside buttons, where there is a choice


def size(text: str) -> int:
    """Length as Meta may count it: in UTF-16 units, at least as many as there are characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def sentence_ends(text: str) -> Iterator[int]:
    """Where a sentence ends, after its last mark.

    >>> text = "Zie art. 23 van de wet. Bel o.a. 113! Ok"
    >>> [text[:end].split()[-1] for end in sentence_ends(text)]
    ['wet.', '113!']
    """
    for match in _END.finditer(text):
        rest = text[match.end() : match.end() + _LONGEST_SHORT].lstrip().lstrip(_OPENERS)
        if not rest or rest[0].islower() or rest[0].isdigit():
            continue
        if match[0].startswith(".") and not match[0].startswith(".."):
            before = text[max(match.start() - _LONGEST_SHORT, 0) : match.start()]
            word = (before.split() or [""])[-1].lstrip(_OPENERS).casefold() if not before[-1:].isspace() else ""
            line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
            if word in _SHORT or (len(word) == 1 and word.isalpha()) or re.fullmatch(r"\w(\.\w)+", word):
                continue
            if line.isdigit():  # "1." before a line of a list
                continue
        yield match.end()


def head(text: str, limit: int) -> tuple[str, str]:
    """The first part of a text, at most `limit` long, and the rest."""
    text = text.strip()
    if size(text) <= limit:
        return text, ""
    fits = _prefix(text, limit)
    for places in _places(text):
        good = [place for place in places if _FULL_ENOUGH * fits <= place <= fits]
        if good:
            return text[: good[-1]].rstrip(), text[good[-1] :].lstrip()
    cut = _whole_letters(text, fits)
    return text[:cut], text[cut:]


def tail(text: str, limit: int) -> tuple[str, str]:
    """The text before, and a last part of at most `limit`: what stands with the buttons."""
    text = text.strip()
    if size(text) <= limit:
        return "", text
    first = len(text) - _prefix(text[::-1], limit)
    for places in _places(text):
        good = next((place for place in places if place >= first and text[place:].strip()), None)
        # the longest that fits, unless that leaves hardly anything to read beside the buttons
        if good is not None and len(text) - good >= min(_FULL_ENOUGH * limit, _LEAST):
            return text[:good].rstrip(), text[good:].lstrip()
    cut = _whole_letters(text, first)
    while size(text[cut:]) > limit:
        cut += 1
    return text[:cut], text[cut:]


def parts(text: str, limit: int) -> list[str]:
    """The whole text in parts of at most `limit`."""
    found = []
    while text.strip():
        first, text = head(text, limit)
        found.append(first)
    return found


def _places(text: str) -> Iterator[list[int]]:
    """Where a text may be cut, the best kind of place first."""
    yield [match.start() for match in re.finditer(r"\n\s*\n", text)]
    yield [match.start() for match in re.finditer(r"\n", text)]
    yield list(sentence_ends(text))
    yield [match.start() for match in re.finditer(r"\s+", text)]


def _prefix(text: str, limit: int) -> int:
    """How many characters fit."""
    if size(text[:limit]) <= limit:
        return min(limit, len(text))
    units = 0
    for count, letter in enumerate(text):
        units += 2 if ord(letter) > 0xFFFF else 1
        if units > limit:
            return count
    return len(text)


def _whole_letters(text: str, cut: int) -> int:
    """The nearest place before `cut` that does not take an accent or a joined emoji apart."""
    for place in range(cut, max(cut - 20, 0), -1):
        if place == len(text):
            return place
        joined = unicodedata.combining(text[place]) or text[place] in "\u200d\ufe0f" or text[place - 1] == "\u200d"
        if not joined:
            return place
    return max(cut, 1)
