"""What advisors do at the desk, over real sockets, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import requests
import sqlalchemy as sa

from bot.conversations import cases, history, schema
from bot.conversations import store as conversations
from bot.conversations.models import FileRef
from bot.staff import audit_log
from tests.desk.carrier import PICTURE
from tests.desk.site import Browser, Site, Worker, live, now, waits


def holder(worker: Worker) -> str:
    return str(worker.site.run(conversations.find, worker.site.office.keys, worker.name).holder)


def test_a_case_goes_from_the_queue_to_an_advisor_and_back_to_baken(desk: Site) -> None:
    worker, number = waits(desk)
    anna = desk.signed_in("anna", shown="Anna from FairWork")
    assert f"/desk/cases/{number}" in anna.get("/desk").text
    assert anna.post(f"/desk/cases/{number}/take").status_code == 303
    said = worker.heard()
    assert "Anna from FairWork" in said[0].text and holder(worker) == "human"
    worker.send("they pay me nothing")
    time.sleep(0.3)
    assert "they pay me nothing" in anna.get(f"/desk/cases/{number}").text
    assert worker.heard(0) == [], "the bot is silent"
    assert anna.post(f"/desk/cases/{number}/say", text="Since when?").status_code == 303
    (answer,) = worker.heard()
    assert (answer.text, answer.by) == ("Since when?", "Anna from FairWork")
    assert anna.post(f"/desk/cases/{number}/close").status_code == 303
    (ended,) = worker.heard()
    assert [button.payload for button in ended.buttons] == [f'/rate_human{{"answer": "{n}"}}' for n in (3, 2, 1)]
    assert holder(worker) == "bot"
    worker.press(ended, 0)
    assert desk.run(cases.get, number).rating == 3
    assert worker.asks("what now")[0].text == "Baken says: what now"


def test_two_advisors_take_a_case_at_the_same_moment_and_one_gets_it(desk: Site) -> None:
    worker, number = waits(desk)
    both = [desk.signed_in("anna", shown="Anna"), desk.signed_in("boris", shown="Boris")]
    gate, got = threading.Barrier(2), {}

    def take(one: Browser, name: str) -> None:
        gate.wait()
        got[name] = one.post(f"/desk/cases/{number}/take")

    threads = [threading.Thread(target=take, args=(one, name)) for one, name in zip(both, "AB", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in got.values()) == [303, 409]
    loser = next(answer for answer in got.values() if answer.status_code == 409)
    winner = "Anna" if got["A"].status_code == 303 else "Boris"
    assert f"{winner} heeft deze zaak." in loser.text
    assert len(worker.heard()) == 1, "the worker is told once"


def test_a_new_case_reaches_an_open_desk_within_a_second(desk: Site) -> None:
    anna = desk.signed_in("anna")
    with live(anna) as wait:
        worker = desk.worker()
        start = time.monotonic()
        worker.send("person please")
        came = wait("queue") - start
        assert f"/desk/cases/{desk.run(cases.latest, worker.name).id}" in anna.get("/desk/queue").text
    assert came < 1.0, came
    print(f"a new case reached an open desk after {came * 1000:.0f} ms")


def test_what_the_worker_writes_reaches_the_open_talk_and_typing_shows_both_ways(desk: Site) -> None:
    worker, number = waits(desk)
    anna = desk.signed_in("anna")
    anna.post(f"/desk/cases/{number}/take")
    with live(anna, f"/desk/live?case={number}") as wait:
        start = time.monotonic()
        worker.send("hello?")
        assert wait("talk") - start < 1.0
        requests.post(f"{desk.address}/api/typing", json={"conversation": worker.address}, timeout=5)
        wait("typing")
    rows = desk.run(history.since, desk.office.keys, worker.name)
    asked = {"conversation": worker.address, "after": rows[-1].id, "wait": 5, "typing": False, "holder": "human"}
    polled: dict[str, object] = {}
    poll = threading.Thread(
        target=lambda: polled.update(requests.post(f"{desk.address}/api/poll", json=asked, timeout=10).json())
    )
    poll.start()
    time.sleep(0.2)
    assert anna.post(f"/desk/cases/{number}/writing").status_code == 204
    poll.join()
    assert polled["typing"] is True


def test_marks_say_how_far_a_message_has_come(desk: Site) -> None:
    worker, number = waits(desk)
    anna = desk.signed_in("anna")
    anna.post(f"/desk/cases/{number}/take")
    worker.heard()
    anna.post(f"/desk/cases/{number}/say", text="Since when?")
    page = anna.get(f"/desk/cases/{number}").text
    assert page.rsplit('class="state ', 1)[1].startswith("sent")
    worker.heard()
    asked = {"conversation": worker.address, "after": worker.seen, "wait": 0}
    requests.post(f"{desk.address}/api/poll", json=asked, timeout=10)
    page = anna.get(f"/desk/cases/{number}").text
    assert page.rsplit('class="state ', 1)[1].startswith("read")
    phone, theirs = waits(desk, channel="whatsapp")
    anna.get(f"/desk/cases/{theirs}")
    anna.post(f"/desk/cases/{theirs}/take")
    phone.heard()
    anna.post(f"/desk/cases/{theirs}/say", text="On the telephone")
    time.sleep(0.3)
    sent = desk.carrier.got[-1]
    assert sent.message.content.text == "On the telephone"
    update = {"channel_id": f"wamid.{sent.message.id}", "state": "delivered"}
    from bot.conversations import outbox
    from bot.conversations.models import DeliveryStatus

    desk.run(outbox.record_status, "whatsapp", DeliveryStatus(**update))
    page = anna.get(f"/desk/cases/{theirs}").text
    assert page.rsplit('class="state ', 1)[1].startswith("delivered")


def test_before_the_worker_allows_it_only_the_case_itself_is_seen(desk: Site) -> None:
    worker = desk.worker()
    worker.asks("my secret from before")
    worker.asks("person please", least=2)
    number = desk.run(cases.latest, worker.name).id
    anna = desk.signed_in("anna")
    assert "secret" not in anna.get(f"/desk/cases/{number}").text
    assert "secret" not in anna.get(f"/desk/cases/{number}/more?after=0").text
    worker.asks(payload='/share{"answer": "yes"}', least=2)
    assert "my secret from before" in anna.get(f"/desk/cases/{number}").text
    worker.asks(payload='/share{"answer": "no"}')
    assert "secret" not in anna.get(f"/desk/cases/{number}").text, "it can be taken back"


def test_what_is_said_to_baken_after_the_case_is_not_the_advisors(desk: Site) -> None:
    worker, number = waits(desk)
    anna = desk.signed_in("anna")
    anna.post(f"/desk/cases/{number}/take")
    anna.post(f"/desk/cases/{number}/close")
    worker.heard(2)
    worker.asks("my later secret")
    assert "later secret" not in anna.get(f"/desk/cases/{number}").text


def test_a_case_is_handed_over_put_back_closed_and_opened_again(desk: Site) -> None:
    worker, number = waits(desk)
    anna, boris = desk.signed_in("anna", shown="Anna"), desk.signed_in("boris", shown="Boris")
    editor = desk.account("edith", "editor")
    path = f"/desk/cases/{number}"
    anna.post(f"{path}/take")
    assert anna.post(f"{path}/hand-over", to=str(editor)).status_code == 409
    to = anna.get(path).text.split(">Boris<")[0].rsplit('value="', 1)[1].split('"')[0]
    assert anna.post(f"{path}/hand-over", to=to).status_code == 303
    assert "Boris" in worker.heard(2)[-1].text
    assert anna.post(f"{path}/say", text="still me?").status_code == 409, "it is Boris's now"
    boris.get(path)
    assert boris.post(f"{path}/say", text="Hello, Boris here").status_code == 303
    assert boris.post(f"{path}/hand-over", to="").status_code == 303
    assert (desk.run(cases.get, number).state, holder(worker)) == ("waiting", "waiting")
    assert anna.post(f"{path}/take").status_code == 303
    assert anna.post(f"{path}/close").status_code == 303
    assert anna.post(f"{path}/close").status_code == 409
    assert anna.post(f"{path}/reopen").status_code == 303
    assert (desk.run(cases.get, number).state, holder(worker)) == ("taken", "human")
    anna.post(f"{path}/close")
    worker.heard(2)
    worker.asks("person please", least=2)
    assert anna.post(f"{path}/reopen").status_code == 409, "the worker waits with a new case"


def test_a_case_that_waits_is_given_to_a_colleague(desk: Site) -> None:
    worker, number = waits(desk)
    anna, boris = desk.signed_in("anna"), desk.signed_in("boris", shown="Boris")
    path = f"/desk/cases/{number}"
    assert anna.post(f"{path}/hand-over", to="").status_code == 409, "it is in the queue already"
    to = anna.get(path).text.split(">Boris<")[0].rsplit('value="', 1)[1].split('"')[0]
    assert anna.post(f"{path}/hand-over", to=to).status_code == 303
    assert "Boris" in worker.heard()[0].text and holder(worker) == "human"
    assert f'href="{path}"' in boris.get("/desk?folder=mine").text


def test_notes_are_for_colleagues_and_have_a_length(desk: Site) -> None:
    worker, number = waits(desk)
    anna, boris = desk.signed_in("anna", shown="Anna"), desk.signed_in("boris")
    anna.get(f"/desk/cases/{number}")
    assert anna.post(f"/desk/cases/{number}/note", text="call FNV\nabout her pay").status_code == 303
    assert "call FNV\nabout her pay" in boris.get(f"/desk/cases/{number}").text
    assert anna.post(f"/desk/cases/{number}/note", text="x" * 4097).status_code == 400
    assert anna.post(f"/desk/cases/{number}/note", text="  ").status_code == 400
    assert worker.heard(0) == []
    stored = desk.run(lambda c: c.execute(sa.text("select content from desk_notes")).scalar_one())
    assert b"FNV" not in bytes(stored)


def test_the_worker_steps_back_to_baken_while_an_advisor_has_it(desk: Site) -> None:
    worker, number = waits(desk)
    anna = desk.signed_in("anna")
    anna.post(f"/desk/cases/{number}/take")
    taken = worker.heard()[0]
    (asked,) = worker.asks("stop")
    assert holder(worker) == "human", "in words it is asked back first"
    assert [button.payload for button in asked.buttons] == ["/leave_human", "/stay_human"]
    worker.press(asked, 1)
    assert holder(worker) == "human"
    worker.press(taken, 0)
    assert (holder(worker), desk.run(cases.get, number).state) == ("bot", "left")
    assert anna.post(f"/desk/cases/{number}/say", text="are you there?").status_code == 409
    assert worker.asks("again to you")[0].text == "Baken says: again to you"


def test_danger_while_an_advisor_has_it_goes_to_the_top(desk: Site) -> None:
    waits(desk)
    second, urgent = waits(desk)
    anna = desk.signed_in("anna")
    anna.post(f"/desk/cases/{urgent}/take")
    second.heard()
    second.send("locked up")
    end = time.monotonic() + 5
    while desk.run(cases.get, urgent).urgency != cases.DANGER and time.monotonic() < end:
        time.sleep(0.05)
    assert desk.run(cases.get, urgent).urgency == cases.DANGER
    assert 'class="flag"' in anna.get("/desk?folder=mine").text


def test_the_most_urgent_come_first_then_who_waited_longest_and_filters_count(desk: Site) -> None:
    _, first = waits(desk, "pl")
    _, second = waits(desk, "ro")
    danger = desk.worker(language="pl")
    danger.asks("locked up")
    danger.asks("person please", least=2)
    third = desk.run(cases.latest, danger.name).id
    anna = desk.signed_in("anna")

    def order(path: str) -> list[int]:
        parts = anna.get(path).text.split('<a href="/desk/cases/')[1:]
        return [int(part.split('"')[0]) for part in parts]

    assert order("/desk") == [third, first, second]
    assert order("/desk?language=pl") == [third, first]
    assert order("/desk?topic=exploitation") == [third]
    anna.post(f"/desk/cases/{first}/take")
    assert order("/desk") == [third, second] and order("/desk?folder=mine") == [first]
    text = anna.get("/desk").text
    assert [part.split("<")[0] for part in text.split('class="count">')[1:]] == ["2", "1", "0", "0"]


def test_whatsapps_day_is_shown_and_respected(small: Callable[..., Site]) -> None:
    site = small()
    worker, number = waits(site, channel="whatsapp")
    anna = site.signed_in("anna")
    anna.post(f"/desk/cases/{number}/take")
    worker.heard()
    assert ">23 h<" in anna.get(f"/desk/cases/{number}").text
    past = now() - timedelta(hours=24)
    site.run(lambda c: c.execute(sa.update(schema.conversations).values(last_in=past)))
    page = anna.get(f"/desk/cases/{number}").text
    assert 'id="text"' not in page and "meer dan een dag geleden" in page
    carried = len(site.carrier.got)
    answer = anna.post(f"/desk/cases/{number}/say", text="too late")
    assert answer.status_code == 409 and "meer dan een dag geleden" in answer.text
    assert anna.post(f"/desk/cases/{number}/say", template="yes").status_code == 400, "there is no template"
    assert len(site.carrier.got) == carried

    other = small(whatsapp_template="baken_write_again")
    worker, number = waits(other, channel="whatsapp")
    boris = other.signed_in("boris")
    boris.post(f"/desk/cases/{number}/take")
    other.run(lambda c: c.execute(sa.update(schema.conversations).values(last_in=past)))
    assert 'name="template"' in boris.get(f"/desk/cases/{number}").text
    assert boris.post(f"/desk/cases/{number}/say", template="yes").status_code == 303
    time.sleep(0.5)
    assert "write a short message" in other.carrier.got[-1].message.content.text


def test_a_picture_is_fetched_from_the_channel_when_an_advisor_opens_it(desk: Site) -> None:
    worker, number = waits(desk, channel="whatsapp")
    anna = desk.signed_in("anna")
    anna.post(f"/desk/cases/{number}/take")
    worker.heard()
    worker.send(kind="image", document=FileRef("slip.png", "image/png", media="picture"))
    worker.send(kind="voice", document=FileRef("", "audio/ogg", media="gone"))
    time.sleep(0.5)
    page = anna.get(f"/desk/cases/{number}").text
    paths = [
        f"/desk/cases/{number}/files/{part.split(chr(34))[0]}"
        for part in page.split(f"/desk/cases/{number}/files/")[1:]
    ]
    answer = anna.get(paths[0])
    assert (answer.content, answer.headers["Content-Type"]) == (PICTURE, "image/png")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert anna.get(paths[0]).content == PICTURE, "from the log now"
    assert anna.get(paths[1]).status_code == 404
    steps = [step.action for step in desk.run(audit_log.entries)]
    assert steps.count("file read") == 3


def test_who_read_which_case_stands_in_the_trail_without_what_it_says(desk: Site) -> None:
    worker = desk.worker()
    worker.asks("my secret from before")
    worker.asks("person please", least=2)
    number = desk.run(cases.latest, worker.name).id
    anna = desk.signed_in("anna", shown="Anna")
    anna.get(f"/desk/cases/{number}")
    anna.post(f"/desk/cases/{number}/contact")
    steps = [(step.who, step.action) for step in desk.run(audit_log.entries, about=f"case {number}")]
    assert steps == [("Anna", "contact read"), ("Anna", "read")]
    stored = desk.run(lambda c: [str(tuple(row)) for row in c.execute(sa.text("select * from staff_trail"))])
    assert not any("secret" in row for row in stored)


def test_ready_answers_come_in_the_workers_language_with_their_source(desk: Site) -> None:
    _, number = waits(desk, "pl")
    anna = desk.signed_in("anna")
    anna.get("/staff/account")
    anna.post("/staff/language", language="en")
    anna.post(f"/desk/cases/{number}/take")
    found = anna.get(f"/desk/cases/{number}/canned?q=minimum_wage").text
    assert "14,99" in found and "14.99" in found and "wetten.overheid.nl" in found
    assert 'lang="pl"' in found
    by_word = anna.get(f"/desk/cases/{number}/canned?q=passport").text
    assert "paszport" in by_word
    assert 'class="ready"' not in anna.get(f"/desk/cases/{number}/canned?q=zzzzqqq").text


@pytest.mark.parametrize("what", ["messages", "cases"])
def test_deleting_everything_takes_the_case_and_its_notes_with_it(desk: Site, what: str) -> None:
    worker, number = waits(desk)
    anna = desk.signed_in("anna")
    anna.post(f"/desk/cases/{number}/take")
    anna.post(f"/desk/cases/{number}/note", text="about her")
    desk.run(conversations.erase_content if what == "cases" else conversations.erase, worker.name)
    assert anna.get(f"/desk/cases/{number}").status_code == 404
    assert anna.post(f"/desk/cases/{number}/say", text="hello").status_code == 404
    assert desk.run(lambda c: c.execute(sa.text("select count(*) from desk_notes")).scalar()) == 0
    assert desk.run(lambda c: c.execute(sa.text("select count(*) from desk_marks")).scalar()) == 0
