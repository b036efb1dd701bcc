"""Which language a message is written in.

A model over letters, trained on the training lines, on copies without diacritics and, for Bulgarian, Ukrainian,
Russian and Arabic, on copies in Latin letters (no packaged detector knows those). langdetect stands beside it for the
languages that Baken does not write.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Final

from anyascii import anyascii

from actions.language_memory import Detected
from bot.nlu import langdetect_profiles as foreign
from bot.nlu.fold import clean
from bot.nlu.linear_classifier import ClassifierSettings, LinearModel
from bot.nlu.ngram_vectorizer import NgramSpec
from facts.languages import NAMES
from facts.read import read_yaml, without_lines

#: Training lines of each language that the detector looks at.
LINES: Final = 2500
#: Lines of languages that Baken does not write.
OTHERS: Final = Path(__file__).parent.parent.parent / "data" / "languages" / "other.yaml"

MODEL: Final = ClassifierSettings(
    grams=(NgramSpec("char_wb", 1, 4, 2),), encoder_weight=0, C=1.0, folding=False, folds=4
)
#: Languages that langdetect takes for one of ours, or ours for them, on short or misspelt text.
_LOOK_LIKE_OURS: Final = {
    "af",
    "mk",
    "ca",
    "gl",
    "no",
    "da",
    "sv",
    "so",
    "tl",
    "et",
    "sl",
    "hr",
    "id",
    "sw",
    "cy",
    "fi",
}

_ROMAN: Final[dict[str, list[dict[str | int, str | int | None]]]] = {
    "bg": [
        {"ъ": "a", "щ": "sht", "ч": "ch", "ш": "sh", "ж": "j", "ц": "c", "я": "q", "ю": "iu", "х": "h", "й": "i"},
        {"ъ": "u", "щ": "6t", "ч": "4", "ш": "6", "ж": "zh", "ц": "ts", "я": "ia", "ю": "yu", "х": "h", "й": "y"},
        {"ъ": "y", "щ": "sht", "ч": "ch", "ш": "sh", "ж": "zh", "ц": "tz", "я": "ya", "ю": "yu", "в": "w"},
    ],
    "uk": [
        {"и": "y", "і": "i", "ї": "yi", "є": "ye", "щ": "shch", "х": "kh", "ж": "zh", "й": "y", "ю": "yu", "я": "ya"},
        {"и": "u", "і": "i", "ї": "i", "є": "e", "щ": "sch", "х": "h", "ж": "zh", "й": "i", "ю": "iu", "я": "ia"},
    ],
    "ru": [
        {"ы": "y", "щ": "sch", "х": "h", "ж": "zh", "й": "y", "ю": "yu", "я": "ya", "э": "e", "ц": "c", "ч": "ch"},
        {"ы": "i", "щ": "sh", "х": "x", "ж": "j", "й": "j", "ю": "ju", "я": "ja", "э": "e", "ц": "ts", "ч": "4"},
    ],
    "ar": [
        {"ع": "3", "ح": "7", "ق": "9", "خ": "5", "ء": "2", "غ": "gh", "ش": "ch", "ج": "j", "و": "ou", "ي": "i"},
        {"ع": "3", "ح": "7", "ق": "q", "خ": "kh", "ء": "2", "غ": "gh", "ش": "sh", "ج": "g", "و": "w", "ي": "y"},
    ],
}


def train(lines: Iterable[tuple[str, str]], others: Path = OTHERS) -> LinearModel:
    """A detector from (language, text) lines, and from those of the languages that Baken does not write."""
    texts: list[str] = []
    labels: list[str] = []
    foreign: dict[str, list[str]] = without_lines(read_yaml(others))
    ours = _some(lines)
    for language, line in [*ours, *((code, line) for code, found in foreign.items() for line in found)]:
        for variant in dict.fromkeys(_variants(language, prepare(line))):
            texts.append(variant)
            labels.append(language)
    return LinearModel(MODEL).fit(texts, labels)


def _some(lines: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """At most `LINES` lines a language, spread over all its writers: more does not make it better, only slower."""
    by_language: dict[str, list[str]] = {}
    for language, line in lines:
        by_language.setdefault(language, []).append(line)
    return [
        (language, line)
        for language, found in by_language.items()
        for line in found[:: max(1, -(-len(found) // LINES))]
    ]


def prepare(text: str) -> str:
    """The text as the detector sees it: lower case, only letters, apostrophes and chat digits inside words."""
    kept = "".join(
        character
        if character.isalpha() or character in "'’" or unicodedata.combining(character)
        else " "
        if not character.isdigit() or character not in "3579246"
        else character
        for character in clean(text).lower()
    )
    words = [word for word in kept.split() if any(character.isalpha() for character in word)]
    return " ".join(words)


def _variants(language: str, line: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFD", line) if not unicodedata.combining(c))
    plain = plain.replace("ł", "l").replace("ı", "i").replace("ø", "o")
    variants = [line] if language in _ROMAN else [line, plain]
    for table in _ROMAN.get(language, []):
        variants.append(anyascii(line.translate(str.maketrans(table))).lower())
    if language in _ROMAN:
        variants.append(anyascii(line).lower())
    words = line.split()
    if len(words) > 6:
        variants.append(" ".join(words[:2]))
        variants.append(" ".join(words[-3:]))
    return variants


class LanguageModel:
    """The model, the script rules and langdetect together."""

    def __init__(self, model: LinearModel) -> None:
        self.model = model

    def detect(self, text: str) -> Detected:
        """The language of a message. Without words: English at confidence 0, so that the talk's language stays."""
        words = prepare(text)
        count, length = len(words.split()), len(words)
        if not words:
            return Detected("en", 0.0, 0, 0)
        strange = _foreign_script(words)
        if strange:
            return Detected(strange, 0.99, count, length)
        if all(_of_no_language(word) for word in words.split()):
            return Detected("en", 0.0, 0, 0)
        possible = _possible(words)
        ranked = [(name, share) for name, share in self.model.predict(words) if possible(name)]
        total = sum(share for _, share in ranked) or 1.0
        best, confidence = (ranked[0][0], ranked[0][1] / total) if ranked else ("en", 0.0)
        if best in NAMES and count >= 4 and length >= 20 and confidence < 0.6:
            other = foreign.detect(words)
            if other and other[0] not in NAMES and other[0] not in _LOOK_LIKE_OURS and other[1] > 0.9:
                return Detected(other[0], other[1], count, length)
        return Detected(best, confidence, count, length)


