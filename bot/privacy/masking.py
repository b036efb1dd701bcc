"""Masks personal data in what people wrote, before it stands in a review list or an export.

What is found is replaced by its kind in brackets, so that a reviewer still understands the question. It is no
anonymisation: names are found by what announces them, and some will slip through (docs/decisions/0013-masking.md
has the measured recall). Amounts, hours, ages, years, law articles and the numbers of help lines stay.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import chain

import msgspec

from bot.privacy import names, numbers, places
from bot.privacy.spans import MaskedSpan, PersonalDataKind, flat

#: Longest text that is looked at, in characters (WhatsApp's limit); the rest is cut off: nothing unread goes out.
LONGEST = 4096

_NOTHING = "\0"


class Masked(msgspec.Struct, frozen=True):
    """A text without the personal data that was found in it."""

    text: str
    kinds: tuple[PersonalDataKind, ...]  #: one for each place, in the order of the text
    spans: tuple[MaskedSpan, ...]  #: where in the text (NFC) it stood


def mask(text: str, language: str = "") -> Masked:
    """`text` with personal data replaced by `[name]`, `[phone]` and so on.

    `language` is the message's (ISO 639-1); empty: the words of all twelve languages are looked for.

    >>> mask("My name is Peter Novak, call 06-12345678. They pay 11.50 an hour", "en").text
    'My name is [name], call [phone]. They pay 11.50 an hour'
    """
    text = unicodedata.normalize("NFC", text[:LONGEST])
    western = flat(text)
    exact = [*places.reached(western), *numbers.accounts(western)]
    left = _blanked(western, exact)  # what stands beside an account number is no part of it
    found = (exact, numbers.find(left, language), places.lived(left), names.find(_blanked(text, exact), language))
    spans = _without_overlaps(chain.from_iterable(found))
    parts, last = [], 0
    for span in spans:
        parts += [text[last : span.start], f"[{span.kind}]"]
        last = span.end
    return Masked("".join(parts) + text[last:], tuple(span.kind for span in spans), tuple(spans))


def _blanked(text: str, spans: Iterable[MaskedSpan]) -> str:
    for span in spans:
        text = f"{text[: span.start]}{_NOTHING * (span.end - span.start)}{text[span.end :]}"
    return text


def _without_overlaps(found: Iterable[MaskedSpan]) -> list[MaskedSpan]:
    """The spans in the order of the text. Of two that meet, the one found first gives the kind for both together."""
    kept: list[MaskedSpan] = []
    for span in found:
        meeting = [other for other in kept if other.start < span.end and span.start < other.end]
        kept = [other for other in kept if other not in meeting]
        whole = [*meeting, span]
        kept.append(MaskedSpan(min(s.start for s in whole), max(s.end for s in whole), whole[0].kind))
    return sorted(kept)
