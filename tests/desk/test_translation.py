"""Advisor and worker write their own languages; a translation that fails or is slow holds nothing up."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.desk.site import Site, waits


class Service:
    """A LibreTranslate on a real socket, that can be made slow or broken."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.seconds, self.status = 0.0, 200
        self.words: Callable[[str], str] = lambda _: ""  #: what it says, where that matters
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.asked.append(body)
                time.sleep(service.seconds)
                self.send_response(service.status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                text = service.words(body["q"]) or f"[{body['source']}→{body['target']}] {body['q']}"
                self.wfile.write(json.dumps({"translatedText": text}).encode())

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.server.shutdown()


def eventually(look: Callable[[], bool], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_both_texts_stand_on_both_sides_marked(small: Callable[..., Site], service: Service) -> None:
    site = small(translate="libretranslate", translate_url=service.url)
    worker, number = waits(site, "pl")
    anna = site.signed_in("anna")  # Dutch
    path = f"/desk/cases/{number}"
    anna.post(f"{path}/take")
    worker.heard()
    worker.send("nie dostałem 1 200 euro")
    eventually(lambda: "[pl→nl] nie dostałem 1 200 euro" in anna.get(path).text)
    page = anna.get(path).text
    assert "nie dostałem 1 200 euro</p>" in page and "Machinevertaling:" in page
    anna.post(f"{path}/say", text="Sinds wanneer?")
    (said,) = worker.heard()
    assert (said.text, said.translated, said.translated_to) == ("Sinds wanneer?", "[nl→pl] Sinds wanneer?", "pl")
    assert "[nl→pl] Sinds wanneer?" in anna.get(path).text
    assert all("1 200" not in one["q"] for one in service.asked), "figures are never given to the machine"


def test_it_is_switched_off_for_one_case_and_left_out_for_what_is_in_their_language_already(
    small: Callable[..., Site], service: Service
) -> None:
    site = small(translate="libretranslate", translate_url=service.url)
    worker, number = waits(site, "pl")
    anna = site.signed_in("anna")
    path = f"/desk/cases/{number}"
    anna.post(f"{path}/take")
    anna.post(f"{path}/say", text="Dzień dobry", plain="yes")
    assert worker.heard(2)[-1].translated == ""
    anna.post(f"{path}/translate", on="no")
    anna.post(f"{path}/say", text="Goedemorgen")
    (said,) = worker.heard()
    assert (said.text, said.translated, said.translated_to) == ("Goedemorgen", "", "")
    worker.send("dzień dobry")
    time.sleep(0.5)
    assert not {"Dzień dobry", "Goedemorgen", "dzień dobry"} & {asked["q"] for asked in service.asked}
    anna.post(f"{path}/translate", on="yes")
    eventually(lambda: "[pl→nl] dzień dobry" in anna.get(path).text)


@pytest.mark.parametrize(("seconds", "status"), [(5.0, 200), (0.0, 500)])
def test_a_slow_or_broken_service_blocks_no_message(
    small: Callable[..., Site], service: Service, seconds: float, status: int
) -> None:
    site = small(translate="libretranslate", translate_url=service.url, translate_deadline=0.3)
    service.seconds, service.status = seconds, status
    worker, number = waits(site, "pl")
    anna = site.signed_in("anna")
    path = f"/desk/cases/{number}"
    anna.post(f"{path}/take")
    worker.heard()
    start = time.monotonic()
    assert anna.post(f"{path}/say", text="Sinds wanneer?").status_code == 303
    assert time.monotonic() - start < 2.5
    (said,) = worker.heard()
    assert (said.text, said.translated) == ("Sinds wanneer?", "")
    worker.send("od marca")
    eventually(lambda: anna.get(path).text.count("Kon niet worden vertaald.") == 3)
    assert "od marca" in anna.get(path).text


def test_what_failed_is_tried_again_when_translation_is_switched_off_and_on(
    small: Callable[..., Site], service: Service
) -> None:
    site = small(translate="libretranslate", translate_url=service.url)
    service.status = 500
    worker, number = waits(site, "pl")
    anna = site.signed_in("anna")
    path = f"/desk/cases/{number}"
    anna.post(f"{path}/take")
    eventually(lambda: "Kon niet worden vertaald." in anna.get(path).text)
    service.status = 200
    anna.post(f"{path}/translate", on="no")
    anna.post(f"{path}/translate", on="yes")
    eventually(lambda: "[pl→nl] person please" in anna.get(path).text)
    assert "Kon niet worden vertaald." not in anna.get(path).text
    assert worker.heard()


def test_without_the_operators_word_nothing_is_sent_to_any_machine(small: Callable[..., Site]) -> None:
    site = small()
    worker, number = waits(site, "pl")
    anna = site.signed_in("anna")
    anna.post(f"/desk/cases/{number}/take")
    worker.heard()
    anna.post(f"/desk/cases/{number}/say", text="Sinds wanneer?")
    assert worker.heard()[0].translated == ""
    assert "/translate" not in anna.get(f"/desk/cases/{number}").text
