"""The way to an advisor and back, with the product's own assistant and pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from actions.answers import Answers
from actions.handoff import LEAVE
from bot.conversations import cases
from bot.conversations import store as conversations
from bot.desk.hours import BadHours, Hours
from bot.engine.turn import Turn
from facts.clock import AMSTERDAM
from tests.desk.site import Site, Worker, waits
from tests.desk.stand_in import StandIn


def case_of(worker: Worker) -> cases.Case:
    found = worker.site.run(cases.latest, worker.name)
    assert found is not None
    return found


def holder(worker: Worker) -> str:
    found = worker.site.run(conversations.find, worker.site.office.keys, worker.name)
    return str(found.holder)


def text_of(said: list) -> str:
    return "\n".join(one.text for one in said)


def test_a_human_asked_for_in_words_is_in_the_queue_before_it_is_said(site: Site) -> None:
    worker = site.worker(language="pl")
    worker.asks("Ile wynosi płaca minimalna?")
    said = worker.asks("Chcę porozmawiać z człowiekiem", least=2)
    case = case_of(worker)
    assert (case.state, case.urgency, case.language, case.topic) == ("waiting", cases.ASKED, "pl", "minimum_wage")
    assert holder(worker) == "waiting"
    assert said[0].buttons[0].payload == LEAVE and "112" in said[0].text
    assert [button.payload for button in said[1].buttons] == ['/share{"answer": "yes"}', '/share{"answer": "no"}']


def test_the_two_consents_are_asked_apart_and_kept(site: Site) -> None:
    worker = site.worker()
    worker.asks("What is the minimum wage?")
    said = worker.asks("I want to talk to a person", least=2)
    shared = worker.press(said[1], 0, least=2)
    assert (case_of(worker).share, case_of(worker).improve) == ("yes", "")
    assert [button.payload for button in shared[1].buttons] == ['/improve{"answer": "yes"}', '/improve{"answer": "no"}']
    worker.press(shared[1], 1)
    assert (case_of(worker).share, case_of(worker).improve) == ("yes", "no")
    worker.press(shared[0], 0)
    assert case_of(worker).share == "no", "they changed their mind"


def test_who_said_nothing_before_is_not_asked_to_share_it(site: Site) -> None:
    worker = site.worker()
    said = worker.asks("I want to talk to a person", least=2)
    assert all("/share" not in button.payload for one in said for button in one.buttons)
    assert said[1].buttons[0].payload.startswith("/improve")


def test_baken_goes_on_answering_who_waits_and_the_wait_is_stopped_by_button_or_word(site: Site) -> None:
    worker = site.worker()
    said = worker.asks("I want to talk to a person", least=2)
    assert "14.99" in text_of(worker.asks("What is the minimum wage per hour?"))
    assert case_of(worker).state == "waiting"
    worker.press(said[0], 0)
    assert (case_of(worker).state, holder(worker)) == ("left", "bot")
    worker.asks("I want to talk to a person", least=2)
    assert case_of(worker).state == "waiting"
    worker.asks("stop")
    assert (case_of(worker).state, holder(worker)) == ("left", "bot")
    assert "14.99" in text_of(worker.asks("What is the minimum wage per hour?"))


def test_the_button_of_the_safety_reply_opens_a_case_of_danger(site: Site) -> None:
    worker = site.worker()
    said = worker.asks("They took our passports and lock us in the house")
    assert said[0].safety
    human = next(place for place, button in enumerate(said[0].buttons) if button.payload == "/talk_to_human")
    worker.press(said[0], human, least=2)
    assert case_of(worker).urgency == cases.DANGER


def test_danger_heard_while_waiting_makes_the_case_urgent(site: Site) -> None:
    worker = site.worker()
    worker.asks("I want to talk to a person", least=2)
    assert case_of(worker).urgency == cases.ASKED
    worker.asks("They took our passports and lock us in the house")
    assert case_of(worker).urgency == cases.DANGER and case_of(worker).state == "waiting"


def test_after_not_understanding_twice_a_human_is_offered_and_yes_brings_one(site: Site) -> None:
    worker = site.worker()
    worker.asks("blue bananas fly to the moon with my cousin's violin")
    said = worker.asks("blue bananas fly to the moon with my cousin's violin")
    assert any(button.payload == "/talk_to_human" for one in said for button in one.buttons)
    worker.asks("yes", least=2)
    assert case_of(worker).state == "waiting"


@pytest.mark.parametrize(("language", "words"), [("en", "stop"), ("pl", "stop"), ("nl", "terug naar het menu")])
def test_words_that_mean_back_are_asked_back_while_an_advisor_has_it(site: Site, language: str, words: str) -> None:
    worker = site.worker(language=language)
    worker.asks("/talk_to_human", payload="/talk_to_human", least=2)
    number = case_of(worker).id
    name = f"anna-{language}-{number}"
    site.signed_in(name).post(f"/desk/cases/{number}/take")
    worker.heard()
    worker.send("They pay me 11 euro an hour")
    (asked,) = worker.asks(words)
    assert [button.payload for button in asked.buttons] == [LEAVE, "/stay_human"]
    assert holder(worker) == "human"


def test_the_same_on_whatsapp_where_the_words_of_a_button_can_be_typed(site: Site) -> None:
    worker = site.worker("whatsapp")
    worker.asks("What is the minimum wage?")
    worker.asks("I want to talk to a person", least=2)
    worker.asks("yes, share it", least=2)
    assert case_of(worker).share == "yes"


def test_what_is_said_about_when_is_honest(small: object) -> None:
    closed = small(desk_hours="mon-sun 03:00-03:01", desk_holidays="")  # type: ignore[operator]
    nobody = text_of(closed.worker().asks("person please", least=2))
    assert "cannot say when" in nobody
    closed.account("anna")
    if Hours("mon-sun 03:00-03:01").open_at(datetime.now(timezone.utc)):
        pytest.fail("run at another minute")
    assert "03:00" in text_of(closed.worker().asks("person please", least=2))
    open_now = small()  # type: ignore[operator]
    open_now.account("anna")
    assert "cannot say when" in text_of(open_now.worker().asks("person please", least=2)), "nobody is signed in"
    open_now.signed_in("boris")
    assert "Your place in the queue: 2" in text_of(open_now.worker().asks("person please", least=2))


def test_the_hours_know_weekends_holidays_and_several_parts() -> None:
    hours = Hours("mon-fri 09:00-12:30, mon-thu 13:30-17:00, sat 10:00-12:00", "2026-12-25")

    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 12, day, hour, minute, tzinfo=AMSTERDAM)

    assert hours.open_at(at(7, 9)) and not hours.open_at(at(7, 8, 59)) and not hours.open_at(at(7, 12, 30))
    assert hours.opens_after(at(7, 12, 45)) == at(7, 13, 30)
    assert hours.opens_after(at(11, 15)) == at(12, 10), "Friday afternoon: Saturday"
    assert hours.opens_after(at(12, 13)) == at(14, 9), "Saturday afternoon: Monday"
    assert not hours.open_at(at(25, 10)) and hours.opens_after(at(24, 18)) == at(26, 10)
    assert Hours("").opens_after(at(7, 9)) is None
    summer = datetime(2026, 7, 6, 7, 30, tzinfo=timezone.utc)
    assert hours.open_at(summer), "half past nine in summer"
    for bad in ("mon 9-17", "fun 09:00-17:00", "mon 17:00-09:00", "mon 25:00-26:00"):
        with pytest.raises(BadHours, match=r"^hours "):
            Hours(bad)
    with pytest.raises(BadHours, match="2026-12-25"):
        Hours("mon 09:00-17:00", "christmas")
    assert Hours("fri-mon 00:00-24:00").open_at(at(13, 23, 59))


def test_a_restart_loses_nobody_who_waits(answers: Answers, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'baken.db'}"
    first = Site(url, tmp_path, answers, StandIn.start)
    worker, number = waits(first)
    first.close()
    second = Site(url, tmp_path, answers, StandIn.start)
    try:
        worker.site = second
        anna = second.signed_in("anna", shown="Anna")
        assert f"/desk/cases/{number}" in anna.get("/desk").text and holder(worker) == "waiting"
        anna.post(f"/desk/cases/{number}/take")
        assert "Anna" in worker.heard()[-1].text
    finally:
        second.close()


def test_without_a_gateway_a_human_asked_for_is_a_handoff_unless_there_is_no_desk(
    talk: Callable[..., list[Turn]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, after, stopped = talk("I want to talk to a person", "What is the minimum wage?", "stop", conversation="on")
    assert asked.handoff and asked.topic == "talk_to_human" and "cannot say when" in asked.replies[0].text
    assert after.handoff and after.topic == "minimum_wage", "who waits goes on waiting"
    assert not stopped.handoff
    monkeypatch.setenv("BAKEN_DESK", "off")
    (asked,) = talk("I want to talk to a person", conversation="off")
    assert not asked.handoff and "No advisor is connected" in asked.replies[0].text
