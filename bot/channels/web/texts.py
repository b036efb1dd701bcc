"""The texts of the chat in each language, made once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from facts.base import FactBase
from facts.languages import NAMES, RIGHT_TO_LEFT, SOURCE
from facts.wording import Wording

#: Texts from elsewhere that the chat shows too, by the name that the chat knows them by.
_SHARED: Final = {
    "greeting": "greeting", "menu": "button.menu", "delete": "button.delete", "keep": "button.keep",
    "stop_waiting": "button.stop_waiting",
}  # fmt: skip
_ACCEPTED: Final = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q=([0-9.]+))?")


def direction(language: str) -> str:
    """How a language is written: rtl or ltr."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def all_texts(base: FactBase) -> dict[str, dict[str, Any]]:
    """For each language what the chat says, the names of all languages and the telephone numbers that can be tapped."""
    wording = Wording(base)
    own = {key.removeprefix("page."): key for key in base.texts if key.startswith("page.")}
    phones = [period.value for figure in base.figures.values() if figure.unit == "phone" for period in figure.periods]
    return {
        language: {
            "language": language,
            "direction": direction(language),
            "languages": NAMES,
            "phones": phones,
            **{name: wording.text(key, language) for name, key in {**_SHARED, **own}.items()},
        }
        for language in NAMES
    }


def best_language(wanted: Iterable[str], accepted: str) -> str:
    """The language to begin in: one that was asked for, else the browser's first that Baken writes, else English.

    >>> best_language([], "fr-FR, uk;q=0.6, pl;q=0.8")
    'pl'
    """
    for one in wanted:
        if one.lower()[:2] in NAMES:
            return one.lower()[:2]
    ranked = []
    for place, part in enumerate(accepted[:1000].split(",")):
        match = _ACCEPTED.fullmatch(part.strip())
        if match and match[1].lower() in NAMES:
            ranked.append((-_weight(match[2]), place, match[1].lower()))
    return min(ranked)[2] if ranked else SOURCE


def _weight(quality: str | None) -> float:
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0
