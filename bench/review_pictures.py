"""Pictures of the test room's pages for docs/test-room.md: a real room with the real assistant, a real Chromium.

uv run python -m bench.review_pictures
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from bot.engine.rasa.model import ready
from tests.review.site import Site
from tests.staff.site import PASSWORD

OUT = Path(__file__).parent.parent / "docs" / "pictures"
SLOW = 60_000
QUESTIONS = "id,language,topic,text\n" + "".join(
    f'{number},{language},{topic},"{text}"\n'
    for number, (language, topic, text) in enumerate(
        [
            ("pl", "minimum_wage", "ile wynosi płaca minimalna"),
            ("pl", "unpaid_wages", "szef nie płaci mi od dwóch miesięcy"),
            ("ro", "minimum_wage", "cat este salariul minim pe ora"),
            ("ro", "dismissal", "m-au dat afara de azi pe maine"),
            ("uk", "work_permit", "чи потрібен мені дозвіл на роботу"),
            ("bg", "sick_pay", "болен съм, ще ми платят ли"),
            ("tr", "housing_deduction", "yatak için maaşımdan 150 euro kesiyorlar"),
            ("es", "working_hours", "cuantas horas puedo trabajar a la semana"),
        ]
    )
)


def main() -> None:
    """Write docs/pictures/room-*.png."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("this needs Chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Site(Path(folder), ready())
        site.visitor("eva", "editor")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(locale="en-GB", viewport={"width": 1000, "height": 860}).new_page()
        page.set_default_timeout(SLOW)
        _sign_in(page, site)
        for name, go in PICTURES.items():
            go(page, f"{site.address}/desk/room", Path(folder))
            page.wait_for_timeout(300)
            page.screenshot(path=str(OUT / f"room-{name}.png"))
        browser.close()
        site.close()


def _sign_in(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/sign-in")
    page.fill("#name", "eva")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    expect(page.locator(".brand")).to_be_visible(timeout=SLOW)
    if page.get_attribute("html", "lang") == "nl":
        page.click("button[name=language][value=en]")


def _try(page: Page, room: str, _folder: Path) -> None:
    page.goto(room)
    page.fill("#text", "Agencja bierze 150 euro tygodniowo za łóżko, czy to dozwolone?")
    page.click("#ask button:not(.quiet)")
    expect(page.locator("article.try")).to_have_count(1, timeout=SLOW)
    page.locator("article.try details.fact summary").first.click()
    page.evaluate("document.querySelector('article.try').scrollIntoView()")


def _flags(page: Page, room: str, _folder: Path) -> None:
    page.locator("form.flag fieldset button").first.click()
    expect(page.locator("article.try [role=status]")).to_be_visible(timeout=SLOW)
    page.goto(f"{room}/flags")


def _run(page: Page, room: str, folder: Path) -> None:
    for text in (QUESTIONS.replace("bg,sick_pay", "bg,dismissal"), QUESTIONS):
        (folder / "questions.csv").write_text(text, encoding="utf-8")
        page.goto(f"{room}/runs")
        page.set_input_files("#file", folder / "questions.csv")
        page.click("main form[enctype] button")
        expect(page.locator("svg.chart").first).to_be_visible(timeout=SLOW)


def _content(page: Page, room: str, _folder: Path) -> None:
    page.goto(f"{room}/content")


def _edit(page: Page, room: str, _folder: Path) -> None:
    page.goto(f"{room}/facts/fact:housing-max-25")


def _change(page: Page, _room: str, _folder: Path) -> None:
    page.fill("#says-0-text", page.input_value("#says-0-text").replace("at most", "no more than"))
    page.fill("#reason", "said more plainly")
    page.click("text=Save as a draft and test it")
    expect(page.locator("button[value=publish]")).to_be_visible(timeout=SLOW)


PICTURES: dict[str, Callable[[Page, str, Path], None]] = {
    "try": _try, "flags": _flags, "run": _run, "content": _content, "edit": _edit, "change": _change,
}  # fmt: skip


if __name__ == "__main__":
    main()