#: Written alike in all languages.
_EVERYWHERE: Final = frozenset({"eur", "euro", "ok"})


def _of_no_language(word: str) -> bool:
    """Whether a word says nothing about the language: "x", the "e999" of "1e999", "45h", "euro".

    The model is sure about them all the same: it was trained on words, where an x or a 9 between letters is a sign.
    """
    return word in _EVERYWHERE or (word.isascii() and sum(letter.isalpha() for letter in word) <= 1)


_UKRAINIAN, _RUSSIAN, _BULGARIAN = set("іїєґ"), set("ыэё"), set("ъ")
_CYRILLIC, _ARABIC, _LATIN = re.compile("[а-ѿ]"), re.compile("[؀-ۿ]"), re.compile("[a-z]")
#: Letters that are Greek or of a script beyond Cyrillic; Arabic has its own check.
_BEYOND = re.compile("[\u0370-\u03ff\u0530-\u05ff\u0700-\U0010ffff]")


def _possible(words: str) -> Callable[[str], bool]:
    """Which languages a text can be in: letters that a language does not have rule it out."""
    letters = set(words)
    cyrillic, arabic, latin = (len(script.findall(words)) for script in (_CYRILLIC, _ARABIC, _LATIN))
    if arabic > latin and arabic > cyrillic:
        return {"ar", "fa", "ur"}.__contains__
    if cyrillic > latin:
        ukrainian, russian = bool(letters & _UKRAINIAN), letters & _RUSSIAN
        ruled_out = {"ru": ukrainian, "uk": bool(russian - {"ё"}), "bg": ukrainian or bool(russian)}
        return lambda language: not ruled_out.get(language, True)
    return lambda _: True


