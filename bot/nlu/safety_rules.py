"""A small net of rules on the folded text, for words of danger that must never be missed.

They stand in data/safety_rules/<language>.yaml, under `patterns`: `sign: [pattern, …]`, regular expressions on folded
text. Each has its own test lines beside it (`caught`, `passed`). A rule names the sign that it found; it knows
nothing of language.
"""

from __future__ import annotations

import re
import sre_parse
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.nlu.fold import fold
from facts.read import BrokenFile, read_yaml, without_lines

FOLDER = Path(__file__).parent.parent.parent / "data" / "safety_rules"
#: So many first characters of what a rule needs are looked up; of a rule that needs fewer all that it needs is.
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
        for sign, patterns in content.get("patterns", {}).items():
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
    starting, short = _indexed()
    runs = {*map("".join, zip(folded, folded[1:], folded[2:], strict=False))}
    found = set()
    for start in starting.keys() & runs:
        for letters, number in starting[start]:
            if letters in folded:
                found.add(number)
    runs.update(folded, map("".join, pairwise(folded)))
    for number, each in short:
        for needed in each:
            if runs.isdisjoint(needed):
                break
        else:
            found.add(number)
    return sorted(found)


@cache
def _indexed() -> tuple[dict[str, list[tuple[str, int]]], list[tuple[int, list[frozenset[str]]]]]:
    """The rules by the first characters of the letters that they need; those whose letters are few with all of them.

    Of the latter only so many characters count as are looked up: a set tells at once whether one of them is there.
    """
    starting: dict[str, list[tuple[str, int]]] = {}
    short = []
    for number, (_, pattern) in enumerate(rules()):
        needed = must_have(pattern.pattern)
        if min(map(len, needed)) < _START:
            each = _each_needed(sre_parse.parse(pattern.pattern))
            cut = {frozenset(letters[:_START] for letters in needed) for needed in each}
            short.append((number, sorted(cut, key=lambda needed: min(map(len, needed)), reverse=True)))
            continue
        for letters in needed:
            starting.setdefault(letters[:_START], []).append((letters, number))
    return starting, short


def must_have(pattern: str) -> tuple[str, ...]:
    """Runs of letters of which every match of a pattern holds at least one; ("",) where nothing is sure.

    >>> must_have("pass?port .* (?:took|taken)"), must_have("(?:kill|hurt) me"), must_have("a?b?")
    (('port ',), ('kill', 'hurt'), ('',))
    """
    parsed: Any = sre_parse.parse(pattern)
    return _needed(parsed) or ("",)


def _needed(sequence: Any) -> tuple[str, ...]:
    return max(_each_needed(sequence), key=_sureness, default=())


def _each_needed(sequence: Any) -> Iterator[tuple[str, ...]]:
    """Runs of letters, group by group: every match holds at least one of each group."""
    run = ""
    for kind, value in [*sequence, (None, None)]:
        if kind is sre_parse.LITERAL:
            run += chr(value)
            continue
        if run:
            yield (run,)
            run = ""
        if kind is sre_parse.SUBPATTERN:
            yield from _each_needed(value[3])
        elif kind is sre_parse.MAX_REPEAT and value[0] >= 1:
            yield from _each_needed(value[2])
        elif kind is sre_parse.BRANCH:
            each = [_needed(one) for one in value[1]]
            if all(each):
                yield tuple(letters for one in each for letters in one)


def _sureness(needed: tuple[str, ...]) -> int:
    return min(map(len, needed), default=0)
