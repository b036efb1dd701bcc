"""Translations: one gettext file per language and kind, for Weblate, Poedit or any editor.

`msgctxt` is the key of the text, `msgid` its English source, `msgstr` the translation. A translation counts only
while its `msgid` is the English of today and the entry is not fuzzy: a changed source makes it stale by itself, also
when nobody ran `update`. Who reviewed a text stands in its translator comment as `reviewed: NAME, DATE`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec
from babel.messages import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from facts.read import BrokenFile

CatalogueKind = Literal["facts", "texts"]
KINDS: tuple[CatalogueKind, ...] = ("facts", "texts")
_REVIEWED = re.compile(r"^reviewed:\s*(.+)$")


class Text(msgspec.Struct, frozen=True):
    """An English source text."""

    key: str
    text: str
    kind: CatalogueKind
    where: str  #: file:line
    note: str = ""


class Entry(msgspec.Struct, frozen=True):
    """A translation as it stands in the file."""

    source: str
    text: str
    fuzzy: bool
    reviewed: str  #: "" where no person reviewed it
    line: int


class Catalogues:
    """facts/locales/<language>/{facts,texts}.po, read when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, dict[str, Entry]] = {}

    def path(self, language: str, kind: CatalogueKind) -> Path:
        """Where the file of a language is, whether it exists or not."""
        return self.folder / language / f"{kind}.po"

    def entries(self, language: str) -> dict[str, Entry]:
        """All translations of a language by key; empty where it has no files."""
        if language not in self._read:
            self._read[language] = {
                key: entry for kind in KINDS for key, entry in self._file(self.path(language, kind)).items()
            }
        return self._read[language]

    def _file(self, path: Path) -> dict[str, Entry]:
        if not path.is_file():
            return {}
        try:
            with path.open("rb") as file:
                catalog = read_po(file, abort_invalid=True)
        except (PoFileError, UnicodeDecodeError, ValueError) as error:
            raise BrokenFile(path, getattr(error, "lineno", 1) or 1, f"no gettext file: {error}") from error
        return {
            message.context: Entry(
                source=str(message.id),
                text=str(message.string or ""),
                fuzzy=message.fuzzy,
                reviewed=_reviewed(message),
                line=message.lineno or 0,
            )
            for message in catalog
            if message.id and message.context
        }

    def update(self, language: str, texts: Iterable[Text]) -> dict[str, int]:
        """Bring a language's files in line with the English texts.

        Returns:
            counts of `new`, `stale` and `gone` entries. A stale one keeps its old translation, marked fuzzy with the
            old source beside it; one whose text is gone leaves the file.
        """
        counts = {"new": 0, "stale": 0, "gone": 0}
        texts = list(texts)
        for kind in KINDS:
            old = self._file(self.path(language, kind))
            catalog = _empty(language)
            wanted = [text for text in texts if text.kind == kind]
            for text in wanted:
                entry = old.get(text.key)
                counts["new"] += entry is None
                changed = entry is not None and bool(entry.text) and entry.source != text.text
                counts["stale"] += changed
                _add(catalog, text, entry, stale=changed)
            counts["gone"] += len(old.keys() - {text.key for text in wanted})
            self._write(catalog, self.path(language, kind))
        self._read.pop(language, None)
        return counts

    def put(self, language: str, texts: Iterable[Text], translations: dict[str, str]) -> int:
        """Set translations by key (of today's English); returns how many. None counts as reviewed thereby."""
        texts = list(texts)
        count = 0
        for kind in KINDS:
            old = self._file(self.path(language, kind))
            catalog = _empty(language)
            for text in (text for text in texts if text.kind == kind):
                entry = old.get(text.key)
                if translations.get(text.key):
                    new = Entry(text.text, translations[text.key], False, "", 0)
                    same = entry is not None and (entry.source, entry.text, entry.fuzzy) == (
                        new.source,
                        new.text,
                        False,
                    )
                    entry = entry if same else new
                    count += 1
                stale = entry is not None and bool(entry.text) and (entry.source != text.text or entry.fuzzy)
                _add(catalog, text, entry, stale=stale)
            self._write(catalog, self.path(language, kind))
        self._read.pop(language, None)
        return count

    def _write(self, catalog: Catalog, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".po.new")
        with temporary.open("wb") as file:
            write_po(file, catalog, width=0, sort_output=False, include_previous=True, omit_header=False)
        temporary.replace(path)


def _empty(language: str) -> Catalog:
    from datetime import datetime, timezone

    epoch = datetime(2026, 1, 1, tzinfo=timezone.utc)  # a fixed date: files change only when texts do
    catalog = Catalog(
        locale=language,
        project="Baken",
        version="1",
        copyright_holder="Baken",
        msgid_bugs_address="",
        creation_date=epoch,
        revision_date=epoch,
        last_translator="",
        language_team="",
        fuzzy=False,
    )
    catalog.header_comment = "# Baken. Licence: EUPL-1.2. Translators: docs/translate.md"
    return catalog


def _add(catalog: Catalog, text: Text, entry: Entry | None, *, stale: bool) -> None:
    message = catalog.add(
        text.text,
        entry.text if entry else "",
        context=text.key,
        locations=[],
        auto_comments=[text.note] if text.note else [],
        user_comments=[f"reviewed: {entry.reviewed}"] if entry and entry.reviewed and not stale else [],
        previous_id=[entry.source] if entry and stale and entry.source != text.text else [],
    )
    flagged = stale or (entry is not None and entry.fuzzy)
    if flagged and isinstance(message, Message):
        message.flags.add("fuzzy")
    elif isinstance(message, Message):
        message.flags.discard("fuzzy")
    if isinstance(message, Message):
        message.flags.discard("python-format")
        message.flags.discard("python-brace-format")


def _reviewed(message: Message) -> str:
    for comment in message.user_comments:
        match = _REVIEWED.match(comment.strip())
        if match:
            return match[1].strip()
    return ""
