"""The page with the widget and the real assistant, in a real Chromium, as a person sees it.

What the chat does by itself is tested in tests/channels/web; here the whole of Baken answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from server import Server

from tests.browsers import chromium_open

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium_open() as one:
        yield one


@pytest.fixture
def open_page(browser: Any, server: Server) -> Iterator[Any]:
    contexts = []

    def open_it(locale: str, width: int = 390, height: int = 780) -> Page:
        context = browser.new_context(locale=locale, viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.goto(server.address)
        expect(chat(page).locator("#messages > li.baken")).to_have_count(1)
        return page

    yield open_it
    for context in contexts:
        context.close()


def chat(page: Page) -> FrameLocator:
    return page.frame_locator("#baken-frame")


def ask(page: Page, text: str) -> str:
    """Write something; the answer to it."""
    inner = chat(page)
    before = inner.locator("#messages > li.baken").count()
    inner.locator("#text").fill(text)
    inner.locator("#text").press("Enter")
    expect(inner.locator("#messages > li.baken")).not_to_have_count(before)
    return str(inner.locator("#messages > li.baken").nth(before).inner_text())


def test_it_greets_in_the_language_of_the_browser(open_page: Any) -> None:
    page = open_page("pl-PL")
    assert page.get_attribute("html", "lang") == "pl"
    expect(chat(page).locator("html")).to_have_attribute("lang", "pl")
    assert "Holandii" in chat(page).locator("#messages").inner_text()


def test_a_question_is_answered_and_its_source_opens(open_page: Any) -> None:
    page = open_page("nl-NL")
    assert "14,99" in ask(page, "Wat is het minimumloon per uur?")
    chat(page).locator("#messages > li.baken:last-child .choices button").first.click()
    link = chat(page).locator("#messages a[href^='https://wetten.overheid.nl']").first
    expect(link).to_be_visible(timeout=15_000)
    assert link.get_attribute("rel") == "noopener noreferrer"


def test_arabic_is_set_from_right_to_left_with_telephone_numbers_in_order(open_page: Any) -> None:
    page = open_page("ar-SY")
    ask(page, "صاحب العمل لا يدفع راتبي، من يساعدني؟")
    expect(chat(page).locator("html")).to_have_attribute("dir", "rtl")
    bubble = chat(page).locator("#messages > li.baken .bubble").first
    assert bubble.evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert chat(page).locator("#messages a[href^='tel:']").first.get_attribute("dir") == "ltr"


def test_the_emergency_number_can_be_tapped(open_page: Any) -> None:
    page = open_page("nl-NL")
    ask(page, "Ze hebben ons opgesloten in het huis, help")
    assert chat(page).locator("#messages li.safety a[href='tel:112']").count() >= 1


def test_the_page_changes_to_the_language_that_a_person_writes(open_page: Any) -> None:
    page = open_page("en-GB")
    ask(page, "Salariul meu nu a fost plătit luna aceasta, ce pot să fac?")
    expect(chat(page).locator("html")).to_have_attribute("lang", "ro")
    assert chat(page).locator("#language").input_value() == "ro"


def test_the_talk_is_there_after_a_reload_and_gone_when_it_is_cleared(open_page: Any) -> None:
    page = open_page("en-GB")
    answer = ask(page, "Can I be fired when I am ill?")
    page.reload()
    expect(chat(page).locator("#messages > li.me")).to_have_text(
        re.compile(r"You: Can I be fired when I am ill\?\d\d:\d\d Sent")
    )
    assert answer.splitlines()[0] in chat(page).locator("#messages").inner_text()
    chat(page).locator("#clear").click()
    chat(page).locator("#clear-yes").click()
    expect(chat(page).locator("#messages > li")).to_have_count(1)
    page.reload()
    expect(chat(page).locator("#messages > li")).to_have_count(1)


def test_a_letter_is_made_and_downloaded(open_page: Any) -> None:
    page = open_page("en-GB")
    ask(page, "I get 11.50 an hour gross, 45 hours a week, I'm 30, since 1 July 2026. Is that ok?")
    chat(page).get_by_role("button", name="Make the letter").click()
    with page.expect_download(timeout=20_000) as download:
        chat(page).locator(".file").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")


def test_nothing_is_asked_of_any_other_host_and_no_cookies_are_set(browser: Any, server: Server) -> None:
    context = browser.new_context()
    page = context.new_page()
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(server.address)
    ask(page, "hello")
    cookies = context.cookies()
    context.close()
    assert hosts == {f"127.0.0.1:{server.port}"}
    assert cookies == []
