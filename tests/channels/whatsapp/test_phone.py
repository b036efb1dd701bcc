"""The developer's telephone: over real sockets, and in a real Chromium."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timezone

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Route, async_playwright, expect

from actions.responses import Button
from bot.channels.whatsapp import webhook
from bot.channels.whatsapp.channel import WhatsAppChannel
from bot.channels.whatsapp.config import WhatsAppConfig, whatsapp_config
from bot.channels.whatsapp.graph_client import Graph
from bot.conversations.models import (
    Content,
    Conversation,
    Delivered,
    DeliveryStatus,
    FileRef,
    Incoming,
    Message,
    Outgoing,
)
from bot.dev import phone
from bot.settings import Settings
from facts.base import FactBase
from facts.wording import Wording

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


class Echo:
    """Answers each message at once with what it heard, over the product's carrier."""

    def __init__(self) -> None:
        self.carrier: WhatsAppChannel | None = None
        self.incoming: list[Incoming] = []
        self.updates: list[DeliveryStatus] = []
        self.tasks: set[asyncio.Task[None]] = set()

    async def read(self, conversation: str, file: str) -> bytes | None:
        return b"%PDF-1.7"

    async def receive(self, incoming: Sequence[Incoming]) -> None:
        for one in incoming:
            self.incoming.append(one)
            task = asyncio.create_task(self.answer(one, len(self.incoming)))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def record_statuses(self, updates: Sequence[DeliveryStatus]) -> None:
        self.updates.extend(updates)

    def refused(self, reason: str) -> None:
        raise AssertionError(reason)

    async def answer(self, one: Incoming, row: int) -> None:
        assert self.carrier is not None
        heard = one.content.payload or one.content.text
        count = {"menu": 5, "numbers": 12}.get(heard, 2)
        content = Content(
            text=f"{one.kind}: {heard}",
            buttons=tuple(Button(f"Choice {n}", f"/c{n}") for n in range(count)),
            document=FileRef(filename="letter.pdf", media_type="application/pdf", file="f")
            if heard == "letter"
            else None,
        )
        conversation = Conversation(
            id="c", channel="whatsapp", holder="bot", language="en", last_in=one.at, contact=one.contact
        )
        message = Message(
            id=row,
            conversation="c",
            direction="out",
            author="bot",
            kind="text",
            state="sending",
            content=content,
            at=datetime.now(timezone.utc),
        )
        await self.carrier.show_typing(conversation, one.channel_id)
        sent = await self.carrier.send(Outgoing(message=message, conversation=conversation, answered=one.channel_id))
        assert isinstance(sent, Delivered)


@pytest.fixture
async def echo(base: FactBase) -> AsyncIterator[tuple[str, Echo]]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = whatsapp_config(Settings(dev="on", port=listening.getsockname()[1]))
    assert config is not None
    app, core = web.Application(), Echo()
    graph = Graph(config)
    core.carrier = WhatsAppChannel(config, graph, core, Wording(base))
    webhook.add_routes(app, config, core)
    assert phone.add_routes(app, config)
    await graph.start()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}", core
    await core.carrier.close()
    await graph.close()
    await runner.cleanup()


async def test_what_is_said_on_it_comes_in_signed_and_the_answer_is_shown(echo: tuple[str, Echo]) -> None:
    address, core = echo
    async with aiohttp.ClientSession() as session:
        said = {"person": "NL.1", "message": {"type": "text", "text": {"body": "Cześć"}}}
        async with session.post(f"{address}/dev/phone/say", json=said) as response:
            assert (await response.json())["status"] == 200
        seen, kinds = 0, set()
        while "delivered" not in kinds:
            async with session.get(f"{address}/dev/phone/events?person=NL.1&after={seen}") as response:
                for event in await response.json():
                    seen = event["n"]
                    kinds.add(event["kind"])
    assert kinds == {"message", "read", "sent", "delivered"}
    contact = core.incoming[0].contact
    assert contact is not None and (contact.user_id, contact.phone, contact.username) == ("NL.1", "", "1")
    assert [(one.state, one.ours) for one in core.updates][:1] == [("sent", 1)]


