"""A whole gateway in a thread of its own: the web channel, the desk, a real log and the real assistant."""

from __future__ import annotations

import asyncio
import http.client
import re
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import requests
from aiohttp import web

from actions.answers import Answers
from bot.assistant import Assistant
from bot.channels.web import channel
from bot.desk.handoff import Handoff
from bot.desk.routes import add_routes
from bot.log import cases, conversations, history
from bot.log.keys import Keys
from bot.log.model import Contact, Content, Incoming
from bot.post.office import Office
from bot.settings import Settings
from bot.staff import routes as staff_routes
from tests.staff.site import PASSWORD, make_account


def now() -> datetime:
    return datetime.now(timezone.utc)


class Browser:
    """A member of staff without a screen: keeps the cookie, fills in the form that it got."""

    def __init__(self, address: str) -> None:
        self.address, self.session, self.csrf = address, requests.Session(), ""

    def get(self, path: str, **headers: str) -> requests.Response:
        answer = self.session.get(self.address + path, headers=headers, timeout=20)
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', answer.text)
        self.csrf = found[1] if found else self.csrf
        return answer

    def post(self, path: str, headers: dict[str, str] | None = None, **form: str) -> requests.Response:
        return self.session.post(
            self.address + path, data={"csrf": self.csrf, **form},
            headers={"Origin": self.address, **(headers or {})}, allow_redirects=False, timeout=20,
        )  # fmt: skip

    def sign_in(self, name: str, password: str = PASSWORD) -> Browser:
        self.get("/staff/sign-in")
        answer = self.post("/staff/sign-in", name=name, password=password)
        assert answer.status_code == 303, answer.text[:500]
        self.get("/staff/account")
        return self


class Site:
    def __init__(self, url: str, folder: Path, answers: Answers, assistant: Callable[[], Any], carrier: Any = None,
                 **settings: Any) -> None:  # fmt: skip
        self.settings = Settings(
            data_folder=str(folder), database_url=url, **{"desk_hours": "daily 00:00-24:00", **settings}
        )
        self.answers, self._make, self.carrier, self.url = answers, assistant, carrier, url
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.failed: BaseException | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        assert self.ready.wait(90)
        if self.failed:
            raise self.failed

    def _work(self) -> None:
        asyncio.set_event_loop(self.loop)
        self._stop = asyncio.Event()
        try:
            self.loop.run_until_complete(self._serve())
        except BaseException as error:
            self.failed = error
            self.ready.set()

    async def _serve(self) -> None:
        self.assistant = await self._make()
        keys = Keys(bytes(range(32)))
        self.handoff = Handoff(self.settings, keys, lambda: self.answers.base)
        self.office = Office(
            self.settings, self.assistant, lambda kind, holder, language: None, desk=self.handoff, keys=keys
        )
        if self.carrier is not None:
            self.office.carriers["whatsapp"] = self.carrier
        await self.office.open()
        app = web.Application(client_max_size=256 * 1024)
        channel.add(app, self.office, self.answers.base, self.settings)
        staff_routes.add_routes(app, self.office.database, self.office.keys, self.settings)
        add_routes(app, self.office, self.settings, self.handoff)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[union-attr]
        self.ready.set()
        await self._stop.wait()
        await runner.cleanup()
        await self.office.close()

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)

    def run(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """A function over the log's connection."""

        async def work() -> Any:
            return await self.office.database.run(function, *arguments, **named)

        return asyncio.run_coroutine_threadsafe(work(), self.loop).result(30)

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
            body = {"conversation": self.address, "id": uuid.uuid4().hex, "text": text or payload,
                    "language": self.language}  # fmt: skip
            body |= {"payload": payload} if payload else {}
            answer = requests.post(f"{self.site.address}/api/messages", json=body, timeout=20)
            assert answer.status_code == 202, answer.text
            return
        incoming = Incoming(
            channel="whatsapp", address=self.address, channel_id=uuid.uuid4().hex, kind=kind,  # type: ignore[arg-type]
            content=Content(text=text, payload=payload, **content), at=now(),
            contact=Contact(phone=self.address, name="A worker"),
        )  # fmt: skip
        asyncio.run_coroutine_threadsafe(self.site.office.take_in([incoming]), self.site.loop).result(20)

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
