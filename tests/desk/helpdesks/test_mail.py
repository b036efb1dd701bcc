"""Notices by e-mail, to a real mail server: no word of the person in them, tried again when the server is away."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import datetime, timezone
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from bot.conversations import cases
from bot.conversations.database import Database
from bot.desk.helpdesks import config, schema
from bot.desk.helpdesks.forwarding import Forwarding
from bot.desk.helpdesks.mail import Mail
from bot.settings import Settings
from tests.desk.helpdesks.conftest import NAME, PHONE, Side
from tests.ports import free_port


class Box:
    """What arrived; `away` refuses."""

    def __init__(self) -> None:
        self.away = False
        self.mails: list[EmailMessage] = []
        self.to: list[list[str]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.away:
            return "451 try later"
        made = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(made)  # type: ignore[arg-type]
        self.to.append(envelope.rcpt_tos)
        return "250 OK"


@pytest.fixture
def box() -> Iterator[tuple[Box, str]]:
    made = Box()
    port = free_port()
    server = Controller(made, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield made, f"smtp://127.0.0.1:{port}"
    finally:
        server.stop()


def worker(side: Side, url: str) -> Forwarding:
    found = config.mail(
        Settings(mail_url=url, mail_from="baken@ngo.example", mail_to="one@ngo.example two@ngo.example")
    )
    assert found is not None
    return Forwarding(side.database, side.keys, side.hub, Mail(found), "https://baken.ngo.example/")


def put_off(database: Database) -> sa.engine.Row:
    return database.transaction_sync(lambda connection: connection.execute(sa.select(schema.standings)).one())


async def test_a_new_case_is_told_once_with_no_word_of_the_person(side: Side, box: tuple[Box, str]) -> None:
    mails, url = box
    number, conversation = await side.case("мене звати Оксана, подзвоніть 0687654321")
    await side.database.transaction(cases.consent, conversation, "share", "yes")
    for _ in range(3):
        await worker(side, url).once()
    (mail,) = mails.mails
    text = mail.get_body().get_content()  # type: ignore[union-attr]
    assert f"https://baken.ngo.example/desk/cases/{number}" in text
    assert "uk" in text and "unpaid_wages" in text and str(number) in str(mail["Subject"])
    assert mails.to == [["one@ngo.example", "two@ngo.example"]]
    whole = mail.as_string() + text
    for secret in (PHONE, PHONE[2:], NAME.split()[0], "Оксана", "подзвоніть", conversation):
        assert secret not in whole


async def test_a_case_that_becomes_dangerous_is_told_again(side: Side, box: tuple[Box, str]) -> None:
    mails, url = box
    _, conversation = await side.case()
    await worker(side, url).once()
    await side.database.transaction(cases.raise_urgency, conversation, cases.DANGER)
    await worker(side, url).once()
    await worker(side, url).once()
    assert [str(mail["Subject"]).startswith("Baken: !") for mail in mails.mails] == [False, True]


async def test_a_mail_server_that_is_away_holds_up_no_case_and_is_tried_again(side: Side, box: tuple[Box, str]) -> None:
    mails, url = box
    mails.away = True
    number, _ = await side.case()
    await worker(side, url).once()
    assert put_off(side.database).error == "smtp 451"
    await worker(side, "smtp://127.0.0.1:9").once()  # not due yet: nothing is tried
    assert (await side.get(number)).state == "waiting" and put_off(side.database).tries == 1
    mails.away = False
    past = sa.update(schema.standings).values(next_at=datetime(2026, 1, 1, tzinfo=timezone.utc))
    await side.database.transaction(lambda connection: connection.execute(past))
    await worker(side, "smtp://127.0.0.1:9").once()
    assert put_off(side.database).error == "ConnectionRefusedError"
    await side.database.transaction(lambda connection: connection.execute(past))
    await worker(side, url).once()
    assert len(mails.mails) == 1 and put_off(side.database).error == ""


async def test_a_case_that_ended_before_the_mail_went_is_not_told(side: Side, box: tuple[Box, str]) -> None:
    mails, url = box
    mails.away = True
    _, conversation = await side.case()
    await worker(side, url).once()
    await side.database.transaction(cases.leave, conversation, datetime.now(timezone.utc))
    mails.away = False
    past = sa.update(schema.standings).values(next_at=datetime(2026, 1, 1, tzinfo=timezone.utc))
    await side.database.transaction(lambda connection: connection.execute(past))
    await worker(side, url).once()
    assert mails.mails == [] and put_off(side.database).state == "done"
