"""The languages that Baken writes itself: facts/languages.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from facts.read import read_yaml, without_lines

FILE: Final = Path(__file__).with_name("languages.yaml")


class Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A language: its own name, and the script it is written in (as Unicode names begin)."""

    name: str
    script: str
    right_to_left: bool = False


ALL: Final[dict[str, Language]] = msgspec.convert(without_lines(read_yaml(FILE)), dict[str, Language])

#: ISO 639-1 code -> the language's own name, in the order in which they are offered.
NAMES: Final[dict[str, str]] = {code: language.name for code, language in ALL.items()}
#: The language that every text is written in first.
SOURCE: Final = "en"
TRANSLATED: Final = tuple(code for code in NAMES if code != SOURCE)
RIGHT_TO_LEFT: Final = frozenset(code for code, language in ALL.items() if language.right_to_left)
#: For the wrong-script check.
SCRIPT: Final = {code: language.script for code, language in ALL.items()}
