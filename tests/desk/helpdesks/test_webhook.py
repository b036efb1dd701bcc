"""The webhook of Chatwoot: strangers, replays, what is no event, a log that is away."""

from __future__ import annotations

import asyncio
import json
import time

import aiohttp
import pytest

from bot.desk.helpdesks import registry
from tests.desk.helpdesks.conftest import Side
from tests.desk.helpdesks.stand_in import SECRET


async def post(side: Side, body: bytes, path: str = "", **headers: str) -> int:
    address = side.chatwoot.webhook + path
    async with aiohttp.ClientSession() as session, session.post(address, data=body, headers=headers) as answer:
        return answer.status


async def said(side: Side) -> dict[str, object]:
    _, _conversation = await side.case()
    theirs = await side.forward()
    return side.chatwoot.event(side.chatwoot._store(theirs, "Hallo", 1, False), theirs)


async def test_the_inboxs_secret_in_the_address_does_for_a_chatwoot_that_does_not_sign(side: Side) -> None:
    event = await said(side)
    assert await post(side, json.dumps(event).encode(), "/" + SECRET) == 200
    assert (await side.get(1)).state == "taken"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("", {}),
        ("/wrong-secret-of-the-inbox", {}),
        ("", {"X-Chatwoot-Signature": "sha256=0", "X-Chatwoot-Timestamp": "1"}),
        ("", {"X-Chatwoot-Signature": "é", "X-Chatwoot-Timestamp": str(int(time.time()))}),
        ("", {"X-Chatwoot-Signature": "sha256=" + "0" * 64, "X-Chatwoot-Timestamp": "²"}),
    ],
)
async def test_strangers_are_turned_away(side: Side, path: str, headers: dict[str, str]) -> None:
    event = await said(side)
    assert await post(side, json.dumps(event).encode(), path, **headers) == 403
    assert (await side.get(1)).state == "waiting" and side.refused == ["signature"]


async def test_a_signature_of_another_secret_of_another_body_or_of_yesterday_is_refused(side: Side) -> None:
    event = await said(side)
    assert await side.chatwoot.tell(event, secret="another-secret-of-16") == 403
    assert await side.chatwoot.tell(event, at=time.time() - 600) == 403
    assert await side.chatwoot.tell(event, at=time.time() + 600) == 403
    assert (await side.get(1)).state == "waiting"
    assert await side.chatwoot.tell(event) == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"[]", 200),
        (b"null", 200),
        (b"{}", 200),
        (b'{"event": "message_created"}', 200),
        (b'{"event": "conversation_updated", "id": true, "status": 1}', 200),
        (b'{"event": ["message_created"], "sender": {}}', 200),
        (b'{"event": "webwidget_triggered"}', 200),
        (b"x" * (1024 * 1024 + 1), 413),
    ],
)
async def test_what_is_no_event_does_nothing(side: Side, body: bytes, status: int) -> None:
    assert await post(side, body, "/" + SECRET) == status


async def test_a_log_that_is_away_is_said_so_that_the_agent_sees_it(
    side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await said(side)

    async def away(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(side.database, "transaction", away)
        assert await side.chatwoot.tell(event) == 503
    assert await side.chatwoot.tell(event) == 200
    assert (await side.get(1)).state == "taken"


async def test_twenty_retries_at_once_are_one_message(side: Side) -> None:
    event = await said(side)
    assert set(await asyncio.gather(*(side.chatwoot.tell(event) for _ in range(20)))) == {200}
    conversation = (await side.get(1)).conversation
    assert sum(message.author == "advisor" for message in await side.read(conversation)) == 1


async def test_the_webhook_is_there_only_with_settings(side: Side) -> None:
    from aiohttp import web

    from bot.settings import Settings

    app = web.Application()
    assert registry.add(app, side, side.words, Settings()) == []
    assert not list(app.router.routes())
