"""The letter and the law articles, word for word, and where a quote stands in them."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

import msgspec

from facts.model import Source
from facts.read import BrokenFile, read_yaml, without_lines

LETTER_TITLE = "Kamerbrief Voortgang arbeidsmigratiebeleid en reactie op het IBO, SER-advies en OVV-rapport"
LETTER_URL = "https://www.tweedekamer.nl/kamerstukken/brieven_regering/detail?did=2026D05153"


class Law(msgspec.Struct, frozen=True):
    """One law: its name, version and the articles that the facts rest on."""

    law: str
    abbreviation: str
    bwb_id: str
    version: str
    url: str
    articles: dict[str, str]
    notes: list[str] = []
    not_found: list[str] = []


def squeeze(text: str) -> str:
    """One space for every run of white space, so that a quote may be wrapped differently than its source."""
    return re.sub(r"\s+", " ", text).strip()


class Sources:
    """The folder facts/sources: `letter.txt` and `law/<name>.yaml`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._laws: dict[str, Law] = {}

    @cached_property
    def letter(self) -> str:
        """The letter, white space squeezed."""
        return squeeze((self.folder / "letter.txt").read_text(encoding="utf-8"))

    def law(self, name: str) -> Law | None:
        """The law in `law/<name>.yaml`, or None where there is no such file."""
        if name not in self._laws:
            path = self.folder / "law" / f"{name}.yaml"
            if not path.is_file():
                return None
            try:
                self._laws[name] = msgspec.convert(without_lines(read_yaml(path)), Law, strict=False)
            except msgspec.ValidationError as error:
                raise BrokenFile(path, 1, str(error)) from error
        return self._laws[name]

    def problem(self, source: Source) -> str | None:
        """What is wrong with `source` (an unknown law or article, a quote that does not stand there), or None."""
        if source.law is not None:
            law = self.law(source.law)
            if law is None:
                return f"no law file {source.law}.yaml"
            article = law.articles.get(source.article or "")
            if article is None:
                return f"{law.abbreviation} has no article {source.article} in {source.law}.yaml"
            if source.quote and squeeze(source.quote) not in squeeze(article):
                return f"the quote does not stand word for word in {law.abbreviation} article {source.article}"
        if source.letter is not None:
            if not source.quote:
                return "a letter source has a quote"
            if squeeze(source.quote) not in self.letter:
                return "the quote does not stand word for word in the letter"
        return None

    def title(self, source: Source) -> str:
        """The name of the source as it is printed under an answer; official names stay Dutch."""
        if source.law is not None:
            law = self.law(source.law)
            return f"{law.law} ({law.abbreviation})" if law else source.law
        return source.page or LETTER_TITLE

    def section(self, source: Source) -> str:
        """Article, section of the letter, or publisher."""
        if source.law is not None:
            return f"art. {source.article}"
        return source.letter or source.publisher or ""

    def url(self, source: Source) -> str:
        """Address at which the source stands."""
        if source.law is not None:
            law = self.law(source.law)
            return source.url or (f"{law.url}#Artikel{source.article}" if law else "")
        return source.url or LETTER_URL
