"""What a worker has told so far. It is kept in the conversation's slot `case`, and nowhere else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final, Literal

import msgspec

from actions.amounts.model import Money

Flow = Literal["check_my_pay", "housing_deduction", "unpaid_wages", "back_pay_without_permit", "report_abuse"]
Field = Literal[
    "pay",
    "per",
    "tax",
    "hours",
    "days",
    "age",
    "birthday",
    "period",
    "deduction",
    "deduction_per",
    "abroad",
    "signed",
    "paid",
    "what",
    "where",
    "people",
    "proof",
]
Answer = Literal["", "yes", "no", "unknown"]
#: offered: the rule was told and a sum offered; open: questions are asked; done: the result was told; left: the talk
#: went elsewhere, and what is known is kept.
Stage = Literal["offered", "open", "done", "left"]
#: What the last message was to the case.
AbuseEvent = Literal["", "started", "told", "missed", "aside", "danger", "letter", "stopped", "left"]

#: What each flow asks for, in this order. Never more than `MOST_QUESTIONS` in all.
ASKS: Final[dict[Flow, tuple[Field, ...]]] = {
    "check_my_pay": ("pay", "per", "tax", "hours", "days", "age", "period"),
    "housing_deduction": ("deduction", "deduction_per", "hours", "days", "age", "abroad", "signed"),
    "unpaid_wages": ("period", "pay", "per", "hours", "days", "paid", "age"),
    "back_pay_without_permit": ("hours", "days", "pay", "per", "period", "paid", "age"),
    "report_abuse": ("what", "where", "period", "people", "proof"),
}
MOST_QUESTIONS: Final = 5
#: Longest account that is kept, in characters.
LONGEST: Final = 600
#: Questions that are answered in the worker's own words.
FREE: Final[tuple[Field, ...]] = ("what", "where", "proof")


class Intake(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A case. Money in euros; `hours` a week; None and "" are not told yet."""

    flow: Flow
    stage: Stage = "open"
    event: AbuseEvent = ""
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
    bbl: bool = False  #: a pupil in a work-learn contract, as told
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


def has(case: Intake, field: Field) -> bool:
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


def needed(case: Intake) -> tuple[Field, ...]:
    """Without these no sum can be made; the other fields have a way on when the worker does not know."""
    pay = case.pay
    per = pay.per if pay is not None else ""
    if case.flow == "report_abuse":
        return ()
    if case.flow == "check_my_pay":
        by_itself = per == "hour" or (per == "day" and case.hours_day is not None)
        return ("pay", "per") if by_itself else ("pay", "per", "hours", "days")
    if case.flow == "housing_deduction":
        return ("deduction", "deduction_per", "hours", "days")
    return ("period", "per", "hours", "days") if case.flow == "unpaid_wages" else ("per", "hours", "days")


def next_question(case: Intake) -> Field | None:
    """What to ask now, or None: then the result can be told (or said to be impossible)."""
    missing = [field for field in ASKS[case.flow] if not has(case, field)]
    if case.questions >= MOST_QUESTIONS:
        return None
    first = [field for field in missing if field in needed(case)]
    if first and len(first) >= MOST_QUESTIONS - case.questions:
        return first[0]
    return missing[0] if missing else None


def complete(case: Intake) -> bool:
    """Whether a result can be worked out."""
    return all(has(case, field) and field not in case.unknown for field in needed(case))


def to_slot(case: Intake | None) -> object:
    """A case as the slot keeps it: plain data."""
    return None if case is None else msgspec.to_builtins(case)


def from_slot(value: object) -> Intake | None:
    """The slot's case; None for none, or for one of an older shape."""
    try:
        return msgspec.convert(value, Intake, strict=False) if isinstance(value, dict) else None
    except msgspec.ValidationError:
        return None


def with_changes(case: Intake, **changes: object) -> Intake:
    """The case with changes; what was noticed in the last message alone does not stay."""
    return msgspec.structs.replace(case, **{"foreign": "", **changes})
