"""Pictures of the real page for the README: a running `baken`, a real Chromium, phone size.

uv run python -m bench.pictures
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "whole"))

from server import running  # noqa: E402

#: Picture: the browser's language, and what the worker writes.
TALKS = {
    "answer-pl": ("pl-PL", ["Agencja bierze 150 euro tygodniowo za łóżko, czy to dozwolone?"]),
    "answer-ar": ("ar", ["صاحب العمل أخذ جواز سفري ولا يعيده"]),
    "sum-es": (
        "es-ES",
        [
            "Me pagan 11,50 euros la hora en bruto, 45 horas a la semana, tengo 30 años, desde el 1 de julio de 2026, "
            "¿está bien?",
         "/make_letter"],
    ),
}  # fmt: skip


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
        for name, (locale, turns) in TALKS.items():
            page = browser.new_context(locale=locale, viewport={"width": 412, "height": 892}).new_page()
            page.goto(server.address)
            expect(page.locator("#log li.baken")).to_have_count(1)
            for number, turn in enumerate(turns):
                if turn.startswith("/"):
                    page.locator("#log li.baken").last.locator("button").first.click()
                else:
                    page.fill("#text", turn)
                    page.press("#text", "Enter")
                expect(page.locator("#log li.baken")).to_have_count(number + 2)
            page.wait_for_timeout(300)
            if len(turns) > 1:  # the sum and the letter below it
                page.evaluate("document.getElementById('log').scrollTop -= 420")
            page.screenshot(path=str(ROOT / "docs" / "pictures" / f"{name}.png"))
        browser.close()


if __name__ == "__main__":
    main()
