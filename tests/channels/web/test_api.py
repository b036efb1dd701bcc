"""The chat's calls over a real port and a real log."""

from __future__ import annotations

import sqlite3
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from site_of_web import Site, serving

from bot.conversations import cases, outbox
from bot.conversations import store as conversations
from bot.conversations.database import notify
from bot.conversations.models import Content
from facts.base import FactBase


def now() -> Any:
    from datetime import datetime, timezone

    return datetime.now(timezone.utc)


@pytest.fixture
def talk() -> str:
    return uuid.uuid4().hex


def test_a_message_is_answered_through_the_log(site: Site, talk: str) -> None:
    reply = site.answered(talk, "hello")[0]
    assert "hello" in reply["text"] and reply["author"] == "bot" and not reply["me"]
    assert [button["title"] for button in reply["buttons"]] == ["Source", "More"]
    assert (reply["language"], reply["direction"]) == ("en", "ltr")


def test_a_message_that_comes_twice_is_taken_once_with_the_same_answer(site: Site, talk: str) -> None:
    number = uuid.uuid4().hex
    first = site.say(talk, "once", id=number)
    assert site.say(talk, "once", id=number) == first
    site.poll(talk, first)
    time.sleep(0.3)
    said = site.poll(talk, 0, 0)["messages"]
    assert [one["text"] for one in said if one["me"]] == ["once"]
    assert len([one for one in said if not one["me"]]) == 1


def test_ones_own_messages_come_back_with_the_id_that_the_page_gave_them(site: Site, talk: str) -> None:
    number = uuid.uuid4().hex
    site.say(talk, "hello", id=number)
    assert site.poll(talk)["messages"][0]["key"] == number


def test_a_pressed_button_shows_its_title_and_sends_its_payload(site: Site, talk: str) -> None:
    reply = site.answered(talk, "All topics", payload="/menu")
    assert "/menu" in reply[0]["text"]
    assert site.poll(talk, 0, 0)["messages"][0]["text"] == "All topics"


def test_an_id_that_stands_in_another_talk_keeps_no_message_out(site: Site, talk: str) -> None:
    other, same = uuid.uuid4().hex, uuid.uuid4().hex
    assert site.say(other, "theirs", id=same) != site.say(talk, "mine", id=same)
    assert [one["text"] for one in site.poll(talk, 0, 0)["messages"] if one["me"]] == ["mine"]


def test_a_poll_waits_until_something_is_said(site: Site, talk: str) -> None:
    last = site.answered(talk, "hello")[-1]["id"]

    def later() -> None:
        time.sleep(0.6)
        content = Content(text="It is me", by="Anna")
        site.run(
            outbox.enqueue, site.office.keys, site.office.channels, site.name(talk), [content], now(), author="advisor"
        )

    threading.Thread(target=later).start()
    start = time.monotonic()
    news = site.poll(talk, last, 10)
    assert 0.4 < time.monotonic() - start < 5
    assert [(one["text"], one["by"], one["author"]) for one in news["messages"]] == [("It is me", "Anna", "advisor")]


def test_a_poll_without_news_comes_back_when_its_time_is_over(site: Site, talk: str) -> None:
    last = site.answered(talk, "hello")[-1]["id"]
    start = time.monotonic()
    news = site.poll(talk, last, 0.5)
    assert 0.4 < time.monotonic() - start < 3
    assert news["messages"] == [] and news["last"] == last


def test_a_page_is_told_at_once_when_a_person_takes_over(site: Site, talk: str) -> None:
    last = site.answered(talk, "hello")[-1]["id"]
    threading.Timer(0.3, lambda: site.run(conversations.assign, site.name(talk), "human")).start()
    news = site.poll(talk, last, 10, holder="bot", typing=False)
    assert news["holder"] == "human" and news["messages"] == []


