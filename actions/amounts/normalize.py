"""One spelling for the letters of all scripts: lower case, Latin, no diacritics, western digits."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from anyascii import anyascii

#: Letters whose usual chat spelling differs from the one that anyascii gives.
AS_TYPED: Final = str.maketrans(
    {"ъ": "a", "щ": "sht", "ь": "", "ю": "yu", "я": "ya", "х": "h", "ж": "zh", "ц": "ts", "й": "y", "ё": "e", "ы": "y"}
)
#: Spellings of Arabic letters that people use for one another.
_ONE_ARABIC: Final = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ة": "ه", "ى": "ي", "ؤ": "و", "ئ": "ي", "ـ": ""})
_SEPARATORS: Final = str.maketrans({"٫": ",", "٬": ".", "،": ",", "؛": ";", "؟": "?", "٪": "%"})


def latin(text: str) -> str:
    """`text` in lower-case Latin letters; spaces, digits and marks stay.

    >>> latin("Zapłata"), latin("Часа")
    ('zaplata', 'chasa')
    """
    return str(anyascii(text.lower().translate(AS_TYPED))).lower()


@lru_cache(maxsize=4096)
def latin_word(word: str) -> str:
    """`latin` of one word, without the marks that transliteration leaves in it.

    Arabic words stay Arabic, in one spelling: without their vowels "ساعات" (hours) and "ست" (six) would be one.
    """
    if any("\u0600" <= letter <= "\u06ff" for letter in word):
        plain = word.translate(_ONE_ARABIC)
        return "".join(letter for letter in plain if letter.isalnum())
    return "".join(letter for letter in latin(word) if letter.isalnum())


def western(text: str) -> str:
    """`text` in NFKC with western digits and separators.

    >>> western("٤٥٫٥ ساعة")
    '45,5 ساعة'
    """
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text).translate(_SEPARATORS)
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
