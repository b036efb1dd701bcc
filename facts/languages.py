"""The twelve languages that Baken writes itself."""

from __future__ import annotations

from typing import Final

#: ISO 639-1 code -> the language's own name, in the order in which they are offered.
NAMES: Final[dict[str, str]] = {
    "nl": "Nederlands",
    "en": "English",
    "pl": "Polski",
    "ro": "Română",
    "bg": "Български",
    "hu": "Magyar",
    "uk": "Українська",
    "ru": "Русский",
    "tr": "Türkçe",
    "es": "Español",
    "pt": "Português",
    "ar": "العربية",
}

SOURCE: Final = "en"
TRANSLATED: Final = tuple(code for code in NAMES if code != SOURCE)
RIGHT_TO_LEFT: Final = frozenset({"ar"})

#: The script that a translation must mostly stand in (Unicode name prefix), for the wrong-script check.
SCRIPT: Final[dict[str, str]] = dict.fromkeys(NAMES, "LATIN") | {
    "bg": "CYRILLIC",
    "uk": "CYRILLIC",
    "ru": "CYRILLIC",
    "ar": "ARABIC",
}
