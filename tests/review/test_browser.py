"""The test room in a real Chromium: as an editor sees it, without findings of axe, on a phone too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import PATIENCE, chromium_open
from tests.review.site import Site
from tests.staff.site import PASSWORD

AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
#: Publishing checks all content and answers the questions that must pass again.
PUBLISHED = 180_000
QUESTIONS = """id,language,topic,also_ok,variant,text
b1,en,minimum_wage,,,what is the minimum wage
b2,pl,minimum_wage,,,ile wynosi płaca minimalna
b3,ro,dismissal,,,cat este salariul minim
"""


def findings(page: Page) -> list[str]:
    """What axe finds. It comes in past the page's own policy, which stays as it is."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules)", {**RULES, "resultTypes": ["violations"]})
    assert len(found["passes"]) > 10, "axe looked at something"
    return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with chromium_open() as one:
        yield one


@pytest.fixture
def page(chromium: Any, site: Site) -> Iterator[Page]:
    site.visitor("bea", "editor")
    context = chromium.new_context(locale="en-GB", viewport={"width": 1100, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    refusals = "status of 422"  # a page that says what is wrong with a form
    page.on(
        "console", lambda said: errors.append(said.text) if said.type == "error" and refusals not in said.text else None
    )
    page.goto(f"{site.address}/staff/sign-in")
    page.fill("#name", "bea")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    expect(page.locator(".brand")).to_be_visible()
    if page.get_attribute("html", "lang") == "nl":
        page.click("button[name=language][value=en]")
        expect(page.locator("html")).to_have_attribute("lang", "en")
    yield page
    context.close()
    assert errors == []


def ask(page: Page, text: str, tries: int) -> None:
    page.fill("#text", text)
    page.click("#ask button:not(.quiet)")
    expect(page.locator("article.try")).to_have_count(tries)


def test_a_question_is_tried_goes_on_and_is_flagged_in_one_click(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/desk/room")
    ask(page, "Agencja bierze 150 euro tygodniowo za łóżko, czy to dozwolone?", 1)
    assert "housing_deduction" in page.inner_text("article.try dl")
    assert page.input_value("#text") == ""
    page.locator("article.try .choices button").first.click()  # one of the worker's own buttons
    expect(page.locator("article.try")).to_have_count(2)
    ask(page, "صاحب العمل أخذ جواز سفري ولا يعيده", 3)
    assert "safety reply" in page.inner_text("article.try:nth-of-type(3) dl")
    assert page.locator("article.try:nth-of-type(3) .bubble").first.get_attribute("dir") == "rtl"
    page.locator("article.try").first.locator("form.flag fieldset button").first.click()
    expect(page.locator("article.try").first.locator("[role=status]")).to_contain_text("Flagged")
    page.locator("article.try details.fact summary").first.click()
    page.locator("article.try details summary", has_text="WhatsApp").first.click()
    assert findings(page) == []
    page.goto(f"{site.address}/desk/room/flags")
    expect(page.locator("li.card textarea").first).to_have_value(re.compile("Agencja bierze"))
    assert findings(page) == []
    first = page.locator("li.card").first
    first.locator("button[value=reject]").click()
    expect(page.locator("li.card.faded")).to_have_count(1)


def test_a_file_is_brought_run_with_progress_and_shown_with_charts(page: Page, site: Site, tmp_path: Path) -> None:
    path = tmp_path / "browser.csv"
    for content in (QUESTIONS, QUESTIONS.replace("b3,ro,dismissal", "b3,ro,minimum_wage")):
        path.write_text(content, encoding="utf-8")
        page.goto(f"{site.address}/desk/room/runs")
        page.set_input_files("#file", path)
        page.click("main form[enctype] button")
        expect(page.locator("svg.chart").first).to_be_visible()  # the page went on by itself
    assert "1 better, 0 worse, 2 unchanged" in page.inner_text("main")
    assert findings(page) == []
    page.goto(f"{site.address}/desk/room/runs")
    assert findings(page) == []
    path.write_text("id,language,topic,text\n1,en,nothing_of_ours,hello\n", encoding="utf-8")
    page.set_input_files("#file", path)
    page.click("main form[enctype] button")
    expect(page.locator("[role=alert]")).to_contain_text("line 2, column topic: There is no topic nothing_of_ours")


@pytest.mark.timeout(900)
def test_a_fact_is_changed_published_answered_from_and_taken_back(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/desk/room/facts?q=sick-pay")
    page.goto(f"{site.address}/desk/room/facts/fact:housing-conditions")
    assert findings(page) == []
    old = page.input_value("#says-0-text")
    page.fill("#says-0-text", old.replace("only allowed", "allowed only"))
    page.fill("#reason", "said more plainly")
    page.click("text=Save as a draft and test it")
    expect(page.locator("button[value=publish]")).to_be_visible()
    expect(page.locator("text=stale, shown in English")).to_have_count(11)
    page.locator("details.fact > summary").nth(11).click()
    assert findings(page) == []
    page.click("button[value=publish]")
    expect(page.locator("h1")).to_contain_text("Published", timeout=PUBLISHED)
    assert findings(page) == []
    page.goto(f"{site.address}/desk/room")
    for tries in range(1, 30):
        ask(page, "may they take rent for the bed from my wage?", tries)
        if "allowed only" in page.inner_text("article.try:last-of-type .bubble"):
            break
        page.wait_for_timeout(500)
    else:
        raise AssertionError("the answer did not change")
    page.goto(f"{site.address}/desk/room/changes")
    assert findings(page) == []
    page.locator("tbody a").first.click()
    page.fill("#reason", "the old words were better")
    page.click("button[value=undo]")
    page.click("button[value=publish]")
    expect(page.locator("h1")).to_contain_text("Published", timeout=PUBLISHED)


@pytest.mark.parametrize("path", ["content", "facts?topic=minimum_wage", "facts/figure:wml_hourly", "facts", ""])
def test_axe_finds_nothing_and_a_phone_is_wide_enough(page: Page, site: Site, path: str) -> None:
    page.goto(f"{site.address}/desk/room/{path}".rstrip("/"))
    assert findings(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    assert findings(page) == []


def test_without_script_a_question_is_tried_too(chromium: Any, site: Site) -> None:
    context = chromium.new_context(locale="nl-NL", java_script_enabled=False)
    page = context.new_page()
    site.visitor("bea", "editor")
    page.goto(f"{site.address}/staff/sign-in")
    page.fill("#name", "bea")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.goto(f"{site.address}/desk/room")
    page.fill("#text", "wat is het minimumloon?")
    page.click("#ask button:not(.quiet)")
    expect(page.locator("article.try")).to_have_count(1)
    context.close()