def test_an_advisors_typing_is_shown_and_ends_by_itself(site: Site, talk: str) -> None:
    last = site.answered(talk, "hello")[-1]["id"]
    site.run(conversations.assign, site.name(talk), "human")
    threading.Timer(0.2, lambda: site.run(notify, f"writing:{site.name(talk)}")).start()
    assert site.poll(talk, last, 10, holder="human", typing=False)["typing"] is True
    start = time.monotonic()
    assert site.poll(talk, last, 20, holder="human", typing=True)["typing"] is False
    assert time.monotonic() - start < 9


def test_that_a_person_types_is_told_to_whoever_listens_and_kept_nowhere(site: Site, talk: str) -> None:
    site.answered(talk, "hello")
    heard: list[tuple[str, str]] = []
    stop = site.office.hub.subscribe(lambda kind, name: heard.append((kind, name)))
    assert site.post("/api/typing", {"conversation": talk})[0] == 200
    time.sleep(0.2)
    stop()
    assert ("typing", site.name(talk)) in heard


def test_an_advisors_words_come_with_their_translation(site: Site, talk: str) -> None:
    last = site.answered(talk, "hello")[-1]["id"]
    content = Content(text="Goedemiddag", translated="Dzień dobry", translated_to="pl", by="Anna")
    site.run(
        outbox.enqueue, site.office.keys, site.office.channels, site.name(talk), [content], now(), author="advisor"
    )
    one = site.poll(talk, last)["messages"][0]
    assert (one["text"], one["translated"], one["translated_to"]) == ("Goedemiddag", "Dzień dobry", "pl")


def test_forgetting_deletes_the_talk_and_tells_the_assistant(site: Site, talk: str) -> None:
    site.answered(talk, "hello")
    name = site.name(talk)
    assert site.post("/api/forget", {"conversation": talk}) == (200, {"deleted": True})
    assert name in site.assistant.forgotten
    assert site.poll(talk, 0, 0) == {
        "known": False,
        "messages": [],
        "typing": False,
        "holder": "bot",
        "language": "",
        "direction": "auto",
        "first": 0,
        "last": 0,
    }


def test_after_deletion_from_within_the_page_sees_the_last_word_and_where_to_begin(site: Site, talk: str) -> None:
    last = site.answered(talk, "hello")[-1]["id"]
    site.say(talk, "Delete", payload="/confirm_delete")
    end = time.monotonic() + 10
    while time.monotonic() < end and site.poll(talk, 0, 0)["first"] <= last:
        time.sleep(0.05)
    news = site.poll(talk, last, 5)
    assert news["first"] > last
    assert [one["me"] for one in site.poll(talk, 0, 0)["messages"]] == [False]


def test_a_file_is_given_to_its_own_conversation_only(site: Site, talk: str) -> None:
    document = site.answered(talk, "letter")[0]["document"]
    assert document["filename"] == "letter.pdf"
    assert site.post(document["address"], {"conversation": talk}) == (200, b"%PDF-1.7 a letter")
    other = uuid.uuid4().hex
    site.answered(other, "hello")
    assert site.post(document["address"], {"conversation": other})[0] == 404
    assert site.post(document["address"], {"conversation": uuid.uuid4().hex})[0] == 404
    assert site.get(document["address"])[0] == 405


def test_how_far_the_page_has_come_is_kept_for_the_desk(site: Site, talk: str) -> None:
    last = site.answered(talk, "hello")[-1]["id"]
    site.poll(talk, last, 0)
    seen = site.run(lambda c: c.exec_driver_sql("select max(seen) from conversations").scalar())
    assert seen >= last


def test_the_secret_of_a_talk_stands_nowhere(base: FactBase, tmp_path: Path, talk: str) -> None:
    with serving(tmp_path, base) as site:
        site.answered(talk, "my secret words")
        site.run(cases.open_case, site.name(talk), now(), urgency=1, topic="", language="en", first_message=0)
        site.poll(talk)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert talk.encode() not in kept and b"my secret words" not in kept
    with sqlite3.connect(tmp_path / "baken.db") as database:
        assert database.execute("select count(*) from messages").fetchone()[0] >= 2


