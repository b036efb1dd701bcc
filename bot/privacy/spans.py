"""A stretch of a text that holds personal data, and the text in the forms that the finders look at."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec
import yaml

#: id: BSN and other national numbers. document: passport, card, permit. link: web addresses and handles.
PersonalDataKind = Literal[
    "name",
    "company",
    "phone",
    "email",
    "link",
    "iban",
    "id",
    "document",
    "plate",
    "birthdate",
    "address",
]

WORD: Final = re.compile(r"[^\W\d_]+(?:['’‘\-][^\W\d_]+)*")

_DIGITS: Final = {ord(c): str(i % 10) for i, c in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_LETTERS: Final = str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ø": "o", "’": "'", "‘": "'", "ى": "ي"})


class MaskedSpan(NamedTuple):
    """Characters `start` to `end` of a text."""

    start: int
    end: int
    kind: PersonalDataKind


class Announcing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of one language that stand beside a name."""

    called: tuple[str, ...]
    here: tuple[str, ...]
    title: tuple[str, ...]
    relation: tuple[str, ...]
    regards: tuple[str, ...]
    firm: tuple[str, ...]
    after: tuple[str, ...] = ()
    firm_after: tuple[str, ...] = ()


class Cues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """cues.yaml"""

    names: dict[str, Announcing]
    announced: dict[str, tuple[str, ...]]
    street_before: tuple[str, ...]
    street_after: tuple[str, ...]
    no_names: tuple[str, ...]
    particles: tuple[str, ...]
    and_words: tuple[str, ...]
    from_words: tuple[str, ...]


@lru_cache(maxsize=1)
def cues() -> Cues:
    """The words that announce personal data."""
    content = yaml.safe_load((Path(__file__).parent / "cues.yaml").read_text(encoding="utf-8"))
    return msgspec.convert(content, Cues)


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0].lower()
    return base[0].translate(_LETTERS)


def flat(text: str) -> str:
    """`text` with Western digits, as long as before."""
    return text.translate(_DIGITS)


def fold(text: str) -> str:
    """`text` in lower case without accents, as long as before.

    >>> fold("Mă numesc Łukasz")
    'ma numesc lukasz'
    """
    return "".join(_folded(character) for character in text)


def words(*several: str) -> str:
    """A pattern for any of the cues in a folded text, the longest first."""
    folded = sorted({fold(word) for word in several}, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in folded)


@lru_cache(maxsize=16)
def announced(kind: str) -> re.Pattern[str]:
    """The words that announce a number of this kind, in a folded text."""
    return re.compile(rf"(?<!\w)(?:{words(*cues().announced[kind])})(?!\w)")
