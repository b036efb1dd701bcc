"""What an adversarial reader found: the rows of review.yaml, and the sources that carry what is said."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.answers import Answers
from actions.mentions import mentioned
from actions.turn_context import TurnContext
from facts.base import FactBase
from facts.wording import Wording

ROWS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("review.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    "row", ROWS, ids=[f"{row.get('fact') or row['topic']}-{number}" for number, row in enumerate(ROWS)]
)
def test_what_was_wrong_is_told_right(answers: Answers, wording: Wording, base: FactBase, row: dict[str, Any]) -> None:
    day = row.get("day", TODAY)
    if "fact" in row:
        told = wording.tell(base.facts[row["fact"]], "en", day)
        if row.get("silent"):
            assert told is None
            return
        assert told is not None
        text = answers.line(told, "en")
    else:
        situation = TurnContext(intent=row["topic"], text=row.get("asks", ""), language="en", on=day)
        text = answers.answer(row["topic"], situation).replies[0].text
    for words in row.get("says", []):
        assert words in text, (row["why"], text)
    for words in row.get("not", []):
        assert words not in text, (row["why"], text)
    for words in row.get("once", []):
        assert text.count(words) == 1, (row["why"], text)


@pytest.mark.parametrize("figure", ["wml_youth_share", "wml_bbl_share"])
def test_the_old_youth_rates_end_with_2026(base: FactBase, figure: str) -> None:
    assert base.figures[figure].on(date(2026, 12, 31)) is not None
    assert base.figures[figure].on(date(2027, 1, 1)) is None


def test_a_plan_for_youth_wages_is_never_told_as_law(base: FactBase) -> None:
    for fact in ("wml-youth-2027", "wml-bbl"):
        for phase in base.facts[fact].says:
            if phase.from_ == date(2027, 1, 1) or "2027" in fact:
                assert phase.standing == "planned", fact


@pytest.mark.parametrize(
    ("fact", "law", "article"),
    [
        ("sick-pregnant", "zw", "29a"),
        ("sick-contract-ends", "zw", "29"),
        ("sick-step-not-paid", "bw7", "629a"),
        ("pay-check-formula", "wml", "7"),
        ("wml-step-check", "wml", "5a"),
        ("hours-records", "atw", "4:3"),
        ("hours-child", "atw", "3:2"),
        ("dis-own-resignation", "ww", "24"),
        ("dis-household", "bw7", "682"),
        ("fines-wml", "wml", "18n"),
        ("wage-inspectorate-role", "wml", "18n"),
        ("acc-step-damage", "bw3", "310"),
        ("unsafe-protective-equipment", "arbowet", "44"),
        ("wage-chain-main-client", "bw7", "616b"),
        ("temp-oncall-who", "bw7", "628a"),
        ("wml-not-lower", "wml", "14"),
        ("hol-hidden-in-wage", "bw7", "640"),
    ],
)
def test_a_source_carries_what_is_said(base: FactBase, fact: str, law: str, article: str) -> None:
    sources = [(source.law, source.article) for source in base.facts[fact].sources if source.quote]
    assert (law, article) in sources


def test_the_quote_on_hours_takes_in_hours_with_a_right_to_wage(base: FactBase) -> None:
    quotes = [source.quote or "" for source in base.facts["pay-check-formula"].sources]
    assert any("de tijd waarover hij recht op loon heeft" in quote for quote in quotes)


def test_an_accident_that_shows_later_is_carried_by_the_inspectorates_own_page(base: FactBase) -> None:
    pages = [source for source in base.facts["acc-report-later"].sources if source.page]
    assert any("nlarbeidsinspectie.nl" in (source.url or "") and source.quote for source in pages)


@pytest.mark.parametrize(
    "text",
    [
        "my contract ends next month",
        "my contract was not renewed",
        "they will not extend my contract",
        "mijn contract loopt af",
        "mijn contract wordt niet verlengd",
        "moja umowa się kończy",
        "nie przedłużyli mi umowy",
        "contractul meu expiră",
        "nu mi-au prelungit contractul",
        "договорът ми изтича",
        "не ми продължиха договора",
        "lejár a szerződésem",
        "nem hosszabbították meg a szerződésemet",
        "sözleşmem bitiyor",
        "sözleşmem uzatılmadı",
        "мій контракт закінчується",
        "мені не продовжили договір",
        "мой контракт закончился",
        "мне не продлили договор",
        "انتهى عقدي",
        "لم يتم تجديد عقدي",
        "mi contrato se acaba",
        "no me renovaron el contrato",
        "o meu contrato termina",
        "não renovaram o meu contrato",
    ],
)
def test_the_end_of_a_contract_is_heard_in_every_language(text: str) -> None:
    assert "contract_ends" in mentioned(text)


@pytest.mark.parametrize(
    "text", ["my boss fired me today", "can I see my contract?", "I have no contract", "mam umowę na czas określony"]
)
def test_a_contract_that_does_not_end_is_not_taken_for_one(text: str) -> None:
    assert "contract_ends" not in mentioned(text)


@pytest.mark.parametrize(("age", "minor"), [(15, True), (17, True), (18, False), (20, False), (40, False)])
def test_who_is_under_18_is_told_the_hours_of_the_young(age: int, minor: bool) -> None:
    assert ("minor" in mentioned(f"I am {age}, may I work at night?")) is minor
