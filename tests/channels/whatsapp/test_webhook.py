"""The webhook over a real socket: what is taken in, and what is refused with which status."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.channels.whatsapp import webhook
from bot.channels.whatsapp.config import WhatsAppConfig
from bot.conversations.models import DeliveryStatus, Incoming
from tests.channels.whatsapp import meta
from tests.channels.whatsapp.conftest import Serve


class Kept:
    """The least that a core can be: it remembers."""

    def __init__(self) -> None:
        self.incoming: list[Incoming] = []
        self.updates: list[DeliveryStatus] = []
        self.refusals: Counter[str] = Counter()
        self.broken = False
        self.gate: asyncio.Event | None = None

    async def receive(self, incoming: Sequence[Incoming]) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.broken:
            raise OSError("the database is away")
        self.incoming.extend(incoming)

    async def record_statuses(self, updates: Sequence[DeliveryStatus]) -> None:
        self.updates.extend(updates)

    def refused(self, reason: str) -> None:
        self.refusals[reason] += 1


class Door:
    """The webhook as Meta sees it."""

    def __init__(self, address: str, session: aiohttp.ClientSession, core: Kept) -> None:
        self.address, self.session, self.core = address + webhook.PATH, session, core

    async def post(self, raw: bytes, headers: dict[str, str] | None = None) -> int:
        given = meta.signed(raw, "secret") if headers is None else headers
        async with self.session.post(self.address, data=raw, headers=given) as response:
            assert "Traceback" not in await response.text()
            return response.status

    async def get(self, **query: str) -> tuple[int, str]:
        params = {f"hub.{name}": value for name, value in query.items()}
        async with self.session.get(self.address, params=params) as response:
            return response.status, await response.text()


@pytest.fixture
async def door(config: WhatsAppConfig, serve: Serve) -> AsyncIterator[Door]:
    app, core = web.Application(client_max_size=1024), Kept()
    webhook.add_routes(app, config, core)
    async with aiohttp.ClientSession() as session:
        yield Door(await serve(app), session, core)


async def test_the_challenge_comes_back_to_whoever_knows_the_word(door: Door) -> None:
    assert await door.get(mode="subscribe", verify_token="open sesame", challenge="1158201444") == (200, "1158201444")
    assert not door.core.refusals


@pytest.mark.parametrize(
    "query",
    [
        {"mode": "subscribe", "verify_token": "open", "challenge": "1"},
        {"mode": "subscribe", "challenge": "1"},
        {"mode": "unsubscribe", "verify_token": "open sesame", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "open sesame"},
        {"mode": "subscribe", "verify_token": "ключ", "challenge": "1"},
        {},
    ],
)
async def test_nobody_else_gets_it(door: Door, query: dict[str, str]) -> None:
    status, text = await door.get(**query)
    assert (status, door.core.refusals) == (403, {"verify_token": 1}) and text != "1"


async def test_a_signed_message_is_kept_before_the_answer(door: Door) -> None:
    door.core.gate = asyncio.Event()
    asked = asyncio.create_task(door.post(meta.body([meta.text("Cześć"), meta.text("dzień dobry")])))
    await asyncio.sleep(0.2)
    assert not asked.done()
    door.core.gate.set()
    assert await asked == 200
    assert [one.content.text for one in door.core.incoming] == ["Cześć", "dzień dobry"]


async def test_statuses_are_handed_on(door: Door) -> None:
    raw = meta.body(statuses=[meta.status("wamid.1", "failed", to="31612345678", ours="5", code=131047)])
    assert await door.post(raw) == 200
    assert door.core.updates == [DeliveryStatus(channel_id="wamid.1", state="failed", code="131047", ours=5)]


async def test_without_a_signature_it_is_401(door: Door) -> None:
    assert await door.post(meta.body([meta.text("x")]), {"Content-Type": "application/json"}) == 401
    assert (door.core.incoming, door.core.refusals) == ([], {"signature_missing": 1})


@pytest.mark.parametrize("signature", ["sha256=", "sha256=0", "x", "sha1=abc", "sha256=" + "0" * 64])
async def test_with_a_wrong_signature_it_is_403(door: Door, signature: str) -> None:
    assert await door.post(meta.body([meta.text("x")]), {"X-Hub-Signature-256": signature}) == 403
    assert (door.core.incoming, door.core.refusals) == ([], {"signature_wrong": 1})


async def test_the_signature_is_over_the_very_bytes(door: Door) -> None:
    raw = meta.body([meta.text("x")])
    headers = meta.signed(raw, "secret")
    assert await door.post(raw.replace(b'"x"', b'"y"'), headers) == 403
    spaced = json.dumps(json.loads(raw), indent=3).encode()
    assert await door.post(spaced, meta.signed(spaced, "secret")) == 200


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b'{"a": NaN', b"[" * 100_000, b"1" * 5000])
async def test_bad_json_is_400(door: Door, raw: bytes) -> None:
    assert await door.post(raw) == 400
    assert door.core.refusals == {"json": 1}


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"x"', b"{}", b'{"object": "page", "entry": []}'])
async def test_json_of_something_else_is_400(door: Door, raw: bytes) -> None:
    assert await door.post(raw) == 400
    assert door.core.refusals == {"object": 1}


async def test_a_body_that_is_too_large_is_413_and_not_read_to_its_end(door: Door) -> None:
    raw = meta.body([meta.text("x" * webhook.LARGEST)])
    assert await door.post(raw) == 413

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(10_000):
            yield b"x" * 65536

    started = time.monotonic()
    try:
        async with door.session.post(
            door.address, data=endless(), headers={"X-Hub-Signature-256": "sha256=0"}
        ) as response:
            status = response.status
    except aiohttp.ClientError:  # closed on us while we were still talking
        status = 413
    assert status == 413 and time.monotonic() - started < 5
    assert door.core.refusals == {"size": 2}


async def test_three_megabytes_are_fine_since_meta_may_send_them(door: Door) -> None:
    raw = meta.body([meta.text("x" * (webhook.LARGEST - 1000))])
    assert await door.post(raw) == 200


async def test_a_client_that_dawdles_is_let_go(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "READ_WITHIN", 0.3)

    async def dawdling() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(3)
        yield b"}"

    started = time.monotonic()
    try:
        async with door.session.post(
            door.address, data=dawdling(), headers={"X-Hub-Signature-256": "sha256=0"}
        ) as response:
            assert response.status == 408
    except aiohttp.ClientError:
        pass
    assert time.monotonic() - started < 2
    assert door.core.refusals == {"slow": 1}


async def test_another_number_is_403(door: Door) -> None:
    assert await door.post(meta.body([meta.text("x")], number="1")) == 403
    assert (door.core.incoming, door.core.refusals) == ([], {"phone_number_id": 1})


async def test_an_old_message_played_again_is_410(door: Door) -> None:
    assert await door.post(meta.body([meta.text("x", at=time.time() - 170 * 3600)])) == 410
    assert (door.core.incoming, door.core.refusals) == ([], {"old": 1})


async def test_what_meta_delivers_days_late_is_taken_in(door: Door) -> None:
    written = time.time() - 3 * 24 * 3600
    assert await door.post(meta.body([meta.text("x", at=written)])) == 200
    assert [one.at.timestamp() for one in door.core.incoming] == [int(written)] and not door.core.refusals


async def test_a_new_message_beside_an_old_one_is_taken_in(door: Door) -> None:
    raw = meta.body([meta.text("old", at=time.time() - 170 * 3600), meta.text("new")])
    assert await door.post(raw) == 200
    assert [one.content.text for one in door.core.incoming] == ["new"]
    assert door.core.refusals == {"old": 1}


async def test_while_the_log_is_away_meta_is_asked_to_come_back(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    door.core.broken = True
    assert await door.post(meta.body([meta.text("geheim")])) == 503
    assert door.core.refusals == {"not_stored": 1} and "geheim" not in caplog.text
    door.core.broken = False
    assert await door.post(meta.body([meta.text("geheim")])) == 200


async def test_a_log_that_hangs_is_503_too(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "STORE_WITHIN", 0.2)
    door.core.gate = asyncio.Event()
    assert await door.post(meta.body([meta.text("x")])) == 503


RECORDED = {file.stem: file.read_bytes() for file in (Path(__file__).parent / "data").glob("*.json")}


@pytest.mark.parametrize("name", sorted(RECORDED))
async def test_no_recorded_body_ends_in_a_500(config: WhatsAppConfig, serve: Serve, name: str) -> None:
    app, core = web.Application(), Kept()
    webhook.add_routes(app, config, core, now=lambda: datetime.fromtimestamp(1796000060, timezone.utc))
    async with aiohttp.ClientSession() as session:
        status = await Door(await serve(app), session, core).post(RECORDED[name])
    assert status == (403 if name == "other_number" else 200)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD"])
async def test_other_methods_are_405(door: Door, method: str) -> None:
    async with door.session.request(method, door.address) as response:
        assert response.status == 405


async def test_fifty_a_second_are_taken_in_without_trouble(door: Door) -> None:
    raws = [meta.body([meta.text(f"{number}", sender=f"316{number:08d}")]) for number in range(200)]
    started = time.monotonic()
    statuses: list[Any] = await asyncio.gather(*(door.post(raw) for raw in raws))
    assert set(statuses) == {200} and len(door.core.incoming) == 200
    assert time.monotonic() - started < 4
