"""What can't be used is refused with 400, and every answer carries the headers that protect a page."""

from __future__ import annotations

import asyncio
import gzip
import secrets

import pytest

from tests.gateway.conftest import Gateway

TALK = secrets.token_hex(16)
PROTECTING = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize(
    "path",
    [
        "/api/messages",
        "/api/poll",
        "/api/typing",
        "/api/forget",
        "/api/files/1234567890abcdef1234567890abcdef",
        "/staff/sign-in",
    ],
)
@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_plain_body_that_is_called_compressed_is_refused(
    gateway: Gateway, path: str, encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    form = path.startswith("/staff")
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    headers = {"Content-Encoding": encoding, "Content-Type": kind}
    body = b"name=anna&password=x" if form else b'{"conversation": "%s"}' % TALK.encode()
    async with gateway.session.post(gateway.url + path, data=body, headers=headers, compress=False) as answer:
        assert answer.status == 400
        assert answer.headers["Connection"] == "close"
    assert not caplog.records, "nobody has to look at it"


async def test_a_body_that_is_compressed_is_read(gateway: Gateway) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    body = gzip.compress(b'{"conversation": "%s"}' % TALK.encode())
    async with gateway.session.post(f"{gateway.url}/api/poll", data=body, headers=headers, compress=False) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("after", ["9223372036854775808", "-1", "1e400", "9" * 6000, "1.5"])
async def test_a_row_that_no_database_has_is_refused(gateway: Gateway, after: str) -> None:
    body = f'{{"conversation": "{TALK}", "after": {after}}}'
    headers = {"Content-Type": "application/json"}
    async with gateway.session.post(f"{gateway.url}/api/poll", data=body, headers=headers) as answer:
        assert answer.status == 400, await answer.text()
    async with gateway.session.post(
        f"{gateway.url}/api/poll", data=body.replace(after, str(2**63 - 1)), headers=headers
    ) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("PUT", "/api/poll", 405),
        ("POST", "/api/poll", 415),
        ("GET", "/staff/welcome/x", 404),
        ("GET", "/desk/nothing", 404),
        ("GET", "/health", 200),
    ],
)
async def test_every_answer_protects_the_page_and_names_no_versions(
    gateway: Gateway, method: str, path: str, status: int
) -> None:
    async with gateway.session.request(method, gateway.url + path) as answer:
        assert answer.status == status
        for name, value in PROTECTING.items():
            assert value in answer.headers[name], name
        assert answer.headers["Server"] == "Baken"


async def test_a_failure_of_ours_protects_the_page_too(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(gateway.office.database, "transaction", fails)
    body = {"conversation": TALK}
    async with gateway.session.post(f"{gateway.url}/api/poll", json=body) as answer:
        assert answer.status == 500
        assert all(value in answer.headers[name] for name, value in PROTECTING.items())
        assert answer.headers["Server"] == "Baken"


async def test_what_is_no_http_is_refused_without_versions(gateway: Gateway) -> None:
    host, port = gateway.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /api/poll HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    assert answer.startswith(b"HTTP/1.") and b" 400 " in answer.split(b"\r\n")[0]
    assert b"Server: Baken\r\n" in answer and b"aiohttp" not in answer and b"Python" not in answer
