"""Names of people and firms: a small, honest approach.

There is no list of the world's names here, and no model that reads twelve languages within the size of this project
(docs/decisions/0013-masking.md). Instead: words that announce a name ("my name is", "señor", "колега"), and the words
that people are known to use: a capitalised word within a sentence that is none of them is most likely a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from bot.privacy.spans import WORD, MaskedSpan, PersonalDataKind, cues, fold, words
from bot.privacy.vocabulary import vocabulary

_ENDINGS: Final = re.compile(r"['\-]")
_LONGEST: Final = 5  #: words of a name
#: What may stand between a cue and a name: "Regards,\nJan", "dhr. Jansen".
_GAPS: Final = {"regards": " \t\n:,.،!-–—\"'«", "title": " ."}
_SELDOM: Final = 8  #: a word of a script without capitals that was seen less often may be a name


class _Word(NamedTuple):
    start: int
    end: int
    low: str
    capital: bool
    first: bool  #: of its sentence
    caseless: bool  #: its script has no capitals
    known: bool


def find(text: str, language: str) -> Iterator[MaskedSpan]:
    """Names in `text`; spans may overlap."""
    reader = _Reader(text, language)
    for kind, group, pattern in _patterns(language):
        for match in pattern.finditer(reader.low):
            if group.endswith("after"):
                run = reader.before(match.start(), firm=kind == "company")
            else:
                run = reader.behind(match.end(), group)
            if run:
                yield MaskedSpan(run[0].start, run[-1].end, kind)
    yield from reader.capitals()


@lru_cache(maxsize=16)
def _patterns(language: str) -> tuple[tuple[PersonalDataKind, str, re.Pattern[str]], ...]:
    """The cues of the message's language, of Dutch and of English; of all languages where it is not known."""
    names = cues().names
    spoken = dict.fromkeys((language, "nl", "en")) if language in names else names
    patterns: list[tuple[PersonalDataKind, str, re.Pattern[str]]] = []
    for group in ("called", "title", "relation", "regards", "firm", "here", "after", "firm_after"):
        several = [cue for name in spoken for cue in getattr(names[name], group)]
        if several:
            kind: PersonalDataKind = "company" if group.startswith("firm") else "name"
            patterns.append((kind, group, re.compile(rf"(?<![\w'])(?:{words(*several)})(?!\w)")))
    return tuple(patterns)


@lru_cache(maxsize=1)
def _small_words() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    several = (cues().particles, cues().and_words, cues().from_words)
    particles, and_words, from_words = (frozenset(map(fold, words)) for words in several)
    return particles, and_words, from_words


