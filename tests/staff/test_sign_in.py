"""Signing in, and what keeps others out."""

from __future__ import annotations

import hashlib
import time
from datetime import timedelta
from pathlib import Path

import aiohttp
import pyotp
import pytest
import sqlalchemy as sa

from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.staff import accounts, lockout, passwords, schema, sessions
from bot.staff.auth import goes_back
from tests.staff.site import PASSWORD, Site, now, serving

KEYS = Keys(bytes(32))


async def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back(site: Site) -> None:
    site.account("anna")
    visitor = site.visitor()
    status, text = await visitor.get("/staff/account")
    assert status == 200 and 'value="/staff/account"' in text and "Aanmelden" in text
    status, to = await visitor.post("/staff/sign-in", name="anna", password=PASSWORD, next="/staff/account")
    assert (status, to) == (303, "/staff/account")
    assert "anna" in (await visitor.get("/staff/account"))[1]


async def test_the_session_gets_a_new_id_at_the_sign_in_and_only_its_hash_is_stored(site: Site) -> None:
    site.account("anna")
    visitor = site.visitor()
    await visitor.get("/staff/sign-in")
    before = visitor.token
    await visitor.post("/staff/sign-in", name="anna", password=PASSWORD)
    assert before and visitor.token and visitor.token != before
    stored = site.database.transaction_sync(lambda c: c.execute(sa.select(schema.sessions.c.hash)).scalars().all())
    assert stored == [accounts.fingerprint(visitor.token)]


async def test_a_session_id_that_an_attacker_planted_is_worth_nothing(site: Site) -> None:
    site.account("anna")
    planted = sessions.new_token()
    victim = site.visitor(Cookie=f"baken-staff={planted}")
    await victim.get("/staff/sign-in")
    status, _ = await victim.post("/staff/sign-in", name="anna", password=PASSWORD)
    assert status == 303
    attacker = site.visitor(Cookie=f"baken-staff={planted}")
    _, text = await attacker.get("/staff/account")
    assert "Aanmelden" in text and "anna" not in text


async def test_the_cookie_is_for_no_script_no_other_site_and_behind_tls_for_no_other_host(tmp_path: Path) -> None:
    async with serving(f"sqlite:///{tmp_path / 'a.db'}") as plain:
        answer = await plain.visitor().session.get(plain.address + "/staff/sign-in")
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("baken-staff=") and "HttpOnly" in cookie and "SameSite=Strict" in cookie
    async with serving(f"sqlite:///{tmp_path / 'b.db'}", staff_site="https://baken.example") as behind:
        answer = await behind.visitor().session.get(behind.address + "/staff/sign-in")
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-baken-staff=") and "Secure" in cookie and "Path=/" in cookie
        assert "Domain" not in cookie


async def test_an_unknown_name_gets_the_same_words_and_takes_as_long(site: Site) -> None:
    site.account("anna")
    passwords.right("x", None)  # the hash that nobody fits is made once
    said, took = [], []
    for name in ("anna", "nobody"):
        visitor = site.visitor()
        await visitor.get("/staff/sign-in")
        best = 9.0
        for _ in range(3):
            start = time.perf_counter()
            status, text = await visitor.post("/staff/sign-in", name=name, password="wrong wrong wrong")
            best = min(best, time.perf_counter() - start)
        said.append((status, text.replace(name, "NAME").replace(visitor.csrf, "")))
        took.append(best)
    assert said[0] == said[1] and said[0][0] == 401
    assert min(took) > 0.5 * max(took), took


async def test_guessing_is_locked_out_for_known_and_unknown_names_alike(site: Site) -> None:
    site.account("anna")
    for name in ("anna", "nobody"):
        visitor = site.visitor()
        await visitor.get("/staff/sign-in")
        seen = [(await visitor.post("/staff/sign-in", name=name, password="wrong"))[0] for _ in range(6)]
        assert seen == [401] * 5 + [429]
    _, text = await visitor.post("/staff/sign-in", name="anna", password=PASSWORD)
    assert "pogingen" in text, "the right password does not help while it is locked"


def test_an_address_is_kept_so_that_it_can_not_be_turned_back(database: Database) -> None:
    """There are only four thousand million of them: a hash without a key is looked up in minutes."""
    database.transaction_sync(lockout.attempt, KEYS, now(), address="192.0.2.1")
    query = sa.select(schema.attempts.c.key)
    (kept,) = database.transaction_sync(lambda connection: connection.execute(query).scalars().all())
    assert kept == KEYS.attempt("address", "192.0.2.1") != Keys(bytes(range(32))).attempt("address", "192.0.2.1")
    for guess in ("192.0.2.1", "address\x00192.0.2.1"):
        assert kept != hashlib.sha256(guess.encode()).hexdigest()


