"""What a question mentions that brings a fact into its answer."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from facts.model import Condition

#: Ages for which the minimum wage is lower (Wml 7(3) and 8(3): from 15 until 21).
_YOUNG: Final = range(13, 21)
#: From this age on the working hours of grown-ups hold (figure hours_adult_age; Atw 1:1(3)).
_ADULT: Final = 18
_NUMBER = re.compile(r"(?<![\d.,:/€$%-])\d{2}(?![\d.,:/€$%-]*\d)")
#: Words for an hour or money right behind a number: then it is no age.
_OTHER_UNIT = re.compile(
    r"^\s*(?:€|%|h\b|u\b|uur|hour|godz|or[ae]\b|час|год|óra|ora|saat|hora|ساع|eur|evr|евр|євр|يورو|avro|day|dag|dni|dn|zi|nap|gün)",
    re.IGNORECASE,
)
#: A contract that ends by its date or is not renewed: the word for a contract, what is said of its end behind it,
#: and what is said before it. Beginnings of words, language by language.
_CONTRACT_ENDS: Final = tuple(
    (re.compile(rf"\b(?:{contract}).{{0,40}}?\b(?:{behind})"), re.compile(rf"\b(?:{before}).{{0,40}}?\b(?:{contract})"))
    for contract, behind, before in (
        (
            "contract",
            r"ends?\b|ended|ending|expir|finish|over\b|run(?:s|ning)? out|ran out"
            r"|(?:not|n.t) (?:be(?:en)? )?(?:renew|exten|prolong)",
            r"(?:not|n.t) (?:renew|exten|prolong)|end of",
        ),
        (
            r"\w*contract",
            r"loopt\b|afloop|afgelopen|eindig|stopt\b|(?:niet|geen) verleng",
            r"(?:niet|geen) verleng|einde van|afloop van",
        ),
        ("umow", r"(?:s|za)?kończ|wygas|nie (?:została )?przedłuż", r"nie (?:chcą )?przedłuż|koni?ec"),
        ("contract", r"expir|se termin|s-a (?:termin|încheiat)|încet|nu .{0,15}prelung", r"nu .{0,15}prelung|sfârșit"),
        (
            "договор",
            r"изтич|изтеч|изтек|свърш|приключ|не .{0,15}(?:продълж|поднов)",
            r"не .{0,15}(?:продълж|поднов)|кра[йя]",
        ),
        ("szerződés", "lejár|véget|megszűn|nem hosszabb|nem újít", "lejár|nem hosszabb|nem újít"),
        ("sözleşme", r"bit(?:i|t|ec)|sona|uzatıl?m|yenilenm", r"bit(?:en|iyor)"),
        (r"(?:контракт|догов[іо]р)", r"з?акінч|заверш|не .{0,15}продовж", r"не .{0,15}продовж|кінець"),
        (
            r"(?:контракт|договор)",
            r"законч|заканч|исте[кч]|конча|не .{0,15}прод[ле]",
            r"не .{0,15}прод[ле]|конец",
        ),
        (
            r"(?:ال)?عقد",
            r"انته|ينته|(?:لم|لن|لا) .{0,15}(?:جد|مد)",
            r"انته|ينته|نهاية|(?:لم|لن|لا) .{0,15}(?:جدد|جديد|مدد|مديد)",
        ),
        (
            "contrato",
            r"(?:se )?(?:termin|acab|venc)|expir|finaliz",
            r"n[oã]o? .{0,15}(?:renov|prorrog)|fi[mn](?:al)? d[eo]l?",
        ),
    )
)

#: Ukraine and Ukrainians in the twelve languages, and the protection that in the Netherlands only they have.
_UKRAINE = re.compile(
    r"\b(?:ukrain|ukrajn|ukrán|ukrayn|oekra[iï]|ucrai?n|ucraín|ucrân|украин|украйн|україн)|وكراني"
    r"|temporary protection|tijdelijke bescherming|ochron\w+ czasow"
    r"|тимчасов\w+ захист|временн\w+ защит|временна закрила"
    r"|protección temporal|proteção temporária|protecți\w+ temporar|ideiglenes védel|átmeneti védel|geçici koruma"
    r"|(?:ال)?حماية (?:ال)?مؤقتة",
    re.IGNORECASE,
)


def mentioned(text: str) -> frozenset[Condition]:
    """What the text mentions: an age below the full minimum wage or below 18, a contract that ends, Ukraine.

    >>> sorted(mentioned("I am 19, what is my wage?")), sorted(mentioned("I work 18 hours for 19,50"))
    (['young_age'], [])
    >>> sorted(mentioned("I am 17 and my contract ends"))
    ['contract_ends', 'minor', 'young_age']
    """
    found: set[Condition] = set()
    age = _age(text)
    if age is not None:
        found.add("young_age")
        if age < _ADULT:
            found.add("minor")
    folded = text.casefold()
    if any(behind.search(folded) or before.search(folded) for behind, before in _CONTRACT_ENDS):
        found.add("contract_ends")
    if _UKRAINE.search(unicodedata.normalize("NFC", text)):
        found.add("ukraine")
    return frozenset(found)


def _age(text: str) -> int | None:
    """The first number that can be a young person's age."""
    western = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
    for match in _NUMBER.finditer(western):
        before, behind = western[: match.start()].rstrip(), western[match.end() :]
        if int(match[0]) in _YOUNG and not before.endswith(("€", "$")) and not _OTHER_UNIT.match(behind):
            return int(match[0])
    return None
