"""What the browser is given, and under which rules."""

from __future__ import annotations

import gzip
import html
import json
import re
from pathlib import Path

import pytest
from site_of_web import Site, serving

from bot.channels.web import config
from bot.channels.web.assets import STATIC
from bot.channels.web.texts import best_language
from bot.settings import BadSetting, Settings
from facts.base import FactBase
from facts.languages import NAMES

SCRIPTS = STATIC.parent / "scripts"


@pytest.mark.parametrize("path", ["/", "/embed"])
@pytest.mark.parametrize(("accept", "language"), [("ar-SY,ar;q=0.9", "ar"), ("fr, pl;q=0.4", "pl"), ("xx", "en")])
def test_a_page_is_in_the_language_of_the_browser(site: Site, path: str, accept: str, language: str) -> None:
    _, page, headers = site.get(path, Accept_Language=accept)
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in page.decode()
    assert "Accept-Language" in headers["Vary"]


def test_a_language_in_the_address_wins(site: Site) -> None:
    assert '<html lang="uk"' in site.get("/embed?language=uk", Accept_Language="nl")[1].decode()


@pytest.mark.parametrize(
    ("accept", "language"),
    [("", "en"), ("*", "en"), ("nl;q=0.1, hu", "hu"), ("PT-br", "pt"), ("nl;q=x, hu;q=0.1", "hu"), ("a" * 5000, "en")],
)
def test_any_header_gives_a_language(accept: str, language: str) -> None:
    assert best_language([], accept) == language


def test_the_rules_of_a_page_allow_nothing_foreign_and_nothing_inline(site: Site) -> None:
    for path, ancestors in (("/", "'none'"), ("/embed", "'self'")):
        _, page, headers = site.get(path)
        rules = headers["Content-Security-Policy"]
        assert rules.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in rules and rules.endswith(f"frame-ancestors {ancestors}")
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
        assert "geolocation=()" in headers["Permissions-Policy"]
        assert not re.search(r"<script(?![^>]*(src=|application/json))|<style| style=| on[a-z]+=", page.decode())


def test_sites_on_the_list_may_show_the_frame(base: FactBase, tmp_path: Path) -> None:
    with serving(tmp_path, base, web_origins="https://ngo.example https://www.union.example:8443") as site:
        rules = site.get("/embed")[2]["Content-Security-Policy"]
        assert rules.endswith("frame-ancestors 'self' https://ngo.example https://www.union.example:8443")
        assert site.get("/")[2]["Content-Security-Policy"].endswith("frame-ancestors 'none'")


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "ngo.example",
        "https://ngo.example/",
        "https://*.example",
        "https://a.example;script-src",
        "javascript:x",
        "https://a.example:99999",
        "https://user@a.example",
    ],
)
def test_what_is_no_origin_is_refused_by_name(origin: str) -> None:
    with pytest.raises(BadSetting, match="BAKEN_WEB_ORIGINS"):
        config.web_config(Settings(web_origins=origin))


def test_the_place_of_quick_exit_must_be_an_address() -> None:
    with pytest.raises(BadSetting, match="BAKEN_WEB_EXIT"):
        config.web_config(Settings(web_exit="javascript:alert(1)"))


def test_files_are_packed_kept_by_their_content_and_not_sent_twice(site: Site) -> None:
    page = site.get("/embed")[1].decode()
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        status, packed, headers = site.get(address, Accept_Encoding="gzip")
        assert status == 200 and headers["Content-Encoding"] == "gzip" and "immutable" in headers["Cache-Control"]
        assert gzip.decompress(packed) == site.get(address)[1]
        assert site.get(address, If_None_Match=headers["ETag"])[0] == 304
    assert site.get("/static/chat-0000.js")[0] == 404
    assert site.get("/static/../settings.py")[0] == 404


def test_every_language_has_its_texts_and_any_other_gets_english(site: Site) -> None:
    keys = None
    for language in NAMES:
        words = json.loads(site.get(f"/api/texts/{language}")[1])
        assert words["language"] == language and all(words[name] for name in words)
        keys = keys or set(words)
        assert set(words) == keys
    assert json.loads(site.get("/api/texts/fr")[1])["language"] == "en"


def test_every_word_that_the_page_uses_exists(site: Site) -> None:
    words = json.loads(site.get("/api/texts/en")[1])
    template = (STATIC / "embed.html").read_text() + (STATIC / "page.html").read_text()
    used = set(re.findall(r"\bwords\.(\w+)", template)) | set(re.findall(r'data-word="(\w+)"', template))
    assert used <= set(words)
    assert len(used) > 15


def test_the_scripts_are_checked_against_the_words_that_there_are(site: Site) -> None:
    """`npm run types` refuses a word that is not described here."""
    words = json.loads(site.get("/api/texts/en")[1])
    described = re.search(r"interface Words \{(.*?)\n\}", (SCRIPTS / "types.d.ts").read_text(), re.DOTALL)
    assert described and set(re.findall(r"(?m)^  (\w+):", described[1])) == set(words)


def test_the_page_comes_with_its_words_in_place(site: Site) -> None:
    words = json.loads(site.get("/api/texts/pl")[1])
    page = site.get("/embed?language=pl")[1].decode()
    placed = re.findall(r'data-word="(\w+)">([^<]*)<', page)
    assert len(placed) > 10
    for name, text in placed:
        assert html.unescape(text) == words[name]


@pytest.mark.parametrize("path", ["/", "/embed"])
def test_without_scripts_it_says_what_is_missing(site: Site, path: str) -> None:
    words = json.loads(site.get("/api/texts/tr")[1])
    shown = re.search("<noscript><p>(.*)</p></noscript>", site.get(f"{path}?language=tr")[1].decode())
    assert shown and html.unescape(shown[1]) == words["no_script"]
