"""Finds the words: a text of Baken in a language, with the figures placed in."""

from __future__ import annotations

import string
from datetime import date
from decimal import Decimal

import msgspec

from facts import notation
from facts.base import FactBase
from facts.languages import SOURCE
from facts.model import PLACEHOLDER, Fact, Figure, Phase, Source, Standing

_FIRST_ISOLATE, _POP = "\u2068", "\u2069"


class RenderedText(msgspec.Struct, frozen=True):
    """A text as it is told. `language` is English where the translation is missing or stale."""

    text: str
    language: str
    reviewed: str = ""


class RenderedFact(msgspec.Struct, frozen=True):
    """A fact as it is told on a day, in a language."""

    fact: Fact
    text: str
    language: str
    standing: Standing
    expired: tuple[str, ...] = ()  #: figures of which no value is known for that day

    @property
    def says_unsure(self) -> bool:
        """Whether the text itself says that we are not sure (judged on its English)."""
        return any("not sure" in phase.text for phase in self.fact.says)


class Wording:
    """Texts and facts of a fact base, worded in a language for a day."""

    def __init__(self, base: FactBase) -> None:
        self.base = base

    def raw(self, key: str, source: str, language: str) -> RenderedText:
        """The translation of a text, or its English where that is missing or stale; placeholders untouched."""
        if language == SOURCE:
            return RenderedText(source, SOURCE)
        entry = self.base.catalogues.entries(language).get(key)
        if entry is None or not entry.text or entry.fuzzy or entry.source != source:
            return RenderedText(source, SOURCE)
        return RenderedText(entry.text, language, entry.reviewed)

    def text(self, key: str, language: str, /, **values: object) -> str:
        """A text of facts/texts with its `{values}` filled in.

        Raises:
            KeyError: no such text (a mistake in the code, held by a test).
        """
        said = self.raw(key, self.base.texts[key].text, language)
        return string.Formatter().vformat(said.text, (), values) if values else said.text

    def has(self, key: str) -> bool:
        """Whether facts/texts has `key`."""
        return key in self.base.texts

    def label(self, figure: Figure, language: str) -> str:
        """What a figure is, in words."""
        return self.raw(f"figure:{figure.id}", figure.about.strip(), language).text

    def figure(self, figure_id: str, language: str, on: date, how: str = "") -> str | None:
        """A figure's value of a day as it is told, or None where none is known for that day."""
        figure = self.base.figures[figure_id]
        period = figure.on(on)
        if period is None:
            return None
        if how == "by_age":
            years = [
                f"{notation.counted(Decimal(age), 'age', language)}: {notation.written(value, figure.unit, language)}"
                for age, value in sorted(period.by_age.items(), reverse=True)
            ]
            return "; ".join(years)
        return notation.written(period.value, figure.unit, language, bare=how == "number")

    def tell(self, fact: Fact, language: str, on: date) -> RenderedFact | None:
        """A fact as it is told on a day; None where it says nothing on that day.

        Where a figure of the text has no value for that day, the text is replaced by what the figure was, until when,
        and where the new one stands.
        """
        phase = fact.on(on)
        if phase is None:
            return None
        said = self.raw(fact.key(phase), phase.text.strip(), language)
        missing = tuple(dict.fromkeys(name for name, _ in _named(phase) if self.base.figures[name].on(on) is None))
        if missing:
            lines = [self._expired(self.base.figures[name], language, on) for name in missing]
            return RenderedFact(fact, "\n".join(lines), language, phase.standing, missing)
        text = PLACEHOLDER.sub(lambda match: self.figure(match[1], said.language, on, match[2] or "") or "", said.text)
        return RenderedFact(fact, text, said.language, phase.standing)

    def _expired(self, figure: Figure, language: str, on: date) -> str:
        about = self.label(figure, language)
        last = figure.last_before(on)
        if last is None or last.until is None:
            return self.text("figure.unknown", language, about=about, where=figure.look_up or "")
        return self.text(
            "figure.expired",
            language,
            about=about,
            value=notation.written(last.value, figure.unit, language),
            until=notation.day(last.until, language),
            where=figure.look_up or "",
        )

    def source(self, source: Source, language: str) -> str:
        """One source as it is printed: title, section and, where there is one, the quote in its own words."""
        sources = self.base.sources
        section = sources.section(source)
        head = sources.title(source) + (f", {section}" if section else "")
        head = f"{_FIRST_ISOLATE}{head}{_POP}" if language == "ar" else head
        lines = [head]
        if source.quote:
            lines.append(f"«{' '.join(source.quote.split())}»")
        lines.append(sources.url(source))
        return "\n".join(line for line in lines if line)


def _named(phase: Phase) -> list[tuple[str, str]]:
    return [(match[1], match[2] or "") for match in PLACEHOLDER.finditer(phase.text)]
