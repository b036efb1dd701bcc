"""A whole gateway in a thread of its own: the web channel, the desk, a real log and the real assistant."""

from __future__ import annotations

import http.client
import socket
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec
import requests

from actions.answers import Answers
from bot.assistant import Assistant
from bot.conversations import cases, history
from bot.conversations import store as conversations
from bot.conversations.crypto import Keys
from bot.conversations.models import Contact, Content, Incoming
from bot.delivery.service import MessageService
from bot.desk.handoff import Handoff
from bot.gateway.app import make
from bot.settings import Settings
from tests.channels.whatsapp import meta as messages
from tests.channels.whatsapp.graph_stand_in import GraphStandIn
from tests.servers import RunningGateway, listening
from tests.staff.form_browser import FormBrowser
from tests.staff.site import make_account


def now() -> datetime:
    return datetime.now(timezone.utc)


class Browser(FormBrowser):
    """A member of staff without a screen."""

    def post(self, path: str, headers: dict[str, str] | None = None, **form: str) -> requests.Response:
        return self.submit(path, form, headers=headers)


class Site(RunningGateway):
    def __init__(
        self,
        url: str,
        folder: Path,
        answers: Answers,
        assistant: Callable[[], Any],
        carrier: Any = None,
        with_meta: bool = False,
        **settings: Any,
    ) -> None:
        """`with_meta`: WhatsApp through its webhook and a stand-in of the Graph API; else `carrier` takes messages."""
        self.settings = Settings(
            data_folder=str(folder), database_url=url, **{"desk_hours": "daily 00:00-24:00", **settings}
        )
        self.answers, self._make, self.carrier, self.url = answers, assistant, carrier, url
        self.meta = GraphStandIn(statuses=("sent", "delivered", "read")) if with_meta else None
        self.start()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        self.assistant = await self._make()
        keys, base = Keys(bytes(range(32))), self.answers.base
        if self.meta is not None:
            await self.meta.start()
            self.settings = msgspec.structs.replace(
                self.settings,
                whatsapp_phone_number_id=self.meta.number,
                whatsapp_access_token=self.meta.token,
                whatsapp_app_secret=self.meta.app_secret,
                whatsapp_verify_token="a word",
                whatsapp_graph_url=self.meta.url,
            )
        self.handoff = Handoff(self.settings, keys, lambda: base)
        self.office = MessageService(self.settings, self.assistant, desk=self.handoff, keys=keys)
        if self.carrier is not None:
            self.office.connect("whatsapp", self.carrier)
        async with listening(make(self.settings, self.office, base, self.handoff)) as self.address:
            if self.meta is not None:
                self.meta.webhook_url = f"{self.address}/webhooks/whatsapp"
            yield
        if self.meta is not None:
            await self.meta.close()

    # -- staff --------------------------------------------------------------------------------------------------

    def account(self, name: str, role: str = "advisor", shown: str = "") -> int:
        return make_account(self.office.database, name, role, shown)

    def signed_in(self, name: str, role: str = "advisor", shown: str = "") -> Browser:
        self.account(name, role, shown)
        return Browser(self.address).sign_in(name)

    # -- workers ------------------------------------------------------------------------------------------------

    def worker(self, channel: str = "web", language: str = "en") -> Worker:
        return Worker(self, channel, language)


