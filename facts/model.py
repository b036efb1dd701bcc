"""The shapes of the fact files. A file that does not fit is refused with its name, line and fact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, Literal

import msgspec

Standing = Literal["in_force", "adopted", "bill", "planned", "explored", "recommended", "withdrawn", "observation"]
FactRole = Literal["answer", "step", "warning", "more"]
Confidence = Literal["high", "medium", "low"]
#: What in a question brings a fact into the answer itself: an age below the full minimum wage, or below 18; a contract
#: that ends; Ukraine. In a safety reply, the sign that puts it first.
Condition = Literal["young_age", "minor", "contract_ends", "ukraine", "suicide", "documents"]
TopicKind = Literal["rights", "flow", "safety", "dialogue", "elsewhere"]
#: What the answer to a question can depend on. `residence` stands for EU, permit, none, asylum and Ukraine.
Dependence = Literal[
    "age",
    "date",
    "hours",
    "pay",
    "contract_type",
    "phase",
    "residence",
    "employer_abroad",
    "sector",
    "length_of_service",
    "probation",
]
#: 3 is asked daily, 2 weekly, 1 seldom.
Weight = Literal[1, 2, 3]
Unit = Literal[
    "EUR",
    "percent",
    "hours",
    "minutes",
    "days",
    "weeks",
    "months",
    "years",
    "count",
    "fraction",
    "date",
    "time",
    "phone",
    "url",
]

#: A fact or figure that nobody looked at for longer than this is past its check date.
CHECK_HOLDS: Final = timedelta(days=365)

PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]*)(?::(number|by_age))?\}")


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where something stands: an article of a law, the letter, or a page. Exactly one of the three."""

    law: str | None = None  #: file name under facts/sources/law
    article: str | None = None
    letter: str | None = None  #: section of the letter
    page: str | None = None  #: title of the page
    publisher: str | None = None
    url: str | None = None
    quote: str | None = None  #: word for word; needed for law and letter on a fact
    line: int = msgspec.field(name="__line__", default=0)

    def __post_init__(self) -> None:
        if sum(kind is not None for kind in (self.law, self.letter, self.page)) != 1:
            raise ValueError("a source names exactly one of law, letter or page")
        if self.law is not None and self.article is None:
            raise ValueError("a law source names its article")
        if self.page is not None and self.url is None:
            raise ValueError("a page source has a url")


class _Dated(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that holds from a day to a day, both inclusive; None is unbounded."""

    from_: date | None = msgspec.field(name="from", default=None)
    until: date | None = None
    line: int = msgspec.field(name="__line__", default=0)

    def holds_on(self, day: date) -> bool:
        """Whether `day` lies between the two dates, both included."""
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)

    def overlaps(self, other: _Dated) -> bool:
        """Whether a day exists on which both hold."""
        starts_late = self.from_ is not None and other.until is not None and self.from_ > other.until
        ends_early = self.until is not None and other.from_ is not None and self.until < other.from_
        return not (starts_late or ends_early)


class Period(_Dated, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One value of a figure and the days that it holds for. `value` is a string so that money stays exact."""

    value: str
    by_age: dict[int, str] = {}
    bbl: dict[int, str] = {}
    source: Source
    confidence: Confidence
    checked_on: date


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A number, date, telephone number or address that stands in one place only."""

    id: str
    unit: Unit
    about: str
    look_up: str | None = None
    warn_with: str | None = None  #: fact that must come before this figure is told
    periods: list[Period]
    line: int = msgspec.field(name="__line__", default=0)

    def on(self, day: date) -> Period | None:
        """The period that holds on `day`, or None: then the figure may not be told as that day's."""
        return next((period for period in self.periods if period.holds_on(day)), None)

    def last_before(self, day: date) -> Period | None:
        """The newest period that ended before `day`."""
        ended = [period for period in self.periods if period.until is not None and period.until < day]
        return max(ended, key=lambda period: period.until or date.min, default=None)


class Phase(_Dated, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a fact is worded, and what its standing is, on the days that the phase holds for."""

    text: str
    standing: Standing


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a second reader, who tried to refute the fact from its sources, found."""

    day: date
    verdict: Literal["stands", "mended"]
    why: str = ""  #: of a mended fact: what fell
    line: int = msgspec.field(name="__line__", default=0)


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that Baken may say, with its source and standing."""

    id: str
    role: FactRole
    says: list[Phase]
    sources: list[Source]
    checked_on: date
    confidence: Confidence
    reviewed: Review | None = None
    when: Condition | None = None  #: a `more` fact that belongs in the answer when the question has this in it
    note: str = ""
    line: int = msgspec.field(name="__line__", default=0)

    def on(self, day: date) -> Phase | None:
        """The wording of `day`, or None where the fact says nothing on that day."""
        return next((phase for phase in self.says if phase.holds_on(day)), None)

    def wordings(self) -> Iterator[tuple[str, Phase]]:
        """Each phase with the key (gettext context) of its text."""
        for phase in self.says:
            yield self.key(phase), phase

    def key(self, phase: Phase) -> str:
        """`id` for a fact with one phase, else `id@<first day>` or `id@start`."""
        if len(self.says) == 1:
            return self.id
        return f"{self.id}@{phase.from_.isoformat() if phase.from_ else 'start'}"


class TopicFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """facts/topics/<topic>.yaml"""

    topic: str
    related: list[str] = []
    warnings_first: bool = False  #: the warnings are what the question is about
    figures: list[Figure] = []
    facts: list[Fact]
    line: int = msgspec.field(name="__line__", default=0)


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question that workers ask, narrower than a topic, and the facts that answer it."""

    id: str  #: within its topic; `topic/id` everywhere else
    question: str  #: one plain English sentence, as a worker would ask it
    weight: Weight
    facts: list[str]  #: fact ids, in the order in which they are said; the first carries the verdict
    missing: str = ""  #: what the facts do not say of a complete answer; empty where they say all of it
    depends_on: list[Dependence] = []
    not_to_confuse: list[str] = []  #: `topic/id` of questions that sound alike and are answered otherwise
    line: int = msgspec.field(name="__line__", default=0)

    @property
    def complete(self) -> bool:
        """Whether the facts answer all of it."""
        return bool(self.facts) and not self.missing


class QuestionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """facts/questions/<topic>.yaml"""

    topic: str
    questions: list[Question]
    line: int = msgspec.field(name="__line__", default=0)


class FigureFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """facts/figures/<name>.yaml"""

    figures: list[Figure]
    line: int = msgspec.field(name="__line__", default=0)


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An entry of facts/topics.yaml."""

    kind: TopicKind
    letter: bool
    about: str
    line: int = msgspec.field(name="__line__", default=0)


def placeholders(text: str) -> list[tuple[str, str]]:
    """Figure ids in `text`, each with its format: "" (number and unit), "number" or "by_age"."""
    return [(match[1], match[2] or "") for match in PLACEHOLDER.finditer(text)]
