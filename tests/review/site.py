"""The test room on a real socket, with the real assistant and a log of its own, in a thread of its own."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Coroutine
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TypeVar

import requests
import yaml
from aiohttp import web

from bot.assistant import Assistant
from bot.conversations import cases, inbox
from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.conversations.models import Content, Incoming
from bot.delivery.service import MessageService
from bot.review.routes import add_routes
from bot.review.service import ReviewService
from bot.settings import Settings
from bot.staff.routes import add_routes as add_staff
from facts import published
from tests.staff.site import PASSWORD, make_account

T = TypeVar("T")
ROOT = Path(__file__).parent.parent.parent


def now() -> datetime:
    return datetime.now(timezone.utc)


class Site:
    """Started once; tests come as members of staff."""

    def __init__(self, folder: Path, model: Path) -> None:
        self.folder = folder
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.content = published.use(folder / "content")
        self.must_pass = folder / "must-pass"
        self.must_pass.mkdir()
        talks = yaml.safe_load((ROOT / "tests/conversations/en.yaml").read_text(encoding="utf-8"))
        kept = [talk for talk in talks if "housing_deduction" in talk["id"]]
        (self.must_pass / "en.yaml").write_text(yaml.safe_dump(kept), encoding="utf-8")
        self.run(self._start(model))

    async def _start(self, model: Path) -> None:
        settings = Settings(data_folder=str(self.folder))
        self.assistant = await Assistant.start(model, None)
        self.database = Database(f"sqlite:///{self.folder / 'baken.db'}")
        self.keys = Keys(bytes(range(32)))
        self.office = MessageService(
            settings, self.assistant, lambda kind, language, holder: "", database=self.database, keys=self.keys
        )
        app = web.Application(client_max_size=256 * 1024)
        app.cleanup_ctx.append(self._office)
        add_staff(app, self.database, self.keys, settings)
        self.room: ReviewService = add_routes(app, self.office, must_pass=self.must_pass)
        self.runner = web.AppRunner(app, access_log=None)
        await self.runner.setup()
        one = web.TCPSite(self.runner, "127.0.0.1", 0)
        await one.start()
        self.address = f"http://127.0.0.1:{one._server.sockets[0].getsockname()[1]}"  # type: ignore[union-attr]

    async def _office(self, app: web.Application) -> Any:
        await self.office.open()
        yield
        await self.office.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(120)

    def db(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        """Do something in the log."""
        return self.run(self.database.transaction(function, *args, **kwargs))

    def close(self) -> None:
        self.run(self.runner.cleanup())
        self.run(self.assistant.close())
        self.loop.call_soon_threadsafe(self.loop.stop)

    def visitor(self, name: str, role: str = "editor") -> Visitor:
        """Somebody who is signed in."""
        self.run(asyncio.to_thread(lambda: None))

        def known(connection: Any) -> bool:
            from bot.staff import accounts

            return accounts.by_name(connection, name)[0] is not None

        if not self.db(known):
            self.db_account(name, role)
        visitor = Visitor(self.address)
        visitor.sign_in(name)
        return visitor

    def db_account(self, name: str, role: str) -> None:
        """An account with the tests' password."""

        class Door:
            now = staticmethod(lambda function: self.db(function))

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
        (taken,) = self.run(self.office.receive([incoming]))
        until = time.monotonic() + 30
        while time.monotonic() < until and self.db(inbox.waiting_since) is not None:
            time.sleep(0.05)
        if consent:
            self.db(cases.open_case, taken.conversation, now(), urgency=1, topic="", language=language, first_message=0)
            self.db(cases.consent, taken.conversation, "improve", consent)
        return int(taken.id)


class Visitor:
    """One browser without script: forms, and links."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.session = requests.Session()
        self.csrf = ""

    def get(self, path: str, **headers: str) -> requests.Response:
        answer = self.session.get(self.address + path, headers=headers, timeout=60)
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', answer.text)
        self.csrf = found[1] if found else self.csrf
        return answer

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
        data = {"csrf": self.csrf if csrf is None else csrf, **form}
        return self.session.post(
            self.address + path,
            data=data,
            files=files,
            headers={"Origin": self.address, **headers},
            timeout=120,
            allow_redirects=follow,
        )

    def sign_in(self, name: str) -> None:
        self.get("/staff/sign-in")
        answer = self.post("/staff/sign-in", {"name": name, "password": PASSWORD}, follow=False)
        assert answer.status_code == 303, answer.text
        self.get("/staff/account")
