"""The product's content: everything that `baken check` holds, and what only a test can."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from facts import languages
from facts.base import FactBase
from facts.check import check
from facts.model import placeholders
from facts.sources import squeeze
from facts.wording import Wording

TODAY = date(2026, 11, 23)
TURNING_POINTS = [
    date(2026, 11, 23), date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 3), date(2027, 3, 5),
    date(2027, 6, 30), date(2027, 7, 1), date(2027, 12, 31), date(2028, 1, 1),
]  # fmt: skip


def test_nothing_is_broken_or_due_today(base: FactBase) -> None:
    assert [str(problem) for problem in check(base, TODAY)] == []


def test_every_topic_that_is_answered_has_answers_in_force_and_steps(base: FactBase) -> None:
    for topic, entry in base.topics.items():
        if entry.kind != "dialogue":
            assert {"answer", "step"} <= {fact.role for fact in base.facts_of(topic)}, topic


def test_every_quote_of_the_letter_stands_in_the_letter(base: FactBase) -> None:
    quotes = [source.quote for fact in base.facts.values() for source in fact.sources if source.letter]
    assert len(quotes) >= 60
    assert all(quote and squeeze(quote) in base.sources.letter for quote in quotes)


def test_every_quote_of_a_law_stands_in_its_article(base: FactBase) -> None:
    count = 0
    for fact in base.facts.values():
        for source in fact.sources:
            if source.law:
                law = base.sources.law(source.law)
                assert law is not None and source.quote, fact.id
                assert squeeze(source.quote) in squeeze(law.articles[source.article or ""]), fact.id
                count += 1
    assert count >= 150


@pytest.mark.parametrize("day", TURNING_POINTS, ids=str)
@pytest.mark.parametrize("language", languages.NAMES)
def test_every_fact_is_told_on_every_turning_point(wording: Wording, day: date, language: str) -> None:
    for fact in wording.base.facts.values():
        told = wording.tell(fact, language, day)
        if told:
            assert told.text.strip(), fact.id
            assert "{" not in told.text and "}" not in told.text, fact.id


def test_no_plan_is_told_as_a_right(base: FactBase) -> None:
    """What only the letter says is never in force: the letter is no law."""
    for fact in base.facts.values():
        if all(source.letter for source in fact.sources):
            for phase in fact.says:
                assert phase.standing != "in_force", fact.id


def test_an_adopted_rule_says_when_it_starts_or_that_it_is_not_in_force(base: FactBase) -> None:
    for fact in base.facts.values():
        for phase in fact.says:
            if phase.standing == "adopted":
                dates = [name for name, _ in placeholders(phase.text) if base.figures[name].unit == "date"]
                assert dates or re.search(r"not (yet )?in force|not law yet|later", phase.text), fact.id


def test_figures_of_the_minimum_wage_follow_the_percentages_by_age(base: FactBase) -> None:
    """Besluit minimumjeugdloonregeling: 80, 60, 50, 39.5, 34.5 and 30 %; worked out here, not copied.

    They change on 1 January 2027: amounts of later periods ask for a period of wml_youth_share that is known by then.
    """
    from decimal import ROUND_HALF_UP, Decimal

    until_2026 = {20: "0.80", 19: "0.60", 18: "0.50", 17: "0.395", 16: "0.345", 15: "0.30"}
    for period in base.figures["wml_hourly"].periods:
        assert period.from_ is not None
        shares = until_2026
        if period.from_ >= date(2027, 1, 1):
            later = base.figures["wml_youth_share"].on(period.from_)
            assert later is not None, period.from_
            shares = {age: str(Decimal(percent) / 100) for age, percent in later.by_age.items()}
        for age, share in shares.items():
            exact = (Decimal(period.value) * Decimal(share)).quantize(Decimal("0.01"), ROUND_HALF_UP)
            assert Decimal(period.by_age[age]) == exact, (period.from_, age)


@pytest.mark.parametrize("hours", [36, 38, 40])
def test_amounts_per_month_are_reckoned_from_the_amount_per_hour(base: FactBase, hours: int) -> None:
    for period in base.figures[f"wml_month_{hours}"].periods:
        assert period.from_ is not None
        per_hour = base.figures["wml_hourly"].on(period.from_)
        assert per_hour is not None and (per_hour.from_, per_hour.until) == (period.from_, period.until)
        assert abs(Decimal(period.value) - Decimal(per_hour.value) * hours * 52 / 12) <= Decimal("0.005")
