"""The words that people use when they ask about work: what none of them is, is likely a name.

Read from the training lines of the message's language, of Dutch and of English (Dutch words stand in all messages),
and from the fact base.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from bot.privacy.spans import WORD, cues, fold

ROOT: Final = Path(__file__).parent.parent.parent
_LINES: Final = ROOT / "data" / "nlu"
_FACTS: Final = ROOT / "facts"
_CHECKED: Final = 2  #: times that a word counts which somebody checked: once is enough to be known


class _Seen(NamedTuple):
    """Folded words, and how often each was seen."""

    lower: Counter[str]
    capital: Counter[str]  #: with a capital within a sentence: places, authorities
    initial: Counter[str]  #: with a capital at the beginning of one


class Vocabulary:
    """The words for messages in one language; of all languages together where it is not known."""

    def __init__(self, language: str) -> None:
        every = sorted(path.name for path in _LINES.iterdir())
        self._parts = [_of_language(name) for name in ({language, "nl", "en"} if language in every else every)]
        self._parts.append(_of_facts())

    def lower(self, folded: str) -> int:
        """How often the word was seen in lower case."""
        return sum(part.lower[folded] for part in self._parts)

    def knows(self, folded: str, capital: bool) -> bool:
        """Whether the word is one that people use. A capital seen once within a sentence may have been a name."""
        if any(folded in part.lower for part in self._parts):
            return True
        return capital and (
            any(folded in part.initial for part in self._parts) or sum(part.capital[folded] for part in self._parts) > 1
        )


@lru_cache(maxsize=16)
def vocabulary(language: str) -> Vocabulary:
    """The vocabulary for messages in `language`. Read once: half a second."""
    return Vocabulary(language)


@lru_cache(maxsize=16)
def _of_language(name: str) -> _Seen:
    seen = _count((_LINES / name).rglob("*.yml"), 1)
    checked = _count((_FACTS / "locales" / name).rglob("*.po"), _CHECKED)
    for counter, more in zip(seen, checked, strict=True):
        counter.update(more)
    return seen


@lru_cache(maxsize=1)
def _of_facts() -> _Seen:
    seen = _count((*_FACTS.glob("t*/*.yaml"), *(_FACTS / "sources").rglob("*.*")), _CHECKED)
    announcing = cues()
    spoken = [
        cue for names in announcing.names.values() for group in names.__struct_fields__ for cue in getattr(names, group)
    ]
    announced = [cue for several in announcing.announced.values() for cue in several]
    for cue in [*spoken, *announced, *announcing.no_names]:
        seen.lower.update(match[0] for match in WORD.finditer(fold(cue)))
    return seen


def _count(paths: Iterable[Path], weight: int) -> _Seen:
    lower: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    initial: Counter[str] = Counter()
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            line, begins = line.lstrip(' -"'), True
            for match in WORD.finditer(line):
                (lower if not match[0][0].isupper() else initial if begins else capital)[match[0]] += weight
                begins = line[match.end() : match.end() + 1] in (".", "!", "?", ":")
    return _Seen(_folded(lower), _folded(capital), _folded(initial))


def _folded(words: Counter[str]) -> Counter[str]:
    folded: Counter[str] = Counter()
    for word, times in words.items():
        folded[fold(word)] += times
    return folded
