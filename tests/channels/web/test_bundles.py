"""The bundles that are committed are those of the scripts beside them, and old telephones understand them."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from bot.channels.web.assets import STATIC

ROOT = Path(__file__).parents[3]
SCRIPTS = STATIC.parent / "scripts"
MANIFEST = json.loads((SCRIPTS / "bundles.json").read_text())
BUNDLES = sorted(MANIFEST["bundles"])


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_bundle_and_every_script_is_in_the_manifest() -> None:
    assert BUNDLES == sorted(path.name for path in STATIC.glob("*.js")) == ["chat.bundle.js", "widget.bundle.js"]
    bundled = {source for bundle in MANIFEST["bundles"].values() for source in bundle["sources"]}
    assert bundled == {path.relative_to(SCRIPTS).as_posix() for path in SCRIPTS.rglob("*.js")}


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_is_that_of_its_sources(name: str) -> None:
    """Without Node; `npm run build -- --check` builds them again and compares."""
    bundle = MANIFEST["bundles"][name]
    assert sha256(STATIC / name) == bundle["sha256"], f"{name} was changed by hand: npm run build"
    for source, digest in bundle["sources"].items():
        assert sha256(SCRIPTS / source) == digest, f"{source} was changed after {name} was built: npm run build"


def test_the_bundles_are_made_by_the_esbuild_that_the_lock_names() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert lock["packages"]["node_modules/esbuild"]["version"] == MANIFEST["esbuild"]


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_keeps_to_what_old_telephones_know(name: str) -> None:
    """Chrome 60: nothing newer in syntax, and none of the newer functions that are easily used."""
    newer = re.compile(
        r"\?\.[a-zA-Z(\[]|\?\?|catch ?\{|\(\?<[!=]|\.replaceChildren|\.matchAll|\.flat\(|\.at\(|requestSubmit"
        r"|\bimport\b|\bexport\b|Object\.fromEntries|globalThis|\.replaceAll|AbortController|structuredClone|\d_\d"
    )
    assert not newer.search((STATIC / name).read_text())


def test_what_is_installed_comes_from_wherever_npm_is_told() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    assert all(package.get("integrity") for name, package in lock["packages"].items() if name)
