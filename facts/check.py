"""Checks the content. Two grades: `broken` (the assistant does not start with it) and `due` (a person has to look)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec

from facts import clock, languages, notation
from facts.base import FactBase
from facts.catalogue import Entry, Text
from facts.model import CHECK_HOLDS, PLACEHOLDER, Fact, Figure, Source
from facts.read import BrokenFile

Grade = Literal["broken", "due"]
_ADDRESS = re.compile(r"https?://|www\.|\w@\w")
#: Forms of the European Union that everybody knows by a name with a digit in it.
_FORMS = re.compile(r"\b(?:A1|S1|U1|U2)\b")
_BRACES = re.compile(r"\{[^{}]*\}")

#: Longest text by the first part of its key: WhatsApp's reply buttons have 20 characters, its list rows 24.
LIMITS = {"button": 20, "topic": 20, "row": 24}
#: Longest text of a fact, so that an answer fits a small screen.
FACT_LIMIT = 420
#: Legal names that a translation keeps as they are.
GLOSSARY = ("Wtta", "TWV", "BSN", "UWV", "IND", "FairWork", "CoMensha", "FNV", "CNV", "COA", "GVVA", "Juridisch Loket")


class Problem(msgspec.Struct, frozen=True):
    """Something that is wrong or due, and where."""

    path: Path
    line: int
    what: str
    grade: Grade = "broken"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def check(base: FactBase, on: date) -> list[Problem]:
    """Every problem of a fact base on a day, in the order of the files."""
    problems = [*_facts(base, on), *_figures(base, on), *_topics(base), *_texts(base), *_questions(base)]
    for language in languages.TRANSLATED:
        problems += _translations(base, language)
    return sorted(problems, key=lambda problem: (problem.grade, str(problem.path), problem.line))


def load(folder: Path | None = None) -> FactBase:
    """The fact base, refused where it is broken.

    Raises:
        BrokenFile: with every broken place, one a line.
    """
    base = FactBase(folder) if folder else FactBase()
    broken = [problem for problem in check(base, clock.today()) if problem.grade == "broken"]
    if broken:
        first, *rest = broken
        more = "".join(f"\n{problem}" for problem in rest)
        raise BrokenFile(first.path, first.line, f"{first.what}{more}")
    return base


def _facts(base: FactBase, on: date) -> Iterator[Problem]:
    for fact in base.facts.values():
        path = base.where[fact.id]
        yield from _phases(base, fact, path)
        if not fact.sources:
            yield Problem(path, fact.line, f"{fact.id}: no source")
        for source in fact.sources:
            yield from _source(base, source, fact.id, path, needs_quote=True)
        if fact.checked_on + CHECK_HOLDS < on:
            yield Problem(path, fact.line, f"{fact.id}: last checked on {fact.checked_on}", "due")


def _phases(base: FactBase, fact: Fact, path: Path) -> Iterator[Problem]:
    if not fact.says:
        yield Problem(path, fact.line, f"{fact.id}: says nothing")
    for number, phase in enumerate(fact.says):
        for what in wrong_in_text(base, phase.text):
            yield Problem(path, phase.line, f"{fact.id}: {what}")
        if len(phase.text) > FACT_LIMIT:
            yield Problem(path, phase.line, f"{fact.id}: {len(phase.text)} characters, at most {FACT_LIMIT}")
        if phase.from_ and phase.until and phase.from_ > phase.until:
            yield Problem(path, phase.line, f"{fact.id}: from {phase.from_} is after until {phase.until}")
        for other in fact.says[:number]:
            if phase.overlaps(other):
                yield Problem(path, phase.line, f"{fact.id}: dates overlap with the phase in line {other.line}")


def wrong_in_text(base: FactBase, text: str) -> Iterator[str]:
    """What a fact's text may not have: digits, typed addresses, unknown figures, loose braces."""
    bare = _FORMS.sub("", PLACEHOLDER.sub("", text))
    if any(character.isdigit() for character in bare):
        digits = re.findall(r"\S*\d\S*", bare)
        yield f"figure typed in the text: {', '.join(digits)}"
    if _ADDRESS.search(bare):
        yield "address typed in the text"
    if "{" in bare or "}" in bare:
        yield f"not a placeholder: {' '.join(_BRACES.findall(bare)) or 'a loose brace'}"
    yield from unknown_figures(base, text)


