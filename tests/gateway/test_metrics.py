"""Counted is what happened, by real requests; and health names the part that is missing."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from bot.conversations import schema
from bot.conversations.models import Contact, Content, Delivered, Incoming, NotDelivered, Outgoing
from bot.delivery import send_worker, standing
from bot.gateway import metrics
from tests.gateway.conftest import NAME, NUMBER, Gateway
from tests.stand_in_channels import PlainChannel


async def test_messages_answers_and_steps_are_counted(gateway: Gateway) -> None:
    talk, name = secrets.token_hex(16), secrets.token_hex(16)
    assert await gateway.say("wages", talk, name) == 202
    assert await gateway.say("wages", talk, name) == 202  # the page was not sure that it arrived
    await gateway.heard(talk)
    await gateway.say("?!", talk)
    await gateway.say("danger", talk)
    for _ in range(100):
        if await gateway.metric("baken_answers_total", outcome="safety"):
            break
        await asyncio.sleep(0.05)
    assert await gateway.metric("baken_messages_total", channel="web", direction="in") == 3
    assert await gateway.metric("baken_messages_again_total", channel="web") == 1
    assert await gateway.metric("baken_messages_total", channel="web", direction="out") == 6
    for outcome in ("understood", "not understood", "safety"):
        assert await gateway.metric("baken_answers_total", channel="web", language="pl", outcome=outcome) == 1
    for step in ("answer", "handle", "whole"):
        assert await gateway.metric("baken_step_seconds_count", step=step) == 3
    assert await gateway.metric("baken_step_seconds_bucket", step="answer", le="0.005") == 3
    assert await gateway.metric("baken_requests_total", route="/api/messages", status="202") == 4


async def test_refusals_are_counted_by_reason(gateway: Gateway) -> None:
    async with gateway.session.post(f"{gateway.url}/api/messages", data=b"{") as answer:
        assert answer.status in (400, 415)
        assert await gateway.metric("baken_requests_total", route="/api/messages", status=str(answer.status)) == 1
    assert (await gateway.get("/no/such/page"))[0] == 404
    assert await gateway.metric("baken_requests_total", route="other", status="404") == 1


class Channel(PlainChannel):
    """A channel that throttles once, then takes it; another person's message it will never take."""

    def __init__(self) -> None:
        self.tries = 0

    async def send(self, outgoing: Outgoing) -> Delivered | NotDelivered:
        self.tries += 1
        if outgoing.message.content.text == "one":
            return Delivered(secrets.token_hex(8)) if self.tries > 1 else NotDelivered("130429", after=0.0)
        return NotDelivered("131026", permanent=True)


async def test_retries_and_failures_of_sending_are_counted_by_code(gateway: Gateway) -> None:
    gateway.office.connect("whatsapp", Channel())
    incoming = Incoming(
        channel="whatsapp",
        address=NUMBER,
        channel_id="wamid.1",
        kind="text",
        content=Content(text=f"hallo {NAME}"),
        at=datetime.now(timezone.utc),
        contact=Contact(phone=NUMBER, name=NAME),
        language="nl",
    )
    await gateway.office.receive([incoming])
    for _ in range(200):
        if await gateway.metric("baken_send_failures_total", channel="whatsapp", code="131026"):
            break
        await asyncio.sleep(0.05)
    assert await gateway.metric("baken_send_failures_total", channel="whatsapp", code="131026") == 1
    assert await gateway.metric("baken_send_retries_total", channel="whatsapp") == 1
    assert await gateway.metric("baken_messages_total", channel="whatsapp", direction="out") == 1
    assert await gateway.metric("baken_step_seconds_count", step="send") == 3
    _, text, _ = await gateway.get("/metrics")
    assert NAME not in text and NUMBER not in text
    assert send_worker.MOST_TRIES > 1


async def test_what_waits_is_measured_from_the_log(gateway: Gateway) -> None:
    before = datetime.now(timezone.utc) - timedelta(minutes=5)

    def store(connection: sa.engine.Connection) -> None:
        connection.execute(
            sa.insert(schema.conversations).values(
                id="0" * 32,
                channel="web",
                created=before,
                last_at=before,
                claimed_by="another",
                claimed_until=datetime.now(timezone.utc) + timedelta(hours=1),
            )
        )
        connection.execute(
            sa.insert(schema.messages).values(
                conversation="0" * 32,
                channel="web",
                direction="in",
                author="person",
                kind="text",
                state="new",
                content=b"",
                at=before,
            )
        )
        connection.execute(sa.insert(schema.cases).values(conversation="0" * 32, state="waiting", opened=before))

    assert await gateway.metric("baken_queue_messages", queue="in") == 0
    await gateway.office.database.transaction(store)
    assert await gateway.metric("baken_queue_messages", queue="in") == 1
    assert 299 < await gateway.metric("baken_queue_age_seconds", queue="in") < 310
    assert await gateway.metric("baken_queue_messages", queue="out") == 0
    assert await gateway.metric("baken_cases_waiting") == 1