@pytest.mark.parametrize(
    "headers",
    [{"Host": "baken.example.org"}, {"X-Forwarded-For": "1.2.3.4"}, {"Sec-Fetch-Site": "cross-site"}],
)
@pytest.mark.parametrize("path", ["/dev/phone", "/dev/phone/events?after=0"])
async def test_it_is_for_a_browser_on_this_machine_only(
    echo: tuple[str, Echo], headers: dict[str, str], path: str
) -> None:
    async with aiohttp.ClientSession() as session, session.get(echo[0] + path, headers=headers) as response:
        assert response.status == 403


async def test_its_graph_api_takes_messages_of_ours_only(echo: tuple[str, Echo]) -> None:
    message, address = {"to": "1", "type": "text"}, f"{echo[0]}/dev/graph/dev/messages"
    async with aiohttp.ClientSession() as session, session.post(address, json=message) as response:
        assert response.status == 401


def test_it_is_not_there_when_whatsapp_is_real(config: WhatsAppConfig) -> None:
    app = web.Application()
    assert not phone.add_routes(app, config) and not list(app.router.routes())


@pytest.mark.browser
async def test_a_person_talks_on_it_in_a_browser(echo: tuple[str, Echo]) -> None:
    if CHROMIUM is None:
        pytest.fail("this test needs Chromium: apt-get install chromium")
    address, core = echo
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(viewport={"width": 420, "height": 800})
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(f"{address}/dev/phone")

        async def say(text: str, kind: str = "text") -> None:
            await page.select_option("#kind", kind)
            await page.fill("#text", text)
            await page.press("#text", "Enter")

        await say("hello")
        theirs = page.locator("#log li.theirs")
        await expect(theirs).to_have_count(1)
        await expect(theirs.last.locator("p")).to_have_text("text: hello")
        await expect(theirs.last.locator("small")).to_have_text("delivered")
        await expect(page.locator("#log li.mine small").first).to_have_text("✓✓ read")
        await theirs.last.get_by_role("button", name="Choice 1").click()
        await expect(theirs.last.locator("p")).to_have_text("button: /c1")
        await say("menu")
        await expect(theirs).to_have_count(3)
        await theirs.last.get_by_role("button").click()
        await page.locator("#sheet").get_by_role("button", name="Choice 4").click()
        await expect(theirs.last.locator("p")).to_have_text("button: /c4")
        await say("letter")
        await expect(theirs.last.locator("a")).to_have_text("📄 letter.pdf")
        for kind in (
            "audio",
            "image",
            "document",
            "sticker",
            "location",
            "contacts",
            "reaction",
            "edit",
            "revoke",
            "hologram",
        ):
            await say("x", kind)
        await expect(theirs).to_have_count(15)
        assert sorted({one.kind for one in core.incoming}) == sorted(
            [
                "button",
                "contacts",
                "deleted",
                "document",
                "edited",
                "image",
                "location",
                "reaction",
                "sticker",
                "text",
                "unknown",
                "voice",
            ]
        )
        assert faults == []
        await browser.close()


async def test_a_read_receipt_that_comes_before_the_message_is_known_as_sent_is_shown(echo: tuple[str, Echo]) -> None:
    if CHROMIUM is None:
        pytest.fail("this test needs Chromium: apt-get install chromium")

    async def answer_late(route: Route) -> None:
        response = await route.fetch()
        await asyncio.sleep(1)
        await route.fulfill(response=response)

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page()
        await page.route("**/dev/phone/say", answer_late)
        await page.goto(f"{echo[0]}/dev/phone")
        await page.fill("#text", "hello")
        await page.press("#text", "Enter")
        await expect(page.locator("#log li.theirs")).to_have_count(1)
        await expect(page.locator("#log li.mine small")).to_have_text("✓✓ read")
        await browser.close()
