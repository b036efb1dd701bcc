"""WCAG 2.2 AA: axe in a real Chromium, the keyboard, what a screen reader hears, zoom, colours and motion."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from site_of_web import Site

from bot.conversations import outbox
from bot.conversations import store as conversations
from bot.conversations.models import Content

AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def findings(page: Page) -> list[str]:
    """What axe finds on a page and in its frames, as rule and place."""
    frames = [frame for frame in page.frames if frame.url.startswith("http")]
    for frame in frames:
        frame.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules)", {**RULES, "resultTypes": ["violations"]})
    assert len(found["passes"]) > 10, "axe looked at something"
    assert "frame-tested" not in {rule["id"] for rule in found["incomplete"]}, "axe looked into the frame"
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found["violations"] for node in rule["nodes"]]


@pytest.fixture
def chat(contexts: Any, site: Site) -> Callable[..., Page]:
    def open_it(path: str = "/embed", **options: Any) -> Page:
        page: Page = contexts(**options).new_page()
        page.goto(site.address + path)
        inner = page if path == "/embed" else page.frame_locator("#baken-frame")
        expect(inner.locator("#messages > li")).to_have_count(1)
        return page

    return open_it


def ask(page: Page, text: str) -> None:
    before = page.locator("#messages > li.baken").count()
    page.fill("#text", text)
    page.press("#text", "Enter")
    expect(page.locator("#messages > li.baken")).not_to_have_count(before)


# -- axe ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["nl", "ar"])
@pytest.mark.parametrize("size", [(1200, 800), (360, 640)], ids=["desk", "telephone"])
def test_axe_finds_nothing_on_the_page_open_and_closed(
    chat: Callable[..., Page], locale: str, size: tuple[int, int]
) -> None:
    page = chat("/", locale=locale, viewport={"width": size[0], "height": size[1]})
    assert len([frame for frame in page.frames if "/embed" in frame.url]) == 1
    assert findings(page) == []
    page.frame_locator("#baken-frame").locator("#close").click()
    expect(page.locator("iframe")).to_be_hidden()
    assert findings(page) == []


@pytest.mark.parametrize("locale", ["nl", "ar"])
def test_axe_finds_nothing_in_a_long_talk(chat: Callable[..., Page], site: Site, locale: str) -> None:
    page = chat(locale=locale)
    for text in ("hello", "danger", "letter", "two questions"):
        ask(page, text)
    page.locator(".choices button[aria-disabled=false]").first.click()
    expect(page.locator("#messages > li.me")).to_have_count(5)
    talk = page.evaluate("sessionStorage.getItem('baken.conversation')")
    content = Content(text="Goedemiddag", translated="Good afternoon", translated_to="en", by="Anna")
    site.run(
        outbox.enqueue,
        site.office.keys,
        site.office.channels,
        site.name(talk),
        [content],
        datetime.now(timezone.utc),
        author="advisor",
    )
    site.run(conversations.assign, site.name(talk), "human")
    expect(page.locator("#holder")).to_be_visible()
    page.click("#clear")
    assert findings(page) == []


# -- keyboard -------------------------------------------------------------------------------------------------------


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.closest('#messages') && 'messages'"))


def test_everything_is_reached_by_tab_in_reading_order_and_the_talk_is_one_stop(chat: Callable[..., Page]) -> None:
    page = chat()
    ask(page, "hello")
    ask(page, "letter")
    page.reload()
    expect(page.locator("#messages > li")).to_have_count(5)
    order = []
    for _ in range(7):
        page.keyboard.press("Tab")
        order.append(focused(page))
    assert order == ["leave-first", "leave", "language", "messages", "text", "send", "clear"]


def test_in_the_talk_the_arrow_keys_go_to_each_message_link_and_button(chat: Callable[..., Page]) -> None:
    page = chat()
    ask(page, "hello")
    page.focus("#text")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "Source"  # the first choice of the newest message
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "More"
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.tagName") == "LI"
    seen = set()
    for _ in range(20):
        seen.add(page.evaluate("document.activeElement.tagName"))
        page.keyboard.press("ArrowDown")
    assert seen == {"LI", "A", "BUTTON"}
    page.keyboard.press("Tab")
    assert focused(page) == "text"


def test_the_focus_can_be_seen(chat: Callable[..., Page]) -> None:
    page = chat()
    for _ in range(6):
        page.keyboard.press("Tab")
        style = page.evaluate("(s => s.outlineStyle + ' ' + s.outlineWidth)(getComputedStyle(document.activeElement))")
        assert style == "solid 3px"


def test_what_can_be_tapped_is_large_enough(chat: Callable[..., Page]) -> None:
    page = chat()
    ask(page, "letter")
    small = page.evaluate(
        "[...document.querySelectorAll('button, select, textarea')].filter(one => one.offsetParent)"
        ".filter(one => one.offsetHeight < 24 || one.offsetWidth < 24).map(one => one.outerHTML)"
    )
    assert small == []


# -- what is heard --------------------------------------------------------------------------------------------------


def test_the_log_itself_is_silent_and_only_what_is_new_is_said(chat: Callable[..., Page]) -> None:
    page = chat()
    assert page.get_attribute("#log", "role") == "log" and page.get_attribute("#log", "aria-live") == "off"
    assert page.inner_text("#heard") == ""
    ask(page, "one")
    assert page.locator("#heard p").count() == 1
    ask(page, "two")
    heard = page.locator("#heard p").all_inner_texts()
    assert len(heard) == 2 and "You said: one" not in heard[1] and "You said: two" in heard[1]
    assert page.locator("#log #heard, #heard #log").count() == 0
    page.reload()
    expect(page.locator("#messages > li")).to_have_count(5)
    assert page.inner_text("#heard") == ""


def test_every_message_says_whose_it_is_and_in_which_language(chat: Callable[..., Page]) -> None:
    page = chat(locale="pl")
    ask(page, "hello")
    assert (
        page.locator("#messages > li")
        .all_inner_texts()[1]
        .startswith(page.evaluate("JSON.parse(document.getElementById('words').textContent).you"))
    )
    assert page.get_attribute("#messages > li:last-child", "lang") == "pl"


# -- sight ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/embed", "/"])
@pytest.mark.parametrize("locale", ["bg", "ar"])
def test_at_two_hundred_per_cent_and_320_pixels_nothing_is_lost(
    chat: Callable[..., Page], path: str, locale: str
) -> None:
    """A window of 640 x 512 at 200 % is one of 320 x 256 CSS pixels."""
    page = chat(path, locale=locale, viewport={"width": 320, "height": 256})
    inner = next(frame for frame in page.frames if "/embed" in frame.url)
    for frame in page.frames:
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth"), frame.url
    for name in ("#leave", "#language", "#messages li", "#text", "#send", "#clear"):
        inner.locator(name).first.scroll_into_view_if_needed()
        box = inner.locator(name).first.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 320, name
        assert inner.evaluate(
            "name => { const one = document.querySelector(name), r = one.getBoundingClientRect();"
            "const at = document.elementFromPoint(r.left + r.width / 2, Math.max(1, Math.min(innerHeight - 1, "
            "r.top + Math.min(r.height, 40) / 2))); return one.contains(at) || at.contains(one); }",
            name,
        ), name


def test_with_text_twice_as_large_nothing_is_cut_off(chat: Callable[..., Page]) -> None:
    page = chat(locale="hu", viewport={"width": 390, "height": 780})
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = page.evaluate(
        "[...document.querySelectorAll('button, #title, .note')].filter(one => one.offsetParent)"
        ".filter(one => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)"
        ".map(one => one.id || one.className)"
    )
    assert cut == []


def test_in_forced_colours_edges_and_states_can_still_be_seen(chat: Callable[..., Page]) -> None:
    page = chat(forced_colors="active")
    ask(page, "hello")
    for name in (".bubble", ".choices button", "#send", "#leave"):
        border = page.locator(name).first.evaluate("one => getComputedStyle(one).borderTopWidth")
        assert border != "0px", name
    assert findings(page) == []


def test_without_motion_nothing_moves(chat: Callable[..., Page]) -> None:
    moving = {}
    for motion in ("reduce", "no-preference"):
        page = chat(reduced_motion=motion)
        page.evaluate("document.getElementById('status').classList.add('dots')")
        page.evaluate("document.getElementById('status').textContent = 'x'")
        moving[motion] = page.evaluate("document.getAnimations().length")
    assert moving == {"reduce": 0, "no-preference": 1}
