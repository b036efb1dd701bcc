"""What a message that is not text is answered with, on every channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.conversations.models import Assignee, MessageKind
from facts.languages import NAMES, SOURCE
from facts.wording import Wording

#: Keys of facts/texts.
_ANSWERS: Final[Mapping[MessageKind, str]] = {
    "voice": "kind.voice",
    "video": "kind.video",
    "image": "kind.image",
    "document": "kind.document",
    "sticker": "kind.sticker",
    "location": "kind.location",
    "contacts": "kind.contacts",
    "edited": "kind.edited",
    "unknown": "kind.unknown",
}
#: What an advisor can look at.
KEPT: Final[frozenset[MessageKind]] = frozenset({"voice", "video", "image", "document", "location", "contacts"})


def answer_key(kind: MessageKind, holder: Assignee) -> str | None:
    """The text that a message is answered with, or None: it is understood as words, or nothing is said about it.

    A reaction, a deletion and news about the person get no answer. While an advisor is involved, what an advisor can
    look at is kept, and the person is told so.
    """
    if kind in KEPT and holder == "human":
        return "kind.kept.human"
    if kind in KEPT and holder == "waiting":
        return "kind.kept.waiting"
    if holder == "human" and kind != "unknown":
        return None  # the advisor sees it
    return _ANSWERS.get(kind)


def answer_text(wording: Wording, kind: MessageKind, holder: Assignee, language: str) -> str | None:
    """The same, in a language of ours or in English."""
    key = answer_key(kind, holder)
    return None if key is None else wording.text(key, language if language in NAMES else SOURCE)


def understood(kind: MessageKind) -> bool:
    """Whether the assistant answers it: words, or a button."""
    return kind in ("text", "button")
