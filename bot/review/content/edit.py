"""A fact or figure as a form, and back. What is typed is taken as text; what does not fit is told by field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

import msgspec
import yaml

from bot.review.content.drafts import Translations
from facts.base import FactBase
from facts.check import unknown_figures
from facts.languages import TRANSLATED
from facts.model import Fact, Figure, Period, Phase, Source

#: Rows of the form that are read at most, and characters of a field.
_ROWS: Final = 20
_LONGEST: Final = 4000
#: Empty rows at the end, for something new.
SPARE: Final = 1
#: What YAML, and so a content file, can't hold.
_UNREADABLE: Final = yaml.reader.Reader.NON_PRINTABLE
_SOURCE: Final = ("law", "article", "letter", "page", "publisher", "url", "quote")


class BadForm(Exception):
    """What does not fit: field → key of the staff text (or the message of the checker)."""

    def __init__(self, wrong: dict[str, str]) -> None:
        super().__init__(wrong)
        self.wrong = wrong


Form = Mapping[str, str]


def unreadable(form: Form) -> tuple[dict[str, str], dict[str, str]]:
    """Fields with characters that no content file can hold (NUL and its like), and the form without these."""
    wrong = {name: "edit.control" for name, value in form.items() if _UNREADABLE.search(value)}
    return wrong, {name: _UNREADABLE.sub("", value) for name, value in form.items()}


def unknown(base: FactBase, form: Form, entry: Fact | Figure, translations: Translations) -> dict[str, str]:
    """Fields whose text can't be told, because it names a figure that there is none of (or has no such values)."""
    if isinstance(entry, Figure):
        return {}
    texts = {name: get(form, name) for name in (f"says-{number}-text" for number in range(_ROWS))}
    texts |= {
        f"translation-{key}-{language}": text for key, told in translations.items() for language, text in told.items()
    }
    found = {name: "; ".join(unknown_figures(base, text)) for name, text in texts.items()}
    return {name: what for name, what in found.items() if what}


def get(form: Form, name: str) -> str:
    """A field as one line of text."""
    return " ".join(str(form.get(name, "")).split())[:_LONGEST]


def to_form(entry: Fact | Figure) -> dict[str, str]:
    """The fields of an entry, as the form shows them."""
    if isinstance(entry, Figure):
        return _figure_to_form(entry)
    form = {
        "role": entry.role,
        "confidence": entry.confidence,
        "checked_on": entry.checked_on.isoformat(),
        "note": _flat(entry.note),
    }
    for number, phase in enumerate(entry.says):
        form |= {f"says-{number}-text": _flat(phase.text), f"says-{number}-standing": phase.standing}
        form |= _days(f"says-{number}", phase.from_, phase.until)
    for number, source in enumerate(entry.sources):
        form |= _source_to_form(f"sources-{number}", source)
    return form


def _figure_to_form(figure: Figure) -> dict[str, str]:
    form = {"about": _flat(figure.about), "look_up": figure.look_up or ""}
    for number, period in enumerate(figure.periods):
        name = f"periods-{number}"
        form |= _days(name, period.from_, period.until) | _source_to_form(f"{name}-source", period.source)
        form |= {
            f"{name}-value": period.value,
            f"{name}-by_age": _ages(period.by_age),
            f"{name}-bbl": _ages(period.bbl),
            f"{name}-confidence": period.confidence,
            f"{name}-checked_on": period.checked_on.isoformat(),
        }
    return form


def _source_to_form(name: str, source: Source) -> dict[str, str]:
    return {f"{name}-{field}": _flat(getattr(source, field) or "") for field in _SOURCE}


def _days(name: str, first: date | None, last: date | None) -> dict[str, str]:
    return {
        f"{name}-from": first.isoformat() if first else "",
        f"{name}-until": last.isoformat() if last else "",
    }


def _ages(values: Mapping[int, str]) -> str:
    return ", ".join(f"{age}: {value}" for age, value in values.items())


def _flat(text: str) -> str:
    return " ".join(text.split())


def from_form(form: Form, before: Fact | Figure) -> Fact | Figure:
    """The entry that a form says. Its id, and what the form does not show, stay as they were.

    Raises:
        BadForm: with every field that does not fit.
    """
    return _Reader(form).figure(before) if isinstance(before, Figure) else _Reader(form).fact(before)


