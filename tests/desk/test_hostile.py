"""What is tried against the desk, each way by itself: nothing gets through."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
import requests

from bot.conversations import cases
from bot.conversations.models import FileRef
from bot.desk.export import cell
from bot.staff import accounts
from tests.desk.site import Browser, Site, waits

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"


@pytest.fixture
def one(small: Callable[..., Site]) -> Site:
    return small()


def test_script_in_messages_names_notes_and_files_is_text(one: Site) -> None:
    worker, number = waits(one, channel="whatsapp")
    anna = one.signed_in("anna", shown=SCRIPT[:64])
    anna.post(f"/desk/cases/{number}/take")
    worker.heard()
    worker.send(SCRIPT)
    worker.send(kind="document", document=FileRef(f'"><script>{SCRIPT}', "text/html", media="gone"))
    anna.post(f"/desk/cases/{number}/note", text=SCRIPT)
    anna.post(f"/desk/cases/{number}/say", text=SCRIPT)
    for path in (f"/desk/cases/{number}", f"/desk/cases/{number}/more?after=0", "/desk?folder=mine", "/staff/account"):
        answer = anna.get(path)
        assert "<script>alert" not in answer.text and "<img src=x" not in answer.text, path
        assert "49" not in re.sub(r"[0-9a-f]{64}", "", answer.text).split("7*7")[0][-3:]
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy
    assert "&lt;script&gt;alert(1)" in anna.get(f"/desk/cases/{number}").text


def test_a_file_that_could_run_is_only_downloaded(one: Site) -> None:
    worker, number = waits(one, channel="whatsapp")
    anna = one.signed_in("anna")
    anna.post(f"/desk/cases/{number}/take")
    worker.heard()
    from bot.conversations import files
    from tests.desk.site import now

    name = one.run(files.store_file, one.office.keys, worker.name, b"<script>alert(1)</script>", now(), now())
    worker.send("here", kind="document", document=FileRef("x.html", "text/html", file=name))
    import time

    time.sleep(0.3)
    page = anna.get(f"/desk/cases/{number}").text
    row = page.split(f"/desk/cases/{number}/files/")[1].split('"')[0]
    answer = anna.get(f"/desk/cases/{number}/files/{row}")
    assert answer.headers["Content-Type"].startswith("application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "act", ["take", "close", "reopen", "hand-over", "note", "say", "translate", "writing", "contact"]
)
def test_no_act_without_the_forms_own_token(one: Site, act: str) -> None:
    worker, number = waits(one)
    anna = one.signed_in("anna")
    for token in ("", "0" * 64, one.signed_in("boris").csrf):
        answer = anna.post(f"/desk/cases/{number}/{act}", csrf=token, text="evil", to="")
        assert answer.status_code == 403
    answer = anna.post(f"/desk/cases/{number}/{act}", {"Origin": "https://evil.example"}, text="evil", to="")
    assert answer.status_code == 403
    assert one.run(cases.get, number).state == "waiting" and worker.heard(0) == []


def test_who_is_not_signed_in_sees_the_sign_in_and_nothing_else(one: Site) -> None:
    _, number = waits(one)
    nobody = Browser(one.address)
    for path in (
        "/desk",
        "/desk/queue",
        f"/desk/cases/{number}",
        f"/desk/cases/{number}/more",
        "/desk/live",
        f"/desk/cases/{number}/files/1",
        f"/desk/cases/{number}/canned?q=x",
        "/desk/export.csv",
    ):
        answer = requests.get(one.address + path, allow_redirects=False, timeout=10)
        assert answer.status_code == 303 and answer.headers["Location"].startswith("/staff/sign-in"), path
        assert answer.text == ""
    for act in ("take", "say", "close"):
        assert nobody.post(f"/desk/cases/{number}/{act}").status_code == 303
    assert one.run(cases.get, number).state == "waiting"


def test_an_editor_cannot_tell_which_cases_and_files_there_are(one: Site) -> None:
    _, number = waits(one)
    edith = one.signed_in("edith", "editor")
    texts = set()
    for path in (
        f"/desk/cases/{number}",
        "/desk/cases/99999",
        f"/desk/cases/{number}/files/1",
        "/desk/cases/99999/files/1",
        f"/desk/cases/{number}/canned?q=x",
        "/desk",
        "/desk/live",
    ):
        answer = edith.get(path)
        assert answer.status_code == 403
        texts.add(re.sub(r'name="back" value="[^"]*"', "", answer.text))
    assert len(texts) == 1, "the same word for what is there and what is not"
    for act in ("take", "say", "note", "close", "contact"):
        assert edith.post(f"/desk/cases/{number}/{act}", text="x").status_code == 403
    assert one.run(cases.get, number).state == "waiting"


def test_a_file_of_another_case_or_from_before_the_consent_is_not_there(one: Site) -> None:
    worker, _ = waits(one)
    _, other = waits(one)
    anna = one.signed_in("anna")
    from bot.conversations import history

    rows = one.run(history.since, one.office.keys, worker.name)
    for row in (rows[0].id, rows[-1].id, 99999, 0):
        assert anna.get(f"/desk/cases/{other}/files/{row}").status_code == 404


def test_an_advisor_is_no_admin(one: Site) -> None:
    anna = one.signed_in("anna")
    assert anna.get("/desk/export.csv").status_code == 403
    assert anna.get("/staff/people").status_code == 403
    number = one.run(accounts.by_name, "anna")[0].id
    assert anna.post(f"/staff/people/{number}", what="role", role="admin").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/desk/cases/1%2f..%2f2",
        "/desk/cases/-1",
        "/desk/cases/1e3",
        "/desk/cases/٣",
        "/desk/cases/" + "9" * 40,
        "/desk/static/../room.py",
        "/desk/static/%2e%2e/room.py",
        "/staff/static/..%2fweb.py",
        "/desk/cases/1/files/..%2f..%2fkey",
        "/desk//cases/1",
        "/desk/cases/1;/take",
        "/desk/cases/1\x00",
    ],
)
def test_odd_paths_lead_nowhere(one: Site, path: str) -> None:
    anna = one.signed_in("anna")
    request = requests.Request("GET", one.address + path).prepare()
    request.url = one.address + path.replace("\x00", "%00").replace("٣", "%D9%A3")
    request.headers["Cookie"] = "; ".join(f"{c.name}={c.value}" for c in anna.session.cookies)
    answer = anna.session.send(request, allow_redirects=False, timeout=10)
    assert answer.status_code in (403, 404) and "from __future__" not in answer.text


def test_written_headers_open_nothing(one: Site) -> None:
    _, number = waits(one)
    tricks = {
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Host": "evil.example",
        "X-Original-URL": f"/desk/cases/{number}",
        "X-Rewrite-URL": "/desk",
        "X-HTTP-Method-Override": "POST",
        "Authorization": "Basic YWRtaW46YWRtaW4=",
        "Cookie": "baken-staff=" + "a" * 43 + "; role=admin",
    }
    answer = requests.get(f"{one.address}/desk/cases/{number}", headers=tricks, allow_redirects=False, timeout=10)
    assert answer.status_code == 303 and "evil.example" not in answer.headers["Location"]
    anna = one.signed_in("anna")
    page = anna.get("/desk", **{"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    assert "evil.example" not in page.text
    cookie = "; ".join(f"{c.name}={c.value}" for c in anna.session.cookies)
    headers = {"Host": "evil.example", "Origin": one.address, "Cookie": cookie}
    answer = anna.post(f"/desk/cases/{number}/take", headers)
    assert answer.status_code == 403, "the form must come from the host that it is sent to"
    assert one.run(cases.get, number).state == "waiting"


def test_odd_forms_are_refused_kindly(one: Site) -> None:
    worker, number = waits(one)
    anna = one.signed_in("anna")
    anna.post(f"/desk/cases/{number}/take")
    worker.heard()
    assert anna.post(f"/desk/cases/{number}/say", text="").status_code == 400
    assert anna.post(f"/desk/cases/{number}/say", text="x" * 4001).status_code == 400
    assert anna.post(f"/desk/cases/{number}/hand-over", to="1 or 1=1").status_code == 400
    assert anna.post(f"/desk/cases/{number}/hand-over", to="999").status_code == 409
    assert anna.get("/desk?folder=' or 1=1 --&language=%00&topic=" + "x" * 5000).status_code == 200
    assert anna.get(f"/desk/cases/{number}/more?after=abc").status_code == 200
    assert anna.get(f"/desk/cases/{number}/more?after=" + "9" * 60).status_code == 200
    assert worker.heard(0) == []


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\n=1"])
def test_no_cell_of_the_table_is_a_formula(value: str) -> None:
    assert cell(value).startswith("'")
    assert cell("Anna") == "Anna" and cell(3) == "3" and cell(None) == ""


def test_the_table_carries_an_advisors_odd_name_as_text(one: Site) -> None:
    _, number = waits(one)
    evil = one.signed_in("evil", shown='=HYPERLINK("https://evil.example")')
    evil.post(f"/desk/cases/{number}/take")
    chief = one.signed_in("chief", "admin")
    text = chief.get("/desk/export.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["advisor"] for row in rows] == ['\'=HYPERLINK("https://evil.example")']


def test_a_closed_account_is_out_of_the_desk_at_once(one: Site) -> None:
    _, number = waits(one)
    anna = one.signed_in("anna")
    chief = one.signed_in("chief", "admin")
    number_of_anna = one.run(accounts.by_name, "anna")[0].id
    chief.get("/staff/people")
    chief.post(f"/staff/people/{number_of_anna}", what="close")
    assert anna.post(f"/desk/cases/{number}/take").status_code == 303
    assert one.run(cases.get, number).state == "waiting"
