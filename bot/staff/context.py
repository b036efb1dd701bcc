"""What the staff pages of an application share, and who asks."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import msgspec
from aiohttp import web

from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.settings import Settings
from bot.staff import passwords
from bot.staff.accounts import Account


class Nav(msgspec.Struct, frozen=True):
    """An entry of the navigation: who sees it, where it leads, the key of its text."""

    role: str
    href: str
    key: str


class Staff:
    """What the staff pages share. Rooms add their entry to `nav`, in the order in which they are wired."""

    def __init__(self, database: Database, keys: Keys, settings: Settings) -> None:
        self.database, self.keys, self.settings = database, keys, settings
        self.nav: list[Nav] = []
        self.site = settings.staff_site.rstrip("/")
        self.secure = self.site.startswith("https://")
        self.cookie = "__Host-baken-staff" if self.secure else "baken-staff"
        self.device_cookie = f"{self.cookie.removesuffix('-staff')}-device"
        self.idle = timedelta(minutes=settings.staff_idle)
        self._hashing = asyncio.Semaphore(2)  # each takes 46 MiB: a flood of sign-ins must not take the machine

    async def right(self, password: str, stored: str | None) -> bool:
        """Whether a password fits what is stored, worked out beside the loop, two at a time."""
        async with self._hashing:
            return await asyncio.to_thread(passwords.right, password, stored)

    def must_have_code(self, account: Account) -> bool:
        """Whether the account has to set up a second factor before anything else."""
        needed = self.settings.staff_totp
        return not account.totp_on and (needed == "all" or (needed == "admin" and account.role == "admin"))

    def home(self, account: Account) -> str:
        """Where a sign-in leads."""
        return next((one.href for one in self.nav if account.may(one.role)), "/staff/account")


STAFF: web.AppKey[Staff] = web.AppKey("staff")


class CurrentUser(msgspec.Struct, frozen=True):
    """Who asks. `account` is None on the pages before the sign-in."""

    account: Account | None
    token: str
    language: str
    csrf: str
    half: bool = False

    @property
    def me(self) -> Account:
        """The account, where `require` made sure of one."""
        assert self.account is not None
        return self.account


WHO: Final = web.RequestKey("who", CurrentUser)


def current_user(request: web.Request) -> CurrentUser:
    """Who asks."""
    return request[WHO]
