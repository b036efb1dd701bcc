"""The one line on somebody else's page: another origin, a strict policy, styles that get in the way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, Route, expect
from site_of_web import Site, serving

from bot.conversations import outbox
from bot.conversations.models import Content
from facts.base import FactBase


class Foreign:
    """An NGO's own page on its own origin. It allows Baken's script and frame, and nothing else."""

    def __init__(self) -> None:
        self.baken = ""
        self.attributes = ""
        foreign = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = foreign.page().encode()
                self.send_response(200)
                kind = "text/html; charset=utf-8" if self.path == "/" else "text/css"
                self.send_header("Content-Type", kind)
                rules = (
                    f"default-src 'none'; script-src {foreign.baken}; frame-src {foreign.baken}; style-src 'self'; "
                    "img-src data:"
                )
                self.send_header("Content-Security-Policy", rules)
                self.end_headers()
                self.wfile.write(page if self.path == "/" else b"* { color: red } button { width: 100% }")

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def page(self) -> str:
        return (
            '<!doctype html><html lang="nl"><title>Een stichting</title><link rel="icon" href="data:,">'
            '<link rel="stylesheet" href="/style.css"><body>'
            '<main><h1>Een stichting</h1><a href="#x">Een link</a></main>'
            f'<script src="{self.baken}/widget.js" {self.attributes} defer></script></body></html>'
        )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def foreign() -> Iterator[Foreign]:
    one = Foreign()
    yield one
    one.close()


@pytest.fixture(scope="module")
def allowing(foreign: Foreign, base: FactBase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("allowing")
    with serving(folder, base, web_origins=foreign.address, web_exit="https://neutral.example/") as site:
        yield site


@pytest.fixture
def visit(contexts: Any, foreign: Foreign, allowing: Site) -> Callable[..., Page]:
    def open_it(attributes: str = "", **options: Any) -> Page:
        foreign.baken, foreign.attributes = allowing.address, attributes
        page: Page = contexts(**{"viewport": {"width": 1000, "height": 800}, **options}).new_page()
        page.complaints = []  # type: ignore[attr-defined]
        page.on("console", lambda message: page.complaints.append(message.text))  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
        page.goto(foreign.address)
        return page

    return open_it


def launcher(page: Page) -> Any:
    return page.locator("button[aria-controls=baken-frame]")


def chat(page: Page) -> FrameLocator:
    return page.frame_locator("#baken-frame")


def test_it_works_on_a_foreign_page_under_a_strict_policy(visit: Callable[..., Page]) -> None:
    page = visit()
    assert page.locator("iframe").count() == 0
    launcher(page).click()
    chat(page).locator("#text").fill("hello")
    chat(page).locator("#text").press("Enter")
    expect(chat(page).locator("#messages")).to_contain_text("You said: hello")
    assert [text for text in page.complaints if "preload" not in text] == []  # type: ignore[attr-defined]


def test_before_it_is_opened_nothing_but_the_line_is_fetched(visit: Callable[..., Page], allowing: Site) -> None:
    asked: list[str] = []
    page = visit()
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_timeout(500)
    assert [url for url in asked if f":{allowing.port}/" in url] == [f"{allowing.address}/widget.js"]


def test_the_page_around_can_not_read_what_is_written(visit: Callable[..., Page]) -> None:
    page = visit("data-open")
    chat(page).locator("#messages > li").first.wait_for()
    inner = "document.querySelector('body > div').shadowRoot.querySelector('iframe').contentDocument"
    assert page.evaluate(inner) is None


def test_a_page_that_is_not_on_the_list_gets_no_chat(contexts: Any, foreign: Foreign, site: Site) -> None:
    foreign.baken, foreign.attributes = site.address, "data-open"
    page = contexts().new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(foreign.address)
    page.wait_for_timeout(1000)
    assert chat(page).locator("#text").count() == 0
    assert any("frame-ancestors" in text for text in complaints)


def test_opening_and_closing_is_said_and_the_focus_goes_along(visit: Callable[..., Page]) -> None:
    page = visit(locale="nl")
    expect(launcher(page)).to_have_attribute("aria-expanded", "false")
    launcher(page).focus()
    page.keyboard.press("Enter")
    expect(launcher(page)).to_have_attribute("aria-expanded", "true")
    expect(chat(page).locator("#text")).to_be_focused()
    page.keyboard.press("Escape")
    expect(launcher(page)).to_have_attribute("aria-expanded", "false")
    expect(launcher(page)).to_be_focused()
    expect(page.locator("iframe")).to_be_hidden()
    page.keyboard.press("Enter")
    chat(page).locator("#close").click()
    expect(launcher(page)).to_be_focused()


def test_its_styles_and_those_of_the_page_leave_one_another_alone(visit: Callable[..., Page]) -> None:
    page = visit()
    box = launcher(page).bounding_box()
    assert box["width"] < 300 and box["height"] >= 44
    assert launcher(page).evaluate("one => getComputedStyle(one).color") == "rgb(255, 255, 255)"
    assert page.locator("h1").evaluate("one => getComputedStyle(one).color") == "rgb(255, 0, 0)"


def test_on_a_telephone_the_chat_covers_the_page_and_the_keyboard_stays_in_it(visit: Callable[..., Page]) -> None:
    page = visit(viewport={"width": 360, "height": 640})
    launcher(page).click()
    expect(chat(page).locator("#messages > li")).to_have_count(1)
    assert page.locator("iframe").bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 640}
    assert page.locator("main").evaluate("one => one.inert") is True
    chat(page).locator("#close").click()
    assert page.locator("main").evaluate("one => one.inert") is False


def test_messages_that_come_while_it_is_closed_are_counted(visit: Callable[..., Page], allowing: Site) -> None:
    from datetime import datetime, timezone

    page = visit()
    launcher(page).click()
    chat(page).locator("#text").fill("hello")
    chat(page).locator("#text").press("Enter")
    expect(chat(page).locator("#messages > li")).to_have_count(3)
    frame = next(one for one in page.frames if "/embed" in one.url)
    talk = frame.evaluate("sessionStorage.getItem('baken.conversation')")
    launcher(page).click()
    now, content = datetime.now(timezone.utc), Content(text="Are you there?", by="Anna")
    allowing.run(
        outbox.enqueue,
        allowing.office.keys,
        allowing.office.channels,
        allowing.name(talk),
        [content],
        now,
        author="advisor",
    )
    expect(launcher(page)).to_have_text("Ask a question (1)")
    launcher(page).click()
    expect(launcher(page)).to_have_text("Close")


def test_the_language_can_be_set_and_follows_the_chat(visit: Callable[..., Page]) -> None:
    page = visit('data-language="ar"')
    expect(launcher(page)).to_have_attribute("dir", "rtl")
    launcher(page).click()
    expect(chat(page).locator("html")).to_have_attribute("lang", "ar")
    chat(page).locator("#language").select_option("pl")
    expect(launcher(page)).to_have_attribute("lang", "pl")


def test_a_language_chosen_before_the_scripts_are_there_counts(visit: Callable[..., Page]) -> None:
    page = visit('data-language="ar"')
    held: list[Route] = []
    page.context.route("**/static/chat-*.js", lambda route: held.append(route))
    launcher(page).click()
    chat(page).locator("#language").select_option("pl")
    held[0].continue_()
    expect(launcher(page)).to_have_attribute("lang", "pl")
    expect(chat(page).locator("html")).to_have_attribute("lang", "pl")


def test_quick_exit_takes_the_whole_page_away(visit: Callable[..., Page], allowing: Site, foreign: Foreign) -> None:
    page = visit()
    page.context.route("https://neutral.example/**", lambda route: route.fulfill(body="It will rain."))
    launcher(page).click()
    chat(page).locator("#text").fill("hello")
    chat(page).locator("#text").press("Enter")
    expect(chat(page).locator("#messages > li")).to_have_count(3)
    frame = next(one for one in page.frames if "/embed" in one.url)
    talk = frame.evaluate("sessionStorage.getItem('baken.conversation')")
    chat(page).locator("#leave").click()
    page.wait_for_url("https://neutral.example/")
    page.wait_for_timeout(200)
    assert allowing.poll(talk, 0, 0)["known"] is False
    page.go_back()
    assert page.url != foreign.address + "/"


def test_shift_three_times_on_the_page_around_leaves_too(visit: Callable[..., Page], allowing: Site) -> None:
    page = visit()
    page.context.route("https://neutral.example/**", lambda route: route.fulfill(body="It will rain."))
    launcher(page).click()
    expect(chat(page).locator("#messages > li")).to_have_count(1)
    page.locator("a").focus()
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url("https://neutral.example/")


def test_other_frames_and_pages_can_not_steer_it(visit: Callable[..., Page]) -> None:
    page = visit("data-open")
    expect(chat(page).locator("#messages > li")).to_have_count(1)
    page.evaluate("window.postMessage({baken: 'exit'}, '*'); window.postMessage({baken: 'close'}, '*')")
    page.wait_for_timeout(300)
    expect(page.locator("iframe")).to_be_visible()


def test_the_page_of_our_own_is_made_with_the_same_line(contexts: Any, site: Site) -> None:
    page = contexts().new_page()
    page.goto(site.address)
    expect(chat(page).locator("#messages > li")).to_have_count(1)
    assert page.locator("script[src='/widget.js']").count() == 1


def test_it_is_one_small_file(allowing: Site) -> None:
    _, packed, _ = allowing.get("/widget.js", Accept_Encoding="gzip")
    assert len(packed) < 8_000
