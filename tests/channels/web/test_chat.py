"""The chat in a real Chromium, as a person uses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from site_of_web import Site

from bot.conversations import cases, history, outbox
from bot.conversations import store as conversations
from bot.conversations.database import notify
from bot.conversations.models import Content

Open = Callable[..., Page]


@pytest.fixture
def chat(contexts: Any, site: Site) -> Open:
    def open_it(path: str = "/embed", **options: Any) -> Page:
        page: Page = contexts(**options).new_page()
        page.goto(site.address + path)
        expect(page.locator("#messages > li")).to_have_count(1)
        return page

    return open_it


def ask(page: Page, text: str) -> None:
    before = page.locator("#messages > li.baken").count()
    page.fill("#text", text)
    page.press("#text", "Enter")
    expect(page.locator("#messages > li.baken")).not_to_have_count(before)


def secret(page: Page) -> str:
    return str(page.evaluate("sessionStorage.getItem('baken.conversation')"))


def advise(site: Site, page: Page, **content: Any) -> None:
    now = datetime.now(timezone.utc)
    name = site.name(secret(page))
    site.run(outbox.enqueue, site.office.keys, site.office.channels, name, [Content(**content)], now, author="advisor")


# -- saying and hearing ---------------------------------------------------------------------------------------------


def test_ones_own_message_is_shown_at_once_and_then_as_sent(chat: Open) -> None:
    page = chat()
    page.route("**/api/messages", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.fill("#text", "hello")
    page.press("#text", "Enter")
    mine = page.locator("#messages > li.me")
    expect(mine).to_have_attribute("data-state", "sending", timeout=200)
    expect(mine).to_have_attribute("data-state", "sent")
    expect(page.locator("#messages > li.baken")).to_have_count(2)
    expect(mine).to_have_count(1)


def test_links_open_elsewhere_without_telling_where_from_and_numbers_can_be_tapped(chat: Open) -> None:
    page = chat()
    ask(page, "hello")
    link = page.locator("#messages a[href^=https]").first
    assert link.get_attribute("rel") == "noopener noreferrer" and link.get_attribute("target") == "_blank"
    assert page.locator("#messages a[href='tel:112']").first.get_attribute("dir") == "ltr"


def test_buttons_are_used_up_the_chosen_one_is_said_and_keeps_the_focus(chat: Open) -> None:
    page = chat()
    ask(page, "hello")
    button = page.locator("#messages > li").last.get_by_role("button", name="More", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#messages > li.baken")).to_have_count(3)
    chosen = page.locator("button.chosen")
    expect(chosen).to_have_text("More, chosen")
    expect(chosen).to_be_focused()
    used = page.locator("#messages > li").nth(2).locator(".choices button")
    assert [used.nth(n).get_attribute("aria-disabled") for n in range(2)] == ["true", "true"]
    chosen.click(force=True)
    page.wait_for_timeout(200)
    expect(page.locator("#messages > li.me")).to_have_count(2)


def test_two_questions_at_once_can_both_be_answered(chat: Open) -> None:
    page = chat()
    ask(page, "two questions")
    page.get_by_role("button", name="Yes").click()
    expect(page.locator("#messages > li.baken")).to_have_count(4)
    later = page.get_by_role("button", name="Later")
    expect(later).to_have_attribute("aria-disabled", "false")
    later.click()
    expect(page.locator("#messages > li.me")).to_have_count(3)


def test_an_answer_that_takes_long_is_announced(chat: Open) -> None:
    page = chat()
    page.fill("#text", "slow")
    page.press("#text", "Enter")
    expect(page.locator("#status")).to_have_text("Baken is writing", timeout=1900)
    expect(page.locator("#status")).to_have_text("", timeout=5000)


def test_what_a_person_writes_is_never_run(chat: Open) -> None:
    page = chat()
    page.evaluate("window.ran = false")
    ask(page, "<img src=x onerror='window.ran=true'><script>window.ran=true</script>")
    assert page.evaluate("window.ran") is False
    assert page.locator("#messages img").count() == 0


def test_a_file_is_downloaded(chat: Open) -> None:
    page = chat()
    ask(page, "letter")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download (letter.pdf)").click()
    assert download.value.suggested_filename == "letter.pdf"
    assert download.value.path().read_bytes() == b"%PDF-1.7 a letter"


def test_changing_the_language_changes_the_page_and_its_direction(chat: Open) -> None:
    page = chat()
    page.select_option("#language", "ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("#messages > li.baken")).to_have_count(2)
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ar")


# -- nothing is lost ------------------------------------------------------------------------------------------------


def test_without_a_network_it_says_so_keeps_trying_and_loses_nothing(chat: Open) -> None:
    page = chat()
    ask(page, "before")
    page.context.set_offline(True)
    page.fill("#text", "in the tunnel")
    page.press("#text", "Enter")
    expect(page.locator("#status")).to_have_text("No connection. I keep trying.", timeout=5000)
    expect(page.locator("#messages > li.me").last).to_have_attribute("data-state", "sending")
    page.context.set_offline(False)
    expect(page.locator("#messages > li.baken")).to_have_count(3)
    expect(page.locator("#messages > li.me").last).to_have_attribute("data-state", "sent")
    expect(page.locator("#messages")).to_contain_text("You said: in the tunnel")


def test_an_answer_that_is_lost_on_the_way_makes_no_second_message(chat: Open, site: Site) -> None:
    page = chat()
    tries: list[str] = []

    def lose_the_first(route: Any) -> None:
        tries.append(route.request.post_data)
        if len(tries) == 1:
            route.fetch()  # it arrives, but its answer does not come back
            route.abort()
        else:
            route.continue_()

    page.route("**/api/messages", lose_the_first)
    ask(page, "once")
    expect(page.locator("#messages > li.me")).to_have_attribute("data-state", "sent")
    assert len(tries) == 2 and tries[0] == tries[1]
    said = site.poll(secret(page), 0, 0)["messages"]
    assert len([one for one in said if one["me"]]) == 1


def test_the_talk_is_there_after_a_reload_with_its_choices_as_they_were(chat: Open) -> None:
    page = chat()
    ask(page, "hello")
    page.get_by_role("button", name="Source").click()
    expect(page.locator("#messages > li.baken")).to_have_count(3)
    before = page.locator("#messages .text").all_inner_texts()
    page.reload()
    expect(page.locator("#messages > li")).to_have_count(5)
    assert page.locator("#messages .text").all_inner_texts() == before
    expect(page.locator("button.chosen")).to_have_text("Source, chosen")
    assert page.inner_text("#heard") == ""


def test_what_was_not_sent_before_a_reload_is_sent_after_it(chat: Open) -> None:
    page = chat()
    ask(page, "first")
    page.route("**/api/messages", lambda route: route.abort())
    page.fill("#text", "second")
    page.press("#text", "Enter")
    expect(page.locator("#messages > li.me")).to_have_count(2)
    page.unroute("**/api/messages")
    page.reload()
    expect(page.locator("#messages")).to_contain_text("You said: second")
    expect(page.locator("#messages > li.me")).to_have_count(2)


def test_what_was_not_sent_outlives_a_second_reload_with_something_said_between(chat: Open) -> None:
    page = chat()
    ask(page, "first")
    for path in ("**/api/messages", "**/api/poll"):
        page.route(path, lambda route: route.abort())
    for text in ("second", "third"):
        page.fill("#text", text)
        page.press("#text", "Enter")
        expect(page.locator("#messages > li.me").last).to_contain_text(text)
        page.reload()
        expect(page.locator("#messages > li")).to_have_count(1)
    page.unroute_all()
    page.reload()
    expect(page.locator("#messages")).to_contain_text("You said: second")
    expect(page.locator("#messages")).to_contain_text("You said: third")
    expect(page.locator("#messages > li.me")).to_have_count(3)


def test_a_server_that_is_busy_is_waited_for(chat: Open) -> None:
    page = chat()
    answers = iter([429, 503])

    def busy(route: Any) -> None:
        status = next(answers, 0)
        if status:
            route.fulfill(status=status, headers={"Retry-After": "1"}, body="busy")
        else:
            route.continue_()

    page.route("**/api/messages", busy)
    page.fill("#text", "hello")
    page.press("#text", "Enter")
    expect(page.locator("#status")).to_have_text("Too much at once. I send your message in a moment.")
    expect(page.locator("#messages > li.baken")).to_have_count(2)


def test_a_message_that_is_refused_says_so_and_can_be_changed(chat: Open) -> None:
    page = chat()
    page.route("**/api/messages", lambda route: route.fulfill(status=413, body="too large"))
    page.fill("#text", "very long")
    page.press("#text", "Enter")
    expect(page.locator("#status")).to_have_text("Your message is too long. Please write less.")
    page.get_by_role("button", name="Not sent. Try again").click()
    expect(page.locator("#text")).to_have_value("very long")
    expect(page.locator("#messages > li.me")).to_have_count(0)


def test_where_storage_is_blocked_the_chat_works_without_it(contexts: Any, site: Site) -> None:
    page = contexts().new_page()
    page.add_init_script("Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('blocked'); }})")
    page.goto(site.address + "/embed")
    ask(page, "hello")
    expect(page.locator("#messages")).to_contain_text("You said: hello")


# -- deleting and leaving -------------------------------------------------------------------------------------------


def test_clearing_asks_first_then_deletes_on_the_server_too(chat: Open, site: Site) -> None:
    page = chat()
    ask(page, "hello")
    talk = secret(page)
    page.click("#clear")
    expect(page.locator("#clear-no")).to_be_focused()
    page.click("#clear-no")
    expect(page.locator("#messages > li")).to_have_count(3)
    page.click("#clear")
    page.click("#clear-yes")
    expect(page.locator("#messages > li")).to_have_count(1)
    expect(page.locator("#status")).to_have_text("Everything in this chat is deleted.")
    assert site.poll(talk, 0, 0)["known"] is False
    assert page.evaluate("sessionStorage.length") == 0
    ask(page, "a new talk")
    assert secret(page) != talk


def test_what_was_not_sent_before_a_reload_is_deleted_with_the_talk(chat: Open, site: Site) -> None:
    page = chat()
    ask(page, "first")
    for path in ("**/api/messages", "**/api/poll"):
        page.route(path, lambda route: route.abort())
    page.fill("#text", "my secret")
    page.press("#text", "Enter")
    expect(page.locator("#messages > li.me")).to_have_count(2)
    page.reload()
    page.click("#clear")
    page.click("#clear-yes")
    expect(page.locator("#status")).to_have_text("Everything in this chat is deleted.")
    page.unroute_all()
    ask(page, "a new talk")
    page.wait_for_timeout(1500)  # long enough for whatever was still to be sent
    assert [one["text"] for one in site.poll(secret(page), 0, 0)["messages"] if one["me"]] == ["a new talk"]


def test_that_it_is_deleted_is_said_only_when_it_is(chat: Open) -> None:
    page = chat()
    ask(page, "hello")
    page.route("**/api/forget", lambda route: route.abort())
    page.click("#clear")
    page.click("#clear-yes")
    expect(page.locator("#status")).to_have_text("No connection. I keep trying.")
    expect(page.locator("#messages > li")).to_have_count(3)
    page.unroute("**/api/forget")
    expect(page.locator("#status")).to_have_text("Everything in this chat is deleted.")


def test_what_is_deleted_by_asking_for_it_goes_from_the_page(chat: Open) -> None:
    page = chat()
    ask(page, "my secret")
    page.evaluate("document.querySelector('.choices button').click()")  # anything, so that a poll is under way
    page.select_option("#language", "nl")
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    page.evaluate(
        "fetch('/api/messages', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({"
        "conversation: sessionStorage.getItem('baken.conversation'), id: 'ab'.repeat(16), text: 'x', "
        "payload: '/confirm_delete'})})"
    )
    expect(page.locator("#messages")).not_to_contain_text("my secret")


@pytest.fixture
def neutral(chat: Open) -> Open:
    def open_it(path: str = "/embed", **options: Any) -> Page:
        page = chat(path, **options)
        page.context.route("https://neutral.example/**", lambda route: route.fulfill(body="It will rain."))
        return page

    return open_it


def left(page: Page, site: Site, talk: str) -> None:
    page.wait_for_url("https://neutral.example/", timeout=5000)  # whoever leaves in a hurry is gone
    assert page.inner_text("body") == "It will rain."
    page.wait_for_timeout(200)
    assert site.poll(talk, 0, 0)["known"] is False
    page.goto(site.address + "/embed")
    assert page.evaluate("sessionStorage.length") == 0
    expect(page.locator("#messages > li")).to_have_count(1)


def test_the_button_leaves_quickly_and_nothing_stays(neutral: Open, site: Site) -> None:
    page = neutral()
    ask(page, "hello")
    talk = secret(page)
    page.click("#leave")
    left(page, site, talk)


def test_the_first_stop_of_the_tab_key_leaves_too(neutral: Open, site: Site) -> None:
    page = neutral()
    ask(page, "hello")
    talk = secret(page)
    page.evaluate("document.activeElement.blur()")
    page.locator("#leave-first").focus()
    expect(page.locator("#leave-first")).to_be_in_viewport()
    page.keyboard.press("Enter")
    left(page, site, talk)


def test_shift_three_times_leaves_and_says_how_many_are_left(neutral: Open, site: Site) -> None:
    page = neutral()
    ask(page, "hello")
    talk = secret(page)
    page.keyboard.press("Shift")
    expect(page.locator("#status")).to_contain_text("two more times")
    page.keyboard.press("Shift")
    expect(page.locator("#status")).to_contain_text("one more time")
    page.keyboard.press("Shift")
    left(page, site, talk)


def test_capital_letters_and_slow_shifts_do_not_leave(neutral: Open) -> None:
    page = neutral()
    page.focus("#text")
    for letter in "ABCD":
        page.keyboard.down("Shift")
        page.keyboard.press(letter)
        page.keyboard.up("Shift")
    page.clock.install()
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.clock.fast_forward(6000)
    page.keyboard.press("Shift")
    page.clock.run_for(1000)
    assert "/embed" in page.url


def test_everything_is_covered_at_once_also_before_the_next_page_is_there(chat: Open) -> None:
    page = chat()
    ask(page, "hello")
    page.context.route("https://neutral.example/**", lambda route: None)  # a network that hangs
    seen = page.evaluate(
        "document.getElementById('leave').click(), [document.elementFromPoint(100, 300).className, document.title]"
    )
    assert seen[0] == "gone" and "Baken" not in seen[1]


def test_a_talk_that_waits_for_a_person_is_not_lost_by_leaving(neutral: Open, site: Site) -> None:
    page = neutral()
    ask(page, "hello")
    talk = secret(page)
    site.run(
        cases.open_case,
        site.name(talk),
        datetime.now(timezone.utc),
        urgency=1,
        topic="",
        language="en",
        first_message=0,
    )
    expect(page.locator("#holder")).to_be_visible()
    page.click("#leave")
    page.wait_for_url("https://neutral.example/")
    assert site.poll(talk, 0, 0)["holder"] == "waiting"


# -- a person answers -----------------------------------------------------------------------------------------------


def test_waiting_and_a_person_are_shown_with_a_way_back(chat: Open, site: Site) -> None:
    page = chat()
    ask(page, "hello")
    expect(page.locator("#holder")).to_be_hidden()
    name = site.name(secret(page))
    site.run(conversations.assign, name, "waiting")
    expect(page.locator("#holder-text")).to_have_text("You are waiting for a person. Until then Baken answers.")
    site.run(conversations.assign, name, "human")
    expect(page.locator("#holder-text")).to_have_text("A person answers you now.")
    page.click("#back")
    expect(page.locator("#messages > li.me").last).to_have_attribute("data-state", "sent")
    said = site.run(history.since, site.office.keys, name)
    assert [one.content.payload for one in said if one.direction == "in"] == ["", "/leave_human"]
    site.run(conversations.assign, name, "bot")
    expect(page.locator("#holder")).to_be_hidden()


def test_an_advisors_message_has_a_name_and_both_texts(chat: Open, site: Site) -> None:
    page = chat(locale="ar")
    ask(page, "hello")
    advise(
        site, page, text="Good afternoon, I am Anna", translated="مساء الخير، أنا آنا", translated_to="ar", by="Anna"
    )
    item = page.locator("#messages > li.advisor")
    expect(item.locator(".who")).to_have_text("Anna: ")
    expect(item.locator(".text").first).to_have_text("مساء الخير، أنا آنا")
    expect(item.locator(".original .text")).to_have_text("Good afternoon, I am Anna")
    words = page.evaluate("JSON.parse(document.getElementById('words').textContent)")
    expect(item.locator(".meta").first).to_have_text(words["translated"])
    expect(page.locator("#heard")).to_contain_text("Anna: مساء الخير")


def test_typing_goes_both_ways(chat: Open, site: Site) -> None:
    page = chat()
    ask(page, "hello")
    name = site.name(secret(page))
    site.run(conversations.assign, name, "human")
    expect(page.locator("#holder")).to_be_visible()
    site.run(notify, f"writing:{name}")
    expect(page.locator("#status")).to_have_text("A person is writing")
    with page.expect_request("**/api/typing"):
        page.type("#text", "wait")


# -- read aloud -----------------------------------------------------------------------------------------------------

VOICES = """
const said = [];
window.said = said;
const voices = [{lang: 'en-GB', localService: true}, {lang: 'pl-PL', localService: false}];
Object.defineProperty(window, 'speechSynthesis', {value: {
  getVoices: () => voices, speak: (one) => said.push(one), cancel: () => said.push('cancel'), addEventListener() {}}});
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""