def unknown_figures(base: FactBase, text: str) -> Iterator[str]:
    """Figures that a text names and that can't be told: there is none, or it has no values by age."""
    for match in PLACEHOLDER.finditer(text):
        figure = base.figures.get(match[1])
        if figure is None:
            yield f"unknown figure {{{match[1]}}}"
        elif match[2] == "by_age" and not any(period.by_age for period in figure.periods):
            yield f"{{{match[1]}:by_age}}, but the figure has no values by age"


def _source(base: FactBase, source: Source, name: str, path: Path, *, needs_quote: bool) -> Iterator[Problem]:
    line = source.line
    problem = base.sources.problem(source)
    if problem:
        yield Problem(path, line, f"{name}: {problem}")
    if needs_quote and source.law is not None and not source.quote:
        yield Problem(path, line, f"{name}: a law source quotes its article")


def _figures(base: FactBase, on: date) -> Iterator[Problem]:
    for figure in base.figures.values():
        path = base.where[f"figure:{figure.id}"]
        if not figure.periods:
            yield Problem(path, figure.line, f"{figure.id}: no value")
        if re.search(r"\d", figure.about):
            yield Problem(path, figure.line, f"{figure.id}: figure typed in the name")
        if figure.warn_with is not None and figure.warn_with not in base.facts:
            yield Problem(path, figure.line, f"{figure.id}: unknown fact {figure.warn_with} in warn_with")
        yield from _periods(base, figure, path, on)


def _periods(base: FactBase, figure: Figure, path: Path, on: date) -> Iterator[Problem]:
    for number, period in enumerate(figure.periods):
        for value in (period.value, *period.by_age.values(), *period.bbl.values()):
            try:
                notation.written(value, figure.unit, "en")
            except ValueError as error:
                yield Problem(path, period.line, f"{figure.id}: {value!r} is no {figure.unit}: {error}")
        if period.from_ and period.until and period.from_ > period.until:
            yield Problem(path, period.line, f"{figure.id}: from {period.from_} is after until {period.until}")
        for other in figure.periods[:number]:
            if period.overlaps(other):
                yield Problem(path, period.line, f"{figure.id}: dates overlap with the period in line {other.line}")
        yield from _source(base, period.source, figure.id, path, needs_quote=False)
        if period.holds_on(on) and period.checked_on + CHECK_HOLDS < on:
            yield Problem(path, period.line, f"{figure.id}: last checked on {period.checked_on}", "due")
    if figure.periods and figure.on(on) is None and figure.last_before(on) is not None:
        yield Problem(path, figure.line, f"{figure.id}: no value for {on}; look it up at {figure.look_up}", "due")
    if any(period.until for period in figure.periods) and figure.look_up is None:
        yield Problem(path, figure.line, f"{figure.id}: has an end date but no look_up address")


def _topics(base: FactBase) -> Iterator[Problem]:
    for topic, (path, file) in base.files.items():
        if topic not in base.topics:
            yield Problem(path, file.line, f"unknown topic {topic!r}")
        for other in file.related:
            if other not in base.topics:
                yield Problem(path, file.line, f"unknown related topic {other!r}")
        roles = {fact.role for fact in file.facts}
        elsewhere = topic in base.topics and base.topics[topic].kind == "elsewhere"
        for role in ("answer",) if elsewhere else ("answer", "step"):
            if role not in roles:
                yield Problem(path, file.line, f"{topic}: no fact with the role {role}")
    for topic, entry in base.topics.items():
        if entry.kind in ("rights", "flow", "safety") and topic not in base.files:
            yield Problem(base.folder / "topics", 1, f"no file for topic {topic}")
        if topic in base.files and entry.kind != "elsewhere" and f"topic.{topic}" not in base.texts:
            yield Problem(base.folder / "texts", 1, f"no text topic.{topic}")


