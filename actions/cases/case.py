"""What a worker has told so far. It is kept in the conversation's slot `case`, and nowhere else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final, Literal

import msgspec

from actions.reading.model import Money

Flow = Literal["check_my_pay", "housing_deduction", "unpaid_wages", "back_pay_without_permit", "report_abuse"]
Field = Literal[
    "pay", "per", "tax", "hours", "days", "age", "birthday", "period", "deduction", "deduction_per", "abroad", "signed",
    "paid", "what", "where", "people", "proof",
]  # fmt: skip
Answer = Literal["", "yes", "no", "unknown"]
#: offered: the rule was told and a sum offered; open: questions are asked; done: the result was told; left: the talk
#: went elsewhere, and what is known is kept.
Stage = Literal["offered", "open", "done", "left"]
#: What the last message was to the case.
Event = Literal["", "started", "told", "missed", "aside", "danger", "letter", "stopped", "left"]

#: What each flow asks for, in this order. Never more than `MOST_QUESTIONS` in all.
ASKS: Final[dict[Flow, tuple[Field, ...]]] = {
    "check_my_pay": ("pay", "per", "tax", "hours", "days", "age", "period"),
    "housing_deduction": ("deduction", "deduction_per", "hours", "days", "age", "abroad", "signed"),
    "unpaid_wages": ("period", "pay", "per", "hours", "days", "paid", "age"),
    "back_pay_without_permit": ("hours", "days", "pay", "per", "period", "paid", "age"),
    "report_abuse": ("what", "where", "period", "people", "proof"),
}
MOST_QUESTIONS: Final = 5
#: Without these no sum can be made; the others have a way on when the worker does not know.
NEEDED: Final[dict[Flow, tuple[Field, ...]]] = {
    "check_my_pay": ("pay", "per", "hours"),
    "housing_deduction": ("deduction", "deduction_per", "hours"),
    "unpaid_wages": ("period", "hours"),
    "back_pay_without_permit": ("hours",),
    "report_abuse": (),
}
#: Up to this age a birthday can have changed the minimum (Wml 7 and 8).
FULL_AGE: Final = 21
#: Longest account that is kept, in characters.
LONGEST: Final = 600


class Case(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A case. Money in euros; `hours` a week; None and "" are not told yet."""

    flow: Flow
    stage: Stage = "open"
    event: Event = ""
    asked: Field | Literal[""] = ""
    previous: Field | Literal[""] = ""  #: that the last answer was about
    questions: int = 0  #: asked so far
    missed: int = 0  #: times in a row that an answer could not be read
    unknown: tuple[Field, ...] = ()  #: what the worker does not know
    pay: Money | None = None
    hours: Decimal | None = None
    hours_day: Decimal | None = None
    days_week: Decimal | None = None
    hours_total: Decimal | None = None  #: of the whole unpaid time
    age: int | None = None
    adult: bool = False
    birthday: date | None = None
    first: date | None = None
    last: date | None = None
    deduction: Money | None = None
    paid: Decimal | None = None
    abroad: Answer = ""
    signed: Answer = ""
    what: tuple[str, ...] = ()
    account: str = ""
    where: str = ""
    people: int | None = None
    proof: str = ""
    foreign: str = ""  #: currency of an amount in the last message that was not in euros
    files: tuple[str, ...] = ()  #: names of the files that were made, to be deleted with the conversation
    letter: str = ""  #: the letter that the result offered

    @property
    def weekly(self) -> Decimal | None:
        """Hours a week: as told, or hours a day times days a week."""
        if self.hours is not None:
            return self.hours
        if self.hours_day is not None and self.days_week is not None:
            return self.hours_day * self.days_week
        return None


def has(case: Case, field: Field) -> bool:
    """Whether a field is told, needs no telling, or is known to be unknown."""
    if field in case.unknown:
        return True
    pay, taken = case.pay, case.deduction
    checks: dict[Field, bool] = {
        "pay": pay is not None,
        "per": pay is None or pay.per != "",
        "tax": pay is None or pay.tax != "",
        "hours": case.weekly is not None or case.hours_day is not None or case.hours_total is not None,
        "days": case.hours_day is None or case.weekly is not None,
        "age": case.adult or case.age is not None or case.birthday is not None,
        "birthday": True,  # asked after the result
        "period": case.first is not None,
        "deduction": taken is not None,
        "deduction_per": taken is None or taken.per != "",
        "abroad": case.abroad != "",
        "signed": case.signed != "" or case.abroad == "yes",
        "paid": case.paid is not None,
        "what": bool(case.what or case.account),
        "where": case.where != "",
        "people": case.people is not None,
        "proof": case.proof != "",
    }
    return checks[field]


def next_question(case: Case) -> Field | None:
    """What to ask now, or None: then the result can be told (or said to be impossible)."""
    missing = [field for field in ASKS[case.flow] if not has(case, field)]
    if case.questions >= MOST_QUESTIONS:
        return None
    needed = [field for field in missing if field in NEEDED[case.flow]]
    left = MOST_QUESTIONS - case.questions
    if len(needed) >= left:
        return needed[0] if needed else None
    return missing[0] if missing else None


def complete(case: Case) -> bool:
    """Whether a result can be worked out."""
    return all(has(case, field) and field not in case.unknown for field in NEEDED[case.flow])
