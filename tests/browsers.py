"""The real Chromium that pages are tested in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
#: Nothing is fetched that a page did not ask for.
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
#: Milliseconds that a page is given to show what is expected of it: as long as it takes on a machine that does four
#: other things at once. Where being quick is what a page promises, the test names its own limit.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@contextmanager
def chromium_open() -> Iterator[Browser]:
    """An open browser; without Chromium the test fails and says what to install.

    Keep it no longer than a module: while it is open no asynchronous test of another can run.
    """
    if CHROMIUM is None:
        pytest.fail("these tests need Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield one
        one.close()
