"""The carrier: the 24 hours, templates, parts, files, receipts; against the stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from actions.responses import Button
from bot.channels.whatsapp.channel import WhatsAppChannel
from bot.channels.whatsapp.config import WhatsAppConfig
from bot.channels.whatsapp.graph_client import Graph
from bot.conversations.channel import Channel
from bot.conversations.models import (
    Contact,
    Content,
    Conversation,
    Delivered,
    FileRef,
    Message,
    NotDelivered,
    Outgoing,
)
from facts.base import FactBase
from facts.wording import Wording
from tests.channels.whatsapp.graph_stand_in import Failure, GraphStandIn

PERSON = Contact(phone="31612345678")
NOW = datetime(2026, 11, 29, 12, tzinfo=timezone.utc)
LONG = " ".join(f"Dit is zin {'abcdefghij'[n % 10]} volgens art. 23 van de wet." for n in range(40))


class Drawer:
    """Files in memory."""

    def __init__(self) -> None:
        self.files = {("c1", "f1"): b"%PDF-1.7 brief"}

    async def read(self, conversation: str, file: str) -> bytes | None:
        return self.files.get((conversation, file))


class Post:
    """A carrier, what Meta got of it, and a way to send."""

    def __init__(self, carrier: WhatsAppChannel, meta_side: GraphStandIn) -> None:
        self.carrier, self.meta = carrier, meta_side

    async def send(
        self,
        content: Content,
        *,
        ago: timedelta | None = timedelta(minutes=5),
        language: str = "nl",
        id: int = 7,
        answered: str | None = None,
        contact: Contact | None = PERSON,
    ) -> Delivered | NotDelivered:
        message = Message(
            id=id,
            conversation="c1",
            direction="out",
            author="bot",
            kind="text",
            state="sending",
            content=content,
            at=NOW,
        )
        return await self.carrier.send(
            Outgoing(message=message, conversation=talk(ago, language, contact), answered=answered)
        )

    @property
    def got(self) -> list[dict[str, Any]]:
        return [one.payload for one in self.meta.taken]


def talk(
    ago: timedelta | None = timedelta(minutes=5),
    language: str = "nl",
    contact: Contact | None = PERSON,
) -> Conversation:
    return Conversation(
        id="c1",
        channel="whatsapp",
        holder="bot",
        language=language,
        contact=contact,
        last_in=None if ago is None else NOW - ago,
    )


@pytest.fixture
async def make(config: WhatsAppConfig, base: FactBase) -> AsyncIterator[Any]:
    async with GraphStandIn() as meta_side:
        opened: list[tuple[WhatsAppChannel, Graph]] = []

        async def one(**changes: Any) -> Post:
            changed = msgspec.structs.replace(config, graph_url=meta_side.url, **changes)
            graph = Graph(changed)
            await graph.start()
            carrier = WhatsAppChannel(changed, graph, Drawer(), Wording(base), now=lambda: NOW)
            opened.append((carrier, graph))
            return Post(carrier, meta_side)

        yield one
        for carrier, graph in opened:
            await carrier.close()
            await graph.close()
        assert meta_side.invalid == []


async def test_it_is_a_channel(make: Any) -> None:
    carrier: Channel = (await make()).carrier
    assert callable(carrier.send)


async def test_a_message_carries_our_row_so_that_statuses_find_it(make: Any) -> None:
    post = await make()
    sent = await post.send(Content(text="Hallo"))
    assert sent == Delivered(post.meta.taken[0].id) and post.meta.taken[0].ours == "7"


@pytest.mark.parametrize(
    ("ago", "open_"),
    [
        (timedelta(0), True),
        (timedelta(hours=23, minutes=58), True),
        (timedelta(hours=23, minutes=59, seconds=30), False),  # a minute to be on the safe side
        (timedelta(hours=25), False),
        (None, False),
    ],
)
async def test_the_window_is_open_for_24_hours_after_the_persons_last_message(
    make: Any, ago: timedelta | None, open_: bool
) -> None:
    post = await make()
    sent = await post.send(Content(text="Hallo"), ago=ago)
    assert isinstance(sent, Delivered) if open_ else sent == NotDelivered("window", permanent=True)
    assert len(post.got) == int(open_)


@pytest.mark.parametrize(("language", "code"), [("pl", "pl"), ("ar", "nl")])
async def test_outside_the_window_a_template_carries_the_text(make: Any, language: str, code: str) -> None:
    post = await make(template="advisor_message", template_languages=("nl", "pl"))
    sent = await post.send(Content(text="Goed nieuws.\nBel ons."), ago=timedelta(days=2), language=language)
    assert isinstance(sent, Delivered)
    (one,) = post.got
    assert one["template"]["name"] == "advisor_message" and one["template"]["language"]["code"] == code
    assert one["template"]["components"][0]["parameters"] == [{"type": "text", "text": "Goed nieuws. Bel ons."}]


@pytest.mark.parametrize(
    "content",
    [Content(text="x" * 2000), Content(text="brief", document=FileRef(filename="b.pdf", file="f1"))],
)
async def test_what_no_template_can_carry_is_refused_and_not_cut(make: Any, content: Content) -> None:
    post = await make(template="advisor_message")
    assert await post.send(content, ago=timedelta(days=2)) == NotDelivered("window", permanent=True)
    assert post.got == []


async def test_when_metas_clock_says_the_window_is_closed_the_template_goes(make: Any) -> None:
    post = await make(template="advisor_message")
    post.meta.fail(Failure(code=131047))
    assert isinstance(await post.send(Content(text="Hallo")), Delivered)
    assert [one["type"] for one in post.got] == ["template"]


async def test_a_long_answer_goes_in_order_and_the_last_part_is_the_row(make: Any) -> None:
    post = await make()
    sent = await post.send(Content(text=LONG, buttons=(Button("Ja", "/ja"), Button("Nee", "/nee"))))
    assert [one["type"] for one in post.got] == ["text", "interactive"]
    assert [one.ours for one in post.meta.taken] == ["7:1/2", "7"]
    assert sent == Delivered(post.meta.taken[-1].id)


async def test_a_second_try_goes_on_after_the_part_that_was_sent(make: Any) -> None:
    post = await make()
    content = Content(text=LONG, buttons=(Button("Ja", "/ja"),))
    done = post.carrier.graph.send
    calls = 0

    async def second_fails(payload: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            post.meta.fail(Failure(code=131016))
        return await done(payload)

    post.carrier.graph.send = second_fails
    assert await post.send(content) == NotDelivered("131016", after=10)
    assert isinstance(await post.send(content), Delivered)
    assert [one.ours for one in post.meta.taken] == ["7:1/2", "7"]
    assert isinstance(await post.send(content, id=8), Delivered)
    assert [one.ours for one in post.meta.taken][2:] == ["8:1/2", "8"]


async def test_a_letter_is_uploaded_once_however_often_it_is_tried(make: Any) -> None:
    post = await make()
    content = Content(
        text="Hier is de brief.", document=FileRef(filename="brief.pdf", media_type="application/pdf", file="f1")
    )
    post.meta.fail(Failure(code=130429))
    assert await post.send(content) == NotDelivered("130429", after=5)
    assert isinstance(await post.send(content), Delivered)
    ((media, (data, media_type, filename)),) = post.meta.files.items()
    assert (data, media_type, filename) == (b"%PDF-1.7 brief", "application/pdf", "brief.pdf")
    assert post.got[0]["document"] == {"id": media, "filename": "brief.pdf", "caption": "Hier is de brief."}


async def test_a_letter_that_is_gone_is_told_as_such(make: Any) -> None:
    post = await make()
    assert await post.send(Content(document=FileRef(file="f2"))) == NotDelivered("no_file", permanent=True)


async def test_without_an_address_or_anything_to_say_nothing_is_sent(make: Any) -> None:
    post = await make()
    assert await post.send(Content(text="x"), contact=None) == NotDelivered("no_address", permanent=True)
    assert await post.send(Content(text="x"), contact=Contact(name="Jan")) == NotDelivered("no_address", permanent=True)
    assert await post.send(Content(text=" ")) == NotDelivered("empty", permanent=True)
    assert post.got == []


async def test_typing_is_shown_while_an_answer_is_made_and_the_message_is_read_once(make: Any) -> None:
    post = await make()
    await post.carrier.show_typing(talk(), "wamid.IN1")
    await post.send(Content(text="Hallo"), answered="wamid.IN1")
    await post.send(Content(text="Hallo"), answered="wamid.IN2")
    await asyncio.sleep(0.2)
    assert [(one["message_id"], "typing_indicator" in one) for one in post.meta.receipts] == [
        ("wamid.IN1", True),
        ("wamid.IN2", False),
    ]


async def test_showing_typing_never_waits_for_meta(make: Any) -> None:
    post = await make()
    post.meta.delay = 5
    await asyncio.wait_for(post.carrier.show_typing(talk(), "wamid.IN1"), 0.2)


async def test_choices_are_labelled_in_the_persons_language(make: Any, base: FactBase) -> None:
    post = await make()
    buttons = tuple(Button(f"Keuze {n}", f"/k{n}") for n in range(5))
    await post.send(Content(text="Kies", buttons=buttons), language="ar")
    await post.send(Content(text="Kies", buttons=buttons), language="xx")
    labels = [one["interactive"]["action"]["button"] for one in post.got]
    wording = Wording(base)
    assert labels == [wording.text("button.choose", "ar"), wording.text("button.choose", "en")]


async def test_an_advisor_can_fetch_what_a_person_sent(make: Any) -> None:
    post = await make()
    media = post.meta.put_file(b"jpeg", "image/jpeg")
    got = await post.carrier.download(media)
    assert (got.data, got.media_type) == (b"jpeg", "image/jpeg")