def test_an_answer_is_read_by_a_voice_of_the_device_and_by_no_other(contexts: Any, site: Site) -> None:
    for locale, count in (("en-GB", 1), ("pl", 0)):
        page = contexts(locale=locale).new_page()
        page.add_init_script(VOICES)
        page.goto(site.address + "/embed")
        expect(page.locator("#messages > li")).to_have_count(1)
        expect(page.locator(".listen:not([hidden])")).to_have_count(count)
        if count:
            page.click(".listen")
            assert page.evaluate("said[0].text") == page.inner_text("#messages .text")
            expect(page.locator(".listen")).to_have_attribute("aria-pressed", "true")
            page.click(".listen")
            assert page.evaluate("said[1]") == "cancel"


# -- privacy --------------------------------------------------------------------------------------------------------


def test_nothing_is_asked_of_any_other_host_and_nothing_is_kept(chat: Open, site: Site) -> None:
    hosts: set[str] = set()
    page = chat()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    ask(page, "hello")
    page.reload()
    expect(page.locator("#messages > li")).to_have_count(3)
    assert hosts == {f"127.0.0.1:{site.port}"}
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length") == 0
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    assert "hello" not in kept and re.search(r'"baken.conversation":"[0-9a-f]{32}"', kept)


def test_the_secret_stands_in_no_address(chat: Open) -> None:
    addresses: list[str] = []
    page = chat()
    page.on("request", lambda request: addresses.append(request.url))
    ask(page, "letter")
    with page.expect_download():
        page.get_by_role("button", name="Download (letter.pdf)").click()
    assert addresses and not any(secret(page) in address for address in addresses)
