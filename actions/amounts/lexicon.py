"""The words of money and time of each language: data/amounts/<language>.yaml.

A word list maps a key to words or phrases; the folder's files are written by people who speak the language. A word
that ends in "*" stands for every word that begins so; one that begins with "-" is an ending ("februártól").
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from actions.amounts.normalize import latin_word
from facts.read import BrokenFile, read_yaml, without_lines

FOLDER: Final = Path(__file__).parents[2] / "data" / "amounts"
#: Keys whose words stand for a unit, and the unit.
UNITS: Final = ("hour", "minute", "day", "week", "four_weeks", "month", "year")
PER_UNITS: Final = ("per_hour", "per_day", "per_week", "per_four_weeks", "per_month", "per_year", "per_piece")
MARKS: Final = (
    "and", "euro", "cent", "per", "gross", "net", "age_before", "age_after", "age_needs", "last_month", "this_month",
    "last_week", "last_year", "this_year", "today", "yesterday", "since", "until", "percent", "no_idea", "yes", "no",
)  # fmt: skip
KEYS: Final = frozenset({*UNITS, *PER_UNITS, *MARKS, "numbers", "other_money", "months"})
#: Keys that a language may leave out: what stands before or behind a time of day, months that are also other words, one
#: word for half an hour, "nothing", words that say what an amount is (received; agreed), "now" as
#: a time, what stands before a number that only names something ("room 12"), what "I do not know" can be about,
#: what a sum of several amounts is called, "again" of who wants to begin again, and the
#: name of a company from here.
MORE: Final = (
    "clock_before",
    "clock_after",
    "month_traps",
    "half_hour",
    "nothing",
    "received",
    "agreed",
    "now",
    "label_before",
    "about_pay",
    "about_period",
    "together",
    "again",
    "dutch",
)
#: A unit in the dual ("شهرين", two months): unit -> words.
DUALS: Final = "duals"

#: A meaning of a phrase: its kind (a key of the file) and, where there is one, its value.
Meaning = tuple[str, Any]


class Lexicon(msgspec.Struct, eq=False):
    """One language's words, folded: a phrase (tuple of folded words) -> its meanings."""

    phrases: dict[tuple[str, ...], list[Meaning]]
    stems: dict[str, list[Meaning]]
    endings: dict[str, list[Meaning]]
    reach: dict[str, int]  #: first words of phrases, and how many words the longest of these has

    def of(self, words: tuple[str, ...]) -> list[Meaning]:
        """The meanings of a phrase of folded words; empty if there is none."""
        found = self.phrases.get(words, [])
        if len(words) != 1:
            return found
        word = words[0]
        found = found or self._by_stem(word)
        if any(kind == "months" for kind, _ in found) or word in self.endings:  # "februartol"; "1-tol"
            edges = [more for ending, meanings in self.endings.items() if word.endswith(ending) for more in meanings]
            return [*found, *edges]
        return found

    def _by_stem(self, word: str) -> list[Meaning]:
        return next((self.stems[word[:end]] for end in range(len(word), 3, -1) if word[:end] in self.stems), [])


def split(phrase: str) -> tuple[str, ...]:
    """A phrase as folded words, cut as the reader cuts a message: apostrophes, dots, dashes and strokes part words."""
    cut = "".join(letter if letter.isalnum() or letter == "*" or ord(letter) > 0x2FF else " " for letter in phrase)
    return tuple(word for part in cut.split() if (word := latin_word(part)))


@cache
def words_of(language: str, folder: Path = FOLDER) -> Lexicon:
    """The words of a language.

    Raises:
        BrokenFile: a key is missing or unknown.
    """
    path = folder / f"{language}.yaml"
    content: dict[str, Any] = without_lines(read_yaml(path))
    if wrong := KEYS ^ (set(content) - {*MORE, DUALS}):
        raise BrokenFile(path, 1, f"missing or unknown: {', '.join(sorted(wrong))}")
    found = Lexicon(phrases={}, stems={}, endings={}, reach={})
    for key in (*UNITS, *PER_UNITS, *MARKS, *MORE):
        for phrase in content.get(key) or []:
            if "%" in str(phrase):
                continue  # a sign, which the reader knows
            _add(found, str(phrase), (key, None))
    for phrase, value in (content["numbers"] or {}).items():
        _add(found, str(phrase), ("number", Decimal(str(value))))
    for unit, phrases in (content.get(DUALS) or {}).items():
        for phrase in phrases:
            _add(found, str(phrase), ("dual", str(unit)))
    for currency, phrases in (content["other_money"] or {}).items():
        for phrase in phrases or []:
            _add(found, str(phrase), ("money", str(currency)))
    for month, phrases in content["months"].items():
        for phrase in phrases or []:
            _add(found, str(phrase), ("months", int(month)))
    return found


def _add(words: Lexicon, phrase: str, meaning: Meaning) -> None:
    if phrase.startswith("-"):
        if ending := latin_word(phrase):
            words.endings.setdefault(ending, []).append(meaning)
        return
    parts = split(phrase.rstrip("*"))
    if not parts:
        return
    if phrase.endswith("*") and len(parts) == 1:
        words.stems.setdefault(parts[0], []).append(meaning)
    meanings = words.phrases.setdefault(parts, [])
    if meaning not in meanings:
        meanings.append(meaning)
    words.reach[parts[0]] = max(words.reach.get(parts[0], 1), len(parts))
