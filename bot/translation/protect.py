"""What a machine may not touch: figures, telephone numbers, addresses, legal names, quotes of the law.

They are masked before a translation and counted after it. One that is lost, doubled or changed means that the English
is sent instead.
"""

from __future__ import annotations

import re

from facts.check import GLOSSARY

_PROTECTED = re.compile(
    r"https?://\S+|«[^»]*»|[€$]\s?\d[\d.,\s]*\d|[€$]\s?\d|\+?\d[\d\s.,/-]*\d\s?%?|\d\s?%?|"
    + "|".join(rf"\b{re.escape(name)}\b" for name in GLOSSARY)
)
_MARK = re.compile(r"\[\s*\[\s*(\d+)\s*\]\s*\]")


class Damaged(Exception):
    """A translation lost, doubled or invented something that it may not touch."""


def mask(text: str) -> tuple[str, list[str]]:
    """The text with each protected part as `[[n]]`, and the parts.

    >>> mask("Call 112 now")
    ('Call [[0]] now', ['112'])
    """
    parts: list[str] = []

    def take(match: re.Match[str]) -> str:
        parts.append(match[0])
        return f"[[{len(parts) - 1}]]"

    return _PROTECTED.sub(take, text), parts


def unmask(translated: str, parts: list[str]) -> str:
    """The translation with its protected parts put back.

    Raises:
        Damaged: not every part is there exactly once, or a figure stands there that was not in the original.
    """
    numbers = [int(number) for number in _MARK.findall(translated)]
    if sorted(numbers) != list(range(len(parts))):
        raise Damaged("protected parts are not there exactly once")
    if any(character.isdigit() for character in _MARK.sub("", translated)):
        raise Damaged("a figure that was not in the original")
    return _MARK.sub(lambda match: parts[int(match[1])], translated)
