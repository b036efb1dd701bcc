"""Folding: one spelling for what people type in many.

Lower case, no diacritics, Latin letters, digits as one sign. "Zapłata", "zaplata" and "заплата" come near each other,
and a Bulgarian who types in Latin letters meets the Cyrillic training lines.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from anyascii import anyascii

#: Longest text that is looked at, in characters; what a worker tells fits well within it.
LONGEST: Final = 2000

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_REPEATED = re.compile(r"(.)\1{2,}")
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
#: Chat spellings of Arabic letters (arabizi) between letters: 3 for ayn, 7 for ha, 9 for qaf, 2 for hamza, 5 for kha.
_ARABIZI = str.maketrans({"3": "a", "7": "h", "9": "q", "2": "", "5": "kh", "8": "gh"})
_ARABIZI_WORD = re.compile(r"(?=\w*[a-z])(?=\w*[235789])[a-z235789']{2,}")
#: Letters whose usual chat spelling differs from the one that anyascii gives.
_AS_TYPED = str.maketrans(
    {"ъ": "a", "щ": "sht", "ь": "", "ю": "yu", "я": "ya", "х": "h", "ж": "zh", "ц": "ts", "й": "y", "ё": "e", "ы": "y"}
)


@lru_cache(maxsize=64)  # the parts of understanding look at the same message, one after the other
def clean(text: str) -> str:
    """`text` in NFKC without control and direction marks, white space squeezed, at most `LONGEST` characters."""
    text = unicodedata.normalize("NFKC", text[: LONGEST * 2])
    return _SPACE.sub(" ", _CONTROL.sub(" ", text)).strip()[:LONGEST]


@lru_cache(maxsize=64)
def fold(text: str) -> str:
    """The folded form: lower-case ASCII, each number as "0", no letter more than twice in a row.

    >>> fold("Zapłata 11,50 €!!!")
    'zaplata 0 eur!!'
    """
    text = clean(text).lower().translate(_AS_TYPED)
    text = anyascii(text).lower()
    text = _ARABIZI_WORD.sub(lambda match: match[0].translate(_ARABIZI) if _chat_word(match[0]) else match[0], text)
    text = _NUMBER.sub(" 0 ", text)
    return _SPACE.sub(" ", _REPEATED.sub(r"\1\1", text)).strip()


def _chat_word(word: str) -> bool:
    """Whether digits stand inside a word as letters ("3andi", "ma7abch") and not beside one ("45h", "2x")."""
    digits = sum(character.isdigit() for character in word)
    return (len(word) - digits >= 3 and digits <= 3 and not re.fullmatch(r"\d+[a-z]+|[a-z]+\d{2,}", word)) or bool(
        re.fullmatch(r"[3792][a-z]{2,}", word)
    )


def has_words(text: str) -> bool:
    """Whether there is a letter in it at all (an emoji or a row of dots has none)."""
    return any(character.isalpha() for character in clean(text))