async def test_health_names_the_part_that_does_not_answer(gateway: Gateway) -> None:
    status, text, _ = await gateway.get("/health")
    assert (status, json.loads(text)) == (200, {"status": "ok"})
    gateway.assistant.ill = "Rasa: not reached"
    status, text, _ = await gateway.get("/health")
    assert (status, json.loads(text)) == (503, {"status": "the assistant: Rasa: not reached"})
    gateway.assistant.ill = None
    await asyncio.to_thread(gateway.office.database.close)
    status, text, _ = await gateway.get("/health")
    assert (status, json.loads(text)) == (503, {"status": "the log's database"})


async def test_what_can_not_be_decrypted_is_told(gateway: Gateway) -> None:
    talk = secrets.token_hex(16)
    assert await gateway.metric("baken_attention", about="unreadable") == 0
    await gateway.say("wages", talk)
    await gateway.heard(talk)
    await gateway.office.database.transaction(
        lambda connection: connection.execute(sa.update(schema.messages).values(state="new", content=bytes(60)))
    )
    gateway.office.hub.publish_threadsafe("*")
    for _ in range(100):
        if await gateway.metric("baken_attention", about="unreadable"):
            break
        await asyncio.sleep(0.05)
    status, text, _ = await gateway.get("/health")
    assert (status, json.loads(text)["status"]) == (200, "ok")
    assert "can't be decrypted" in json.loads(text)["attention"][0]


async def test_a_worker_that_is_held_up_is_told(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    await gateway.office.database.transaction(lambda c: c.execute(sa.text("alter table messages rename to elsewhere")))
    gateway.office.hub.publish_threadsafe("*")
    await asyncio.sleep(1.5)
    assert gateway.office.trouble() is None, "a moment is no trouble"
    monkeypatch.setattr(standing, "PATIENCE", 0.5)
    status, text, _ = await gateway.get("/health")
    assert (status, json.loads(text)["status"]) == (503, "answering: OperationalError")
    await gateway.office.database.transaction(lambda c: c.execute(sa.text("alter table elsewhere rename to messages")))
    await asyncio.sleep(2.5)
    status, text, _ = await gateway.get("/health")
    assert (status, json.loads(text)["status"]) == (200, "ok")


async def test_a_full_disk_is_told_by_health_and_log(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    """SQLite's own limit of pages stands in for the disk's: the error is the same, "database or disk is full"."""

    database, most = gateway.office.database, 0

    def limit(pages: int) -> None:
        nonlocal most

        def set_it(connection: sa.engine.Connection) -> None:
            nonlocal most
            most = connection.execute(sa.text("pragma page_count")).scalar_one() + pages
            connection.execute(sa.text(f"pragma max_page_count = {most}"))

        database.transaction_sync(set_it)

    sa.event.listen(
        database._engine, "connect", lambda connection, _: connection.execute(f"pragma max_page_count = {most}")
    )
    talk, long = secrets.token_hex(16), f"{NAME} " * 5_000
    assert await gateway.say("wages", talk) == 202
    await gateway.heard(talk)
    await asyncio.to_thread(limit, 5)
    assert await gateway.say(long, talk) == 503
    status, text, _ = await gateway.get("/health")
    assert (status, json.loads(text)["status"]) == (503, "the log's database takes nothing in: OperationalError")
    assert "web: the log's database did not take it (OperationalError)" in caplog.text and NAME not in caplog.text
    await asyncio.to_thread(limit, 1000)
    status, text, _ = await gateway.get("/health")
    assert (status, json.loads(text)) == (200, {"status": "ok"})
    assert await gateway.say(long, talk) == 202


async def test_who_signs_in_at_the_desk_meanwhile_gets_a_sentence(gateway: Gateway) -> None:
    def read_only(connection: sa.engine.Connection) -> None:
        connection.execute(sa.text("pragma query_only = on"))

    _, page, headers = await gateway.get("/staff/sign-in")
    csrf = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert csrf is not None
    await gateway.office.database.transaction(read_only)
    form = {"csrf": csrf[1], "name": "anna", "password": "not her password"}
    sent = {"Origin": gateway.url, "Cookie": headers["Set-Cookie"].split(";")[0]}
    async with gateway.session.post(f"{gateway.url}/staff/sign-in", data=form, headers=sent) as answer:
        assert answer.status == 503 and "niets veranderd" in await answer.text()
        assert "frame-ancestors" in answer.headers["Content-Security-Policy"]


async def test_little_room_on_the_disk_is_told(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_LITTLE_ROOM", 2**70)
    status, text, _ = await gateway.get("/health")
    assert status == 200 and "MiB left" in json.loads(text)["attention"][0]
    assert await gateway.metric("baken_attention", about="disk") == 1
