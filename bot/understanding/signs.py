"""A small net of rules on the folded text, for words of danger that must never be missed.

The rules stand in data/signs/<language>.yaml: `sign: [pattern, …]`, regular expressions on folded text. Each has its
own test lines beside it (`caught`, `passed`). A rule names the sign that it found; it knows nothing of language.
"""

from __future__ import annotations

import re
import sre_parse
from functools import cache
from pathlib import Path
from typing import Any

from bot.understanding.fold import fold
from facts.read import BrokenFile, read_yaml, without_lines

FOLDER = Path(__file__).parent.parent.parent / "data" / "signs"
#: So many first characters of what a rule needs are looked up; a rule that needs fewer is always tried.
_START = 3


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
    every = rules()
    for number in _worth_a_look(folded):
        sign, pattern = every[number]
        if pattern.search(folded):
            return sign
    return None


def _worth_a_look(folded: str) -> list[int]:
    """Numbers of the rules whose needed letters stand in a text, in their order; most rules are passed over by it."""
    starting, always = _indexed()
    found = set(always)
    for start in starting.keys() & {folded[at : at + _START] for at in range(len(folded))}:
        found.update(number for letters, number in starting[start] if letters in folded)
    return sorted(found)


@cache
def _indexed() -> tuple[dict[str, list[tuple[str, int]]], list[int]]:
    """The rules by the first characters of the letters that they need, and those whose letters are too few."""
    starting: dict[str, list[tuple[str, int]]] = {}
    always = []
    for number, (_, pattern) in enumerate(rules()):
        needed = must_have(pattern.pattern)
        if min(map(len, needed)) < _START:
            always.append(number)
            continue
        for letters in needed:
            starting.setdefault(letters[:_START], []).append((letters, number))
    return starting, always


def must_have(pattern: str) -> tuple[str, ...]:
    """Runs of letters of which every match of a pattern holds at least one; ("",) where nothing is sure.

    >>> must_have("pass?port .* (?:took|taken)"), must_have("(?:kill|hurt) me"), must_have("a?b?")
    (('port ',), ('kill', 'hurt'), ('',))
    """
    parsed: Any = sre_parse.parse(pattern)
    return _needed(parsed) or ("",)


def _needed(sequence: Any) -> tuple[str, ...]:
    best: tuple[str, ...] = ()
    run = ""
    for kind, value in [*sequence, (None, None)]:
        if kind is sre_parse.LITERAL:
            run += chr(value)
            continue
        found: list[tuple[str, ...]] = [(run,)] if run else []
        run = ""
        if kind is sre_parse.SUBPATTERN:
            found.append(_needed(value[3]))
        elif kind is sre_parse.MAX_REPEAT and value[0] >= 1:
            found.append(_needed(value[2]))
        elif kind is sre_parse.BRANCH:
            each = [_needed(one) for one in value[1]]
            found.append(tuple(letters for one in each for letters in one) if all(each) else ())
        best = max(best, *found, key=_sureness) if found else best
    return best


def _sureness(needed: tuple[str, ...]) -> int:
    return min(map(len, needed), default=0)
