"""The chat page in a real Chromium, as a person sees it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from server import Server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.fail("these tests need Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield one
        one.close()


@pytest.fixture
def open_page(browser: Any, server: Server) -> Iterator[Any]:
    contexts = []

    def open_it(locale: str, width: int = 390, height: int = 780) -> Page:
        context = browser.new_context(locale=locale, viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.goto(server.address)
        expect(page.locator("#log li.baken")).to_have_count(1)
        return page

    yield open_it
    for context in contexts:
        context.close()


def ask(page: Page, text: str, answers: int) -> None:
    page.fill("#text", text)
    page.press("#text", "Enter")
    expect(page.locator("#log li.baken")).to_have_count(answers, timeout=10_000)


def test_it_greets_in_the_language_of_the_browser(open_page: Any) -> None:
    page = open_page("pl-PL")
    assert page.get_attribute("html", "lang") == "pl"
    assert "Holandii" in page.inner_text("#log")


def test_a_question_is_answered_and_its_source_opens(open_page: Any) -> None:
    page = open_page("nl-NL")
    ask(page, "Wat is het minimumloon per uur?", 2)
    assert "14,99" in page.inner_text("#log li.baken:last-child")
    page.locator("#log li.baken:last-child .choices button").first.click()
    expect(page.locator("#log")).to_contain_text("wetten.overheid.nl", timeout=10_000)
    assert page.locator("#log a[href^='https://wetten.overheid.nl']").count() >= 1


def test_arabic_is_set_from_right_to_left_with_telephone_numbers_in_order(open_page: Any) -> None:
    page = open_page("ar-SY")
    ask(page, "صاحب العمل لا يدفع راتبي، من يساعدني؟", 2)
    assert page.get_attribute("html", "dir") == "rtl"
    assert page.evaluate("getComputedStyle(document.querySelector('#log li.baken .bubble')).direction") == "rtl"
    link = page.locator("#log a[href^='tel:']").first
    assert link.get_attribute("dir") == "ltr"


def test_the_emergency_number_can_be_tapped(open_page: Any) -> None:
    page = open_page("nl-NL")
    ask(page, "Ze hebben ons opgesloten in het huis, help", 2)
    assert page.locator("#log a[href='tel:112']").count() >= 1


def test_the_page_changes_to_the_language_that_a_person_writes(open_page: Any) -> None:
    page = open_page("en-GB")
    ask(page, "Salariul meu nu a fost plătit luna aceasta, ce pot să fac?", 2)
    expect(page.locator("html")).to_have_attribute("lang", "ro")
    assert page.locator("#language").input_value() == "ro"


def test_the_talk_is_there_after_a_reload_and_gone_when_it_is_cleared(open_page: Any) -> None:
    page = open_page("en-GB")
    ask(page, "Can I be fired when I am ill?", 2)
    page.reload()
    expect(page.locator("#log li")).to_have_count(3)
    page.click("#clear")
    expect(page.locator("#log li")).to_have_count(1)
    assert "fired" not in page.inner_text("#log")


def test_what_a_person_writes_is_never_run(open_page: Any) -> None:
    page = open_page("en-GB")
    page.evaluate("window.ran = false")
    ask(page, "<img src=x onerror='window.ran=true'><script>window.ran=true</script>", 2)
    assert page.evaluate("window.ran") is False
    assert page.locator("#log img").count() == 0


def test_old_buttons_are_used_up(open_page: Any) -> None:
    page = open_page("en-GB")
    ask(page, "hello", 2)
    first = page.locator("#log li.baken:first-child .choices button").first
    assert first.get_attribute("aria-disabled") == "true"


def test_nothing_is_asked_of_any_other_host(browser: Any, server: Server) -> None:
    context = browser.new_context()
    page = context.new_page()
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(server.address)
    ask(page, "hello", 2)
    context.close()
    assert hosts == {f"127.0.0.1:{server.port}"}


def test_no_cookies_are_set(open_page: Any) -> None:
    page = open_page("en-GB")
    ask(page, "hello", 2)
    assert page.context.cookies() == []