def test_each_further_failure_waits_longer_and_an_address_is_counted_too(database: object) -> None:
    start = now()
    run = database.transaction_sync  # type: ignore[attr-defined]
    waits = []
    at = start
    for _ in range(9):
        assert run(lockout.attempt, KEYS, at, pair="anna\0192.0.2.9") is None
        wait = run(lockout.attempt, KEYS, at, pair="anna\0192.0.2.9")
        waits.append(wait or timedelta())
        at += (wait or timedelta()) + timedelta(seconds=1)
        if wait is None:
            at -= timedelta(seconds=1)
    grown = [wait for wait in waits if wait]
    assert grown == sorted(grown) and grown[-1] >= 2 * grown[-2]
    for number in range(lockout.BY_ADDRESS):
        assert run(lockout.attempt, KEYS, start, name=f"n{number}", address="192.0.2.1") is None
    assert run(lockout.attempt, KEYS, start, name="other", address="192.0.2.1") is not None
    assert run(lockout.attempt, KEYS, start, name="other", address="192.0.2.2") is None


def test_many_guesses_at_once_gain_nothing(database: object) -> None:
    from concurrent.futures import ThreadPoolExecutor

    run = database.transaction_sync  # type: ignore[attr-defined]
    run(lockout.attempt, KEYS, now(), pair="anna")
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda _: run(lockout.attempt, KEYS, now(), pair="anna"), range(20)))
    assert sum(one is None for one in got) <= lockout.BY_NAME - 1


async def test_sessions_end_by_idleness_by_age_and_everywhere_at_once(site: Site) -> None:
    number = site.account("anna")
    run, at, idle = site.database.transaction_sync, now(), timedelta(hours=2)
    token = run(sessions.begin, number, at, half=False)
    other = run(sessions.begin, number, at, half=False)
    assert run(sessions.find, token, at + timedelta(hours=1), idle) is not None
    assert run(sessions.find, token, at + timedelta(hours=2.9), idle, acted=False) is not None
    assert run(sessions.find, token, at + timedelta(hours=3.1), idle) is None, "an open page alone keeps nothing alive"
    assert run(sessions.find, other, at + timedelta(hours=1), idle) is not None
    assert run(sessions.find, other, at + sessions.LONGEST + timedelta(seconds=1), timedelta(days=9)) is None
    tokens = [run(sessions.begin, number, at, half=False) for _ in range(3)]
    assert run(sessions.end_all, number, but=tokens[0]) == 2
    assert [run(sessions.find, one, at, idle) is not None for one in tokens] == [True, False, False]


async def test_a_form_needs_the_token_of_its_own_session_and_our_own_origin(site: Site) -> None:
    anna, boris = await site.signed_in("anna"), await site.signed_in("boris")
    mine = anna.csrf
    tried = {
        "missing": await anna.post("/staff/account/name", csrf="", shown="Evil"),
        "another's": await anna.post("/staff/account/name", csrf=boris.csrf, shown="Evil"),
        "other origin": await anna.post("/staff/account/name", {"Origin": "https://evil.example"}, shown="Evil"),
        "no origin": await anna.post("/staff/account/name", {"Origin": ""}, shown="Evil"),
        "null origin": await anna.post("/staff/account/name", {"Origin": "null"}, shown="Evil"),
        "other site": await anna.post("/staff/account/name", {"Sec-Fetch-Site": "cross-site"}, shown="Evil"),
    }
    assert {what: status for what, (status, _) in tried.items()} == dict.fromkeys(tried, 403)
    assert "Evil" not in (await anna.get("/staff/account"))[1]
    status, _ = await anna.post("/staff/account/name", csrf=mine, shown="Anna A.")
    assert status == 303 and "Anna A." in (await anna.get("/staff/account"))[1]


async def test_headers_that_a_client_can_write_change_nothing(site: Site) -> None:
    await site.signed_in("anna")
    visitor = site.visitor()
    tricks = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Original-URL": "/staff/people",
        "X-Rewrite-URL": "/staff/people",
    }
    _, text = await visitor.get("/staff/sign-in", **tricks)
    assert "evil.example" not in text and "Aanmelden" in text
    for number in range(6):  # a new invented address each time is still the same socket, and the same name
        status, _ = await visitor.post(
            "/staff/sign-in", {"X-Forwarded-For": f"192.0.2.{number}"}, name="anna", password="wrong"
        )
    assert status == 429


