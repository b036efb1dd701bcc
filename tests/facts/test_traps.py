"""The traps that the dossier names: what a wrong sentence would do to a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from actions.answers import Answers
from actions.turn_context import TurnContext
from facts.base import FactBase
from facts.languages import NAMES
from facts.model import placeholders
from facts.wording import Wording

TODAY = date(2026, 11, 23)


def shown(answers: Answers, topic: str, language: str = "en") -> str:
    return answers.answer(topic, TurnContext(intent=topic, language=language, on=TODAY)).replies[0].text


def everything_said(base: FactBase, answers: Answers, language: str) -> Iterator[tuple[str, str]]:
    """Every answer and every page of "tell me more", each as the person sees it: alone."""
    for topic in base.files:
        yield topic, shown(answers, topic, language)
        for page in range(20):
            more = answers.more(topic, page, TurnContext(intent="show_more", language=language, on=TODAY))
            if not more.facts:
                break
            yield topic, more.replies[0].text


@pytest.mark.parametrize("language", NAMES)
def test_the_warning_for_people_without_residence_comes_before_any_number_of_an_authority(
    base: FactBase, answers: Answers, wording: Wording, language: str
) -> None:
    warning = wording.tell(base.facts["fear-data-sharing"], language, TODAY)
    assert warning
    numbers = [
        wording.figure(figure.id, language, TODAY) for figure in base.figures.values() if figure.warn_with is not None
    ]
    assert len(numbers) >= 3
    checked = 0
    for topic, text in everything_said(base, answers, language):
        places = [text.index(number) for number in numbers if number and number in text]
        if places:
            checked += 1
            assert warning.text in text, topic
            assert text.index(warning.text) < min(places), topic
    assert checked >= 3


@pytest.mark.parametrize("topic", ["report_abuse", "fear_of_reporting", "back_pay_without_permit"])
def test_nobody_without_residence_is_told_that_reporting_is_safe(base: FactBase, topic: str) -> None:
    for fact in base.facts_of(topic):
        for phase in fact.says:
            words = phase.text.lower()
            assert "safe to report" not in words and "nothing will happen" not in words, fact.id
            assert "reporting is safe" not in words, fact.id


def test_every_figure_of_the_police_and_the_inspectorate_carries_the_warning(base: FactBase) -> None:
    for name in ("phone_police", "phone_inspectorate", "phone_inspectorate_abroad"):
        assert base.figures[name].warn_with == "fear-data-sharing"
    assert base.figures["phone_emergency"].warn_with is None, "112 is for everyone, at once"


def test_the_phase_out_of_the_housing_deduction_is_told_as_withdrawn(base: FactBase) -> None:
    fact = base.facts["housing-phase-out-withdrawn"]
    assert {phase.standing for phase in fact.says} <= {"withdrawn", "in_force"}
    assert "withdr" in fact.says[0].text.lower()


def test_no_monthly_minimum_is_told(base: FactBase) -> None:
    """Wml 8 since 2024: there is a minimum an hour only."""
    assert {name for fact in base.facts_of("minimum_wage") for p in fact.says for name, _ in placeholders(p.text)} & {
        "wml_monthly",
        "wml_month",
    } == set()
    assert "hour" in base.figures["wml_hourly"].about


def test_reversal_of_the_burden_of_proof_is_not_told_as_law(base: FactBase) -> None:
    phases = [phase for fact in base.facts.values() for phase in fact.says if "burden of proof" in phase.text.lower()]
    assert all(phase.standing != "in_force" or " no " in f" {phase.text.lower()} " for phase in phases)


def test_36_months_of_hiring_is_a_plan(base: FactBase) -> None:
    told = [
        (fact.id, phase.standing)
        for fact in base.facts.values()
        for phase in fact.says
        if ("plan_agency_limit_months", "") in placeholders(phase.text)
    ]
    assert told and all(standing not in ("in_force", "adopted") for _, standing in told), told


def test_asylum_seekers_are_told_six_months_and_not_three(answers: Answers) -> None:
    text = shown(answers, "asylum_seeker_work")
    assert "6 months" in text and "3 months" not in text
    assert "accelerated" in text


def test_back_pay_tells_the_presumption_as_rebuttable(answers: Answers) -> None:
    text = shown(answers, "back_pay_without_permit")
    assert "6 months" in text and "prove otherwise" in text


def test_holiday_allowance_is_not_hidden_in_the_minimum_wage(answers: Answers) -> None:
    text = shown(answers, "minimum_wage")
    assert "8%" in text and "on top" in text and "gross" in text


def test_no_amount_is_given_for_fines_below_the_minimum_wage(base: FactBase) -> None:
    """The dossier: amounts per worker are from an older page: give no number."""
    fact = base.facts["fines-wml"]
    assert all(base.figures[name].unit != "EUR" for phase in fact.says for name, _ in placeholders(phase.text))


def test_fairwork_is_given_by_its_site_and_not_by_a_telephone_number(base: FactBase) -> None:
    assert not [figure.id for figure in base.figures.values() if "fairwork" in figure.id and figure.unit == "phone"]


def test_suicide_is_answered_with_its_own_line(answers: Answers) -> None:
    text = answers.safety("emergency", TurnContext(intent="emergency", on=TODAY)).replies[0].text
    assert "113" in text and "112" in text


def test_low_confidence_is_told_as_unsure(wording: Wording, base: FactBase, answers: Answers) -> None:
    low = [fact for fact in base.facts.values() if fact.confidence == "low"]
    assert low
    for fact in low:
        told = wording.tell(fact, "en", TODAY)
        if told:
            assert "not sure" in answers.line(told, "en").lower(), fact.id
