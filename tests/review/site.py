"""The test room on a real socket, with the real assistant and a log of its own, in a thread of its own."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import requests
import yaml
from aiohttp import web

from bot.assistant import Assistant
from bot.channels.whatsapp.rules import UnconnectedWhatsApp
from bot.conversations import cases, inbox
from bot.conversations.channel import Channels
from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.conversations.models import Content, Incoming
from bot.delivery.service import MessageService
from bot.review.routes import add_routes
from bot.review.service import ReviewService
from bot.settings import Settings
from bot.staff.routes import add_routes as add_staff
from facts import published
from facts.wording import Wording
from tests.servers import RunningGateway, listening
from tests.staff.form_browser import FormBrowser
from tests.staff.site import make_account
from tests.stand_in_channels import PlainPage

ROOT = Path(__file__).parent.parent.parent


def now() -> datetime:
    return datetime.now(timezone.utc)


class Site(RunningGateway):
    """Started once; tests come as members of staff."""

    def __init__(self, folder: Path, model: Path) -> None:
        self.folder = folder
        self._model = model
        self.content = published.use(folder / "content")
        self.must_pass = folder / "must-pass"
        self.must_pass.mkdir()
        talks = yaml.safe_load((ROOT / "tests/conversations/en.yaml").read_text(encoding="utf-8"))
        kept = [talk for talk in talks if "housing_deduction" in talk["id"]]
        (self.must_pass / "en.yaml").write_text(yaml.safe_dump(kept), encoding="utf-8")
        self.start()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        settings = Settings(data_folder=str(self.folder))
        self.assistant = await Assistant.start(self._model, None)
        self.database = Database(f"sqlite:///{self.folder / 'baken.db'}")
        self.keys = Keys(bytes(range(32)))
        channels: Channels = {"web": PlainPage(), "whatsapp": UnconnectedWhatsApp(Wording(published.base()))}
        self.office = MessageService(
            settings, self.assistant, channels=channels, database=self.database, keys=self.keys
        )
        app = web.Application(client_max_size=256 * 1024)
        app.cleanup_ctx.append(self._office)
        add_staff(app, self.database, self.keys, settings)
        self.room: ReviewService = add_routes(app, self.office, must_pass=self.must_pass)
        async with listening(app) as self.address:
            yield
        await self.assistant.close()

    async def _office(self, app: web.Application) -> Any:
        await self.office.open()
        yield
        await self.office.close()

    def visitor(self, name: str, role: str = "editor") -> Visitor:
        """Somebody who is signed in."""

        def known(connection: Any) -> bool:
            from bot.staff import accounts

            return accounts.by_name(connection, name)[0] is not None

        if not self.run(known):
            self.db_account(name, role)
        visitor = Visitor(self.address)
        visitor.sign_in(name)
        return visitor

    def db_account(self, name: str, role: str) -> None:
        """An account with the tests' password."""

        class Door:
            transaction_sync = staticmethod(lambda function: self.run(function))

        make_account(Door(), name, role)  # type: ignore[arg-type]

    def worker_asks(self, text: str, address: str, language: str = "en", consent: str = "") -> int:
        """A worker's message that was answered; with a case and its consent where one is given. Gives the message."""
        incoming = Incoming(
            channel="web",
            address=address,
            channel_id=f"{address}-{time.monotonic_ns()}",
            kind="text",
            content=Content(text=text),
            at=now(),
            language=language,
        )
        (taken,) = self.wait(self.office.receive([incoming]))
        until = time.monotonic() + 30
        while time.monotonic() < until and self.run(inbox.waiting_since) is not None:
            time.sleep(0.05)
        if consent:
            self.run(
                cases.open_case, taken.conversation, now(), urgency=1, topic="", language=language, first_message=0
            )
            self.run(cases.consent, taken.conversation, "improve", consent)
        return int(taken.id)


class Visitor(FormBrowser):
    """Somebody of the test room: after a form they see the page that it leads to."""

    def post(
        self,
        path: str,
        form: dict[str, str],
        *,
        files: Any = None,
        follow: bool = True,
        csrf: str | None = None,
        **headers: str,
    ) -> requests.Response:
        return self.submit(path, form, files=files, follow=follow, csrf=csrf, headers=headers)
