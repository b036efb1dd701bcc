"""The client against a stand-in of the Graph API on a real socket."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import socket
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import aiohttp
import msgspec
import pytest

from bot.channels.whatsapp import graph_client as graph_module
from bot.channels.whatsapp.config import WhatsAppConfig
from bot.channels.whatsapp.errors import CODES, LONGEST_WAIT, fate, not_sent, retry_after
from bot.channels.whatsapp.graph_client import Graph, Media
from bot.channels.whatsapp.render import RenderTexts, payload
from bot.conversations.models import Contact, Content, Delivered, NotDelivered
from tests.channels.whatsapp.graph_stand_in import Failure, GraphStandIn

HELLO = payload(Content(text="Hallo"), Contact(phone="31612345678"), RenderTexts("", "", ""), ours="7")


@pytest.fixture
async def meta_side() -> AsyncIterator[GraphStandIn]:
    async with GraphStandIn() as one:
        yield one


@pytest.fixture
async def graph(config: WhatsAppConfig, meta_side: GraphStandIn) -> AsyncIterator[Graph]:
    one = Graph(msgspec.structs.replace(config, graph_url=meta_side.url))
    await one.start()
    yield one
    await one.close()


async def test_a_message_is_taken_and_gets_metas_id(graph: Graph, meta_side: GraphStandIn) -> None:
    sent = await graph.send(HELLO)
    assert isinstance(sent, Delivered) and sent.channel_id == meta_side.taken[0].id
    assert meta_side.taken[0].payload == HELLO and meta_side.invalid == []


async def test_a_payload_that_meta_does_not_describe_is_refused_for_good(graph: Graph, meta_side: GraphStandIn) -> None:
    assert await graph.send({**HELLO, "text": {"body": "x" * 5000}}) == NotDelivered("100", permanent=True)
    assert meta_side.taken == [] and meta_side.invalid


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (Failure(code=131047), NotDelivered("131047", permanent=True)),
        (Failure(code=131026), NotDelivered("131026", permanent=True)),
        (Failure(code=131051), NotDelivered("131051", permanent=True)),
        (Failure(code=132001), NotDelivered("132001", permanent=True)),
        (Failure(code=132999, status=400), NotDelivered("132999", permanent=True)),
        (Failure(code=130429), NotDelivered("130429", after=5)),
        (Failure(code=130429, retry_after="17"), NotDelivered("130429", after=17)),
        (Failure(code=131056), NotDelivered("131056", after=6)),
        (Failure(code=131048), NotDelivered("131048", after=600)),
        (Failure(code=80007), NotDelivered("80007", after=60)),
        (Failure(code=4), NotDelivered("4", after=60)),
        (Failure(code=190), NotDelivered("190", after=60)),
        (Failure(code=368, status=403), NotDelivered("368", after=3600)),
        (Failure(code=131000), NotDelivered("131000", after=5)),
        (Failure(code=131016), NotDelivered("131016", after=10)),
        (Failure(code=999999, status=500), NotDelivered("999999")),
        (Failure(status=429, retry_after="3"), NotDelivered("http 429", after=3)),
        (Failure(status=503), NotDelivered("http 503")),
        (Failure(status=500), NotDelivered("http 500", unknown=True)),
        (Failure(status=504), NotDelivered("http 504", unknown=True)),
        (Failure(status=404), NotDelivered("http 404", permanent=True)),
    ],
    ids=str,
)
async def test_each_refusal_says_what_to_do(
    graph: Graph, meta_side: GraphStandIn, failure: Failure, expected: NotDelivered
) -> None:
    meta_side.fail(failure)
    assert await graph.send(HELLO) == expected
    assert isinstance(await graph.send(HELLO), Delivered)  # the next one goes through


async def test_a_connection_dropped_after_the_message_leaves_it_open_whether_it_was_taken(
    graph: Graph, meta_side: GraphStandIn
) -> None:
    meta_side.fail(Failure(drop="after"))
    assert await graph.send(HELLO) == NotDelivered("network", unknown=True)
    assert len(meta_side.taken) == 1
    meta_side.fail(Failure(drop="before"))
    assert await graph.send(HELLO) == NotDelivered("network", unknown=True)
    assert len(meta_side.taken) == 1


async def test_an_answer_that_does_not_come_in_time_leaves_it_open_too(
    graph: Graph, meta_side: GraphStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_module, "_SEND", aiohttp.ClientTimeout(total=0.3))
    meta_side.delay = 1.0
    started = time.monotonic()
    assert await graph.send(HELLO) == NotDelivered("timeout", unknown=True)
    assert time.monotonic() - started < 0.9


async def test_where_nobody_listens_nothing_was_sent(config: WhatsAppConfig) -> None:
    graph = Graph(config)  # port 9 of loopback
    await graph.start()
    assert await graph.send(HELLO) == NotDelivered("network")
    assert not await graph.seen("wamid.1", typing=True)
    assert await graph.upload(b"x", "x.pdf", "application/pdf") == NotDelivered("network")
    assert await graph.download("1") == NotDelivered("network")
    await graph.close()


async def test_a_connection_that_is_never_made_means_that_nothing_was_sent(
    config: WhatsAppConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_module, "_SEND", aiohttp.ClientTimeout(total=5, sock_connect=0.3))
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())  # nobody accepts; later ones find the queue full
        graph = Graph(msgspec.structs.replace(config, graph_url=f"http://127.0.0.1:{full.getsockname()[1]}/v23.0"))
        await graph.start()
        assert await graph.send(HELLO) == NotDelivered("network")
        await graph.close()
        for one in waiting:
            one.close()


async def test_a_wrong_token_is_told_as_such(config: WhatsAppConfig, meta_side: GraphStandIn) -> None:
    graph = Graph(msgspec.structs.replace(config, graph_url=meta_side.url, access_token="old"))
    await graph.start()
    assert await graph.send(HELLO) == NotDelivered("190", after=60)
    await graph.close()


async def test_reading_and_typing_are_one_receipt(graph: Graph, meta_side: GraphStandIn) -> None:
    assert await graph.seen("wamid.1", typing=True)
    assert await graph.seen("wamid.1", typing=False)
    assert [one.get("typing_indicator") for one in meta_side.receipts] == [{"type": "text"}, None]


async def test_a_file_goes_up_and_comes_down(graph: Graph, meta_side: GraphStandIn) -> None:
    uploaded = await graph.upload(b"%PDF", "brief für Jan.pdf", "application/pdf")
    assert isinstance(uploaded, str)
    assert meta_side.files[uploaded] == (b"%PDF", "application/pdf", "brief für Jan.pdf")
    voice = meta_side.put_file(b"OggS" * 50_000, "audio/ogg; codecs=opus")
    assert await graph.download(voice) == Media(b"OggS" * 50_000, "audio/ogg")


async def test_files_that_are_too_large_or_of_a_wrong_kind_are_not_fetched(
    graph: Graph, meta_side: GraphStandIn
) -> None:
    large = meta_side.put_file(b"x" * 2000, "image/jpeg")
    assert await graph.download(large, largest=1999) == NotDelivered("file_size", permanent=True)
    assert isinstance(await graph.download(large, largest=2000), Media)
    for media_type in ("text/html", "image/svg+xml", "application/x-msdownload", ""):
        strange = meta_side.put_file(b"x", media_type)
        assert await graph.download(strange) == NotDelivered("file_type", permanent=True)
    assert (await graph.upload(b"x" * (graph_module.LARGEST_FILE + 1), "x", "image/png")) == NotDelivered(
        "file_size", permanent=True
    )


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", True),
        ("https://scontent.whatsapp.net/x", True),
        ("http://lookaside.fbsbx.com/x", False),
        ("https://evilfbsbx.com/x", False),
        ("https://lookaside.fbsbx.com.evil.org/x", False),
        ("https://lookaside.fbsbx.com@evil.org/x", False),
        ("https://127.0.0.1/x", False),
        ("http://[", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
async def test_the_token_goes_to_meta_only(config: WhatsAppConfig, address: str, allowed: bool) -> None:
    assert Graph(config)._may_have_token(address) is allowed


async def test_a_file_that_is_not_what_meta_says_is_not_taken(graph: Graph, meta_side: GraphStandIn) -> None:
    picture = meta_side.put_file(b"x", "image/jpeg")
    meta_side.checksum = hashlib.sha256(b"y").hexdigest()
    assert await graph.download(picture) == NotDelivered("file_checksum")


async def test_both_ways_of_writing_a_checksum_are_understood() -> None:
    digest = hashlib.sha256(b"x")
    assert graph_module._same(b"x", digest.hexdigest())
    assert graph_module._same(b"x", base64.b64encode(digest.digest()).decode())
    assert graph_module._same(b"x", "") and not graph_module._same(b"y", digest.hexdigest())


async def test_many_at_once_are_each_taken_once(graph: Graph, meta_side: GraphStandIn) -> None:
    sent = await asyncio.gather(*(graph.send({**HELLO, "biz_opaque_callback_data": str(n)}) for n in range(200)))
    assert all(isinstance(one, Delivered) for one in sent)
    assert len(meta_side.taken) == 200 and meta_side.doubled() == {}


def test_retry_after_is_a_number_or_a_date() -> None:
    now = datetime(2026, 11, 29, tzinfo=timezone.utc)
    assert retry_after("5", now) == 5 and retry_after("0.5", now) == 0.5
    assert retry_after(format_datetime(now + timedelta(seconds=90), usegmt=True), now) == 90
    assert retry_after(format_datetime(now - timedelta(seconds=90), usegmt=True), now) == 0
    assert retry_after("86400", now) == LONGEST_WAIT
    assert [retry_after(one, now) for one in (None, "", "soon", "nan")] == [None] * 4


def test_an_error_is_for_good_or_has_a_next_time() -> None:
    for code in CODES:
        found = not_sent(code, 400)
        assert not found.unknown and (found.permanent or fate(code, 400).fate in ("throttled", "again", "token"))
        if found.permanent:
            assert found.after is None
    assert fate(230, 403).fate == "token" and fate(None, 429).fate == "throttled"
    assert fate(77, 400, transient=True).fate == "again"
