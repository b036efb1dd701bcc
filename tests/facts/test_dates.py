"""The answer of the day: a figure past its date, and an adopted rule on its day."""

from __future__ import annotations

from datetime import date

import pytest

from actions.answers import Answers
from actions.turn_context import TurnContext
from facts.wording import Wording


def answer(answers: Answers, topic: str, day: date, language: str = "en") -> str:
    return answers.answer(topic, TurnContext(intent=topic, language=language, on=day)).replies[0].text


def test_the_minimum_wage_is_told_while_it_holds(answers: Answers) -> None:
    assert "€14.99" in answer(answers, "minimum_wage", date(2026, 12, 31))
    assert "€14.71" in answer(answers, "minimum_wage", date(2026, 6, 30))


def test_past_its_date_the_minimum_wage_is_told_as_what_it_was(answers: Answers) -> None:
    text = answer(answers, "minimum_wage", date(2027, 1, 1))
    assert "was €14.99 until 31 December 2026" in text
    assert "https://" in text
    assert "is €14.99" not in text


@pytest.mark.parametrize(
    ("fact", "before", "after"),
    [
        ("temp-agency-equal-2026-12-31", date(2026, 12, 30), date(2026, 12, 31)),
        ("lic-wtta-not-yet", date(2026, 12, 31), date(2027, 1, 1)),
        ("dba-presumption", date(2026, 12, 30), date(2026, 12, 31)),
    ],
)
def test_an_adopted_rule_is_in_force_on_its_day(wording: Wording, fact: str, before: date, after: date) -> None:
    one = wording.base.facts[fact]
    early, late = wording.tell(one, "en", before), wording.tell(one, "en", after)
    assert early and early.standing == "adopted"
    assert late is None or late.standing == "in_force"
    assert late is None or late.text != early.text


def test_temporary_protection_is_not_told_as_certain_past_its_date(wording: Wording) -> None:
    one = wording.base.facts["permit-ukraine"]
    until, past = wording.tell(one, "en", date(2027, 3, 3)), wording.tell(one, "en", date(2027, 3, 4))
    assert until and past and until.text != past.text


def test_a_bill_never_becomes_a_right_by_itself(wording: Wording) -> None:
    for fact in wording.base.facts.values():
        standings = [phase.standing for phase in sorted(fact.says, key=lambda phase: phase.from_ or date.min)]
        if "bill" in standings:
            assert "in_force" not in standings[standings.index("bill") :], fact.id


def test_an_old_check_is_said(answers: Answers) -> None:
    assert "Last checked on 23 November 2026" in answer(answers, "housing_deduction", date(2028, 6, 1))
    assert "Last checked" not in answer(answers, "housing_deduction", date(2026, 11, 23))