def test_a_stop_lets_waiting_pages_go_at_once(base: FactBase, tmp_path: Path, talk: str) -> None:
    got: list[dict[str, Any]] = []
    with serving(tmp_path, base) as site:
        last = site.answered(talk, "hello")[-1]["id"]
        waiting = threading.Thread(target=lambda: got.append(site.poll(talk, last, 25)))
        waiting.start()
        time.sleep(0.3)
        start = time.monotonic()
    waiting.join(10)
    assert time.monotonic() - start < 5
    assert got[0]["messages"] == [] and got[0]["last"] == last


GOOD = {"conversation": "0" * 32, "id": "1" * 32, "text": "hello"}


@pytest.mark.parametrize(
    ("path", "raw", "kind", "status", "says"),
    [
        ("/api/messages", b"{", "application/json", 400, "not JSON"),
        ("/api/messages", b"[]", "application/json", 400, "object"),
        ("/api/messages", b"\xff\xfe", "application/json", 400, "not JSON"),
        ("/api/messages", b"[" * 60_000, "application/json", 400, "not JSON"),
        ("/api/messages", b'{"conversation": "../../etc", "id": "x", "text": ""}', "application/json", 400, "32 hexa"),
        ("/api/messages", b'{"text": 5}', "application/json", 400, "not understood"),
        ("/api/messages", b"text=hello", "application/x-www-form-urlencoded", 415, "application/json"),
        ("/api/messages", b'"' + b"x" * 300_000 + b'"', "application/json", 413, ""),
        ("/api/poll", b'{"conversation": "' + b"0" * 32 + b'", "wait": "long"}', "application/json", 400, "wait"),
        ("/api/poll", b'{"after": 0}', "application/json", 400, "conversation"),
        ("/api/forget", b"{}", "application/json", 400, "conversation"),
        ("/api/files/x", b"{}", "application/json", 400, "conversation"),
    ],
)
def test_what_is_no_request_is_refused_and_said_why(
    site: Site, path: str, raw: bytes, kind: str, status: int, says: str
) -> None:
    got, text = site.post(path, raw=raw, kind=kind)
    assert got == status
    assert says in text


@pytest.mark.parametrize(
    "change", [{"id": "short"}, {"id": "G" * 32}, {"payload": "menu"}, {"payload": "/" + "x" * 3000}, {"text": None}]
)
def test_a_message_that_does_not_fit_is_refused(site: Site, change: dict[str, Any]) -> None:
    assert site.post("/api/messages", GOOD)[0] == 202
    assert site.post("/api/messages", {**GOOD, "id": uuid.uuid4().hex, **change})[0] == 400


def test_no_word_of_a_refused_message_is_in_the_refusal(site: Site) -> None:
    _, text = site.post("/api/messages", {"conversation": "my secret", "id": 3, "text": "my secret"})
    assert "secret" not in text


def test_an_impossible_text_is_taken(site: Site, talk: str) -> None:
    raw = b'{"conversation": "%s", "id": "%s", "text": "half a pair \\ud83d"}' % (
        talk.encode(),
        uuid.uuid4().hex.encode(),
    )
    assert site.post("/api/messages", raw=raw)[0] == 202
    assert site.poll(talk)["messages"][0]["text"].startswith("half a pair")


def test_a_page_can_not_have_seen_what_is_not_there(site: Site, talk: str) -> None:
    """The desk would show as read what an advisor has yet to write."""
    newest = site.answered(talk, "hello")[-1]["id"]
    for after in (newest, 9 * 10**17, 2**63 - 1):
        assert site.poll(talk, after, 0)["last"] == newest
    with sqlite3.connect(Path(site.settings.data_folder) / "baken.db") as connection:
        seen = connection.execute("select max(seen) from conversations where id = ?", (conversation_of(site, newest),))
        assert seen.fetchone() == (newest,)


def conversation_of(site: Site, row: int) -> str:
    with sqlite3.connect(Path(site.settings.data_folder) / "baken.db") as connection:
        return str(connection.execute("select conversation from messages where id = ?", (row,)).fetchone()[0])
