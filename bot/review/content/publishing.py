"""Builds what drafts and published changes make of the fact files, and puts it in force on this machine.

The files in git stay the source. A published version is a copy of them with the blocks of the changed entries
replaced; it is made anew on every machine, also after an update of the code, and named by what it was made of.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from bot.review.content import blocks
from bot.review.content.drafts import Change
from facts import clock
from facts.base import FOLDER, FactBase
from facts.check import Problem, check
from facts.published import CURRENT, DRAFTS, VERSIONS, Published
from facts.read import BrokenFile

log = logging.getLogger(__name__)

_PARTS: Final = ("figures", "locales", "sources", "texts", "topics")
#: So many versions and drafts stay on the disk.
_KEPT: Final = 5
_REMEMBERED: Final = 50


class Clash(msgspec.Struct, frozen=True):
    """An entry that was changed here and, since, in git: a person decides which of the two stays."""

    entry: str
    file: str
    ours: str
    git: str  #: "" where git has the entry no more


def in_force(changes: Iterable[Change]) -> list[Change]:
    """The change that counts for each entry: its newest."""
    return list({change.entry: change for change in changes}.values())


def clashes(changes: Sequence[Change], source: Path = FOLDER) -> list[Clash]:
    """Entries that stand in git otherwise than before the first change here, and otherwise than published."""
    first: dict[str, Change] = {}
    for change in changes:
        first.setdefault(change.entry, change)
    found = []
    for change in in_force(changes):
        try:
            git = blocks.block((source / change.file).read_text(encoding="utf-8"), change.name)
        except (OSError, blocks.NoEntry):
            git = ""
        if git not in (first[change.entry].before, change.after):
            found.append(Clash(change.entry, change.file, change.after, git))
    return found


def landed(change: Change, source: Path = FOLDER) -> bool:
    """Whether git says the same as a published change."""
    try:
        return blocks.block((source / change.file).read_text(encoding="utf-8"), change.name) == change.after
    except (OSError, blocks.NoEntry):
        return False


def name_of(number: int, changes: Iterable[Change], source: Path = FOLDER) -> str:
    """A version's name: its number, and a hash over all that it is made of."""
    digest = hashlib.sha256(_fingerprint(source).encode())
    for change in changes:
        digest.update(msgspec.json.encode((change.entry, change.after, change.translations)))
    return f"{number}-{digest.hexdigest()[:16]}"


def _fingerprint(source: Path) -> str:
    digest = hashlib.sha256()
    for path in _files(source):
        digest.update(f"{path.relative_to(source)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(source: Path) -> list[Path]:
    inside = (path for part in _PARTS for path in (source / part).rglob("*") if path.is_file())
    return [source / "topics.yaml", *sorted(inside)]


def build(changes: Sequence[Change], target: Path, source: Path = FOLDER) -> FactBase:
    """Make a whole facts folder with the changes in it.

    Raises:
        BrokenFile: with the changes it can't be read.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as folder:
        made = Path(folder) / "facts"
        made.mkdir()
        shutil.copyfile(source / "topics.yaml", made / "topics.yaml")
        for part in _PARTS:
            shutil.copytree(source / part, made / part)
        for change in changes:
            path = made / change.file
            with contextlib.suppress(blocks.NoEntry):  # git has it no more: shown as a clash
                text = path.read_text(encoding="utf-8")
                path.write_text(blocks.replaced(text, change.name, change.after), encoding="utf-8")
        _translate(changes, FactBase(made))
        if not target.exists():
            with contextlib.suppress(OSError):  # another process made the same
                made.rename(target)
    return FactBase(target)


def _translate(changes: Sequence[Change], base: FactBase) -> None:
    """Write the translations that came with the changes into the language files."""
    wanted: dict[str, dict[str, str]] = {}
    for change in changes:
        for key, texts in change.translations.items():
            for language, text in texts.items():
                wanted.setdefault(language, {})[key] = text
    sources = list(base.source_texts())
    for language, translations in wanted.items():
        base.catalogues.put(language, sources, translations)


def problems(base: FactBase, on: date, source: Path = FOLDER) -> list[Problem]:
    """What is broken in a fact base and is not broken in the code's own: what keeps a draft from being published.

    A version's files never change under its name, so each is checked once a day.
    """
    return _problems(_digest(base.folder.name), base.folder, on, source)


def _digest(name: str) -> str:
    return name.rpartition("-")[2]


_found: dict[tuple[str, date], list[Problem]] = {}


def _problems(digest: str, folder: Path, on: date, source: Path) -> list[Problem]:
    if (digest, on) not in _found:
        known = _broken(source, on)
        if len(_found) > _REMEMBERED:
            _found.clear()
        _found[digest, on] = [
            problem
            for problem in check(FactBase(folder), on)
            if problem.grade == "broken" and (problem.path.relative_to(folder), problem.what) not in known
        ]
    return _found[digest, on]


@lru_cache(maxsize=4)
def _broken(source: Path, on: date) -> frozenset[tuple[Path, str]]:
    found = check(FactBase(source), on)
    return frozenset((one.path.relative_to(source), one.what) for one in found if one.grade == "broken")


def refresh(content: Published, number: int, changes: Sequence[Change], source: Path = FOLDER) -> str:
    """Put a version in force on this machine; its name, "" for the code's own content. Cheap where it is already.

    What can't be built is not put in force: what was in force stays, and the log says why.
    """
    counted = [change for change in in_force(changes) if not landed(change, source)]
    if not counted:
        (content.folder / CURRENT).unlink(missing_ok=True)
        return ""
    name = name_of(number, counted, source)
    if content.version() == name:
        return name
    target = content.folder / VERSIONS / name
    try:
        base = build(counted, target, source) if not target.is_dir() else FactBase(target)
    except (BrokenFile, OSError) as error:
        log.error("published content %s can't be built: %s", number, error)
        return content.version()
    broken = problems(base, clock.today(), source)
    if broken:  # after an update of the code, a published change can stand on something that is gone
        log.error("published content %s is broken and not put in force: %s", number, broken[0])
        return content.version()
    link = content.folder / f".{CURRENT}-{name}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path(VERSIONS) / name)
    link.replace(content.folder / CURRENT)
    tidy(content.folder / VERSIONS, keep=name)
    return name


def draft(content: Published, number: int, changes: Sequence[Change], one: Change, source: Path = FOLDER) -> str:
    """Build what a draft would make of the content in force; its name for `Published.draft`.

    Raises:
        BrokenFile: with the draft the content can't be read.
    """
    counted = [change for change in in_force([*changes, one]) if change.id == one.id or not landed(change, source)]
    name = name_of(number, counted, source)
    target = content.folder / DRAFTS / name
    if not target.is_dir():
        build(counted, target, source)
        tidy(content.folder / DRAFTS, keep=name)
    return name


def tidy(folder: Path, *, keep: str) -> None:
    """Remove all but the newest few."""
    whole = sorted((path for path in folder.iterdir() if not path.name.startswith(".")), key=_changed, reverse=True)
    for path in whole[_KEPT:]:
        if path.name != keep:
            shutil.rmtree(path, ignore_errors=True)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
