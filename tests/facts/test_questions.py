"""The questions that workers ask: answered by facts, today and on the days on which the law changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from facts.base import FactBase
from facts.wording import Wording

#: The agency rules of the flex act; the turn of the year (amounts, youth wages); the last day of the temporary
#: protection of Ukrainians and the day after; the next amounts; contracts under the flex act.
DAYS = [
    date(2026, 12, 2),
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2027, 3, 4),
    date(2027, 3, 5),
    date(2027, 7, 1),
    date(2028, 1, 1),
]
#: How many of the questions asked daily, weekly and seldom may lack something.
MAY_LACK = {3: Decimal(0), 2: Decimal("0.05"), 1: Decimal("0.20")}


@pytest.fixture(scope="module")
def base() -> FactBase:
    return FactBase()


@pytest.mark.parametrize("weight", MAY_LACK)
def test_the_facts_answer_what_is_asked(base: FactBase, weight: int) -> None:
    asked = {name: question for name, question in base.questions.items() if question.weight == weight}
    lacking = [name for name, question in asked.items() if not question.complete]
    assert len(asked) > 50
    assert len(lacking) <= len(asked) * MAY_LACK[weight], lacking


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_no_question_falls_silent(base: FactBase, day: date) -> None:
    wording = Wording(base)
    silent = []
    for name, question in base.questions.items():
        told = [wording.tell(base.facts[fact], "en", day) for fact in question.facts]
        if question.facts and not any(one is not None and not one.expired for one in told):
            silent.append(name)
    assert silent == []


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_what_is_only_planned_is_never_the_only_answer_unless_a_plan_is_asked_about(base: FactBase, day: date) -> None:
    plans = ("planned", "explored", "recommended", "bill", "adopted", "withdrawn")
    only_plans = []
    for name, question in base.questions.items():
        phases = [phase for fact in question.facts if (phase := base.facts[fact].on(day))]
        if phases and all(phase.standing in plans for phase in phases):
            only_plans.append(name)
    about_the_future = [name for name in only_plans if name.partition("/")[0] not in ("government_plans",)]
    assert [name for name in about_the_future if base.questions[name].weight == 3] == []


def test_every_fact_answers_a_question_or_stands_in_an_overview(base: FactBase) -> None:
    asked = {fact for question in base.questions.values() for fact in question.facts}
    idle = [fact.id for fact in base.facts.values() if fact.id not in asked and fact.role == "more"]
    assert len(idle) <= len(base.facts) * Decimal("0.2"), f"{len(idle)}: {idle}"


def test_each_new_fact_was_read_by_a_second_reader(base: FactBase) -> None:
    new = [fact for fact in base.facts.values() if fact.checked_on >= date(2026, 12, 2)]
    assert len(new) > 250
    assert [fact.id for fact in new if fact.reviewed is None] == []
