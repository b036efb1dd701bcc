"""The next question of a case, in words, with its buttons."""

from __future__ import annotations

import json
from datetime import date
from typing import Final

from actions.intake.rendering import amount
from actions.intake.state import Field, Intake
from actions.responses import Button
from facts.wording import Wording

#: Buttons under a question: text key, and the value that its payload carries (actions/intake/slot_filling.py reads it).
_CHOICES: Final[dict[Field, tuple[tuple[str, str], ...]]] = {
    "per": (("button.per_hour", "hour"), ("button.per_day", "day"), ("button.per_week", "week"),
            ("button.per_4weeks", "4weeks"), ("button.per_month", "month")),
    "tax": (("button.gross", "gross"), ("button.net", "net"), ("button.no_idea", "unknown")),
    "deduction_per": (("button.per_week", "week"), ("button.per_4weeks", "4weeks"), ("button.per_month", "month")),
    "period": (("button.now", "now"),),
    "abroad": (("button.yes", "yes"), ("button.no", "no"), ("button.no_idea", "unknown")),
    "signed": (("button.yes", "yes"), ("button.no", "no"), ("button.no_idea", "unknown")),
    "paid": (("button.nothing", "nothing"),),
    "age": (("button.adult", "adult"), ("button.no_idea", "unknown")),
    "what": (("button.kind_pay", "pay"), ("button.kind_hours", "hours"), ("button.kind_housing", "housing"),
             ("button.kind_safety", "safety"), ("button.kind_treatment", "treatment"), ("button.other", "other")),
}  # fmt: skip
#: Questions with an answer in the worker's own words: "I do not know" is the one button.
_OPEN: Final[tuple[Field, ...]] = ("pay", "hours", "period", "deduction", "where", "people", "proof", "paid")
#: The wording of a question that differs by flow.
_KEYS: Final[dict[tuple[str, Field], str]] = {
    ("unpaid_wages", "pay"): "ask.pay_agreed",
    ("back_pay_without_permit", "pay"): "ask.pay_agreed",
    ("unpaid_wages", "hours"): "ask.hours_then",
    ("back_pay_without_permit", "hours"): "ask.hours_then",
    ("unpaid_wages", "period"): "ask.period_unpaid",
    ("back_pay_without_permit", "period"): "ask.period_permit",
    ("report_abuse", "period"): "ask.period_report",
}


def payload(field: str, value: str) -> str:
    """What a button of a question sends."""
    return f"/tell{json.dumps({'field': field, 'value': value})}"


def offered(field: str, value: str) -> bool:
    """Whether a button of ours sends this: anything can be typed into a message."""
    choices = {value for _, value in _CHOICES.get(field, ())}  # type: ignore[call-overload]
    return value in choices or (field in _OPEN and value == "unknown")


def question(case: Intake, field: Field, wording: Wording, language: str, on: date) -> str:
    """The question, in words."""
    if field in ("per", "deduction_per"):
        money = case.pay if field == "per" else case.deduction
        return wording.text("ask.per", language, amount=amount(money, wording, language) if money else "")
    key = _KEYS.get((case.flow, field), f"ask.{field}")
    if field == "age":
        return wording.text(key, language, age=wording.figure("wml_full_age", language, on) or "")
    return wording.text(key, language)


def buttons(case: Intake, field: Field, wording: Wording, language: str, on: date) -> list[Button]:
    """The choices of a question, "I do not know" where it is open, and the way out."""
    made: list[Button] = []
    for key, value in _CHOICES.get(field, ()):
        if value == "now" and case.flow != "check_my_pay":
            continue
        age = wording.figure("wml_full_age", language, on, "number") or ""
        title = wording.text(key, language, age=age) if value == "adult" else wording.text(key, language)
        made.append(Button(title, payload(field, value)))
    if field in _OPEN:
        made.append(Button(wording.text("button.no_idea", language), payload(field, "unknown")))
    return [*made, Button(wording.text("button.stop", language), "/cancel")]
