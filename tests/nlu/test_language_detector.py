"""The language that a conversation goes on in: sticky, switched on enough text, asked for in words."""

from __future__ import annotations

import pytest

from actions.language_memory import Detected, next_language
from bot.nlu.language_detector import LanguageModel, asked_language, prepare


def seen(language: str, confidence: float = 0.99, words: int = 8, characters: int = 40) -> Detected:
    return Detected(language, confidence, words, characters)


def test_the_first_message_decides() -> None:
    assert next_language(None, seen("pl")) == "pl"


def test_a_doubtful_first_message_takes_the_hint() -> None:
    assert next_language(None, seen("pt", 0.4, 1, 4), "es") == "es"


def test_one_foreign_word_changes_nothing() -> None:
    assert next_language("pl", seen("nl", 0.99, 1, 10)) == "pl"
    assert next_language("pl", seen("nl", 0.99, 3, 30)) == "pl"


def test_a_whole_sentence_in_another_language_switches() -> None:
    assert next_language("pl", seen("nl")) == "nl"


def test_an_unsure_sentence_does_not_switch() -> None:
    assert next_language("ru", seen("uk", 0.6)) == "ru"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kan het in het Engels", "en"),
        ("po polsku proszę", "pl"),
        ("Можна українською?", "uk"),
        ("на български моля", "bg"),
        ("in romana va rog", "ro"),
        ("Türkçe konuş", "tr"),
        ("en español por favor", "es"),
        ("em português", "pt"),
        ("magyarul kérem", "hu"),
        ("بالعربية من فضلك", "ar"),
        ("можно по-русски", "ru"),
        ("auf niederländisch", "nl"),
        ("what is the weather", None),
    ],
)
def test_a_language_named_in_words(text: str, code: str | None) -> None:
    assert asked_language(text) == code


def test_numbers_and_signs_say_nothing_about_the_language() -> None:
    assert prepare("€ 450,- !!! 12:30") == ""


class Sure:
    """A model that takes everything for Arabic, as the trained one does with "e999"."""

    def predict(self, text: str) -> list[tuple[str, float]]:
        return [("ar", 0.99), ("en", 0.01)]


@pytest.mark.parametrize(
    "text",
    [
        "1e999 euro",
        "?x",
        "x",
        "q",
        "45h",
        "10 euro",
        "EUR 12",
        "B2",
        "0x1F",
        "1.5e3 eur",
        "ok",
        "a b c",
        "12h 5m",
        "/x",
    ],
)
def test_what_is_no_word_of_any_language_keeps_the_language_of_the_talk(text: str) -> None:
    found = LanguageModel(Sure()).detect(text)  # type: ignore[arg-type]
    assert (found.confidence, found.words) == (0.0, 0)
    assert next_language("pl", found) == "pl"
    assert next_language(None, found, "tr") == "tr"
    assert next_language(None, found) == "en"


@pytest.mark.parametrize("text", ["3andi", "ana 3a", "euro per uur", "я", "x y salam", "ma7abch", "ok dank"])
def test_a_word_is_looked_at(text: str) -> None:
    assert LanguageModel(Sure()).detect(text).words > 0  # type: ignore[arg-type]
