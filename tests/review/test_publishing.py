"""An editor changes a fact, sees it, tests it, publishes it, and takes it back: without a developer or a restart."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.engine.turn import TurnRequest
from bot.review import schema
from bot.review.content import blocks, drafts, publishing
from bot.review.suites import store as runs
from tests.review.site import Site, Visitor, now

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
FACT = "/desk/room/facts/fact:housing-max-25"
ASKED = "may the agency take money from my wage for the bed?"


def form_of(visitor: Visitor, path: str) -> dict[str, str]:
    """What a browser would send for the form as it stands."""
    page = visitor.get(path).text
    form = {
        name: html.unescape(value)
        for name, value in re.findall(r'<input id="[^"]+" name="([^"]+)" type="[^"]+" value="([^"]*)"', page)
    }
    for name, value in re.findall(r'<textarea id="[^"]+" name="([^"]+)"[^>]*>([^<]*)</textarea>', page):
        form[name] = html.unescape(value)
    for name, options in re.findall(r'<select id="[^"]+" name="([^"]+)">(.*?)</select>', page, re.S):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        form[name] = (chosen[1] or chosen[2]) if chosen else ""
    return form


def settled(visitor: Visitor, path: str) -> str:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        page = visitor.get(path).text
        if "<progress" not in page:
            return page
        time.sleep(0.2)
    raise AssertionError("the test does not end")


def answer(site: Site, text: str = ASKED) -> str:
    turn = site.wait(site.assistant.reply(TurnRequest(conversation=f"t{time.monotonic_ns()}", text=text)))
    return "\n".join(reply.text for reply in turn.replies)


def eventually(site: Site, words: str, present: bool = True) -> None:
    until = time.monotonic() + 20
    while (words in answer(site)) is not present:
        assert time.monotonic() < until, words
        time.sleep(0.1)


def publish(visitor: Visitor, path: str) -> str:
    page = settled(visitor, path)
    assert 'value="publish"' in page, page
    return visitor.post(path, {"what": "publish"}).text


def drafted(site: Site, visitor: Visitor, form: dict[str, str], fact: str = FACT) -> str:
    made = visitor.post(fact, form)
    assert re.search(r"/desk/room/changes/\d+$", made.url), made.text[-3000:]
    return made.url.removeprefix(site.address)


def test_a_change_is_drafted_tested_published_and_taken_back(site: Site, editor: Visitor) -> None:
    before = answer(site)
    assert "may go to housing" in before and "may be spent on housing" not in before
    form = form_of(editor, FACT)
    form["says-0-text"] = form["says-0-text"].replace("may go to housing", "may be spent on housing")
    form["reason"] = "plainer"
    change = drafted(site, editor, form)
    page = settled(editor, change)
    assert page.count("verouderd, in het Engels getoond") == 11  # stale at once
    assert "<ins>" in page and "<del>" in page and "plainer" in page
    assert "may be spent on housing" not in answer(site)  # nobody sees a draft
    tried = editor.post("/desk/room/try", {"text": ASKED, "change": change.rsplit("/", 1)[1]}).text
    assert "may be spent on housing" in tried
    publish(editor, change)
    eventually(site, "may be spent on housing")
    form = form_of(editor, change)
    undo = editor.post(change, {"what": "undo", "reason": "the old words were better"})
    undone = undo.url.removeprefix(site.address)
    assert undone != change
    publish(editor, undone)
    eventually(site, "may be spent on housing", present=False)
    assert answer(site) == before
    listed = editor.get("/desk/room/changes").text
    assert "the old words were better" in listed and "plainer" in listed and "eva" in listed
    assert "spent" not in editor.get("/desk/room/room.patch").text  # back to what git says: nothing to take along


def test_a_small_mend_keeps_its_translations(site: Site, editor: Visitor) -> None:
    form = form_of(editor, FACT)
    polish = form["translation-housing-max-25-pl"]
    assert polish
    form |= {
        "says-0-text": form["says-0-text"].replace("at most", "no more than"),
        "fits_all": "yes",
        "translation-housing-max-25-tr": form["translation-housing-max-25-tr"] + " Bu kadar.",
        "reason": "a mend",
    }
    change = drafted(site, editor, form)
    page = settled(editor, change)
    assert "verouderd, in het Engels getoond" not in page and "Bu kadar." in page
    publish(editor, change)
    eventually(site, "no more than")
    patch = editor.get("/desk/room/room.patch").text
    assert "b/facts/topics/housing_deduction.yaml" in patch and "b/facts/locales/tr/facts.po" in patch
    check = subprocess.run(
        ["git", "apply", "--check", "-"], input=patch.encode(), cwd=ROOT, capture_output=True, check=False
    )
    assert check.returncode == 0, check.stderr
    touched = [line for line in patch.split("diff --git a/facts/locales/tr")[0].splitlines() if line[:1] in "+-"]
    assert any("no more than" in line for line in touched)
    undone = editor.post(change, {"what": "undo", "reason": "back"}).url.removeprefix(site.address)
    publish(editor, undone)
    eventually(site, "no more than", present=False)


def test_a_change_that_breaks_a_must_pass_conversation_cannot_be_published(site: Site, editor: Visitor) -> None:
    path = "/desk/room/facts/figure:housing_max_share"
    form = form_of(editor, path)
    form |= {"periods-0-value": "20", "reason": "a wrong number"}
    change = drafted(site, editor, form, path)
    page = settled(editor, change)
    assert 'value="publish"' not in page and "en-housing_deduction-1" in page
    refused = editor.post(change, {"what": "publish"})
    assert refused.status_code == 409 and 'role="alert"' in refused.text
    version = site.run(drafts.version)
    assert site.content.version().startswith(f"{version}-") or version == 0 or site.content.version() == ""
    assert "25" in answer(site)
    editor.post(change, {"what": "drop"})


def test_a_change_that_the_checker_refuses_cannot_be_published(site: Site, editor: Visitor) -> None:
    form = form_of(editor, FACT)
    quote = form["sources-0-quote"]
    form |= {"sources-0-quote": f"verzonnen {quote}", "says-0-text": "At most 25% may go to housing.", "reason": "no"}
    change = drafted(site, editor, form)
    page = editor.get(change).text
    assert "does not stand word for word" in page and "figure typed in the text: 25%" in page
    assert 'value="publish"' not in page
    assert editor.post(change, {"what": "publish"}).status_code == 409
    editor.post(change, {"what": "drop"})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"checked_on": "someday"}, "checked_on"),
        ({"checked_on": ""}, "checked_on"),
        ({"says-0-text": ""}, "says-0-text"),
        ({"sources-0-page": "and a page too"}, "sources-0-law"),
        ({"says-0-from": "2026-13-01"}, "says-0-from"),
    ],
)
def test_a_form_that_does_not_fit_says_where(site: Site, editor: Visitor, changes: dict[str, str], field: str) -> None:
    form = {**form_of(editor, FACT), "reason": "a reason", **changes}
    answered = editor.post(FACT, form)
    assert answered.status_code == 422
    assert f'id="{field}-wrong"' in answered.text or (f'name="{field}"' in answered.text and "error" in answered.text)


def kept(site: Site) -> int:
    """How many changes there are, dropped ones too."""
    return int(
        site.run(lambda connection: connection.execute(sa.select(sa.func.count(schema.changes.c.id))).scalar_one())
    )


@pytest.mark.parametrize(
    ("name", "added", "said"),
    [
        ("says-0-text", " It is {unknown_figure}.", "unknown figure {unknown_figure}"),
        ("says-0-text", " It is {housing_max_share:by_age}.", "no values by age"),
        ("translation-housing-max-25-pl", " To {nie_ma_takiej}.", "unknown figure {nie_ma_takiej}"),
        ("says-0-text", "\0", ""),
        ("says-0-text", "\ufffe", ""),
        ("reason", "\0", ""),
        ("note", "\x7f", ""),
        ("sources-0-quote", "\x01", ""),
        ("translation-housing-max-25-pl", "\0", ""),
    ],
)
def test_a_text_that_cannot_be_told_is_not_taken_and_nothing_that_was_typed_is_lost(
    site: Site, editor: Visitor, name: str, added: str, said: str
) -> None:
    form = {**form_of(editor, FACT), "reason": "a reason"}
    typed = f"{form[name]} And more words.{added}"
    before = kept(site)
    answered = editor.post(FACT, {**form, name: typed})
    assert answered.status_code == 422
    page = html.unescape(answered.text)
    assert f'id="{name}-wrong"' in page, "it says where"
    assert said in page.split(f'id="{name}-wrong"')[1].split("</span>")[0], "and what"
    assert (typed if said else typed.removesuffix(added)) in page
    assert kept(site) == before


def drafted_by_hand(site: Site, entry: str, old: str, new: str) -> str:
    """A draft as it stands in the database of an installation that took it."""

    def keep(connection: Connection) -> int:
        file = site.room.file(entry)
        text = blocks.block((ROOT / "facts" / file).read_text(encoding="utf-8"), entry.partition(":")[2])
        assert old in text
        return drafts.draft(
            connection,
            entry=entry,
            file=file,
            before=text,
            after=text.replace(old, new, 1),
            translations_before={},
            translations={},
            reason="by hand",
            author=1,
            now=now(),
        )

    return f"/desk/room/changes/{site.run(keep)}"


@pytest.mark.parametrize(
    ("entry", "old", "new", "said"),
    [
        ("fact:housing-max-25", "{housing_max_share}", "{unknown_figure}", "unknown figure {unknown_figure}"),
        ("fact:housing-max-25", "{housing_max_share}", "{housing_max_share} \0", "not YAML"),
        ("figure:housing_max_share", 'value: "25"', 'value: "abc"', "is no"),
    ],
)
def test_a_draft_that_was_taken_and_cannot_be_told_says_so_on_its_page(
    site: Site, editor: Visitor, entry: str, old: str, new: str, said: str
) -> None:
    change = drafted_by_hand(site, entry, old, new)
    page = editor.get(change)
    assert page.status_code == 200 and said in html.unescape(page.text)
    refused = editor.post(change, {"what": "publish"})
    assert refused.status_code == 409 and said in html.unescape(refused.text)
    editor.post(change, {"what": "drop"})


def state_of(site: Site, change: str) -> list[str]:
    """The states of the runs of a draft, oldest first."""
    table, number = schema.runs, int(change.rpartition("/")[2])
    query = sa.select(table.c.state).where(table.c.change == number).order_by(table.c.id)
    return list(site.run(lambda connection: connection.execute(query).scalars().all()))


def test_the_test_of_a_draft_ends_when_the_draft_is_replaced_or_given_up(site: Site, editor: Visitor) -> None:
    form = {**form_of(editor, FACT), "reason": "first"}
    first = drafted(site, editor, {**form, "says-0-text": form["says-0-text"] + " First."})
    assert state_of(site, first)[-1:] in (["waiting"], ["running"])
    second = drafted(site, editor, {**form, "says-0-text": form["says-0-text"] + " Second."})
    assert state_of(site, first) == ["stopped"]
    assert state_of(site, second)[-1:] in (["waiting"], ["running"])
    editor.post(second, {"what": "drop"})
    assert state_of(site, second) == ["stopped"]


def test_a_test_whose_content_is_gone_is_stopped_before_it_asks_anything(
    site: Site, editor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    form = {**form_of(editor, FACT), "reason": "gone"}
    change = drafted(site, editor, {**form, "says-0-text": form["says-0-text"] + " Gone."})
    settled(editor, change)
    number = int(change.rpartition("/")[2])
    name = site.run(lambda c: c.execute(sa.select(schema.runs.c.draft).where(schema.runs.c.change == number)).scalar())
    shutil.rmtree(site.content.folder / "drafts" / name)
    caplog.clear()
    site.run(runs.ask, 1, now(), change=number, draft=name)
    until = time.monotonic() + 30
    while state_of(site, change)[-1] in ("waiting", "running") and time.monotonic() < until:
        time.sleep(0.1)
    assert state_of(site, change)[-1] == "stopped"
    assert "FileNotFoundError" not in caplog.text
    assert "<progress" not in editor.get(change).text, "its page makes the content anew, and it can be tested again"
    editor.post(change, {"what": "drop"})


def test_values_that_no_form_offers_are_refused(site: Site, editor: Visitor) -> None:
    form = {**form_of(editor, FACT), "reason": "x", "says-0-standing": "law", "role": "boss"}
    assert editor.post(FACT, form).status_code == 422


def test_of_two_who_publish_at_once_the_second_tests_again(site: Site, editor: Visitor) -> None:
    other = site.visitor("otto", "editor")
    one, two = form_of(editor, FACT), form_of(other, "/desk/room/facts/fact:housing-conditions")
    one |= {"note": "one", "reason": "one"}
    two |= {"note": "two", "reason": "two"}
    first = drafted(site, editor, one)
    second = drafted(site, other, two, "/desk/room/facts/fact:housing-conditions")
    settled(editor, first)
    settled(other, second)
    publish(editor, first)
    other.get(second)
    refused = other.post(second, {"what": "publish"})
    assert refused.status_code == 409
    other.post(second, {"what": "test"})
    publish(other, second)
    assert [change.name for change in site.run(drafts.in_force)[-2:]] == ["housing-max-25", "housing-conditions"]


def test_what_git_changed_too_is_shown_and_what_git_took_over_is_not_counted(site: Site, tmp_path: Path) -> None:
    import shutil

    from facts.base import FOLDER

    source = tmp_path / "facts"
    for part in ("figures", "locales", "sources", "texts", "topics"):
        shutil.copytree(FOLDER / part, source / part)
    shutil.copy(FOLDER / "topics.yaml", source)
    changes = site.run(drafts.in_force)
    newest = {change.entry: change for change in changes}["fact:housing-max-25"]
    assert publishing.clashes(changes, source) == []
    path = source / newest.file
    text = path.read_text(encoding="utf-8")
    from bot.review.content import blocks

    path.write_text(blocks.replaced(text, newest.name, newest.after), encoding="utf-8")
    assert publishing.landed(newest, source) and publishing.clashes(changes, source) == []
    path.write_text(text.replace("From the minimum wage, at most", "Out of the wage, at most"), encoding="utf-8")
    (clash,) = publishing.clashes(changes, source)
    assert clash.entry == "fact:housing-max-25" and "Out of the wage" in clash.git
