"""On an old telephone over 3G: what goes over the wire before the first message, and how long until one can write."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import expect
from site_of_web import Site

#: Bytes that may go over the wire before the first message, and seconds until the chat can be used.
BYTES, SECONDS = 80_000, 3.0
#: 3G as WebPageTest and Lighthouse have it: 1.6 Mbit/s down, 768 kbit/s up, 300 ms for every request.
THREE_G = {"offline": False, "latency": 300, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 768_000 / 8}


@pytest.mark.parametrize("path", ["/", "/embed"])
@pytest.mark.parametrize("locale", ["pl", "ar"])
def test_an_old_telephone_over_3g_can_write_within_three_seconds(
    contexts: Any, site: Site, path: str, locale: str
) -> None:
    """The best of three: the machine of a test run may be busy with other things, a telephone is not."""
    times = []
    for _ in range(3):
        over_the_wire, took = first_visit(contexts, site.address + path, locale)
        times.append(took)
        print(f"{path} {locale}: {over_the_wire} bytes, {took:.2f} s")
        assert 5_000 < over_the_wire <= BYTES
        if took <= SECONDS:
            break
    assert min(times) <= SECONDS


def first_visit(contexts: Any, address: str, locale: str) -> tuple[int, float]:
    """Bytes over the wire, and seconds until one can write, in a browser that was never here."""
    page = contexts(locale=locale, viewport={"width": 360, "height": 640}).new_page()
    over_the_wire: list[float] = []
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", THREE_G)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    devtools.on("Network.loadingFinished", lambda event: over_the_wire.append(event["encodedDataLength"]))
    start = time.monotonic()
    page.goto(address, wait_until="commit")
    inner = page if address.endswith("/embed") else page.frame_locator("#baken-frame")
    expect(inner.locator("#messages > li")).to_have_count(1)
    inner.locator("#text").fill("can I write?")
    took = time.monotonic() - start
    page.wait_for_timeout(500)
    return int(sum(over_the_wire)), took
