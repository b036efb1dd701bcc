"""The talk in which a case is worked out, without Rasa: what is asked, what is taken, what comes out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from actions.intake.flow import Cases
from actions.intake.policy import FLOWS
from actions.intake.state import MOST_QUESTIONS, Intake, next_question
from actions.letters import store
from actions.turn_context import Memory, TurnContext
from facts.languages import NAMES
from tests.actions.talking import TODAY, Talk


@pytest.fixture
def talk(cases: Cases) -> Callable[[str], Talk]:
    return lambda language="en": Talk(cases, language)


def test_everything_in_one_message_is_answered_at_once(talk: Callable[..., Talk]) -> None:
    text = talk()(("check_my_pay", "I get 11.50 an hour gross, 45 hours a week, I'm 30, since 1 July 2026, ok?"))
    for amount in ("€14.99", "€3.49", "€157.05", "€3,275.61", "€262.05"):  # 146 days x 157.05 / 7; 8 %
        assert amount in text


def test_in_pieces_in_another_order(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", "is my pay ok?"), ("ask_back", "I am 30"), ("ask_back", "since 1 July 2026"))
    text = one(("working_hours", "45 hours a week"), ("minimum_wage", "11.50 gross per hour"))
    assert "€3,275.61" in text


@pytest.mark.parametrize("correction", ["no, 38 not 45", "sorry, 38 hours a week", "no 38 hours"])
def test_a_correction_wins(talk: Callable[..., Talk], correction: str) -> None:
    one = talk()
    one(("check_my_pay", "I get 11.50 an hour gross, 45 hours a week"), ("ask_back", correction))
    assert one.case is not None and one.case.hours == Decimal(38)


def test_a_correction_after_the_result_makes_it_anew(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", "11.50 an hour gross, 45 hours a week, I'm 30, since 1 July 2026"))
    assert "€132.62" in one(("ask_back", "no, 38 hours"))  # 3.49 x 38


def test_a_question_halfway_is_answered_and_the_case_goes_on(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", "I get 11.50 an hour gross"))
    text = one(("fear_of_reporting", "can they deport me if I complain?"))
    assert one.outcomes[-1].topic == "fear_of_reporting"
    assert text.endswith("All hours count, extra hours too.")
    one(("ask_back", "45 hours a week"))
    assert one.case is not None and one.case.hours == Decimal(45)


def test_the_letter_stays_at_hand_when_something_else_is_asked(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", "11.50 an hour gross, 45 hours a week, I'm 30, since 1 July 2026"))
    outcome = one.say("fear_of_reporting", "what if they deport me?")
    assert outcome.topic == "fear_of_reporting"
    assert outcome.replies[-1].buttons[0].payload == "/make_letter"
    assert one.say("thanks", "thanks a lot").topic == "thanks"
    assert not one.running


def test_i_do_not_know_has_a_way_on(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", "11.50 an hour gross, 45 hours a week"))
    text = one(("ask_back", "I don't know"), ("ask_back", "no idea"))
    assert "€157.05" in text and "21 or older" in text


def test_what_the_sum_needs_and_is_not_known_is_said(talk: Callable[..., Talk]) -> None:
    one = talk()
    text = one(
        ("check_my_pay", "I get 450 a week gross"),
        ("ask_back", "i dont know"),
        ("ask_back", "I am 25"),
        ("ask_back", "only now"),
    )
    assert "cannot make the sum" in text


def test_danger_comes_first_and_alone_and_nothing_is_lost(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", "I get 11.50 an hour gross, 45 hours a week"))
    outcome = one.say("exploitation", "the boss has my passport and hits me", alarm=9)
    assert outcome.safety and "112" in outcome.replies[0].text and "How old" not in outcome.replies[0].text
    assert "How old" in one(("ask_back", "ok"))
    assert one.case is not None and one.case.hours == Decimal(45)


def test_a_plain_answer_with_weak_signs_gets_the_quiet_line(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", "I get 11.50 an hour gross, 45 hours a week"))
    outcome = one.say("exploitation", "im 44", alarm=0.48)
    assert not outcome.safety and outcome.safety_hint and "112" in outcome.replies[0].text
    assert one.case is not None and one.case.age == 44


def test_real_signs_in_an_answer_are_still_danger(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", "I get 11.50 an hour gross, 45 hours a week"))
    assert one.say("exploitation", "44 and he hits me", alarm=1.2).safety


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("language", NAMES)
def test_never_more_than_five_questions(talk: Callable[..., Talk], flow: str, language: str) -> None:
    one = talk(language)
    one((flow, "?"))
    for _ in range(MOST_QUESTIONS + 3):
        if one.case is None or not one.case.asked or one.case.stage == "done":
            break
        one.say("tell", {"field": one.case.asked, "value": "unknown"})
    assert one.case is not None and one.case.stage == "done"
    assert one.case.questions <= MOST_QUESTIONS


@pytest.mark.parametrize(
    ("flow", "last"),
    [
        ("check_my_pay", "pay"),
        ("housing_deduction", "deduction"),
        ("unpaid_wages", "period"),
        ("back_pay_without_permit", "hours"),
    ],
)
def test_the_last_question_is_one_without_which_there_is_no_sum(flow: str, last: str) -> None:
    """Whatever was asked before: with one question left, what can be done without is not asked."""
    case = Intake(flow=flow, questions=MOST_QUESTIONS - 1)  # type: ignore[arg-type]
    assert next_question(case) == last
    assert next_question(msgspec.structs.replace(case, questions=MOST_QUESTIONS)) is None


def test_yes_after_the_safety_reply_brings_a_person(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", "I get 11.50 an hour gross, 45 hours a week"))
    one.say("exploitation", "the boss has my passport and hits me", alarm=9)
    assert one.say("affirm", "yes").topic == "talk_to_human"


def test_hours_a_day_without_the_days_make_no_claim_of_nothing(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("unpaid_wages", "not paid in September 2026, 15 an hour gross, 9 hours a day, got nothing, I am 30"))
    assert one.case is not None and one.case.asked == "days"
    text = one(("ask_back", "I don't know"))
    assert "cannot make the sum" in text and "nothing is missing" not in text


def test_pay_whose_period_is_not_known_is_never_left_out_silently(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("unpaid_wages", "not paid in September 2026, agreed was 900, 40 hours a week, got nothing, I am 30"))
    assert one.case is not None and one.case.asked == "per"
    assert "cannot make the sum" in one(("ask_back", "no idea"))


def test_what_came_in_a_week_is_not_taken_for_what_came_in_all(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(
        (
            "unpaid_wages",
            "from 1 June 2026 until 31 August 2026 not paid right, 16 an hour gross, 40 hours a week,"
            " I received 300 a week, I am 30",
        )
    )
    assert one.case is not None and one.case.paid is None and one.case.asked == "paid"
    one(("ask_back", "300 a week"))
    assert one.case.paid is None and one.case.pay is not None and one.case.pay.amount == 16


def test_an_hourly_wage_gets_a_verdict_without_the_hours(talk: Callable[..., Talk]) -> None:
    one = talk()
    text = one(("check_my_pay", "11.50 an hour gross, I am 30"), ("ask_back", "I don't know"), ("ask_back", "only now"))
    assert "€3.49 an hour" in text and "a week" not in text.split("I counted with")[0]


@pytest.mark.parametrize(
    "values",
    [{"field": "abroad", "value": "<script>"}, {"field": "stage", "value": "done"}, {"field": "per", "value": "x"}, {}],
)
def test_a_button_that_is_none_of_ours_changes_nothing(talk: Callable[..., Talk], values: dict[str, str]) -> None:
    one = talk()
    one(("check_my_pay", "11.50 an hour gross, 45 hours a week"))
    before = one.case
    assert not one.say("tell", values).understood
    assert one.case is not None and before is not None
    assert (one.case.hours, one.case.unknown, one.case.abroad) == (before.hours, (), "")


def test_how_to_report_is_told_first_and_the_story_need_not_be_told_twice(talk: Callable[..., Talk]) -> None:
    one = talk()
    story = "since March they pay twelve of us too little in a greenhouse, where can I report it"
    text = one(("report_abuse", story))
    assert "0800-5151" in text  # the Labour Inspectorate
    assert one.case is not None and one.case.account == story and one.case.asked == "where"


def test_files_are_remembered_from_one_case_to_the_next(
    talk: Callable[..., Talk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_place", tmp_path)
    one = talk()
    one(("check_my_pay", "11.50 an hour gross, 45 hours a week, I'm 30, since July"), ("make_letter", {}))
    one(("housing_deduction", "and they take 150 a week for the room, is that allowed?"))
    one(("make_letter", {"kind": "papers"}))
    assert one.case is not None and {path.name for path in tmp_path.iterdir()} == set(one.case.files)
    assert len(one.case.files) == 2
    one(("cancel", "stop"))
    assert not list(tmp_path.iterdir())  # "what you told me is gone"


def test_more_hours_than_there_are_were_misread(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", "11.50 an hour gross"), ("ask_back", "450 hours a week"))
    assert one.case is not None and one.case.hours is None and one.case.asked == "hours"


def test_no_passport_is_asked_for_and_it_is_said(talk: Callable[..., Talk]) -> None:
    one = talk()
    text = one(("back_pay_without_permit", "I worked without a permit, 50 hours a week"))
    assert "I do not ask where you come from" in text


def test_the_six_months_that_the_law_presumes(talk: Callable[..., Talk]) -> None:
    """Worked in October only, 40 hours, at the minimum: 2026-05-01..10-31 is 61 days at 14.71 and 123 at 14.99."""
    one = talk()
    text = one(
        (
            "back_pay_without_permit",
            "I worked without permit from 1 October 2026 until 31 October 2026, 40 hours a week,"
            " I got nothing, I am 40",
        ),
        ("ask_back", "I don't know"),
    )
    # 61/7 x 40 x 14.71 = 5127.49; 123/7 x 40 x 14.99 = 10535.83; 15663.31; 8 % 1253.07; 16916.38
    for amount in ("€15,663.31", "€1,253.07", "€16,916.38", "1 May 2026"):
        assert amount in text


def test_a_net_wage_gets_no_verdict_below(talk: Callable[..., Talk]) -> None:
    text = talk()(("check_my_pay", "600 euro a week net, 45 hours a week, I'm 30, only now"), ("ask_back", "only now"))
    assert "cannot be tested exactly" in text and "€674.55" in text
    assert "below the legal minimum." not in text


def test_another_currency_is_noticed(talk: Callable[..., Talk]) -> None:
    one = talk("pl")
    text = one(("check_my_pay", "dostaję 4500 zł miesięcznie"))
    assert "PLN" in text and one.case is not None and one.case.pay is None


def test_under_fifteen_is_said_apart(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", "I get 4 euro an hour gross, 10 hours a week"))
    assert "Under 15" in one(("ask_back", "I am 14"), ("ask_back", "only now"))


def test_a_month_whose_minimum_is_not_known_gets_no_sum(talk: Callable[..., Talk]) -> None:
    text = talk()(("check_my_pay", "I got 11 euro an hour gross, 40 hours a week, I'm 40, since March 2019"))
    assert "I do not have the minimum wage of 1 March 2019" in text


def test_a_few_words_after_an_answer_go_on_with_it_and_begin_no_case(talk: Callable[..., Talk]) -> None:
    one = talk()
    one.memory = Memory(topic="minimum_wage")
    one.say("check_my_pay", "and if I am 19?")
    assert one.outcomes[-1].topic == "minimum_wage" and not one.running


def test_stop_forgets_what_was_told(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", "I get 11.50 an hour gross"))
    assert "is gone" in one(("cancel", "stop"))
    assert one.case is None


def test_what_was_told_is_not_asked_again_for_the_next_question(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", "11.50 an hour gross, 40 hours a week, I'm 30, since July"))
    one(("housing_deduction", "and they take 150 a week for the room, is that allowed?"))
    assert one.case is not None and (one.case.hours, one.case.age) == (Decimal(40), 30)
    assert one.case.asked == "abroad"


def test_a_report_keeps_the_workers_own_words_and_is_sent_to_nobody(
    talk: Callable[..., Talk],
    tmp_path,
    monkeypatch: pytest.MonkeyPatch,  # type: ignore[no-untyped-def]
) -> None:
    from actions.letters import store

    monkeypatch.setattr(store, "_place", tmp_path)
    one = talk("pl")
    text = one(
        ("report_abuse", "gdzie mogę to zgłosić"),
        ("tell", {"field": "what", "value": "hours"}),
        ("ask_back", "agencja w Venlo"),
        ("ask_back", "od marca"),
        ("ask_back", "12 osób"),
        ("proof_of_hours", "zdjęcia grafiku"),
    )
    assert text.count("«agencja w Venlo»") == 2 and text.count("«zdjęcia grafiku»") == 2  # both languages
    assert "Verslag van een werknemer" in text
    document = one.outcomes[-1].replies[0].document
    assert document is not None and (tmp_path / document.path.rsplit("/", 1)[-1]).read_bytes().startswith(b"%PDF")
    assert one.case is not None and not one.case.where and not one.case.proof  # nothing is kept once it is told


def test_threats_in_a_report_bring_the_safety_reply(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("report_abuse", "I want to report my boss"))
    assert one.say("tell", {"field": "what", "value": "treatment"}).safety


@pytest.mark.parametrize("language", NAMES)
def test_every_language_makes_the_same_sum(talk: Callable[..., Talk], language: str) -> None:
    """Told by buttons and one plain line of figures: the same amounts, in the language's own notation."""
    from facts import notation

    one = talk(language)
    one.say("check_my_pay", "?")
    one.case = msgspec.structs.replace(
        one.case,
        stage="done",
        hours=Decimal(45),
        adult=True,
        unknown=("period",),  # type: ignore[type-var]
        pay=msgspec.convert({"type": "money", "amount": "11.50", "per": "hour", "tax": "gross"}, type=_money()),
    )
    assert one.case is not None
    result = one.cases.sums.result(one.case, TODAY)
    told = one.cases.result_text(TurnContext(intent="tell", language=language, on=TODAY), one.case, result)
    for amount in ("14.99", "3.49", "157.05"):
        assert notation.money(Decimal(amount), language) in told


def _money() -> type:
    from actions.amounts.model import Money

    return Money
