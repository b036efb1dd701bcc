"""Plain answers to a question: yes, no, I don't know, gross or net, per week."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from actions.amounts.cursor import PER_OF
from actions.amounts.lexicon import words_of
from actions.amounts.model import Per, Tax
from actions.amounts.tokenizer import Item, tokens
from facts.languages import NAMES

#: A longer message is a story or a question, not a plain yes or no.
_SHORT = 6
#: What an answer can name, and the words that name it.
_ABOUT: Final[tuple[tuple[Literal["pay", "period", "hours"], str], ...]] = (
    ("pay", "about_pay"),
    ("period", "about_period"),
    ("hours", "hour"),
)


class Plain(msgspec.Struct, frozen=True, kw_only=True):
    """What a short answer says."""

    yes: bool = False
    no: bool = False
    no_idea: bool = False
    nothing: bool = False
    now: bool = False
    corrects: bool = False  #: begins with a no, however long it is
    agrees: bool = False  #: begins with a yes, however long it is
    denies: bool = False  #: a no anywhere
    about: tuple[Literal["pay", "period", "hours"], ...] = ()  #: what the message names
    dutch: bool = False  #: names something from the Netherlands
    again: bool = False  #: wants to begin again
    received: bool = False
    agreed: bool = False
    tax: Tax = ""
    per: Per = ""


def plain(text: str, language: str, wrote: str = "") -> Plain:
    """Reads a plain answer in the conversation's language or the one that the message is written in."""
    known = [name for name in dict.fromkeys((language, wrote, "en")) if name in NAMES]
    items = tokens(text, [words_of(name) for name in known])
    words = [item for item in items if not item.stop]
    short = len(text.split()) <= _SHORT
    first = words[0] if words else None
    per: Per = next((PER_OF[kind] for item in words for kind in item.meanings if kind in PER_OF), "")
    tax: Tax = "net" if _any(words, "net") else "gross" if _any(words, "gross") else ""
    no_idea = _any(words, "no_idea")
    return Plain(
        yes=short and first is not None and first.has("yes") and not no_idea,
        no=short and first is not None and first.has("no") and not no_idea,
        no_idea=no_idea,
        nothing=short and _any(words, "nothing"),
        corrects=first is not None and first.has("no"),
        agrees=first is not None and first.has("yes") and not no_idea,
        denies=_any(words, "no"),
        about=tuple(name for name, kind in _ABOUT if _any(words, kind)),
        dutch=_any(words, "dutch"),
        again=_any(words, "again"),
        received=_any(words, "received"),
        agreed=_any(words, "agreed"),
        now=short and _any(words, "now"),
        tax=tax,
        per=per,
    )


def _any(items: list[Item], kind: str) -> bool:
    return any(item.has(kind) for item in items)