def _foreign_script(words: str) -> str | None:
    """The language of a script that none of ours is written in."""
    if not _BEYOND.search(words):
        return None
    scripts = {
        "GREEK": "el",
        "HEBREW": "he",
        "GEORGIAN": "ka",
        "ARMENIAN": "hy",
        "DEVANAGARI": "hi",
        "THAI": "th",
        "HIRAGANA": "ja",
        "KATAKANA": "ja",
        "HANGUL": "ko",
        "CJK": "zh",
        "ETHIOPIC": "am",
        "TAMIL": "ta",
        "BENGALI": "bn",
        "GURMUKHI": "pa",
        "TELUGU": "te",
        "SINHALA": "si",
        "GUJARATI": "gu",
        "MALAYALAM": "ml",
    }
    letters = [letter for letter in words if letter.isalpha()]
    found = [scripts.get(unicodedata.name(letter, "").split(" ")[0].split("-")[0], "") for letter in letters]
    strange = [code for code in found if code]
    if len(strange) * 2 <= len(letters):
        return None
    return max(set(strange), key=strange.count)


@cache
def language_names() -> dict[str, str]:
    """Names of the twelve languages, in all twelve and folded, with the code that they name."""
    from babel import Locale

    from bot.nlu.fold import fold

    names: dict[str, str] = {}
    for code, own in NAMES.items():
        names[fold(own)] = code
        for other in NAMES:
            name = Locale.parse(other).languages.get(code)
            if name:
                names[fold(name)] = code
    return names


def asked_language(text: str) -> str | None:
    """The language that a text names ("in het Pools", "po polsku", "english please"), or None."""
    from bot.nlu.fold import fold

    for name, code in _IN_ARABIC:
        if name in text:
            return code
    words = re.findall("[a-z]+", fold(text))
    names = language_names()
    for word in words:
        if word in names:
            return names[word]
    for word in words:  # inflected: "polsku", "българския", "ukrainaul"
        if word.startswith(_STARTS):
            return next(code for stem, code in _STEMS if word.startswith(stem))
    return None


#: In Arabic letters a name has particles grown on to it; the stem is looked for anywhere.
_IN_ARABIC: Final = (
    ("عربي", "ar"), ("نجليز", "en"), ("نكليز", "en"), ("هولند", "nl"), ("بولند", "pl"), ("رومان", "ro"),
    ("بلغار", "bg"),
    ("هنغار", "hu"), ("مجري", "hu"), ("وكران", "uk"), ("روسي", "ru"), ("تركي", "tr"), ("سبان", "es"), ("برتغال", "pt"),
)  # fmt: skip
_STEMS: Final = (
    ("nederland", "nl"), ("holland", "nl"), ("niderland", "nl"), ("niederl", "nl"), ("gollandsk", "nl"),
    ("engl", "en"), ("engel", "en"), ("angiel", "en"), ("angli", "en"), ("angol", "en"), ("ingiliz", "en"),
    ("ingles", "en"), ("injliz", "en"), ("anglez", "en"), ("anhlii", "en"), ("anhli", "en"), ("lnjlyz", "en"),
    ("pool", "pl"), ("polsk", "pl"), ("polak", "pl"), ("polon", "pl"), ("lengyel", "pl"), ("polac", "pl"),
    ("roemeen", "ro"), ("roman", "ro"), ("rumun", "ro"), ("rumyn", "ro"), ("rumen", "ro"), ("ruman", "ro"),
    ("bulg", "bg"), ("balgar", "bg"), ("bolgar", "bg"), ("hong", "hu"), ("hungar", "hu"), ("magyar", "hu"),
    ("wegier", "hu"), ("ungar", "hu"), ("ugor", "hu"), ("macar", "hu"), ("unhar", "hu"), ("vengersk", "hu"),
    ("oekra", "uk"), ("ukrai", "uk"), ("ukrain", "uk"), ("ucrai", "uk"), ("ucran", "uk"), ("okrany", "uk"),
    ("russ", "ru"), ("rosyj", "ru"), ("rusk", "ru"), ("orosz", "ru"), ("rosiys", "ru"), ("rusc", "ru"), ("rusca", "ru"),
    ("turk", "tr"), ("turec", "tr"), ("torok", "tr"), ("turc", "tr"), ("spaans", "es"), ("spani", "es"),
    ("hiszpan", "es"), ("espan", "es"), ("ispan", "es"), ("spanyol", "es"), ("portug", "pt"), ("arab", "ar"),
)  # fmt: skip
_STARTS: Final = tuple(stem for stem, _ in _STEMS)
