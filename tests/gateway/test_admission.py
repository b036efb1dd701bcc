"""Floods and slow clients, over real sockets."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timezone

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from bot.conversations.models import Content, Incoming
from bot.gateway.admission import WhatsAppDoor, floods
from bot.settings import Settings
from bot.web.rate_limit import Buckets, address


@asynccontextmanager
async def listening(app: web.Application, **kwargs: float) -> AsyncIterator[int]:
    runner = web.AppRunner(app, access_log=None, **kwargs)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    await runner.cleanup()


def test_a_bucket_lets_so_many_through_at_once_and_then_so_many_a_second() -> None:
    bucket = Buckets(burst=3, rate=0.5)
    assert [bucket.take("a", 10.0) for _ in range(3)] == [0, 0, 0]
    assert bucket.take("a", 10.0) == pytest.approx(2.0)
    assert bucket.take("b", 10.0) == 0
    assert bucket.take("a", 11.0) == pytest.approx(1.0)
    assert bucket.take("a", 12.0) == 0


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "9.9.9.9", "10.0.0.1"),  # without a proxy of ours the header is anybody's word
        (1, "9.9.9.9", "9.9.9.9"),
        (1, "6.6.6.6, 9.9.9.9", "9.9.9.9"),  # what a client put before it is not believed
        (2, "9.9.9.9, 7.7.7.7", "9.9.9.9"),
        (1, "", "10.0.0.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "<script>", "10.0.0.1"),
        (1, "6.6.6.6\n9.9.9.9", "9.9.9.9"),  # two lines: the client's, then our proxy's
        (2, "6.6.6.6\n9.9.9.9, 7.7.7.7", "9.9.9.9"),
        (1, "::ffff:9.9.9.9", "9.9.9.9"),
        (1, "::ffff:909:90a", "9.9.9.10"),
        (1, "9.9.9.9:51234", "9.9.9.9"),
        (1, "[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"),
        (1, "[2001:db8:1:2:3:4:5:6]", "2001:db8:1:2::/64"),
        (1, "[::ffff:9.9.9.9]:443", "9.9.9.9"),
        (1, "fe80::1%eth0", "fe80::/64"),
        (1, "9.9.9.9:x", "10.0.0.1"),
    ],
)
def test_the_address_is_the_one_that_our_own_proxy_saw(proxies: int, forwarded: str, expected: str) -> None:
    """`forwarded`: the header, a line of it each."""

    class Transport(asyncio.Transport):
        def get_extra_info(self, name: str, default: object = None) -> object:
            return ("10.0.0.1", 1) if name == "peername" else default

    headers = CIMultiDict[str]([("X-Forwarded-For", line) for line in forwarded.splitlines()])
    request = make_mocked_request("POST", "/api/messages", headers=headers, transport=Transport())
    assert address(request, proxies) == expected


async def test_a_flood_from_one_address_is_told_to_wait_and_counted() -> None:
    refused: Counter[tuple[str, str]] = Counter()
    settings = Settings(limit_address=1.0, limit_address_burst=5.0)
    app = web.Application(middlewares=[floods(settings, lambda channel, why: refused.update([(channel, why)]))])

    async def fine(_: web.Request) -> web.Response:
        return web.Response()

    app.router.add_post("/api/messages", fine)
    app.router.add_get("/health", fine)
    async with listening(app) as port, aiohttp.ClientSession() as session:
        got = []
        for _ in range(8):
            async with session.post(f"http://127.0.0.1:{port}/api/messages") as answer:
                got.append(answer.status)
                wait = answer.headers.get("Retry-After")
        assert got == [200] * 5 + [429] * 3 and wait is not None and int(wait) >= 1
        assert refused == {("web", "flood_address"): 3}
        async with session.get(f"http://127.0.0.1:{port}/health") as answer:
            assert answer.status == 200


async def test_an_address_has_only_so_many_pages_waiting() -> None:
    refused: Counter[tuple[str, str]] = Counter()
    app = web.Application(
        middlewares=[floods(Settings(limit_waiting=3), lambda channel, why: refused.update([(channel, why)]))]
    )
    go = asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        await go.wait()
        return web.Response()

    app.router.add_post("/api/poll", slow)
    async with listening(app) as port, aiohttp.ClientSession() as session:

        async def poll() -> int:
            async with session.post(f"http://127.0.0.1:{port}/api/poll") as answer:
                return answer.status

        waiting = [asyncio.create_task(poll()) for _ in range(3)]
        await asyncio.sleep(0.3)
        assert await poll() == 429 and refused == {("web", "flood_waiting"): 1}
        go.set()
        assert await asyncio.gather(*waiting) == [200] * 3
        assert await poll() == 200


async def test_what_one_person_sends_too_much_of_on_whatsapp_is_counted_and_left_out() -> None:
    class Office:
        def __init__(self) -> None:
            self.taken: list[str] = []

        async def take_in(self, incoming: list[Incoming]) -> None:
            self.taken += [one.address for one in incoming]

    office, refused = Office(), Counter[tuple[str, str]]()
    settings = Settings(limit_person=0.01, limit_person_burst=4.0)
    door = WhatsAppDoor(office, settings, lambda channel, why: refused.update([(channel, why)]))  # type: ignore[arg-type]

    def message(person: str, number: int) -> Incoming:
        return Incoming(
            channel="whatsapp",
            address=person,
            channel_id=f"{person}.{number}",
            kind="text",
            content=Content(text="x"),
            at=datetime.now(timezone.utc),
        )

    await door.take_in([message("flood", number) for number in range(10)] + [message("other", 1)])
    assert Counter(office.taken) == {"flood": 4, "other": 1}
    assert refused == {("whatsapp", "flood_person"): 6}


async def test_a_client_that_drips_its_headers_is_let_go() -> None:
    """The gateway runs with `keepalive_timeout`, which counts from the first byte on (bot/gateway/app.py, IDLE)."""
    async with listening(web.Application(), keepalive_timeout=1.0) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /health HTTP/1.1\r\n")

        async def drip() -> None:
            for number in range(100):
                writer.write(f"X-{number}: slowly\r\n".encode())
                await writer.drain()
                await asyncio.sleep(0.2)

        dripping = asyncio.create_task(drip())
        assert await asyncio.wait_for(reader.read(), 5) == b""
        dripping.cancel()
        writer.close()
