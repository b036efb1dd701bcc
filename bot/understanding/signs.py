"""A small net of rules on the folded text, for words of danger that must never be missed.

The rules stand in data/signs/<language>.yaml: `sign: [pattern, …]`, regular expressions on folded text. Each has its
own test lines beside it (`caught`, `passed`). A rule names the sign that it found; it knows nothing of language.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from bot.understanding.fold import fold
from facts.read import BrokenFile, read_yaml, without_lines

FOLDER = Path(__file__).parent.parent.parent / "data" / "signs"


@cache
def rules(folder: Path = FOLDER) -> list[tuple[str, re.Pattern[str]]]:
    """Every rule: the sign that it stands for, and its pattern.

    Raises:
        BrokenFile: a pattern that is no regular expression.
    """
    found: list[tuple[str, re.Pattern[str]]] = []
    for path in sorted(folder.glob("*.yaml")):
        content: dict[str, Any] = without_lines(read_yaml(path)) or {}
        for sign, patterns in content.get("rules", {}).items():
            for pattern in patterns:
                try:
                    found.append((sign, re.compile(pattern)))
                except re.error as error:
                    raise BrokenFile(path, 1, f"{sign}: {pattern!r} is no regular expression: {error}") from error
    return found


def rule_for(text: str) -> str | None:
    """The first sign whose rule matches, or None."""
    folded = fold(text)
    return next((sign for sign, pattern in rules() if pattern.search(folded)), None)
