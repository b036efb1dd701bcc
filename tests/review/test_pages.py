"""The pages of the test room over HTTP: what they show, keep, and refuse."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversations import schema as log_schema
from bot.review import schema
from bot.review.flags import store as flags
from tests.review.site import Site, Visitor

HX = {"HX-Request": "true"}


def rows(site: Site, table: sa.Table) -> list[Any]:
    return list(site.run(lambda connection: connection.execute(sa.select(table)).all()))


def test_a_try_shows_what_happened_inside_and_leaves_nothing_behind(site: Site, editor: Visitor) -> None:
    before = len(rows(site, log_schema.messages)), len(rows(site, log_schema.conversations))
    editor.get("/desk/room")
    text = "Agencja bierze 150 euro tygodniowo za łóżko, czy to dozwolone?"
    page = editor.post("/desk/room/try", {"text": text}, **HX).text
    assert "housing_deduction" in page and "polski" in page.lower()
    assert "housing-max-25" in page and "de huurprijs" in page  # the fact with the law's own words
    assert re.search(r"money</th><td>amount 150.*per week", page)
    assert "whatsapp" in page.lower() and "messaging_product" in page
    assert (len(rows(site, log_schema.messages)), len(rows(site, log_schema.conversations))) == before
    conversation = re.search(r'name="conversation" value="(room-\d+-[0-9a-f]{24})"', page)
    assert conversation
    again = editor.post("/desk/room/try", {"text": "40 hours", "conversation": conversation[1]}, **HX).text
    assert conversation[1] in again


def test_a_try_never_goes_on_in_another_conversation(site: Site, editor: Visitor) -> None:
    other = site.visitor("otto", "editor")
    other.get("/desk/room")
    theirs = re.search(r'value="(room-\d+-[0-9a-f]{24})"', other.post("/desk/room/try", {"text": "hello"}, **HX).text)
    assert theirs
    editor.get("/desk/room")
    for name in (theirs[1], "0" * 32, "../etc", ""):
        page = editor.post("/desk/room/try", {"text": "hello", "conversation": name}, **HX).text
        got = re.search(r'name="conversation" value="(room-\d+-[0-9a-f]{24})"', page)
        assert got and got[1] != name


def test_script_in_a_question_is_shown_as_text_everywhere(site: Site, editor: Visitor) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)> \"' wage {{7*7}} {% raw %}"
    editor.get("/desk/room")
    page = editor.post("/desk/room/try", {"text": attack}).text
    assert "<script>alert" not in page and "<img src=x" not in page and "&lt;script&gt;" in page
    form = {"text": attack, "language": "en", "got": "minimum_wage", "right": "unpaid_wages", "understood": "yes"}
    editor.post("/desk/room/flags", form)
    listed = editor.get("/desk/room/flags").text
    assert "<script>alert" not in listed and "&lt;script&gt;" in listed and "{{7*7}}" in listed


def test_a_wrong_answer_is_flagged_and_approved_as_a_training_line(site: Site, editor: Visitor) -> None:
    editor.get("/desk/room")
    text = "they never put the hours i did on saturday night in the app of the agency"
    form = {"text": f"{text}, call me 06-12345678", "language": "en", "got": "minimum_wage", "right": "proof_of_hours"}
    assert "proof_of_hours" in editor.post("/desk/room/flags", {**form, "understood": "yes"}, **HX).text
    page = editor.get("/desk/room/flags").text
    assert "[phone]" in page and "12345678" not in page
    number = next(
        flag.id for flag in site.run(flags.listed, site.keys) if flag.text.startswith("they never put the hours")
    )
    assert editor.post(f"/desk/room/flags/{number}", {"what": "train", "right": "proof_of_hours", "text": text}).ok
    patch = editor.get("/desk/room/room.patch").text
    assert "+++ b/data/nlu/en/room.yml" in patch and f"+    - {text}" in patch and "+- intent: proof_of_hours" in patch
    stored = b"".join(bytes(row.text) for row in rows(site, schema.flags))
    assert b"saturday" not in stored


def test_a_line_of_the_exam_is_not_taken_for_training(site: Site, editor: Visitor) -> None:
    import csv
    from pathlib import Path

    with Path("tests/questions/en.csv").open(encoding="utf-8") as file:
        exam = next(row for row in csv.DictReader(file) if len(row["text"].split()) > 6)
    editor.get("/desk/room")
    form = {"text": exam["text"], "language": "en", "got": "menu", "right": exam["topic"], "understood": "no"}
    editor.post("/desk/room/flags", form)
    number = max(flag.id for flag in site.run(flags.listed, site.keys))
    answer = editor.post(f"/desk/room/flags/{number}", {"what": "train", "right": exam["topic"]}, **HX)
    assert 'role="alert"' in answer.text
    assert site.run(flags.get, site.keys, number).state == "new"


def test_only_conversations_with_consent_come_into_the_list_and_they_go_with_it(site: Site, editor: Visitor) -> None:
    asked = {
        consent: site.worker_asks(
            f"blorf snarg wimble {consent} quux my name is Peter Novak", f"w-{consent}", consent=consent
        )
        for consent in ("yes", "no")
    }
    quiet = site.worker_asks("blorf snarg wimble silent quux", "w-none")

    def unclear(connection: Any) -> None:
        table = log_schema.messages
        numbers = [*asked.values(), quiet]
        connection.execute(sa.update(table).where(table.c.id.in_(numbers)).values(understood=False))

    site.run(unclear)
    page = editor.get("/desk/room/flags").text
    assert "wimble yes" in page and "wimble no" not in page and "wimble silent" not in page
    assert "Novak" not in page and "[name]" in page
    for consent, message in (("no", asked["no"]), ("", quiet)):
        answer = editor.post("/desk/room/flags", {"message": str(message), "right": "minimum_wage"})
        assert answer.status_code == 403, consent
    own = next(row for row in rows(site, log_schema.messages) if row.id == asked["yes"])
    from bot.conversations import store as conversations

    site.run(conversations.erase_content, own.conversation)  # "delete my data"
    assert "wimble yes" not in editor.get("/desk/room/flags").text
    assert asked["yes"] not in [row.message for row in rows(site, schema.flags)]


def wait_for_run(visitor: Visitor, path: str) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        page = visitor.get(path).text
        if "<progress" not in page:
            return page
        time.sleep(0.2)
    raise AssertionError("the run does not end")


CSV = """id,language,topic,also_ok,variant,text
a1,en,minimum_wage,,,what is the minimum wage
a2,pl,minimum_wage,,,ile wynosi płaca minimalna
a3,nl,sick_pay,,,=cmd|' /C calc'!A0 wat is het minimumloon
"""


def test_a_file_is_run_and_compared_with_the_run_before(site: Site, editor: Visitor) -> None:
    editor.get("/desk/room/runs")
    first = editor.post("/desk/room/runs", {}, files={"file": ("mine.csv", CSV.encode(), "text/csv")})
    assert re.search(r"/desk/room/runs/\d+$", first.url), first.text
    page = wait_for_run(editor, first.url.removeprefix(site.address))
    assert "<svg" in page and "2/3" not in page.split("<h2>")[0]
    changed = CSV.replace("a3,nl,sick_pay", "a3,nl,minimum_wage").replace("a2,pl,minimum_wage", "a2,pl,dismissal")
    second = editor.post("/desk/room/runs", {}, files={"file": ("mine.csv", changed.encode(), "text/csv")})
    page = wait_for_run(editor, second.url.removeprefix(site.address))
    assert re.search(r"1 (better|beter), 1 (worse|slechter), 1 (the same|hetzelfde)", page)
    table = editor.get(second.url.removeprefix(site.address) + ".csv")
    assert table.headers["Content-Disposition"].startswith("attachment")
    cells = table.text.split(",")
    assert any(cell.startswith("'=cmd") or cell.startswith("\"'=cmd") for cell in cells)
    assert not any(cell.startswith(("=", '"=')) for cell in cells)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"id,language,text\n1,en,hello\n", "topic"),
        ("a.csv", b"id,language,topic,text\n1,en,nothing_of_ours,hello\n", "nothing_of_ours"),
        ("a.csv", b"id,language,topic,text\n1,en,sick_pay,hello, you\n", "regel 2"),
        ("a.csv", b"id,language,topic,text\n1,en,sick_pay,\xff\xfe\n", "regel 2: Dit is geen UTF-8"),
        ("a.csv", b"id,language,topic,text\n" + b"".join(b"%d,en,sick_pay,x\n" % one for one in range(2000)), "1000"),
        ("a.csv", b"x" * 210_000, "200"),
        ("a.yaml", b"- !!python/object/apply:os.system ['touch /tmp/owned']\n", "python/object"),
        ("a.yaml", b"a: &a [x, x]\nb: &b [*a, *a]\n", "&"),
        ("a.yaml", b"[" * 5000, "genest"),
        ("a.yaml", b"- id: x\n  turns: []\n", "turns"),
        ("a.yaml", b"- id: x\n  turns: [hi]\n  expect: {topics: [zzz]}\n", "zzz"),
        ("../../etc/passwd.exe", b"hello", ".csv"),
        ("a.yaml", b"- id: x\n  turns: [hi]\n---\n- id: y\n", "regel 3"),
        ("a.yaml", b"- id: x\n  turns: [hi]\n- ? [a, b]\n  : c\n", "regel 3"),
        ("a.yaml", b"- id: x\n- ? {a: b}\n  : c\n", "regel 2"),
        ("a.yaml", b"- id: x\n  turns: [hi]\n  today: 2020-02-30\n", "regel 3"),
        ("a.yaml", b"- id: x\n  turns: [hi]\n  today: 2024-13-45\n", "regel 3"),
        ("a.yaml", b"- id: x\n  turns: [hi]\n  n: " + b"9" * 6000 + b"\n", "regel 3"),
        ("a.yaml", b"- id: x\n  turns: [hi, 2001-12-14t21:59:43.10-99:99]\n", "regel 2"),
        ("a.yaml", b"- id: x\n  turns: [hi\x01]\n", "control characters"),
    ],
    ids=[
        "no column",
        "unknown topic",
        "a comma",
        "no UTF-8",
        "too many rows",
        "too large",
        "a tag",
        "an alias",
        "deep",
        "no turns",
        "unknown topic in a talk",
        "a path",
        "two documents",
        "a list as key",
        "a map as key",
        "a day that February has not",
        "a month that no year has",
        "6,000 digits",
        "a zone that no clock has",
        "a control character",
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_place(
    site: Site, editor: Visitor, name: str, content: bytes, says: str
) -> None:
    editor.get("/desk/room/runs")
    before = len(rows(site, schema.suites))
    answer = editor.post("/desk/room/runs", {}, files={"file": (name, content, "text/plain")})
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert says in answer.text.split('role="alert"')[1].split("</ul>")[0]
    assert ".." not in answer.text.split('role="alert"')[1].split("</h2>")[0]
    assert len(rows(site, schema.suites)) == before


def test_more_than_the_gateway_takes_is_refused_before_it_is_read(site: Site, editor: Visitor) -> None:
    editor.get("/desk/room/runs")
    answer = editor.post("/desk/room/runs", {}, files={"file": ("a.csv", b"x" * 2_000_000, "text/csv")})
    assert answer.status_code == 413


def test_the_state_of_the_content_is_one_page(site: Site, editor: Visitor) -> None:
    page = editor.get("/desk/room/content").text
    assert "<svg" in page and "Polski" in page
    assert "wml_hourly" in page  # no amount is known from January on
    assert page.count('<th scope="row"') > 60


PAGES = ("/desk/room", "/desk/room/flags", "/desk/room/runs", "/desk/room/content", "/desk/room/facts",
         "/desk/room/changes", "/desk/room/facts/fact:housing-max-25", "/desk/room/facts/figure:wml_hourly",
         "/desk/room/room.patch", "/desk/room/flags.csv")  # fmt: skip
FORMS = ("/desk/room/try", "/desk/room/flags", "/desk/room/flags/1", "/desk/room/runs", "/desk/room/suites/1",
         "/desk/room/facts/fact:housing-max-25", "/desk/room/changes/1", "/desk/room/runs/1/stop")  # fmt: skip


def test_only_editors_and_admins_come_in(site: Site) -> None:
    advisor, admin = site.visitor("adam", "advisor"), site.visitor("ada", "admin")
    stranger = Visitor(site.address)
    for path in PAGES:
        assert advisor.get(path).status_code == 403, path
        assert admin.get(path).status_code == 200, path
        assert "/staff/sign-in" in stranger.get(path).url, path
    advisor.get("/staff/account")
    for path in FORMS:
        assert advisor.post(path, {"text": "x"}).status_code == 403, path
        assert "/staff/sign-in" in stranger.post(path, {"text": "x"}).url, path


def test_a_form_from_elsewhere_does_nothing(site: Site, editor: Visitor) -> None:
    editor.get("/desk/room")
    for path in FORMS:
        assert editor.post(path, {"text": "x"}, csrf="0" * 64).status_code == 403, path
        assert editor.post(path, {"text": "x"}, Origin="https://evil.example").status_code == 403, path


@pytest.mark.parametrize(
    "path",
    [
        "/desk/room/facts/fact:..%2f..%2fetc",
        "/desk/room/facts/fact:nothing",
        "/desk/room/facts/law:x",
        "/desk/room/changes/999999",
        "/desk/room/runs/999999",
        "/desk/room/static/../schema.py",
        "/desk/room/flags?state=everything",
        "/desk/room/flags?after=1;drop",
    ],
)
def test_what_is_not_there_is_not_there(site: Site, editor: Visitor, path: str) -> None:
    assert editor.get(path).status_code == 404


def test_every_page_speaks_dutch_and_english(site: Site) -> None:
    visitor = site.visitor("nel", "editor")
    for language, word in (("en", "Review list"), ("nl", "Nakijklijst")):
        visitor.get("/staff/account")
        visitor.post("/staff/language", {"language": language, "back": "/desk/room"})
        for path in PAGES[:8]:
            assert word in visitor.get(path).text, (language, path)
