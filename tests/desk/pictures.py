"""Pictures of the desk's pages for the docs: a real gateway, the product's own assistant, a real Chromium.

uv run python -m tests.desk.pictures
"""

from __future__ import annotations

import io
import os
import re
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from bot.conversations import cases
from tests.desk.carrier import Telephones
from tests.desk.site import Site, Worker, real_assistant
from tests.desk.test_translation import Service
from tests.staff.site import PASSWORD

DOCS = Path(__file__).parent.parent.parent / "docs" / "pictures"
#: What a translation service would say, by hand: the pictures are no test of one.
WORDS = {
    "Dostaję 11,50 euro za godzinę brutto, 45 godzin tygodniowo, mam 30 lat, od 1 lipca 2026. Czy to dobrze?": (
        "Ik krijg 11,50 euro bruto per uur, 45 uur per week, ik ben 30 jaar, sinds 1 juli 2026. Klopt dat?"
    ),
    "Chcę porozmawiać z człowiekiem": "Ik wil met een mens praten",
    "Tak, mam paski z lipca i sierpnia.": ("Ja, ik heb de loonstroken van juli en augustus."),
    "Dag, ik lees met u mee. Hebt u loonstroken?": "Dzień dobry, czytam razem z Panem. Czy ma Pan paski wypłaty?",
}


def main() -> None:
    """Write docs/pictures/desk-*.png."""
    os.environ["BAKEN_TODAY"] = "2026-11-23"
    from actions.rasa_actions import answers
    from bot.engine.rasa.model import ready

    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("this needs Chromium: apt-get install chromium")
    service = Service()
    service.words = _translated
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        site = Site(
            f"sqlite:///{folder / 'baken.db'}",
            folder,
            answers(),
            real_assistant(ready(), folder),
            Telephones(),
            translate="libretranslate",
            translate_url=service.url,
        )
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        try:
            site.account("anna", "admin", "Anna")
            site.account("boris", "advisor", "Boris")
            worker = site.worker(language="pl")
            _talks(site, worker)
            page = browser.new_context(locale="nl-NL", viewport={"width": 1080, "height": 760}).new_page()
            _pages(site, page, worker)
            phone = browser.new_context(
                locale="nl-NL", viewport={"width": 390, "height": 760}, storage_state=page.context.storage_state()
            ).new_page()
            phone.goto(f"{site.address}/desk")
            _picture(phone, "desk-phone")
        finally:
            browser.close()
            site.close()


def _translated(text: str) -> str:
    """The words by hand; figures are masked in what is asked, so they are put back by their marks."""
    for ours, theirs in WORDS.items():
        figures = re.findall(r"\d[\d.,]*\d|\d", ours)
        masked_ours, masked_theirs = ours, theirs
        for number, figure in enumerate(figures):
            masked_ours = masked_ours.replace(figure, f"[[{number}]]", 1)
            masked_theirs = masked_theirs.replace(figure, f"[[{number}]]", 1)
        if text in (ours, masked_ours):
            return theirs if text == ours else masked_theirs
    return text


def _talks(site: Site, worker: Worker) -> None:
    worker.asks(next(iter(WORDS)))
    said = worker.asks("Chcę porozmawiać z człowiekiem", least=2)
    worker.press(said[1], 0, least=2)
    for language, question, human in (
        ("ro", "Agenția ia 150 euro pe săptămână pentru cazare", "Vreau să vorbesc cu o persoană"),
        ("ar", "صاحب العمل أخذ جواز سفري ولا يعيده", "أريد التحدث مع شخص"),
    ):
        other = site.worker("whatsapp", language)
        other.asks(question)
        other.asks(human, payload="/talk_to_human", least=2)


def _pages(site: Site, page: Page, worker: Worker) -> None:
    page.goto(f"{site.address}/staff/sign-in")
    _picture(page, "desk-sign-in", height=520)
    page.fill("#name", "anna")
    page.fill("#password", PASSWORD)
    page.click("form button")
    expect(page.locator(".cases li")).to_have_count(3)
    _picture(page, "desk-queue", height=560)
    number = site.run(cases.latest, worker.name).id
    page.goto(f"{site.address}/desk/cases/{number}")
    page.get_by_role("button", name="Aannemen").click()
    page.fill("#text", "Dag, ik lees met u mee. Hebt u loonstroken?")
    page.click("#send")
    expect(page.locator("#log .message.advisor")).to_have_count(1)
    worker.send("Tak, mam paski z lipca i sierpnia.")
    expect(page.locator("#log")).to_contain_text("loonstroken van juli", timeout=10_000)
    page.fill("#note", "Loonstroken laten sturen; onder het minimumloon.")
    page.locator("#note + button").click()
    page.fill("#q", "loonstrook")
    expect(page.locator(".ready").first).to_be_visible()
    page.wait_for_timeout(400)
    _picture(page, "desk-case", whole=True)
    for path, name in (
        ("/staff/account/second", "desk-second"),
        ("/staff/people", "desk-people"),
        ("/staff/trail", "desk-trail"),
        ("/staff/account", "desk-account"),
    ):
        page.goto(site.address + path)
        _picture(page, name)


def _picture(page: Page, name: str, *, height: int = 760, whole: bool = False) -> None:
    """A small picture: few colours are enough for a page."""
    size = page.viewport_size
    assert size is not None
    clip = None if whole else {"x": 0, "y": 0, "width": size["width"], "height": min(height, size["height"])}
    raw = page.screenshot(full_page=whole) if whole else page.screenshot(clip=clip)  # type: ignore[arg-type]
    picture = Image.open(io.BytesIO(raw)).convert("RGB").quantize(48)
    picture.save(DOCS / f"{name}.png", optimize=True)
    print(f"{name}.png: {(DOCS / f'{name}.png').stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