async def test_a_cookie_that_is_not_ours_is_replaced_and_keeps_nobody_out(site: Site) -> None:
    site.account("anna")
    for number, planted in enumerate(
        ("short", "x" * 300, "zażółć-gęślą-jaźń-zażółć-gęślą", "a b c d e f g h i j k l m n o p q r")
    ):
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:  # sends what it is told
            cookie = f"baken-staff={planted}"
            async with session.get(f"{site.address}/staff/sign-in", headers={"Cookie": cookie}) as answer:
                assert answer.status == 200, planted
                assert "baken-staff=" in answer.headers["Set-Cookie"], "the browser is given one of ours"
                token = answer.headers["Set-Cookie"].split("=")[1].split(";")[0]
                csrf = (await answer.text()).split('name="csrf" value="')[1][:64]
            form = {"csrf": csrf, "name": "anna", "password": PASSWORD}
            given = {"Cookie": f"baken-staff={token}", "Origin": site.address, "X-CSRF-Token": ""}
            async with session.post(
                f"{site.address}/staff/sign-in", data=form, headers=given, allow_redirects=False
            ) as answer:
                assert answer.status == 303, (number, planted)
    strange = {"Cookie": "baken-staff=" + "x" * 40, "X-CSRF-Token": "zażółć"}
    status, _ = await site.visitor().post("/staff/sign-in", strange, name="anna", password=PASSWORD)
    assert status == 403


@pytest.mark.parametrize("back", ["/desk\r\nSet-Cookie: a=b", "/desk\n", "/desk\t", "/desk\x7f", "/desk\u2028x"])
async def test_a_way_back_with_a_line_end_is_left_out_and_the_sign_in_goes_on(site: Site, back: str) -> None:
    site.account("anna")
    visitor = site.visitor()
    await visitor.get("/staff/sign-in")
    status, to = await visitor.post("/staff/sign-in", name="anna", password=PASSWORD, next=back)
    assert status == 303 and to.startswith("/staff/account")


async def test_the_way_back_leads_nowhere_else(site: Site) -> None:
    site.account("anna")
    for bad in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/desk\\@evil"):
        assert goes_back(bad) == ""
    visitor = site.visitor()
    await visitor.get("/staff/sign-in?next=//evil.example")
    _, to = await visitor.post("/staff/sign-in", name="anna", password=PASSWORD, next="//evil.example")
    assert to.startswith("/staff/")


async def test_a_code_of_the_telephone_is_asked_for_and_none_fits_twice(site: Site) -> None:
    anna = await site.signed_in("anna")
    _, text = await anna.get("/staff/account/second")
    secret = text.split("<code>")[1].split("</code>")[0]
    assert "<svg" in text and "style=" not in text.split("<svg")[1].split("</svg>")[0]
    totp = pyotp.TOTP(secret)
    assert (await anna.post("/staff/account/second", code="000000"))[0] == 400
    first = totp.now()
    status, text = await anna.post("/staff/account/second", code=first)
    assert status == 200
    recovery = [part.split("</code>")[0] for part in text.split("<code>")[1:]]
    assert len(set(recovery)) == 8

    half = site.visitor()
    assert await half.sign_in("anna") == (303, "/staff/code")
    assert "anna" not in (await half.get("/staff/account"))[1], "with the password alone nothing opens"
    assert (await half.post("/staff/code", code=first))[0] == 401, "the code that was just given is used up"
    before = half.token
    assert (await half.post("/staff/code", code=recovery[0]))[0] == 303
    assert half.token != before and "anna" in (await half.get("/staff/account"))[1]
    again = site.visitor()
    await again.sign_in("anna")
    assert (await again.post("/staff/code", code=recovery[0]))[0] == 401, "a recovery code works once"


async def test_an_admin_sets_up_the_second_step_first_where_the_operator_says_so(tmp_path: Path) -> None:
    async with serving(f"sqlite:///{tmp_path / 'a.db'}", staff_totp="admin") as site:
        admin = await site.signed_in("chief", "admin")
        async with admin.session.get(site.address + "/staff/people", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/staff/account/second")
        advisor = await site.signed_in("anna")
        assert (await advisor.get("/staff/account"))[0] == 200


async def test_codes_are_not_guessed(site: Site) -> None:
    anna = await site.signed_in("anna")
    await anna.get("/staff/account/second")
    seen = [(await anna.post("/staff/account/second", code=f"{n:06}"))[0] for n in range(7)]
    assert seen[-1] == 429


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "aaaaaaaaaaaaaaaaaa",
        "anna anna anna 12",
        "password1234",
        "123456789012",
        "qwertyuiop12",
        "P@ssw0rd1234",
        "Welkom01Welkom01",
        "wachtwoord123",
        "baken baken baken",
        "x" * 257,
    ],
)
def test_weak_passwords_are_refused(password: str) -> None:
    assert passwords.weakness(password, "anna")


def test_a_part_of_the_name_is_no_password() -> None:
    assert passwords.weakness("novak novak novak", "peter.novak")


@pytest.mark.parametrize(
    "password", [PASSWORD, "kX9#vQ2!mZ7p", "zielony rower nad morzem", "жовтий трамвай біля річки"]
)
def test_passwords_that_nobody_tries_are_taken(password: str) -> None:
    assert not passwords.weakness(password, "anna")
