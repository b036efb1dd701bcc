"""Floods and slow clients, over real sockets."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from bot.gateway.admission import floods
from bot.settings import Settings
from bot.web import bodies
from bot.web.rate_limit import Buckets, address
from tests.gateway.conftest import Gateway
from tests.servers import listening


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
    async with listening(app) as url, aiohttp.ClientSession() as session:
        got = []
        for _ in range(8):
            async with session.post(f"{url}/api/messages") as answer:
                got.append(answer.status)
                wait = answer.headers.get("Retry-After")
        assert got == [200] * 5 + [429] * 3 and wait is not None and int(wait) >= 1
        assert refused == {("web", "flood_address"): 3}
        async with session.get(f"{url}/health") as answer:
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
    async with listening(app) as url, aiohttp.ClientSession() as session:

        async def poll() -> int:
            async with session.post(f"{url}/api/poll") as answer:
                return answer.status

        waiting = [asyncio.create_task(poll()) for _ in range(3)]
        await asyncio.sleep(0.3)
        assert await poll() == 429 and refused == {("web", "flood_waiting"): 1}
        go.set()
        assert await asyncio.gather(*waiting) == [200] * 3
        assert await poll() == 200


async def test_a_client_that_drips_its_headers_is_let_go() -> None:
    """The gateway runs with `keepalive_timeout`, which counts from the first byte on (bot/gateway/app.py, IDLE)."""
    async with listening(web.Application(), keepalive_timeout=1.0) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rsplit(":", 1)[1]))
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


@pytest.mark.parametrize("path", ["/api/messages", "/api/poll", "/api/forget", "/staff/sign-in", "/desk/cases/1/say"])
async def test_a_body_that_never_comes_is_let_go(gateway: Gateway, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(bodies, "READ_WITHIN", 0.5)
    host, port = gateway.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    kind = "application/json" if path.startswith("/api") else "application/x-www-form-urlencoded"
    head = f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: {kind}\r\nContent-Length: 100\r\n\r\n{{"
    writer.write(head.encode())
    started = time.monotonic()
    got = await asyncio.wait_for(reader.read(), 15)  # up to the end of the connection
    assert got.startswith((b"HTTP/1.1 408", b"HTTP/1.1 303", b"HTTP/1.1 404")), got[:100]
    assert path not in ("/api/messages", "/api/poll", "/api/forget", "/staff/sign-in") or b" 408 " in got[:20]
    assert time.monotonic() - started < 12
    writer.close()


async def test_a_page_may_wait_longer_for_news_than_its_body_may_take(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "READ_WITHIN", 0.2)
    talk = secrets.token_hex(16)
    await gateway.say("wages", talk)
    newest = (await gateway.heard(talk))["last"]
    body = {"conversation": talk, "after": newest + 9, "wait": 1.5}
    async with gateway.session.post(f"{gateway.url}/api/poll", json=body) as answer:
        assert answer.status == 200