class Worker:
    """A person on the page's own calls, or on WhatsApp by what its webhook stores."""

    def __init__(self, site: Site, channel: str, language: str) -> None:
        self.site, self.channel, self.language = site, channel, language
        self.address = uuid.uuid4().hex if channel == "web" else "31600" + str(uuid.uuid4().int)[:6]
        self.seen = 0

    @property
    def name(self) -> str:
        return str(self.site.run(conversations.by_address, self.site.office.keys, self.channel, self.address))

    def send(self, text: str = "", payload: str = "", kind: str = "text", **content: Any) -> None:
        if self.channel == "web":
            body = {
                "conversation": self.address,
                "id": uuid.uuid4().hex,
                "text": text or payload,
                "language": self.language,
            }
            body |= {"payload": payload} if payload else {}
            answer = requests.post(f"{self.site.address}/api/messages", json=body, timeout=20)
            assert answer.status_code == 202, answer.text
            return
        if self.site.meta is not None:
            self._post(text, payload)
            return
        incoming = Incoming(
            channel="whatsapp",
            address=self.address,
            channel_id=uuid.uuid4().hex,
            kind=kind,  # type: ignore[arg-type]
            content=Content(text=text, payload=payload, **content),
            at=now(),
            contact=Contact(phone=self.address, name="A worker"),
        )
        self.site.wait(self.site.office.receive([incoming]), 20)

    def _post(self, text: str, payload: str) -> None:
        """As Meta would, signed."""
        meta = self.site.meta
        assert meta is not None
        said = (
            messages.pressed(payload, text or payload, sender=self.address)
            if payload
            else messages.text(text, sender=self.address)
        )
        raw = messages.body([said], number=meta.number)
        url = f"{self.site.address}/webhooks/whatsapp"
        answer = requests.post(url, data=raw, headers=messages.signed(raw, meta.app_secret), timeout=20)
        assert answer.status_code == 200, answer.text

    def on_the_telephone(self) -> str:
        """What Meta was given for this person."""
        assert self.site.meta is not None
        return "\n".join(one.text for one in self.site.meta.taken if one.to == self.address)

    def heard(self, least: int = 1, seconds: float = 20) -> list[Content]:
        """What was said to the person since the last look; waits for so many."""
        end = time.monotonic() + seconds
        while True:
            rows = self.site.run(history.since, self.site.office.keys, self.name, self.seen)
            said = [row for row in rows if row.direction == "out"]
            if len(said) >= least:
                self.seen = said[-1].id if said else self.seen
                return [row.content for row in said]
            assert time.monotonic() < end, f"{len(said)} of {least} messages"
            time.sleep(0.03)

    def asks(self, text: str = "", payload: str = "", least: int = 1) -> list[Content]:
        """Says something and gives what is said to it."""
        self.heard(0)
        self.send(text, payload)
        return self.heard(least)

    def press(self, content: Content, place: int, least: int = 1) -> list[Content]:
        button = content.buttons[place]
        return self.asks(button.title, button.payload, least)


def waits(site: Site, language: str = "en", channel: str = "web") -> tuple[Worker, int]:
    """A worker who asked for a person, and the case's number."""
    worker = site.worker(channel, language)
    worker.asks("person please", least=2)
    return worker, site.run(cases.latest, worker.name).id


@contextmanager
def live(browser: Browser, path: str = "/desk/live") -> Iterator[Callable[[str], float]]:
    """An open page; gives a function that waits for an event and says when it came."""
    connection = http.client.HTTPConnection(browser.address.removeprefix("http://"), timeout=30)
    cookies = "; ".join(f"{one.name}={one.value}" for one in browser.session.cookies)
    connection.request("GET", path, headers={"Cookie": cookies})
    answer = connection.getresponse()
    assert str(answer.headers["Content-Type"]).startswith("text/event-stream")
    came: dict[str, list[float]] = {}

    def read() -> None:
        try:
            while line := answer.readline():
                if line.startswith(b"event: "):
                    came.setdefault(line[7:].decode().strip(), []).append(time.monotonic())
        except (OSError, ValueError, AttributeError):
            return

    reading = threading.Thread(target=read, daemon=True)
    reading.start()

    def wait(event: str) -> float:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            if came.get(event):
                return came[event].pop(0)
            time.sleep(0.005)
        raise AssertionError(f"no {event}")

    wait("queue")  # what every page is told at first
    try:
        yield wait
    finally:
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
        reading.join(5)
        connection.close()


def real_assistant(model: Path, folder: Path) -> Callable[[], Any]:
    async def make() -> Assistant:
        return await Assistant.start(model, folder / "rasa.db")

    return make
