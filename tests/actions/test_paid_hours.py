"""Pay for a period: hours of paid holiday and illness count too, so "not below" is never said before that is clear."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from actions.intake.flow import Cases
from actions.intake.prompts import question
from actions.intake.state import Flow, Intake
from facts.wording import Wording
from tests.actions.talking import TODAY, Talk

#: 480 / 32 = 15.00 is above 14.99; with 8 hours of paid holiday it is 480 / 40 = 12.00 (Wml 5a(1), 7(5)).
HIDDEN = "I get 480 euro a week gross, 32 hours a week, I am 30, since 1 October 2026"
NOT_BELOW = "This is not below the legal minimum."
IF_ALL = "If all paid hours are counted here, this is not below the legal minimum."


@pytest.fixture
def talk(cases: Cases) -> Callable[[str], Talk]:
    return lambda language="en": Talk(cases, language)


def payloads(one: Talk) -> str:
    return " ".join(button.payload for button in one.outcomes[-1].replies[-1].buttons)


def test_before_it_is_clear_the_verdict_has_a_condition_and_asks(talk: Callable[..., Talk]) -> None:
    one = talk()
    text = one(("check_my_pay", HIDDEN))
    assert IF_ALL in text and NOT_BELOW not in text
    assert "paid holiday, illness or a public holiday" in text
    assert '"field": "leave", "value": "none"' in payloads(one)
    assert one.case is not None and one.case.asked == "leave"


@pytest.mark.parametrize("answer", ["8", "8 hours", "8 hours holiday", "there were 8 hours of holiday"])
def test_hours_of_holiday_show_what_was_hidden(talk: Callable[..., Talk], answer: str) -> None:
    one = talk()
    one(("check_my_pay", HIDDEN))
    text = one(("ask_back", answer))
    for part in ("€12 (€480 ÷ 40", "This is below the legal minimum.", "€2.99", "€119.60", "8"):
        assert part in text
    assert NOT_BELOW not in text and "/make_letter" in payloads(one)
    assert one.case is not None and (one.case.hours, one.case.leave_hours) == (Decimal(32), Decimal(8))


@pytest.mark.parametrize(
    "said",
    [("tell", {"field": "leave", "value": "none"}), ("deny", "no"), ("ask_back", "none"), ("ask_back", "nothing")],
)
def test_where_all_is_counted_the_verdict_is_plain(talk: Callable[..., Talk], said: tuple[str, str]) -> None:
    one = talk()
    text = one(("check_my_pay", HIDDEN), said)
    assert NOT_BELOW in text and IF_ALL not in text
    assert one.case is not None and one.case.asked != "leave"


@pytest.mark.parametrize("said", [("tell", {"field": "leave", "value": "unknown"}), ("ask_back", "I don't know")])
def test_who_does_not_know_keeps_the_condition_and_is_not_asked_again(
    talk: Callable[..., Talk], said: tuple[str, str]
) -> None:
    one = talk()
    text = one(("check_my_pay", HIDDEN), said)
    assert IF_ALL in text and NOT_BELOW not in text
    assert one.case is not None and one.case.asked != "leave" and '"leave"' not in payloads(one)


@pytest.mark.parametrize(
    "told",
    [
        "I get 15 euro an hour gross, 32 hours a week, I am 30",
        "I get 150 euro a day gross, 10 hours a day, 5 days a week, I am 30",
    ],
)
def test_pay_per_hour_or_day_is_not_asked(talk: Callable[..., Talk], told: str) -> None:
    one = talk()
    text = one(("check_my_pay", told), ("tell", {"field": "period", "value": "now"}))
    assert NOT_BELOW in text and "public holiday" not in text


def test_what_is_below_anyway_is_not_asked(talk: Callable[..., Talk]) -> None:
    one = talk()
    text = one(("check_my_pay", "I get 400 euro a week gross, 32 hours a week, I am 30, since 1 October 2026"))
    assert "This is below the legal minimum." in text
    assert one.case is not None and one.case.asked != "leave"


def test_a_net_amount_has_the_condition_too(talk: Callable[..., Talk]) -> None:
    one = talk()
    text = one(("check_my_pay", "I get 480 euro a week net, 32 hours a week, I am 30, since 1 October 2026"))
    assert "if all paid hours are counted here" in text
    assert one.case is not None and one.case.asked == "leave"


def test_an_amount_of_unknown_tax_has_both_conditions(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", "I get 480 euro a week, 32 hours a week, I am 30, since 1 October 2026"))
    text = one(("tell", {"field": "tax", "value": "unknown"}))
    assert "If the amount is gross and all paid hours are counted here" in text


def test_other_hours_a_week_are_a_correction_and_no_holiday(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", HIDDEN), ("ask_back", "I work 31 hours a week"))
    assert one.case is not None and (one.case.hours, one.case.leave_hours) == (Decimal(31), None)


def test_a_birthday_is_asked_after_it(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", "I get 480 euro a week gross, 32 hours a week, I am 20, since 1 March 2026"))
    assert one.case is not None and one.case.asked == "leave"
    one(("tell", {"field": "leave", "value": "none"}))
    assert one.case is not None and one.case.asked == "birthday"


@pytest.mark.parametrize("flow", ["check_my_pay", "unpaid_wages", "back_pay_without_permit"])
def test_the_question_for_hours_names_paid_holiday_and_illness(wording: Wording, flow: Flow) -> None:
    assert "paid holiday or illness" in question(Intake(flow=flow), "hours", wording, "en", TODAY)


def test_they_do_not_go_on_into_another_sum(talk: Callable[..., Talk]) -> None:
    one = talk()
    one(("check_my_pay", HIDDEN), ("ask_back", "8 hours"))
    one(("unpaid_wages", {}))
    assert one.case is not None and one.case.leave_hours is None
