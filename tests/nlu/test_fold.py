"""Folding: what people type in many ways comes out near one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.fold import LONGEST, clean, fold, has_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zapłata", "zaplata"),
        ("ПАСПОРТ", "pasport"),
        ("şef", "sef"),
        ("munkaszerződés", "munkaszerzodes"),
        ("loooooon!!!!", "loon!!"),
        ("11,50", "450"),
    ],
)
def test_spellings_that_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_numbers_become_one_sign_and_stay_apart_from_words() -> None:
    assert fold("45h za 11,5 euro") == "0 h za 0 euro"


@given(st.text(max_size=300))
def test_folding_is_ascii_and_stable(text: str) -> None:
    folded = fold(text)
    assert folded.isascii()
    assert folded == folded.strip()


def test_control_and_direction_marks_are_gone() -> None:
    assert clean("a\u202eb\x00c\u200bd") == "a b c d"


def test_a_long_text_is_cut() -> None:
    assert len(clean("a" * 100_000)) == LONGEST


@pytest.mark.parametrize(("text", "words"), [("😀😀", False), ("…", False), ("я", True), ("ok", True)])
def test_whether_there_are_words(text: str, words: bool) -> None:
    assert has_words(text) is words
