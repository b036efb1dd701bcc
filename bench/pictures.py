"""Pictures of the real page for the README: a running `baken`, a real Chromium.

uv run python -m bench.pictures
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "whole"))

from server import running  # noqa: E402

PHONE, DESK = {"width": 412, "height": 892}, {"width": 1180, "height": 760}
#: Picture: the browser's language, the size of the window, and what the worker writes; "/" presses the first button.
TALKS = {
    "answer-pl": ("pl-PL", PHONE, ["Agencja bierze 150 euro tygodniowo za łóżko, czy to dozwolone?"]),
    "answer-ar": ("ar", PHONE, ["صاحب العمل أخذ جواز سفري ولا يعيده"]),
    "sum-es": (
        "es-ES", PHONE,
        [
            "Me pagan 11,50 euros la hora en bruto, 45 horas a la semana, tengo 30 años, desde el 1 de julio de 2026, "
            "¿está bien?",
            "/",
        ],
    ),
    "widget-uk": ("uk", DESK, ["Скільки днів відпустки я маю?"]),
}  # fmt: skip


def talk(page: Page, turns: list[str]) -> None:
    """Have the talk in the widget of a page."""
    chat = page.frame_locator("#baken-frame")
    answers = chat.locator("#messages > li.baken")
    expect(answers).to_have_count(1)
    for turn in turns:
        before = answers.count()
        if turn == "/":
            answers.last.locator(".choices button").first.click()
        else:
            chat.locator("#text").fill(turn)
            chat.locator("#text").press("Enter")
        expect(answers).not_to_have_count(before, timeout=30_000)
        page.wait_for_timeout(500)


def main() -> None:
    """Write docs/pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("this needs Chromium: apt-get install chromium")
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), BAKEN_TODAY="2026-11-23") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, (locale, size, turns) in TALKS.items():
            page = browser.new_context(locale=locale, viewport=size).new_page()
            page.goto(server.address)
            talk(page, turns)
            if len(turns) > 1:  # the sum and the letter below it
                page.frames[-1].evaluate("document.getElementById('log').scrollTop -= 180")
            page.screenshot(path=str(ROOT / "docs" / "pictures" / f"{name}.png"))
        browser.close()


if __name__ == "__main__":
    main()
