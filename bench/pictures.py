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

TALKS = {
    "pl": ("pl-PL", "Agencja bierze 150 euro tygodniowo za łóżko, czy to dozwolone?"),
    "ar": ("ar", "صاحب العمل أخذ جواز سفري ولا يعيده"),
}


def main() -> None:
    """Write docs/pictures/answer-<language>.png."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("this needs Chromium: apt-get install chromium")
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), BAKEN_TODAY="2026-11-23") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for language, (locale, question) in TALKS.items():
            page = browser.new_context(locale=locale, viewport={"width": 412, "height": 892}).new_page()
            page.goto(server.address)
            expect(page.locator("#log li.baken")).to_have_count(1)
            page.fill("#text", question)
            page.press("#text", "Enter")
            expect(page.locator("#log li.baken")).to_have_count(2)
            page.wait_for_timeout(300)
            page.screenshot(path=str(ROOT / "docs" / "pictures" / f"answer-{language}.png"))
        browser.close()


if __name__ == "__main__":
    main()
