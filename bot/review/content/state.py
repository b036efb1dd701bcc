"""The state of the content: what is stale, unreviewed, past its date or soon to be, and what no fact covers."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import schema as log_schema
from facts.base import FactBase
from facts.languages import SOURCE, TRANSLATED
from facts.model import CHECK_HOLDS, Fact, placeholders

_M = log_schema.messages
#: What happens within these days is shown before it happens.
SOON: Final = timedelta(days=60)
#: Standings of what is not law yet.
_AHEAD: Final = ("adopted", "bill", "planned", "explored", "recommended")


class LanguageState(msgspec.Struct, frozen=True):
    """How far a language is."""

    code: str
    texts: int
    current: int
    stale: int
    missing: int
    reviewed: int


class Due(msgspec.Struct, frozen=True):
    """Something with a day: a fact or figure, what about it, and when."""

    entry: str  #: fact:<id> or figure:<id>
    about: str
    day: date
    late: bool


class Covered(msgspec.Struct, frozen=True):
    """A topic: its facts, and the share of its texts that counts, by language (0 to 100)."""

    topic: str
    facts: int
    percent: dict[str, int]


class UncoveredQuestions(msgspec.Struct, frozen=True):
    """How often people asked about a topic, and were not understood."""

    topic: str
    times: int
    not_understood: int
    facts: int


class ContentState(msgspec.Struct, frozen=True):
    """All of it, on a day."""

    on: date
    languages: tuple[LanguageState, ...]
    checks: tuple[Due, ...]
    figures: tuple[Due, ...]
    plans: tuple[Due, ...]
    coverage: tuple[Covered, ...]


def state(base: FactBase, on: date) -> ContentState:
    """Everything that can be read from the content itself."""
    return ContentState(
        on,
        tuple(_language(base, code) for code in TRANSLATED),
        tuple(_checks(base, on)),
        tuple(_figures(base, on)),
        tuple(_plans(base, on)),
        tuple(_coverage(base)),
    )


def _counts(base: FactBase, code: str, key: str, english: str) -> str:
    """What a translation is: current, stale or missing."""
    entry = base.catalogues.entries(code).get(key)
    if entry is None or not entry.text:
        return "missing"
    return "stale" if entry.fuzzy or entry.source != english else "current"


def _language(base: FactBase, code: str) -> LanguageState:
    texts = list(base.source_texts())
    counts = Counter(_counts(base, code, text.key, text.text) for text in texts)
    entries = base.catalogues.entries(code)
    reviewed = sum(
        bool(entries[text.key].reviewed) for text in texts if _counts(base, code, text.key, text.text) == "current"
    )
    return LanguageState(code, len(texts), counts["current"], counts["stale"], counts["missing"], reviewed)


def _checks(base: FactBase, on: date) -> list[Due]:
    """Facts and figures whose check date is past, or is soon."""
    found = []
    for fact in base.facts.values():
        if fact.on(on) is not None and fact.checked_on + CHECK_HOLDS < on + SOON:
            day = fact.checked_on + CHECK_HOLDS
            found.append(Due(f"fact:{fact.id}", base.topic_of[fact.id], day, day < on))
    for figure in base.figures.values():
        period = figure.on(on)
        if period is not None and period.checked_on + CHECK_HOLDS < on + SOON:
            day = period.checked_on + CHECK_HOLDS
            found.append(Due(f"figure:{figure.id}", figure.about, day, day < on))
    return sorted(found, key=lambda due: (due.day, due.entry))


def _figures(base: FactBase, on: date) -> list[Due]:
    """Figures that have no value today, or whose value ends soon with no next one."""
    found = []
    for figure in base.figures.values():
        period = figure.on(on)
        last = figure.last_before(on)
        if period is None and last is not None and last.until is not None:
            found.append(Due(f"figure:{figure.id}", figure.about, last.until, True))
        elif period is not None and period.until is not None and period.until < on + SOON:
            after = period.until + timedelta(days=1)
            if figure.on(after) is None:
                found.append(Due(f"figure:{figure.id}", figure.about, period.until, False))
    return sorted(found, key=lambda due: (due.day, due.entry))


def _plans(base: FactBase, on: date) -> list[Due]:
    """Facts about what is no law yet, whose day is near or was passed: did it happen?"""
    found = []
    for fact in base.facts.values():
        phase = fact.on(on)
        if phase is None or phase.standing not in _AHEAD:
            continue
        days = _days(base, fact, on)
        near = [day for day in days if fact.checked_on - SOON < day < on + SOON]
        if near:
            day = min(near)
            found.append(Due(f"fact:{fact.id}", phase.standing, day, day < on))
    return sorted(found, key=lambda due: (due.day, due.entry))


def _days(base: FactBase, fact: Fact, on: date) -> list[date]:
    """The days that a fact speaks of, and the days on which its wording changes."""
    days = [day for phase in fact.says for day in (phase.from_, phase.until) if day is not None]
    phase = fact.on(on)
    for name, _ in placeholders(phase.text) if phase else ():
        figure = base.figures.get(name)
        period = (figure.on(on) or figure.last_before(on)) if figure is not None else None
        if figure is not None and figure.unit == "date" and period is not None:
            days.append(date.fromisoformat(period.value))
    return days


def _coverage(base: FactBase) -> list[Covered]:
    found = []
    for topic in base.files:
        texts = [(key, phase.text.strip()) for fact in base.facts_of(topic) for key, phase in fact.wordings()]
        percent = {SOURCE: 100}
        for code in TRANSLATED:
            current = sum(_counts(base, code, key, text) == "current" for key, text in texts)
            percent[code] = 100 * current // len(texts) if texts else 0
        found.append(Covered(topic, len(base.facts_of(topic)), percent))
    return found


def asked(connection: Connection, base: FactBase, since: datetime) -> list[UncoveredQuestions]:
    """What people asked about since a moment, by topic, the most first. Counts only: no words are read."""
    query = (
        sa.select(_M.c.topic, _M.c.understood, sa.func.count().label("times"))
        .where(_M.c.direction == "in", _M.c.state == "answered", _M.c.at >= since, _M.c.topic != "")
        .group_by(_M.c.topic, _M.c.understood)
    )
    times: Counter[str] = Counter()
    unclear: Counter[str] = Counter()
    for row in connection.execute(query):
        times[row.topic] += row.times
        unclear[row.topic] += 0 if row.understood else row.times
    return [
        UncoveredQuestions(topic, count, unclear[topic], len(base.facts_of(topic)))
        for topic, count in times.most_common()
    ]


def uncovered(found: list[UncoveredQuestions], base: FactBase) -> list[UncoveredQuestions]:
    """Of what was asked: topics that no fact covers, and what was not understood."""
    kinds = {topic: entry.kind for topic, entry in base.topics.items()}
    talk = {topic for topic, kind in kinds.items() if kind == "dialogue" and topic != "out_of_scope"}
    return [one for one in found if (one.not_understood or not one.facts) and one.topic not in talk]
