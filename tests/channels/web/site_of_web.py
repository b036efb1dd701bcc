"""The web channel on a real port with a real log; only the assistant is a stand-in, so that it is quick."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from actions.letters import store
from actions.responses import Button, Document, Reply
from bot.channels.web import channel
from bot.conversations import store as conversations
from bot.delivery.service import MessageService
from bot.engine.turn import Turn, TurnRequest
from bot.settings import Settings
from facts.base import FactBase
from tests.assistants import QuietAssistant
from tests.servers import RunningGateway, listening


class StandIn(QuietAssistant):
    """Answers at once, with what the tests of a page need: buttons, links, a file, danger, a wait."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []

    async def reply(self, request: TurnRequest) -> Turn:
        text = request.payload or request.text
        language = request.language_hint or "en"
        if text.startswith("/set_language"):
            language = str(json.loads(text.removeprefix("/set_language"))["code"])
        if text == "slow":
            await asyncio.sleep(2)
        replies = (
            Reply(f"You said: {text}. See https://wetten.overheid.nl/x or call 112.", _choices("Source", "More")),
        )
        if text == "two questions":
            replies = (Reply("First?", _choices("Yes", "No")), Reply("Second?", _choices("Now", "Later")))
        if text == "letter":
            path = store.store_letter(b"%PDF-1.7 a letter")
            replies = (Reply("Here it is.", (), Document("letter.pdf", "application/pdf", str(path))),)
        return Turn(
            language=language,
            language_confidence=1.0,
            topic="minimum_wage",
            confidence=1.0,
            understood=True,
            safety=text == "danger",
            safety_hint=False,
            handoff=False,
            replies=replies,
            forget=text == "/confirm_delete",
        )

    async def erase(self, conversation: str) -> None:
        self.forgotten.append(conversation)


def _choices(*titles: str) -> tuple[Button, ...]:
    return tuple(Button(title, f"/{title.lower()}") for title in titles)


class Site(RunningGateway):
    """A gateway's web side in a thread of its own."""

    def __init__(self, folder: Path, base: FactBase, **settings: Any) -> None:
        self.settings = Settings(data_folder=str(folder), **settings)
        self.base, self.assistant = base, StandIn()
        self.port = int(settings.get("port", 0))
        self.start()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        self.office = MessageService(self.settings, self.assistant)
        await self.office.open()
        app = web.Application(client_max_size=256 * 1024)
        channel.add(app, self.office, self.base, self.settings)
        app.on_shutdown.append(self._closing)
        async with listening(app, self.port, shutdown_timeout=0.1) as self.address:
            self.port = int(self.address.rsplit(":", 1)[1])
            yield
        await self.office.close()

    async def _closing(self, _app: web.Application) -> None:
        self.office.hub.close()

    def post(
        self, path: str, body: Any = None, raw: bytes | None = None, kind: str = "application/json"
    ) -> tuple[int, Any]:
        data = raw if raw is not None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}{path}", data, {"Content-Type": kind})
        try:
            with urllib.request.urlopen(request, timeout=40) as answer:
                content = answer.read()
                return answer.status, json.loads(content) if "json" in answer.headers["Content-Type"] else content
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode(errors="replace")

    def get(self, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        request = urllib.request.Request(
            f"{self.address}{path}", headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read(), dict(refused.headers)

    def say(self, talk: str, text: str, **more: Any) -> int:
        """Take a message in; the row's id."""
        message = {"conversation": talk, "id": uuid.uuid4().hex, "text": text, "language": "en", **more}
        status, answer = self.post("/api/messages", message)
        assert status == 202, answer
        return int(answer["message"])

    def poll(self, talk: str, after: int = 0, wait: float = 5, **more: Any) -> dict[str, Any]:
        status, answer = self.post("/api/poll", {"conversation": talk, "after": after, "wait": wait, **more})
        assert status == 200, answer
        return dict(answer)

    def answered(self, talk: str, text: str, **more: Any) -> list[dict[str, Any]]:
        """Say something and wait for what is said to it."""
        row = self.say(talk, text, **more)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            replies = [one for one in self.poll(talk, row)["messages"] if not one["me"]]
            if replies:
                return replies
        raise AssertionError("no answer")

    def name(self, talk: str) -> str:
        """The conversation's id in the log."""
        return str(self.run(conversations.by_address, self.office.keys, "web", talk))


@contextlib.contextmanager
def serving(folder: Path, base: FactBase, **settings: Any) -> Iterator[Site]:
    """A site until the end of the block."""
    site = Site(folder, base, **settings)
    try:
        yield site
    finally:
        site.close()
