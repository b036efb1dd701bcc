"""The files that were made for a person: found by a name nobody can guess, gone after the download or a day."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

#: Seconds that a file waits for its download.
KEPT: Final = 24 * 60 * 60
_NAME: Final = re.compile(r"^[0-9a-f]{32}\.pdf$")

_place = Path(os.environ.get("BAKEN_DATA_FOLDER") or "var") / "letters"


def use(data_folder: Path) -> None:
    """Keep the files under `letters` in this folder from now on."""
    global _place
    _place = data_folder / "letters"


def folder() -> Path:
    """Where the files lie."""
    return _place


def store_letter(content: bytes) -> Path:
    """Write a file that only this machine's user can read, and delete what has waited too long."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    purge()
    path = place / f"{secrets.token_hex(16)}.pdf"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    return path


def forget(names: Iterable[str]) -> None:
    """Delete files by name, where they are still there."""
    for name in names:
        if _NAME.match(name):
            (folder() / name).unlink(missing_ok=True)


def load_letter(name: str) -> bytes | None:
    """The content of a kept file, which is deleted; None where there is none of that name."""
    path = folder() / name
    if not _NAME.match(name) or not path.is_file():
        return None
    content = path.read_bytes()
    path.unlink(missing_ok=True)
    return content


def purge(now: float | None = None) -> int:
    """Delete the files that have waited for more than a day; returns how many."""
    before = (time.time() if now is None else now) - KEPT
    old = [path for path in folder().glob("*.pdf") if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