def _questions(base: FactBase) -> Iterator[Problem]:
    for name, question in base.questions.items():
        path = base.where[f"question:{name}"]
        if name.partition("/")[0] not in base.topics:
            yield Problem(path, question.line, f"{name}: unknown topic")
        for fact in question.facts:
            if fact not in base.facts:
                yield Problem(path, question.line, f"{name}: unknown fact {fact}")
        for other in question.not_to_confuse:
            if other not in base.questions or other == name:
                yield Problem(path, question.line, f"{name}: unknown question {other} in not_to_confuse")
        if not question.facts and not question.missing:
            yield Problem(path, question.line, f"{name}: no facts, and nothing said to be missing")


def _texts(base: FactBase) -> Iterator[Problem]:
    for text in base.texts.values():
        path = base.folder / "texts" / text.where.split(":")[0]
        line = int(text.where.split(":")[1])
        if any(character.isdigit() for character in _BRACES.sub("", text.text)):
            yield Problem(path, line, f"{text.key}: figure typed in the text")
        limit = LIMITS.get(text.key.split(".")[0])
        if limit and len(text.text) > limit:
            yield Problem(path, line, f"{text.key}: {len(text.text)} characters, at most {limit}")


def _translations(base: FactBase, language: str) -> Iterator[Problem]:
    entries = base.catalogues.entries(language)
    for unit in notation.units_without(language):
        yield Problem(base.folder / "units.yaml", 1, f"{unit}: no word in {language}")
    for text in base.source_texts():
        path = base.catalogues.path(language, text.kind)
        entry = entries.get(text.key)
        if entry is None or not entry.text:
            yield Problem(path, 1, f"{text.key}: not translated", "due")
        elif entry.fuzzy or entry.source != text.text:
            yield Problem(path, entry.line, f"{text.key}: stale, the English has changed", "due")
        else:
            for what in wrong_in_translation(text, entry, language):
                yield Problem(path, entry.line, f"{text.key}: {what}")


def wrong_in_translation(text: Text, entry: Entry, language: str) -> Iterator[str]:
    """Checks like Weblate's: placeholders, numbers, addresses, glossary, length, unchanged, script."""
    wanted, got = (sorted(map(_plain, _BRACES.findall(each))) for each in (text.text, entry.text))
    if wanted != got:
        yield f"placeholders differ: {' '.join(wanted) or 'none'} became {' '.join(got) or 'none'}"
    bare = _FORMS.sub("", _BRACES.sub("", entry.text))
    if any(character.isdigit() for character in bare):
        yield f"figure typed in the translation: {' '.join(re.findall(r'[^ ]*[0-9][^ ]*', bare)) or bare}"
    if _ADDRESS.search(bare):
        yield "address typed in the translation"
    for term in GLOSSARY:
        if re.search(rf"\b{term}\b", text.text) and not re.search(rf"(?<![A-Za-z]){term}", entry.text):
            yield f"the name {term} is missing"
    limit = LIMITS.get(text.key.split(".")[0])
    if limit and len(entry.text) > limit:
        yield f"{len(entry.text)} characters, at most {limit}: {entry.text!r}"
    if text.kind == "facts" and len(entry.text) > FACT_LIMIT * Decimal("1.6"):
        yield f"{len(entry.text)} characters, too long to read on a phone"
    if len(text.text) > 24 and entry.text == text.text:
        yield "the same as the English"
    if not _in_script(bare, language):
        yield f"not in the script of {language}"
    if re.search(r"[​﻿]", entry.text):
        yield "zero-width character"


def _plain(placeholder: str) -> str:
    """A placeholder without `:number`: a language may need to decline the unit word itself."""
    return placeholder.replace(":number}", "}")


def _in_script(text: str, language: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    right = sum(languages.SCRIPT[language] in unicodedata.name(character, "") for character in letters)
    return len(letters) < 8 or right * 2 >= len(letters)
