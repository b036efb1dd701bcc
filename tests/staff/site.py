"""The staff pages as staff use them: a browser that keeps its cookie and fills in the form that it got."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from typing import Any

import aiohttp
from aiohttp import web

from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.settings import Settings
from bot.staff import accounts, passwords
from bot.staff.context import Nav
from bot.staff.routes import add_routes
from tests.servers import listening

PASSWORD = "a lamp by the harbour"
HASHED = passwords.hashed(PASSWORD)


def now() -> datetime:
    return datetime.now(timezone.utc)


class Visitor:
    """One browser."""

    def __init__(self, address: str, **headers: str) -> None:
        self.address = address
        self.session = aiohttp.ClientSession(headers=headers, cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.csrf = ""

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.session.get(self.address + path, headers=headers) as answer:
            text = await answer.text()
            found = re.search(r'name="csrf" value="([0-9a-f]{64})"', text)
            self.csrf = found[1] if found else self.csrf
            return answer.status, text

    async def post(self, path: str, headers: dict[str, str] | None = None, **form: str) -> tuple[int, str]:
        """A form of the page that was read last; `headers` stand above those of a browser."""
        given = {"Origin": self.address, **(headers or {})}
        data = {"csrf": self.csrf, **form}
        async with self.session.post(
            self.address + path, data=data, headers={k: v for k, v in given.items() if v}, allow_redirects=False
        ) as answer:
            return answer.status, answer.headers.get("Location") or await answer.text()

    async def sign_in(self, name: str, password: str = PASSWORD) -> tuple[int, str]:
        await self.get("/staff/sign-in")
        result = await self.post("/staff/sign-in", name=name, password=password)
        await self.get("/staff/account")
        return result

    @property
    def token(self) -> str:
        return next((cookie.value for cookie in self.session.cookie_jar if "baken-staff" in cookie.key), "")


class Site:
    def __init__(self, address: str, database: Database, keys: Keys) -> None:
        self.address, self.database, self.keys = address, database, keys
        self.visitors: list[Visitor] = []

    def visitor(self, **headers: str) -> Visitor:
        made = Visitor(self.address, **headers)
        self.visitors.append(made)
        return made

    def account(self, name: str, role: str = "advisor", shown: str = "") -> int:
        return make_account(self.database, name, role, shown)

    async def signed_in(self, name: str, role: str = "advisor") -> Visitor:
        self.account(name, role)
        visitor = self.visitor()
        status, _ = await visitor.sign_in(name)
        assert status == 303
        return visitor


def make_account(database: Database, name: str, role: str = "advisor", shown: str = "") -> int:
    def make(connection: Any) -> int:
        number, _ = accounts.add(connection, name, role, now(), shown=shown)  # type: ignore[arg-type]
        accounts.set_password(connection, number, HASHED)
        return number

    return database.transaction_sync(make)


@asynccontextmanager
async def serving(url: str, **settings: Any) -> AsyncIterator[Site]:
    database, keys = Database(url), Keys(bytes(range(32)))
    database.migrate()
    app = web.Application()
    staff = add_routes(app, database, keys, Settings(**settings))
    staff.nav.append(Nav("advisor", "/staff/account?room=desk", "account.title"))
    try:
        async with listening(app) as address:
            made = Site(address, database, keys)
            yield made
            for visitor in made.visitors:
                await visitor.session.close()
    finally:
        database.close()
