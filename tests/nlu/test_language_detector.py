"""The language that a conversation goes on in: sticky, switched on enough text, asked for in words."""

from __future__ import annotations

import pytest

from actions.language_memory import Detected, next_language
from bot.nlu.language_detector import asked_language, prepare


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
