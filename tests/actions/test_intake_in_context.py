"""What the talk so far makes of a message: not knowing, corrections, questions, and which case is meant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from actions.intake.flow import Cases
from actions.tracker_state import Heard
from actions.turn_context import Memory, TurnContext
from facts import notation
from tests.actions.talking import Talk

PAY = "11.50 an hour gross, 45 hours a week"


@pytest.fixture
def talk(cases: Cases) -> Callable[[str], Talk]:
    return lambda language="en": Talk(cases, language)


def test_what_is_not_known_counts_for_what_it_names(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", PAY), ("ask_back", "no idea since when"))
    assert one.case is not None and one.case.asked == "age" and one.case.unknown == ("period",)
    assert "€157.05" in one(("ask_back", "I am 30"))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "sinds wanneer weet ik niet meer"),
        ("pl", "nie wiem od kiedy"),
        ("hu", "nem tudom mióta"),
        ("es", "no sé desde cuándo"),
        ("uk", "не знаю коли"),
        ("ar", "ma3reftch mn imta"),
    ],
)
def test_not_knowing_is_no_danger_though_the_detector_thinks_so(
    talk: Callable[..., Talk], language: str, text: str
) -> None:
    one = talk(language)
    one(("check_my_pay", "11,50 bruto/h"), ("tell", {"field": "hours", "value": "unknown"}))
    assert one.case is not None and one.case.asked == "age"
    outcome = one.say("exploitation", text, alarm=1.2)
    assert not outcome.safety and outcome.safety_hint and "112" in outcome.replies[0].text
    assert one.case is not None and "period" in one.case.unknown


def test_a_rule_of_danger_is_never_taken_for_not_knowing(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", PAY))
    assert one.say("exploitation", "I don't know, he locked the door", alarm=9).safety


@pytest.mark.parametrize("said", ["nothing was agreed", "no, we never agreed about pay"])
def test_nothing_agreed_is_heard_whatever_was_asked(talk: Callable[..., Talk], said: str) -> None:
    one = talk()
    one(("back_pay_without_permit", "I worked without a permit"), ("ask_back", said))
    assert one.case is not None and one.case.asked == "hours" and "pay" in one.case.unknown


def test_a_correction_may_say_its_period_again(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("unpaid_wages", "not paid in June and July 2026, 2800 gross a month, 40 hours a week"))
    one(("check_my_pay", "no, 1800 gross a month, not 2800"))
    assert one.case is not None and one.case.flow == "unpaid_wages"
    assert one.case.pay is not None and one.case.pay.amount == 1800


def test_not_a_cent_is_no_age(talk: Callable[..., Talk]) -> None:
    one = talk("es")
    one(("unpaid_wages", "trabajé todo julio de 2026, 11 euros brutos la hora, 35 horas a la semana"))
    one(("ask_back", "tengo 22 años"), ("unpaid_wages", "no recibí nada, ni un céntimo"))
    assert one.case is not None and (one.case.age, one.case.paid) == (22, Decimal(0))


def test_figures_are_a_claim_where_a_time_is_over_and_a_claim_is_likely(talk: Callable[..., Talk]) -> None:
    text = "October 2026, 2700 gross a month, 40 hours a week, I am 45, got nothing"
    one, two = talk(), talk()
    one.say("check_my_pay", text, choices=("unpaid_wages",))
    two.say("check_my_pay", text)
    assert one.case is not None and one.case.flow == "unpaid_wages" and "€2,916" in one.outcomes[-1].replies[0].text
    assert two.case is not None and two.case.flow == "check_my_pay"


def test_figures_after_an_offer_begin_what_was_offered(talk: Callable[..., Talk]) -> None:
    one = talk()
    one.memory = Memory(offered=("sick_pay", "housing_deduction"))
    one(("check_my_pay", "500 a month"))
    assert one.case is not None and one.case.flow == "housing_deduction"
    assert one.case.deduction is not None and one.case.deduction.amount == 500


def test_the_risk_of_reporting_is_what_is_asked_about_within_a_report(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("report_abuse", "I want to report my boss"), ("ask_back", "they pay nothing for extra hours"))
    shares = {"dismissal": 0.84, "fear_of_reporting": 0.11}
    outcome = one.say("dismissal", "can he know it was me? can he throw me out for it?", shares=shares)
    assert outcome.topic == "fear_of_reporting" and one.case is not None and not one.case.where
    one(("check_my_pay", PAY))
    elsewhere = talk()
    elsewhere(("check_my_pay", PAY))
    assert elsewhere.say("dismissal", "can he throw me out for it?", shares=shares).topic == "dismissal"


def test_a_half_meant_goodbye_is_an_answer_while_a_question_is_open(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("report_abuse", "I want to report my boss"), ("ask_back", "no breaks and no pay for extra hours"))
    one.say("goodbye", "ok then. Zwolle, meat factory", confidence=0.54)
    assert one.case is not None and one.case.where == "ok then. Zwolle, meat factory"
    assert one.say("goodbye", "bye", confidence=0.95).topic == "goodbye"


def test_an_account_that_is_danger_is_kept(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("report_abuse", "I want to report my boss"))
    assert one.say("exploitation", "they keep our passports and beat us", alarm=9).safety
    one(("deny", "no"))
    assert one.case is not None and one.case.account and one.case.asked == "where"


def test_start_again_begins_the_same_case_anew(talk: Callable[..., Talk]) -> None:
    one = talk()
    text = one(("check_my_pay", PAY), ("cancel", "start again"))
    assert "How much do you earn?" in text
    assert one.running and one.case is not None and one.case.pay is None and one.case.hours is None


def test_after_a_pause_of_two_days_the_case_goes_on(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", PAY))
    one.on = date(2026, 11, 25)
    text = one(("ask_back", "I am 30"), ("ask_back", "since 1 July 2026"))
    assert "€3,320.49" in text  # 148 days x 157.05 / 7


def test_the_language_can_change_halfway_and_what_was_said_with_it_counts(talk: Callable[..., Talk]) -> None:
    one = talk("tr")
    one(("check_my_pay", "saatlik 11,50 euro brüt, haftada 45 saat"))
    one.language = "nl"
    one.say("change_language", "in het Nederlands graag, ik ben 30 jaar")
    assert one.case is not None and one.case.age == 30
    assert notation.money(Decimal("157.05"), "nl") in one(("ask_back", "weet ik niet"))


def test_a_bbl_contract_has_its_own_minimum(talk: Callable[..., Talk]) -> None:
    """2026-II at 19: 8.99, with BBL 7.87; 7.50 is 0.37 below; x 32 = 11.84."""
    one, two = talk(), talk()
    text = one(("check_my_pay", "BBL contract, I am 19, 7.50 an hour gross, 32 hours a week"), ("ask_back", "only now"))
    assert "€7.87" in text and "€11.84" in text
    text = two(("check_my_pay", "I am 19, 7.50 an hour gross, 32 hours a week"), ("ask_back", "only now"))
    assert "€8.99" in text and "€47.68" in text and "BBL" in text  # 1.49 x 32


def test_a_claim_says_who_else_is_liable_until_when_and_what_proves_it(talk: Callable[..., Talk]) -> None:
    text = talk()(
        ("unpaid_wages", "not paid in September 2026, 16 an hour gross, 40 hours a week, got nothing, I am 30")
    )
    for said in ("Do not sign", "expires after 5 years", "that client is liable", "your own list of days and hours"):
        assert said in text
    permit = talk()(
        (
            "back_pay_without_permit",
            "I worked without permit in October 2026, 16 an hour gross, 40 hours a week, I got nothing, I am 40",
        ),
    )
    for said in ("Do not sign", "expires after 5 years", "The order counts", "Collect proof", "FairWork"):
        assert said in permit


@pytest.mark.parametrize("said", ["yes, my company is Bulgarian and it sent me here for some months", "yes"])
def test_a_long_yes_is_a_yes(talk: Callable[..., Talk], said: str) -> None:
    one = talk()
    one(("housing_deduction", "they take 130 a week for the bed, 35 hours a week, I am 20"))
    assert "nothing may be taken" in one(("posted_worker", said))


def test_amounts_beside_an_offer_are_kept_for_what_was_offered(talk: Callable[..., Talk]) -> None:
    """ "They take 140 a week for the bed", answered as deductions with the rent offered: the 140 is not asked again."""
    one = talk()
    heard = Heard(TurnContext(intent="other_deductions", text="they take 140 euro a week for the bed, legal?"), None)
    one.case = one.cases.noted(heard, ("housing_deduction",), None)
    one(("housing_deduction", "36 hours a week, I am 26"))
    assert one.case is not None and one.case.asked == "abroad"
    assert one.case.deduction is not None and one.case.deduction.amount == 140
    assert one.cases.noted(heard, ("sick_pay",), None) is None


def test_pay_with_hours_in_a_question_about_something_else_is_kept(talk: Callable[..., Talk]) -> None:
    one = talk()
    heard = Heard(TurnContext(intent="working_hours", text="I get 600 a week, work 50 hours, is that legal?"), None)
    one.case = one.cases.noted(heard, (), None)
    one(("check_my_pay", "gross"))
    assert one.case is not None and one.case.asked == "age" and one.case.hours == Decimal(50)
    assert one.case.pay is not None and (one.case.pay.amount, one.case.pay.tax) == (600, "gross")


def test_the_hours_of_the_month_that_was_not_paid_are_counted_as_they_are(talk: Callable[..., Talk]) -> None:
    text = talk()(
        ("unpaid_wages", "not paid in October 2026, 15 an hour gross, 160 hours in the month, got nothing"),
        ("ask_back", "I am 30"),
    )
    assert "€2,400" in text and "€2,592" in text  # 160 x 15; 8 % = 192


def test_a_dutch_company_is_not_one_that_sent_from_abroad(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("housing_deduction", "they take 130 a week for the bed, 35 hours a week, I am 30"))
    one(("posted_worker", "I am Polish, the company is Dutch"))
    assert one.case is not None and (one.case.abroad, one.case.asked) == ("no", "signed")
