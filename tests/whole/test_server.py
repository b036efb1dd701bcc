"""`uv run baken` over real sockets: answers, refuses, forgets, stops, and logs nothing of anyone."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import uuid
from pathlib import Path
from typing import NamedTuple

import pytest
from server import Server, running

from tests.ports import free_port

pytestmark = pytest.mark.slow

SECRET = "zakaz-4711-tajemnica"


def test_a_question_is_answered_in_its_language_with_its_source(server: Server) -> None:
    talk = uuid.uuid4().hex
    answer = server.say("Ile wynosi płaca minimalna w Holandii?", talk)
    assert answer["language"] == "pl"
    assert "14,99" in answer["replies"][0]["text"]
    source = next(button for button in answer["replies"][0]["buttons"] if button["payload"] == "/show_source")
    told = server.say(source["payload"], talk)
    assert any("«" in reply["text"] and "https://" in reply["text"] for reply in told["replies"])


def test_danger_is_answered_at_once_halfway_through_another_topic(server: Server) -> None:
    talk = uuid.uuid4().hex
    server.say("Ile wynosi płaca minimalna?", talk)
    answer = server.say("szef zabrał nam paszporty i nie możemy wyjść z domu", talk)
    assert answer["safety"] is True
    assert "112" in answer["replies"][0]["text"]


def test_danger_behind_a_typed_slash_is_answered_once_and_as_danger(server: Server) -> None:
    answer = server.say("/my boss took my passport and beats me", typed=True)
    assert answer["safety"] is True and len(answer["replies"]) == 1
    assert "112" in answer["replies"][0]["text"]


@pytest.mark.parametrize("text", ["/start", "/112", "/restart"])
def test_a_typed_command_gets_one_answer(server: Server, text: str) -> None:
    assert len(server.say(text, typed=True)["replies"]) == 1


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\x00\x01\x02", "😀😀😀", "\u202e\u202d", "a" * 100_000, "\ud83d", "𝕏" * 3000, "?" * 500],
    ids=["empty", "spaces", "control", "emoji", "direction", "100 kB", "half a pair", "astral", "marks"],
)
def test_an_impossible_message_gets_a_kind_reply_in_the_language_of_the_talk(server: Server, text: str) -> None:
    talk = uuid.uuid4().hex
    server.say("Nie dostałem wypłaty za zeszły miesiąc, co mogę zrobić?", talk)
    answer = server.say(text, talk)
    assert answer["language"] == "pl"
    assert answer["replies"][0]["text"].strip()
    assert "Baken" not in answer["replies"][0]["text"] or answer["replies"][0]["buttons"]


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"conversation": "x", "text": "hello"}', "application/json", 400),
        (b'{"conversation": "../../etc", "text": "hello"}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"text": 5}', "application/json", 400),
        (b"text=hello", "application/x-www-form-urlencoded", 415),
        (b"x" * 300_000, "application/json", 413),
    ],
)
def test_what_is_no_message_is_refused_and_counted(server: Server, raw: bytes, kind: str, status: int) -> None:
    got, _ = server.post("/api/messages", None, raw=raw, kind=kind)
    assert got == status
    _, text, _ = server.get("/metrics")
    assert f'route="/api/messages",status="{status}"' in text


def test_nothing_foreign_is_allowed_on_the_page(server: Server) -> None:
    status, page, headers = server.get("/")
    assert status == 200
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page


def test_a_conversation_goes_on_after_a_restart_and_is_gone_when_it_is_deleted(tmp_path: Path, model: Path) -> None:
    talk = uuid.uuid4().hex
    with running(tmp_path) as one:
        one.say("Mijn loon is niet betaald deze maand", talk)
    with running(tmp_path) as one:
        assert one.say("/show_source", talk)["language"] == "nl"
        status, _ = one.post("/api/forget", {"conversation": talk})
        assert status == 200
    with sqlite3.connect(tmp_path / "rasa.db") as database:
        assert database.execute("select count(*) from events where sender_id = ?", (talk,)).fetchone() == (0,)


def test_no_word_of_anyone_reaches_a_log_or_the_conversation_store(tmp_path: Path, model: Path) -> None:
    with running(tmp_path, BAKEN_LOG_LEVEL="INFO") as one:
        for text in (f"Mijn naam is {SECRET}, krijg ik vakantiegeld?", SECRET, f"\x00{SECRET}", f"/{SECRET}"):
            one.say(text)
        one.post("/api/messages", None, raw=f'{{"conversation": "{SECRET}"'.encode())
    assert SECRET not in one.output()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith("rasa.db"))
    assert kept and SECRET.encode() not in kept


def test_a_busy_port_is_said_with_the_setting_to_change(server: Server, tmp_path: Path) -> None:
    second = Server(tmp_path, port=server.port)
    assert second.process.wait(30) == 1
    assert f"port {server.port} is in use: set BAKEN_PORT" in second.output()


class Ended(NamedTuple):
    """What is left of a Baken that was asked once, on a day, and stopped."""

    day: str
    answer: str
    status: int
    output: str


@pytest.fixture(
    scope="module", params=[("2026-12-31", signal.SIGINT), ("2027-01-01", signal.SIGTERM)], ids=["Ctrl-C", "terminate"]
)
def ended(request: pytest.FixtureRequest, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    day, number = request.param
    with running(tmp_path_factory.mktemp("ended"), BAKEN_TODAY=day) as one:
        answer = one.say("What is the minimum wage in the Netherlands?")["replies"][0]["text"]
        return Ended(day, answer, one.stop(number), one.output())


def test_it_stops_cleanly(ended: Ended) -> None:
    assert ended.status == 0
    assert "Traceback" not in ended.output


def test_the_date_is_a_setting(ended: Ended) -> None:
    assert ("was €14.99 until 31 December 2026" in ended.answer) is (ended.day == "2027-01-01")
    assert "14.99" in ended.answer


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BAKEN_PORT", "many"),
        ("BAKEN_LOG_LEVEL", "DEBUG"),
        ("BAKEN_TODAY", "tomorrow"),
        ("BAKEN_TRANSLATE", "babelfish"),
    ],
)
def test_a_bad_setting_is_named(tmp_path: Path, model: Path, name: str, value: str) -> None:
    environment = {"BAKEN_PORT": str(free_port()), name: value, "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-m", "bot.cli", *(["check"] if name == "BAKEN_TODAY" else [])],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 1
    assert name in run.stderr