class _Reader:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.wrong: dict[str, str] = {}

    def fact(self, before: Fact) -> Fact:
        says = [self.phase(f"says-{number}") for number in range(_ROWS) if get(self.form, f"says-{number}-text")]
        sources = [self.source(f"sources-{number}") for number in range(_ROWS) if self.has_source(f"sources-{number}")]
        if not says:
            self.wrong["says-0-text"] = "edit.nothing"
        if not sources:
            self.wrong["sources-0-quote"] = "edit.no_source"
        values = {
            "role": get(self.form, "role"),
            "confidence": get(self.form, "confidence"),
            "says": says,
            "sources": sources,
            "checked_on": self.day("checked_on", needed=True),
            "note": get(self.form, "note"),
        }
        return cast(Fact, self.made(before, Fact, values))

    def figure(self, before: Figure) -> Figure:
        rows = [f"periods-{number}" for number in range(_ROWS)]
        periods = [self.period(name) for name in rows if get(self.form, f"{name}-value")]
        if not periods:
            self.wrong["periods-0-value"] = "edit.nothing"
        about = get(self.form, "about")
        if not about:
            self.wrong["about"] = "edit.nothing"
        values = {"about": about, "look_up": get(self.form, "look_up") or None, "periods": periods}
        return cast(Figure, self.made(before, Figure, values))

    def made(self, before: Any, shape: Any, values: dict[str, Any]) -> Any:
        if self.wrong:
            raise BadForm(self.wrong)
        made = msgspec.structs.replace(before, **values)
        try:
            msgspec.convert(msgspec.to_builtins(made), shape)
        except msgspec.ValidationError as error:
            raise BadForm({"": str(error)}) from error
        return made

    def phase(self, name: str) -> Phase:
        values: dict[str, Any] = {
            "text": get(self.form, f"{name}-text"),
            "standing": get(self.form, f"{name}-standing"),
            "from_": self.day(f"{name}-from"),
            "until": self.day(f"{name}-until"),
        }
        return Phase(**values)

    def period(self, name: str) -> Period:
        value = get(self.form, f"{name}-value")
        values: dict[str, Any] = {
            "from_": self.day(f"{name}-from"),
            "until": self.day(f"{name}-until"),
            "value": value,
            "by_age": self.ages(f"{name}-by_age"),
            "bbl": self.ages(f"{name}-bbl"),
            "source": self.source(f"{name}-source"),
            "confidence": get(self.form, f"{name}-confidence") or "high",
            "checked_on": self.day(f"{name}-checked_on", needed=True),
        }
        return Period(**values)

    def has_source(self, name: str) -> bool:
        return any(get(self.form, f"{name}-{field}") for field in _SOURCE)

    def source(self, name: str) -> Source:
        values: dict[str, Any] = {field: get(self.form, f"{name}-{field}") or None for field in _SOURCE}
        try:
            return Source(**values)
        except ValueError:
            self.wrong[f"{name}-law"] = "edit.one_source"
            return Source(letter="-")

    def day(self, name: str, *, needed: bool = False) -> date | None:
        given = get(self.form, name)
        if not given:
            if needed:
                self.wrong[name] = "edit.no_day"
                return date(2000, 1, 1)
            return None
        try:
            return date.fromisoformat(given)
        except ValueError:
            self.wrong[name] = "edit.bad_day"
            return None

    def ages(self, name: str) -> dict[int, str]:
        """`20: 11.99, 19: 8.99` as a map."""
        found: dict[int, str] = {}
        for part in re.split(r"[,;]\s+|[;]", get(self.form, name)):
            if not part.strip():
                continue
            age, _, value = part.partition(":")
            try:
                found[int(age)] = str(Decimal(value.strip()))
            except (ValueError, InvalidOperation):
                self.wrong[name] = "edit.bad_ages"
        return found


def keys_of(entry: Fact | Figure) -> dict[str, str]:
    """Key and English of every text of an entry that is translated."""
    if isinstance(entry, Figure):
        return {f"figure:{entry.id}": _flat(entry.about)}
    return {key: _flat(phase.text) for key, phase in entry.wordings()}


def translations_of(base: FactBase, entry: Fact | Figure) -> Translations:
    """The translations of an entry that count today."""
    found: Translations = {}
    for key, english in keys_of(entry).items():
        for language in TRANSLATED:
            kept = base.catalogues.entries(language).get(key)
            if kept is not None and kept.text and not kept.fuzzy and _flat(kept.source) == english:
                found.setdefault(key, {})[language] = kept.text
    return found


def translations_from(form: Form, before: Translations, old: Mapping[str, str], new: Mapping[str, str]) -> Translations:
    """The translations that a form brings: those that were typed, and those that are said to fit the new English.

    Args:
        before: the translations that were shown.
        old, new: key and English, before and now.
    """
    found: Translations = {}
    for key, english in new.items():
        for language in TRANSLATED:
            typed = get(form, f"translation-{key}-{language}")
            shown = _flat(before.get(key, {}).get(language, ""))
            same = old.get(key) == english
            fits = bool(form.get("fits_all")) or bool(form.get(f"fits-{key}-{language}"))
            if typed and (typed != shown or (not same and fits)):
                found.setdefault(key, {})[language] = typed
    return found
