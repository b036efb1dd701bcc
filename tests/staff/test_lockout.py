"""Guessing is slowed down, and nobody is locked out of their own account by others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Connection

from bot.commands.staff import _link
from bot.conversations.crypto import Keys
from bot.staff import lockout
from tests.staff.site import PASSWORD, Site, Visitor, now, serving

KEYS = Keys(bytes(range(32)))
NEW = "the same lamp, another harbour"


@pytest.fixture
async def proxied(tmp_path: Path) -> AsyncIterator[Site]:
    """A site behind a proxy of ours, so that a visitor's address can be chosen."""
    async with serving(f"sqlite:///{tmp_path / 'baken.db'}", proxies=1) as one:
        yield one


async def visitor_from(site: Site, address: str) -> Visitor:
    visitor = site.visitor(**{"X-Forwarded-For": address})
    await visitor.get("/staff/sign-in")
    return visitor


async def guess(visitor: Visitor, times: int, name: str = "anna") -> list[int]:
    return [(await visitor.post("/staff/sign-in", name=name, password=f"wrong {n}"))[0] for n in range(times)]


async def test_who_guesses_from_elsewhere_locks_nobody_out(proxied: Site) -> None:
    proxied.account("anna")
    assert await guess(await visitor_from(proxied, "192.0.2.1"), 7) == [401] * 5 + [429] * 2
    anna = await visitor_from(proxied, "192.0.2.2")
    assert (await anna.post("/staff/sign-in", name="anna", password=PASSWORD))[0] == 303


async def test_a_device_that_was_signed_in_on_before_is_not_locked_out_from_its_own_address(proxied: Site) -> None:
    """An office behind one address, or someone who writes that address into the header."""
    proxied.account("anna")
    anna = await visitor_from(proxied, "192.0.2.1")
    assert (await anna.post("/staff/sign-in", name="anna", password=PASSWORD))[0] == 303
    await anna.get("/staff/account")
    await anna.post("/staff/sign-out")
    assert (await guess(await visitor_from(proxied, "192.0.2.1"), 7))[-1] == 429
    await anna.get("/staff/sign-in")
    assert (await anna.post("/staff/sign-in", name="anna", password=PASSWORD))[0] == 303


async def test_a_known_device_guesses_no_more_than_others(proxied: Site) -> None:
    proxied.account("anna")
    anna = await visitor_from(proxied, "192.0.2.1")
    await anna.post("/staff/sign-in", name="anna", password=PASSWORD)
    await anna.get("/staff/account")
    await anna.post("/staff/sign-out")
    await anna.get("/staff/sign-in")
    assert await guess(anna, 6) == [401] * 5 + [429]
    anna.session.headers["X-Forwarded-For"] = "192.0.2.77"
    assert await guess(anna, 1) == [429], "it is the device that waits, wherever it is"


async def test_a_device_is_known_for_its_own_account_and_password_alone(proxied: Site) -> None:
    anna_id, boris_id = proxied.account("anna"), proxied.account("boris")
    anna = await visitor_from(proxied, "192.0.2.1")
    await anna.post("/staff/sign-in", name="anna", password=PASSWORD)
    cookies = {cookie.key: cookie.value for cookie in anna.session.cookie_jar}
    device = cookies[f"baken-device-{anna_id}"]
    await guess(await visitor_from(proxied, "192.0.2.1"), 5, "boris")
    forged = site_cookie(proxied, f"baken-device-{boris_id}={device}")
    await forged.get("/staff/sign-in")
    assert await guess(forged, 1, "boris") == [429], "another's device is none of his"
    for made in ("x", "x.y", f"{device}0", f"zażółć.{device}", device.replace(".", "..")):
        await guess(await visitor_from(proxied, "192.0.2.1"), 5)
        forged = site_cookie(proxied, f"baken-device-{anna_id}={made}".encode().decode("latin-1"))
        await forged.get("/staff/sign-in")
        assert await guess(forged, 1) == [429], made
    await anna.get("/staff/account")
    form = {"old": PASSWORD, "password": NEW, "again": NEW}
    assert (await anna.post("/staff/account/password", **form))[0] == 303
    stale = site_cookie(proxied, f"baken-device-{anna_id}={device}")
    await stale.get("/staff/sign-in")
    assert await guess(stale, 1) == [429], "a new password ends what was known"
    fresh = {cookie.key: cookie.value for cookie in anna.session.cookie_jar}[f"baken-device-{anna_id}"]
    assert fresh != device


def site_cookie(site: Site, cookie: str) -> Visitor:
    return site.visitor(**{"X-Forwarded-For": "192.0.2.1", "Cookie": cookie})


async def test_a_new_link_lifts_it_where_it_is_used(proxied: Site) -> None:
    proxied.account("anna")
    anna = await visitor_from(proxied, "192.0.2.1")
    assert (await guess(anna, 6))[-1] == 429
    token = proxied.database.transaction_sync(_link, proxied.keys, "anna")
    await anna.get(f"/staff/welcome/{token}")
    assert (await anna.post(f"/staff/welcome/{token}", password=NEW, again=NEW))[0] == 303
    bare = await visitor_from(proxied, "192.0.2.1")  # another browser there, which has no cookie of ours
    assert (await bare.post("/staff/sign-in", name="anna", password=NEW))[0] == 303
    await guess(await visitor_from(proxied, "192.0.2.1"), 6)
    await anna.get("/staff/sign-in")
    assert (await anna.post("/staff/sign-in", name="anna", password=NEW))[0] == 303, "it is known from the link on"


async def test_guesses_at_the_sign_in_keep_nobody_from_their_own_account(proxied: Site) -> None:
    proxied.account("anna")
    anna = await visitor_from(proxied, "192.0.2.1")
    await anna.post("/staff/sign-in", name="anna", password=PASSWORD)
    await anna.get("/staff/account")
    await guess(await visitor_from(proxied, "192.0.2.1"), 7)
    form = {"old": PASSWORD, "password": NEW, "again": NEW}
    assert (await anna.post("/staff/account/password", **form))[0] == 303


def test_a_name_that_is_tried_from_everywhere_waits_a_minute_and_no_longer(database: object) -> None:
    run, at = database.transaction_sync, now()  # type: ignore[attr-defined]
    refused: list[timedelta] = []
    for number in range(400):
        wait = run(lockout.attempt, KEYS, at, **lockout.stranger("anna", f"192.0.{number // 250}.{number % 250}"))
        refused += [wait] if wait else []
        at += timedelta(seconds=1)
    assert len(refused) > 250, "guessing from many addresses is slowed down"
    assert max(refused) <= timedelta(minutes=1)
    stranger = lockout.stranger("boris", "192.0.2.200")
    assert run(lockout.attempt, KEYS, at, **stranger) is None, "other names are not touched"


def test_a_new_link_lifts_what_was_tried_from_everywhere(database: object) -> None:
    run, at = database.transaction_sync, now()  # type: ignore[attr-defined]
    for number in range(lockout.BY_NAME_ANYWHERE):
        assert run(lockout.attempt, KEYS, at, **lockout.stranger("anna", f"192.0.2.{number}")) is None
    assert run(lockout.attempt, KEYS, at, **lockout.stranger("anna", "198.51.100.1")) is not None

    def lift(connection: Connection) -> None:
        lockout.lift(connection, KEYS, "Anna")

    run(lift)
    assert run(lockout.attempt, KEYS, at, **lockout.stranger("anna", "198.51.100.1")) is None
