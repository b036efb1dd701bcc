"""A message cut where one thing ends and the next begins: "they took my rent and fired me"."""

from __future__ import annotations

import re
from typing import Final

#: Sentence ends, and the word for "and" in the twelve languages (and in Latin letters).
_CUT: Final = re.compile(
    r"[.!?;…\n،؛؟]+|\s+(?:en|and|i|oraz|și|si|и|és|es|та|й|і|ve|y|e|plus|ook|also|też|ayrıca|también|também|و)\s+|\s+و(?=\w)"
)
#: Clauses shorter than this say too little.
WORDS: Final = 3
#: No more are looked at.
MOST: Final = 6


def clauses(text: str) -> list[str]:
    """The parts of a text with at least `WORDS` words each; none where there is only one."""
    parts = [part.strip(" ,-") for part in _CUT.split(text)]
    found = [part for part in parts if len(part.split()) >= WORDS]
    return found[:MOST] if len(found) > 1 else []
