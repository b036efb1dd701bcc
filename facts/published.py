"""The content in force: that of the code, or the newest version that editors published on this installation.

A published version is a whole facts folder under `<content folder>/versions`; `current` is a symbolic link to it,
swapped in one step (bot/review/content/publishing.py makes both). Whoever asks for `base()` gets the new version
without a restart: the link is read at each call, a changed one is loaded in a thread of its own, and the old one is
given until the new one is ready.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Final

from facts import languages
from facts.base import FactBase
from facts.check import load
from facts.read import BrokenFile

log = logging.getLogger(__name__)

CURRENT: Final = "current"
VERSIONS: Final = "versions"
DRAFTS: Final = "drafts"
_NAME: Final = re.compile(r"[0-9a-z][0-9a-z-]{0,80}")
#: The content of a draft, for one message of the one who tries it.
_chosen: ContextVar[FactBase | None] = ContextVar("content", default=None)


class Published:
    """The content of one installation.

    Args:
        folder: where published versions stand; nothing needs to be there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._version = ""
        self._base: FactBase | None = None
        self._lock = threading.Lock()
        self._loading: str | None = None  #: the version that a thread reads just now

    def version(self) -> str:
        """Name of the version that is published on this machine, "" for the code's own content."""
        try:
            return (self.folder / CURRENT).readlink().name
        except OSError:
            return ""

    def base(self) -> FactBase:
        """The content in force.

        Raises:
            BrokenFile: nothing is published, and the code's own content is broken.
        """
        version = self.version()
        if self._base is None:
            with self._lock:
                if self._base is None:
                    self._base, self._version = self._read(version), version
        elif version != self._version and version != self._loading:
            self._loading = version
            threading.Thread(target=self._take, args=(version,), name="content", daemon=True).start()
        return self._base

    def loaded(self) -> str:
        """The version that `base` gives now."""
        return self._version

    def draft(self, name: str) -> FactBase:
        """The content as a draft would make it.

        Raises:
            BrokenFile: it does not fit its shape.
            FileNotFoundError: no draft has this name.
        """
        folder = self.folder / DRAFTS / name
        if not _NAME.fullmatch(name) or not folder.is_dir():
            raise FileNotFoundError(name)
        return _whole(folder)

    def in_use(self, name: str) -> bool:
        """Whether the content of a draft is (still) there; then it counts as new, and is not the next to be tidied."""
        folder = self.folder / DRAFTS / name
        try:
            os.utime(folder)
        except OSError:
            return False
        return True

    def _take(self, version: str) -> None:
        base = self._read(version)
        with self._lock:
            self._base, self._version, self._loading = base, version, None

    def _read(self, version: str) -> FactBase:
        if not version:
            return self._own()
        try:
            return _whole(self.folder / VERSIONS / version)
        except (BrokenFile, OSError) as error:
            log.error("published content %s can't be read, the code's own is used: %s", version, error)
            return self._own()

    def _own(self) -> FactBase:
        return load()


@lru_cache(maxsize=4)
def _whole(folder: Path) -> FactBase:
    """A fact base with its translations read, so that nobody waits for them later. A version's files never change."""
    base = FactBase(folder)
    for language in languages.TRANSLATED:
        base.catalogues.entries(language)
    return base


def default_folder() -> Path:
    """`BAKEN_CONTENT_FOLDER`, else `content` in the data folder: also for processes that know no settings."""
    given = os.environ.get("BAKEN_CONTENT_FOLDER", "").strip()
    return Path(given) if given else Path(os.environ.get("BAKEN_DATA_FOLDER", "").strip() or "var") / "content"


_here: Published | None = None


def here() -> Published:
    """The content of this installation."""
    global _here
    if _here is None:
        _here = Published(default_folder())
    return _here


def use(folder: Path) -> Published:
    """Take published content from `folder` from now on."""
    global _here
    _here = Published(folder)
    return _here


def base() -> FactBase:
    """The content to answer from: a draft where one was chosen for this message, else what is in force."""
    chosen_base = _chosen.get()
    return chosen_base if chosen_base is not None else here().base()


@contextlib.contextmanager
def choosing(name: object) -> Iterator[None]:
    """Answer from a draft inside this block; an empty name changes nothing.

    Raises:
        BrokenFile, FileNotFoundError: there is no such draft. It must not be tried on other content unnoticed.
    """
    if not isinstance(name, str) or not name:
        yield
        return
    token = _chosen.set(here().draft(name))
    try:
        yield
    finally:
        _chosen.reset(token)
