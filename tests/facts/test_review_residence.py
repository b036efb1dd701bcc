"""What a hostile reading of residence, permits, housing and help found wrong: what is told on a day, and what not.

Each row is worked from the source named in it, not from what the fact says now.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from actions.answers import Answers
from actions.mentions import mentioned
from actions.turn_context import Memory, TurnContext
from facts.base import FactBase
from facts.wording import Wording

DAY = date(2026, 12, 1)
LAST_OF_2026, FIRST_OF_2027 = date(2026, 12, 31), date(2027, 1, 1)
LAST_OF_PROTECTION, AFTER_PROTECTION = date(2027, 3, 4), date(2027, 3, 5)


class Row(NamedTuple):
    day: date
    fact: str
    says: tuple[str, ...]
    never: tuple[str, ...] = ()


ROWS = [
    # Protection "until 4 March 2027 (inclusive)": government.nl, long-term policy for refugees from Ukraine.
    Row(DAY, "permit-ukraine", ("without a work permit", "4 March 2027", "that day included", "2 working days")),
    Row(LAST_OF_PROTECTION, "permit-ukraine", ("you may work", "that day included"), ("ended", "could work")),
    Row(AFTER_PROTECTION, "permit-ukraine", ("ended on 4 March 2027", "transition document", "IND"), ("runs to",)),
    Row(LAST_OF_PROTECTION, "asylum-ukraine", ("no work permit", "need not wait", "that day included"), ("6 months",)),
    Row(AFTER_PROTECTION, "asylum-ukraine", ("ended on 4 March 2027", "transition document"), ("runs to",)),
    # Transition document: three years, no application, the IND writes, asylum application withdrawn (government.nl).
    Row(
        DAY,
        "permit-ukraine-after",
        ("transition document", "3 years", "need not apply", "IND", "asylum application", "lawyer", "work permit"),
    ),
    Row(AFTER_PROTECTION, "permit-ukraine-after", ("transition document", "need not apply", "lawyer", "not sure")),
    # BuWav 6.5(1) frees employees only; whether a regulation frees the self-employed (6.5(2)) was not found.
    Row(DAY, "permit-ukraine-not-self-employed", ("employees", "not sure", "IND")),
    # The worker can apply for a GVVA (ind.nl: "You apply to the IND for a single permit"), not for a TWV (Wav 6(1)).
    Row(DAY, "permit-employer-applies", ("TWV", "GVVA", "you", "yourself", "90 days", "5 weeks", "Ukraine")),
    Row(DAY, "asylum-work-now", ("6 months", "TWV", "Ukraine", "other rules")),
    # Vb 2000 3.91(1): a withdrawn GVVA ends three months after the decision is made known.
    Row(DAY, "permit-lost-job", ("3 months", "6 months", "2 years", "IND"), ("not sure how long you may stay",)),
    # Search period of the IND: three months, six with a permit of two years, never past the end of the permit.
    Row(
        DAY,
        "hsm-step-job-ends",
        ("3 months", "6 months", "2 years", "end date", "IND"),
        ("not sure how long you may stay",),
    ),
    # Vb 2000 3.89b(2): unemployment alone takes no Blue Card within three months, or six after two years.
    Row(DAY, "hsm-blue-card-job-ends", ("3 months", "6 months", "2 years")),
    # CJEU 20 June 2024, C-540/22: after 90 days in 180 a residence permit may be asked; the IND asks it.
    Row(DAY, "posted-third-country", ("90 days", "180 days", "residence permit", "IND", "work permit")),
    # BW 7:261b(2) and (3).
    Row(DAY, "housing-deposit", ("2 times", "rent", "14 days", "30 days", "1 July 2023", "list")),
    Row(DAY, "housing-good-landlord", ("threaten", "in writing"), ("law allows",)),
    # Wgv 1: nationals of another EU state, main home elsewhere, here for temporary work; no housing association.
    Row(DAY, "housing-separate-contract", ("temporary work", "main home", "housing association", "outside the EU")),
    Row(DAY, "housing-language", ("temporary work", "housing association")),
    # iamexpat.nl: "If you have to call the Dutch police from abroad, use +31 34 357 88 44."
    Row(DAY, "rep-police", ("112", "+31 34 357 88 44", "foreign"), ("088-6628844",)),
    # The number that works with any card is told beside the free one.
    Row(DAY, "rep-labour-inspectorate", ("0800-5151", "+31 70 333 56 78", "foreign phone card")),
    Row(DAY, "rep-from-abroad", ("+31 70 333 56 78", "foreign phone card")),
    Row(DAY, "help-juridisch-loket", ("0800-8020", "foreign phone card")),
    # What holds without the amounts of 2026 outlives them.
    Row(DAY, "help-legal-aid", ("savings", "Juridisch Loket", "lawyer")),
    Row(FIRST_OF_2027, "help-legal-aid", ("savings", "Juridisch Loket", "lawyer"), ("2026",)),
    Row(LAST_OF_2026, "help-legal-aid-2026", ("€35,400", "€50,000", "€257", "€69")),
    Row(FIRST_OF_2027, "help-legal-aid-2026", ("was €35,400 until 31 December 2026",)),
    Row(FIRST_OF_2027, "hsm-thresholds", ("Holiday allowance does not count", "age of 30"), ("2026",)),
    Row(LAST_OF_2026, "hsm-thresholds-2026", ("€5,942", "€4,357")),
    Row(FIRST_OF_2027, "hsm-thresholds-2026", ("was €5,942 until 31 December 2026",)),
    Row(FIRST_OF_2027, "hsm-reduced", ("graduate", "lower amount"), ("2026",)),
    Row(LAST_OF_2026, "hsm-reduced-amount", ("€3,122",)),
    Row(FIRST_OF_2027, "hsm-reduced-amount", ("was €3,122 until 31 December 2026",)),
    Row(FIRST_OF_2027, "hsm-blue-card", ("Blue Card", "Holiday allowance does not count"), ("2026",)),
    Row(LAST_OF_2026, "hsm-blue-card-amount", ("€5,942", "€4,754")),
    Row(FIRST_OF_2027, "hsm-blue-card-amount", ("was €5,942 until 31 December 2026",)),
    # What nobody wrote down is not told as a rule: that a right does not exist was inferred.
    Row(DAY, "dutch-lessons-no-right", ("found no",), ("There is no general legal right",)),
    Row(DAY, "code-voluntary", ("found no",)),
    # Wav 23(1) and (5) give the claim and the judge to who works without lawful stay; no article on standing was read.
    Row(DAY, "wav23-judge", ("kantonrechter", "legal help"), ("You do not need a residence permit to go to court",)),
    # basicrights.nl: "even people without residence permits can join a trade union".
    Row(DAY, "help-unions", ("without a residence permit",), ("whatever",)),
    # Waadi 9a: no obstacle to a contract with the hirer; a clause against it is void; a fee only between the companies.
    Row(DAY, "lic-direct-hire", ("not valid", "the company where you work", "not you")),
    # Waadi 8b and 8c.
    Row(DAY, "lic-equal-facilities", ("canteen", "transport", "vacan")),
    # Wml 6(1)(e) and 6(4).
    Row(DAY, "posted-allowances", ("travel", "housing", "minimum wage")),
    # BW 7:651(1).
    Row(DAY, "ded-fine-or-damages", ("fine", "damage", "not both")),
    # Wav 15(5).
    Row(DAY, "permit-show-id", ("ID", "copy", "back")),
    # Wav 2: a permit for the work here; a card of another member state is none (scheersadvocatuur.nl).
    Row(DAY, "permit-other-eu-card", ("another EU country", "does not", "permit")),
    # Wav 3(1)(a) with Directive 2004/38: family of a mobile EU citizen.
    Row(DAY, "permit-eu-family", ("family", "EU citizen", "no work permit", "IND")),
]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.fact}@{row.day}" for row in ROWS])
def test_the_fact_says_what_its_source_says(wording: Wording, answers: Answers, row: Row) -> None:
    told = wording.tell(wording.base.facts[row.fact], "en", row.day)
    assert told is not None
    line = answers.line(told, "en")
    for words in row.says:
        assert words in line, line
    for words in row.never:
        assert words not in line, line


def answer(answers: Answers, topic: str, text: str, day: date = DAY, language: str = "en") -> str:
    situation = TurnContext(intent=topic, text=text, language=language, on=day, memory=Memory(disclaimed=True))
    return answers.answer(topic, situation).replies[0].text


ASKED = [
    ("asylum_seeker_work", "I am from Ukraine with temporary protection, may I work?"),
    ("work_permit", "I come from Ukraine, can I work here?"),
    ("work_permit", "Ik heb tijdelijke bescherming, heb ik een vergunning nodig?"),
]


@pytest.mark.parametrize(("topic", "text"), ASKED)
@pytest.mark.parametrize("day", [DAY, LAST_OF_PROTECTION, AFTER_PROTECTION], ids=str)
def test_who_comes_from_ukraine_reads_the_rule_for_ukraine_first(
    answers: Answers, topic: str, text: str, day: date
) -> None:
    first = answer(answers, topic, text, day).split("\n\n")[0]
    assert "Ukraine" in first and "4 March 2027" in first
    assert ("ended" in first) is (day > LAST_OF_PROTECTION)


@pytest.mark.parametrize("topic", ["asylum_seeker_work", "work_permit"])
def test_who_does_not_come_from_ukraine_is_only_pointed_to_it(answers: Answers, topic: str) -> None:
    text = answer(answers, topic, "I come from Nigeria, can I work here?")
    assert "4 March 2027" not in text
    assert "Ukraine" in text


def test_the_pointers_to_ukraine_lead_there(answers: Answers, wording: Wording) -> None:
    assert f"“{wording.text('button.more', 'en')}”" in answer(answers, "work_permit", "")
    assert answers.more("work_permit", 0, TurnContext(intent="show_more", on=DAY)).facts[0] == "permit-ukraine"
    assert "ask about Ukraine" in answer(answers, "asylum_seeker_work", "")
    assert "4 March 2027" in answer(answers, "asylum_seeker_work", "and Ukraine?")


@pytest.mark.parametrize(
    "text",
    [
        "I am from Ukraine",
        "ik ben Oekraïens",
        "ik kom uit Oekraine",
        "jestem z Ukrainy",
        "jestem Ukrainką",
        "аз съм от Украйна",
        "soy ucraniano",
        "vengo de Ucrania",
        "ukrán vagyok",
        "Ukrajnából jöttem",
        "sou ucraniana",
        "venho da Ucrânia",
        "sunt ucraineancă",
        "vin din Ucraina",
        "я из Украины",
        "Ukraynalıyım",
        "я з України",
        "я українець",
        "أنا من أوكرانيا",
        "انا من اوكرانيا",
        "I have temporary protection",
        "mam ochronę czasową",
        "тимчасовий захист",
        "временная защита",
    ],
)
def test_ukraine_is_heard_in_every_language(text: str) -> None:
    assert "ukraine" in mentioned(text)


@pytest.mark.parametrize("text", ["I am from Poland", "I have a temporary contract", "ik werk tijdelijk", "UK citizen"])
def test_ukraine_is_not_heard_where_it_was_not_said(text: str) -> None:
    assert "ukraine" not in mentioned(text)


def test_better_conditions_of_home_stand_on_the_directive(base: FactBase) -> None:
    """Directive 96/71, art. 3(7): the WagwEU does not say it."""
    fact = base.facts["posted-better-stays"]
    assert any("art. 3(7)" in (source.page or "") and source.quote for source in fact.sources)
    assert fact.confidence == "medium"


def test_the_plan_for_ukraine_is_not_told_as_a_right(base: FactBase) -> None:
    assert all(phase.standing in ("planned", "observation") for phase in base.facts["permit-ukraine-after"].says)


ENDS = [
    ("hsm_wage", LAST_OF_2026),
    ("hsm_wage_young", LAST_OF_2026),
    ("hsm_wage_reduced", LAST_OF_2026),
    ("blue_card_wage", LAST_OF_2026),
    ("blue_card_wage_graduate", LAST_OF_2026),
    ("legal_aid_income_single", LAST_OF_2026),
    ("legal_aid_income_household", LAST_OF_2026),
    ("legal_aid_own_part", LAST_OF_2026),
    ("legal_aid_discount", LAST_OF_2026),
]


@pytest.mark.parametrize(("figure", "last"), ENDS)
def test_an_amount_of_2026_is_told_alone_and_takes_no_rule_with_it(base: FactBase, figure: str, last: date) -> None:
    one = base.figures[figure]
    assert one.on(last) is not None and one.on(FIRST_OF_2027) is None
    for fact in base.facts.values():
        phase = fact.on(FIRST_OF_2027)
        if phase and f"{{{figure}" in phase.text:
            for rule in ("Holiday allowance", "Savings", "No papers", "graduate recently"):
                assert rule not in phase.text, fact.id


QUOTED = [
    ("fines-inspection-public", "bwml", "6a", "drie jaar"),
    ("housing-deposit", "bw7", "261b", "tweemaal de huurprijs"),
    ("housing-separate-contract", "wgv", "1", "tijdelijke werkzaamheden"),
    ("housing-language", "wgv", "1", "tijdelijke werkzaamheden"),
    ("permit-ukraine", "buwav", "6.5", "op basis van een arbeidsovereenkomst"),
    ("permit-ukraine-not-self-employed", "buwav", "6.5", "als zelfstandige"),
    ("permit-lost-job", "vb2000", "3.91", "drie maanden nadat zij is bekendgemaakt"),
    ("hsm-blue-card-job-ends", "vb2000", "3.89b", "drie achtereenvolgende maanden"),
]


@pytest.mark.parametrize(("fact", "law", "article", "words"), QUOTED)
def test_the_sentence_stands_on_the_article_that_carries_it(
    base: FactBase, fact: str, law: str, article: str, words: str
) -> None:
    quotes = [
        source.quote or "" for source in base.facts[fact].sources if (source.law, source.article) == (law, article)
    ]
    assert any(words in " ".join(quote.split()) for quote in quotes)