class _Reader:
    """The words of one message, and the names that begin or end at a place."""

    def __init__(self, text: str, language: str) -> None:
        self.text, self.low = text, fold(text)
        self.vocabulary = vocabulary(language)
        self.particles, self.and_words, self.from_words = _small_words()
        self.words = [self._word(match) for match in WORD.finditer(text)]
        self.at = {word.start: at for at, word in enumerate(self.words)}

    def _word(self, match: re.Match[str]) -> _Word:
        before = self.text[: match.start()].rstrip(" \"'«“(")
        letter, low = match[0][0], self.low[match.start() : match.end()]
        capital, caseless = letter.isupper(), not letter.isupper() and not letter.islower()
        return _Word(
            match.start(),
            match.end(),
            low,
            capital,
            not before or before[-1] in ".!?:;\n-–—•",
            caseless,
            self.vocabulary.lower(low) >= _SELDOM if caseless else self._knows(low, capital),
        )

    def _knows(self, low: str, capital: bool) -> bool:
        """Turkish, Hungarian and Dutch write endings behind a sign: "Venlo'daki", "KvK-nummer"."""
        return self.vocabulary.knows(low, capital) or any(
            len(stem) > 1 and self.vocabulary.knows(stem, capital) for stem in _ENDINGS.split(low)[:-1][:1]
        )

    def behind(self, end: int, group: str) -> list[_Word]:
        """The name behind a cue that ends at `end`."""
        signs = _GAPS.get(group, " :\"'«")
        while end < len(self.text) and self.text[end] in signs:
            end += 1
        at = self.at.get(end)
        if at is None:
            return []
        first, following = self.words[at], self._next(at)
        new = not first.known
        if first.low in self.particles and not first.capital and group != "firm":
            bearer = self._bearer(at)
            return self._run(at) if bearer is not None and (bearer.capital or not bearer.known) else []
        next_is_new = following is not None and not following.known and not following.caseless
        if group == "called":
            takes = first.capital or new or self._closes(at) or next_is_new
        elif group == "here":
            two = following is not None and not following.known
            takes = new and (
                first.capital or two or self._closes(at) or (following is not None and following.low in self.from_words)
            )
        elif group == "relation":
            takes = new or (first.capital and not first.first and not self.vocabulary.lower(first.low))
        elif group == "regards":
            takes = new or (first.capital and following is not None and following.capital)
        elif group == "firm":
            takes = first.capital or (
                new and (self.vocabulary.lower(first.low) < 2 if first.caseless else self._closes(at))
            )
        else:
            takes = new or first.capital
        return self._run(at) if takes else []

    def before(self, start: int, firm: bool) -> list[_Word]:
        """The name in front of a cue that begins at `start` ("Szabó úr", "Ahmet Bey")."""
        run: list[_Word] = []
        for word in reversed([word for word in self.words if word.end <= start]):
            edge = run[0].start if run else start
            stops = word.known and (not word.capital or word.first)
            if edge - word.end > 1 or len(run) == 3 or stops or (firm and not word.capital):
                break
            run.insert(0, word)
        return run

    def capitals(self) -> Iterator[MaskedSpan]:
        """Capitalised words that nobody is known to use, with the capitalised words around them."""
        shouted = sum(letter.isupper() for letter in self.text) * 2 > sum(letter.isalpha() for letter in self.text)
        if shouted or (len(self.words) > 6 and sum(word.capital for word in self.words) * 3 > len(self.words) * 2):
            return  # WHO SHOUTS, or Writes Like This, tells nothing by a capital
        at = 0
        while at < len(self.words):
            run = self._run(at) if self.words[at].capital else [self.words[at]]
            at += len(run)
            if run[0].first and run[0].known:
                run = run[1:]
            if any(word.capital and not word.known for word in run) and (len(run) > 1 or not run[0].first):
                yield MaskedSpan(run[0].start, run[-1].end, "name")

    def _run(self, at: int) -> list[_Word]:
        """The name that begins at this word: capitalised or new words, "de" and "van" between them."""
        run = [self.words[at]]
        first = self._bearer(at) or run[0]
        for index in range(at + 1, min(at + _LONGEST, len(self.words))):
            word, bearer = self.words[index], self._bearer(index)
            gap = self.text[self.words[index - 1].end : word.start]
            if gap not in (" ", "-", "  ") and not (gap in (". ", ".") and len(self.words[index - 1].low) == 1):
                break
            if word.low in self.particles and not word.capital:
                if bearer is None or not (bearer.capital or (not bearer.known and not first.capital)):
                    break
            elif first.capital != word.capital or (word.known and not word.capital and not self._second(run, index)):
                break
            elif word.caseless and (len(run) > 1 or word.low[0] == "و"):
                break  # Arabic writes "and" to the word behind it
            run.append(word)
        while len(run) > 1 and run[-1].low in self.particles and not run[-1].capital:
            run.pop()
        return run

    def _second(self, run: list[_Word], index: int) -> bool:
        """Whether a known word is the second of an Arabic name ("good" is also Hassan): something ends behind it."""
        return self.words[index].caseless and len(run) == 1 and self._closes(index)

    def _bearer(self, at: int) -> _Word | None:
        """The word that "van", "den" and the like belong to; the word itself, if it is none of them."""
        return next((word for word in self.words[at : at + 4] if word.low not in self.particles or word.capital), None)

    def _next(self, at: int) -> _Word | None:
        return self.words[at + 1] if at + 1 < len(self.words) else None

    def _closes(self, at: int) -> bool:
        """Whether something ends behind the word: a sign, the text, or "and"."""
        rest, following = self.text[self.words[at].end :].lstrip(" "), self._next(at)
        return (
            not rest
            or rest[0] in ",.;!?\n)،"
            or (following is not None and (following.low in self.and_words or following.low[0] == "و"))
        )
