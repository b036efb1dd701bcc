"""Which language the conversation goes on in. It is sticky: one foreign word or form name changes nothing."""

from __future__ import annotations

from typing import Final

import msgspec

from facts.languages import NAMES

#: A switch needs this many words and characters, and this much certainty.
ENOUGH_WORDS: Final = 4
ENOUGH_CHARACTERS: Final = 15
ENOUGH_SURE: Final = 0.8


class Detected(msgspec.Struct, frozen=True):
    """What was found: an ISO 639-1 code (of any language), and how sure (0 to 1)."""

    language: str
    confidence: float
    words: int
    characters: int
    asked: str | None = None  #: a language of the twelve that the message names ("po polsku")

    @property
    def ours(self) -> bool:
        """Whether it is one of the twelve."""
        return self.language in NAMES


def next_language(current: str | None, detected: Detected, hint: str | None = None) -> str:
    """The language that the conversation goes on in.

    Args:
        current: the conversation's language so far, None at its first message.
        detected: what the message looks like.
        hint: a guess from outside, like the browser's language, used where the message says too little.
    """
    if current is None:
        if detected.confidence >= (0.35 if hint is None else 0.6):
            return detected.language
        return hint or (detected.language if detected.confidence > 0.2 else "en")
    if detected.language == current:
        return current
    enough = detected.words >= ENOUGH_WORDS and detected.characters >= ENOUGH_CHARACTERS
    return detected.language if enough and detected.confidence >= ENOUGH_SURE else current
