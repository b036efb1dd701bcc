"""Accounts: the first one from the command line, the others from the admin's page, each with one role."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.staff import accounts, audit_log
from bot.staff.texts import texts
from tests.staff.site import Site


async def test_the_first_account_is_made_by_a_command_while_baken_runs(site: Site, tmp_path: Path) -> None:
    def baken(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot.cli", "staff", *words],
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "BAKEN_DATABASE_URL": f"sqlite:///{tmp_path / 'baken.db'}"},
            check=False,
        )

    made = baken("add", "Chief", "--role", "admin")
    assert made.returncode == 0, made.stderr
    path = re.search(r"/staff/welcome/\S+", made.stdout)
    assert path is not None
    assert baken("add", "chief", "--role", "admin").returncode == 1
    assert baken("add", "x y").returncode == 1
    assert baken("add").returncode == 2
    assert baken("list").stdout == "chief  admin\n"

    visitor = site.visitor()
    assert "chief" in (await visitor.get(path[0]))[1]
    assert (await visitor.post(path[0], password="short", again="short"))[0] == 400
    password = "my own long words"
    assert (await visitor.post(path[0], password=password, again="different words"))[0] == 400
    assert (await visitor.post(path[0], password=password, again=password))[0] == 303
    assert (await visitor.get(path[0]))[0] == 404, "the link works once"
    assert (await visitor.sign_in("chief", password))[0] == 303
    assert (await visitor.get("/staff/people"))[0] == 200


async def test_an_admin_makes_changes_and_closes_accounts(site: Site) -> None:
    chief = await site.signed_in("chief", "admin")
    await chief.get("/staff/people")
    status, text = await chief.post("/staff/people", name="Boris", role="editor", shown="Boris B.")
    assert status == 200 and "/staff/welcome/" in text
    boris, _ = site.database.transaction_sync(accounts.by_name, "boris")
    assert boris is not None and (boris.role, boris.shown) == ("editor", "Boris B.")
    anna = await site.signed_in("anna")
    number = site.database.transaction_sync(accounts.by_name, "anna")[0].id  # type: ignore[union-attr]
    assert (await chief.post(f"/staff/people/{number}", what="close"))[0] == 303
    assert "Aanmelden" in (await anna.get("/staff/account"))[1], "a closed account is out at once"
    assert (await site.visitor().sign_in("anna"))[0] == 401
    steps = [(step.who, step.action) for step in site.database.transaction_sync(audit_log.entries)]
    assert ("chief", "account: close") in steps and ("chief", "account made: editor") in steps


async def test_the_last_admin_stays(site: Site) -> None:
    chief = await site.signed_in("chief", "admin")
    number = site.database.transaction_sync(accounts.by_name, "chief")[0].id  # type: ignore[union-attr]
    await chief.get("/staff/people")
    assert (await chief.post(f"/staff/people/{number}", what="role", role="advisor"))[0] == 400
    assert (await chief.post(f"/staff/people/{number}", what="close"))[0] == 400
    assert (await chief.get("/staff/people"))[0] == 200


@pytest.mark.parametrize("role", ["advisor", "editor"])
async def test_nobody_makes_themselves_an_admin(site: Site, role: str) -> None:
    one = await site.signed_in("anna", role)
    number = site.database.transaction_sync(accounts.by_name, "anna")[0].id  # type: ignore[union-attr]
    tried = [
        await one.get("/staff/people"),
        await one.get("/staff/trail"),
        await one.get("/staff//people"),
        await one.get("/staff/account/../people"),
        await one.post(f"/staff/people/{number}", what="role", role="admin"),
        await one.post("/staff/people", name="evil", role="admin"),
    ]
    assert all(status in (403, 404) for status, _ in tried), [status for status, _ in tried]
    await one.post("/staff/account/name", shown="Anna", role="admin")
    account, _ = site.database.transaction_sync(accounts.by_name, "anna")
    assert account is not None and account.role == role
    assert any(step.action == "refused" for step in site.database.transaction_sync(audit_log.entries))


async def test_names_are_shown_as_text(site: Site) -> None:
    chief = await site.signed_in("chief", "admin")
    await chief.get("/staff/account")
    await chief.post("/staff/account/name", shown="<script>alert(1)</script>{{7*7}}")
    _, text = await chief.get("/staff/people")
    assert "<script>alert" not in text and "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in text


async def test_every_page_has_a_strict_policy_and_no_inline_code(site: Site) -> None:
    chief = await site.signed_in("chief", "admin")
    for path in (
        "/staff/account",
        "/staff/people",
        "/staff/trail",
        "/staff/account/second",
        "/staff/sign-in",
        "/staff/nothing",
    ):
        async with chief.session.get(site.address + path) as answer:
            text = await answer.text()
            if answer.status == 404:
                continue
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy
            assert answer.headers["Cache-Control"] == "no-store"
            assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=|javascript:", text), path


def test_the_staff_texts_are_complete_in_both_languages() -> None:
    dutch, english = texts()["nl"], texts()["en"]
    assert dutch.keys() == english.keys()
    for key, text in english.items():
        assert text and dutch[key], key
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", dutch[key])), key


def test_every_text_that_a_page_names_is_there() -> None:
    import bot

    used = set()
    for path in Path(bot.__file__).parent.glob("*/templates/*.html"):
        used |= set(re.findall(r'\bt\("([a-z_.]+?)"[,)]', path.read_text(encoding="utf-8")))
    assert used and not used - texts()["en"].keys()
