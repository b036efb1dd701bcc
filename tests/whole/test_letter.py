"""A case over real sockets: the sum, a restart in the middle, the letter for its own talk only, nothing left behind."""

from __future__ import annotations

import statistics
import time
import uuid
from pathlib import Path

import pytest
from server import Server, running

pytestmark = pytest.mark.slow

CASE = "I get 11.50 an hour gross, 45 hours a week, I'm 30, since 1 July 2026. Is that ok?"


def letter(server: Server, talk: str) -> str:
    """The address of the letter of a case."""
    server.say(CASE, talk)
    made = server.say("/make_letter", talk)
    return str(made["replies"][0]["document"]["address"])


def test_the_letter_is_a_pdf_for_whoever_has_the_talk_and_for_nobody_else(server: Server) -> None:
    talk = uuid.uuid4().hex
    address = letter(server, talk)
    status, content, headers = server.fetch(address, talk)
    assert (status, headers["Content-Type"], headers["Cache-Control"]) == (200, "application/pdf", "no-store")
    assert content.startswith(b"%PDF")
    assert server.fetch(address, uuid.uuid4().hex)[0] == 404
    assert server.get(address)[0] == 405


def test_the_letter_lies_nowhere_but_encrypted_in_the_log(tmp_path: Path, model: Path) -> None:
    talk = uuid.uuid4().hex
    with running(tmp_path) as one:
        letter(one, talk)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept and not any(b"%PDF" in path.read_bytes() for path in kept)


def test_deleting_the_conversation_deletes_its_letters(server: Server) -> None:
    talk = uuid.uuid4().hex
    address = letter(server, talk)
    server.say("/delete_my_data", talk)
    server.say("/confirm_delete", talk)
    assert server.fetch(address, talk)[0] == 404


def test_a_case_goes_on_after_a_restart(tmp_path: Path) -> None:
    talk = uuid.uuid4().hex
    with running(tmp_path, BAKEN_TODAY="2026-11-23") as first:
        first.say("I get 11.50 an hour gross, 45 hours a week, is that right?", talk)
    with running(tmp_path, BAKEN_TODAY="2026-11-23") as second:
        second.say("I am 30 years old", talk)
        told = second.say("since 1 July 2026", talk)
    assert "3,275.61" in told["replies"][0]["text"]


def test_a_turn_in_a_case_takes_less_than_40_ms(server: Server) -> None:
    """p95 over 60 turns; the machine of a test run may be busy, so three times as much still passes."""
    talk, took = uuid.uuid4().hex, []
    server.say("am I paid right?", talk)
    for hours in range(20, 80):
        start = time.perf_counter()
        server.say(f"{hours} hours a week", talk)
        took.append(time.perf_counter() - start)
    assert statistics.quantiles(took, n=20)[-1] < 0.12
