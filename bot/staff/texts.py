"""What staff read, in Dutch and English: each room's own `texts/nl.yaml` and `texts/en.yaml`, taken together."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import yaml

LANGUAGES: Final = ("nl", "en")
_BOT: Final = Path(__file__).parent.parent


@cache
def texts() -> dict[str, dict[str, str]]:
    """All staff texts by language and key.

    Raises:
        ValueError: a key stands in two rooms.
    """
    found: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for language in LANGUAGES:
        for path in sorted(_BOT.glob(f"*/texts/{language}.yaml")):
            new = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            twice = new.keys() & found[language].keys()
            if twice:
                raise ValueError(f"{path}: {sorted(twice)[0]} stands in another room too")
            found[language].update({str(key): str(text).strip() for key, text in new.items()})
    return found


def text(key: str, language: str, /, **values: object) -> str:
    """One text with its values filled in.

    Raises:
        KeyError: no such text (a mistake in the code, held by a test).
    """
    found = texts()[language][key]
    return found.format(**values) if values else found


def spoken(accepted: str, asked: str | None = None) -> str:
    """The staff language: as asked for, else by the browser's Accept-Language; Dutch first."""
    if asked in LANGUAGES:
        return str(asked)
    for part in accepted.lower().split(","):
        if part.strip()[:2] in LANGUAGES:
            return part.strip()[:2]
    return "nl"
