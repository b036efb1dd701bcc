"""Long texts are cut where a reader would pause."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.whatsapp.text_splitting import head, parts, sentence_ends, size, tail


def sentences(text: str) -> list[str]:
    found, last = [], 0
    for end in sentence_ends(text):
        found.append(text[last:end].strip())
        last = end
    return [*found, text[last:].strip()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Een. Twee. Drie.", ["Een.", "Twee.", "Drie."]),
        ("Zie art. 23 van de Wml. Dat geldt nu.", ["Zie art. 23 van de Wml.", "Dat geldt nu."]),
        ("Volgens art. Drie moet dat. Klaar.", ["Volgens art. Drie moet dat.", "Klaar."]),
        ("Bel bijv. Fairwork of mr. Jansen. Of schrijf.", ["Bel bijv. Fairwork of mr. Jansen.", "Of schrijf."]),
        ("Dat is o.a. Brabant en d.w.z. Tilburg. Ja.", ["Dat is o.a. Brabant en d.w.z. Tilburg.", "Ja."]),
        ("Vanaf 1. januari geldt dit. Daarna niet.", ["Vanaf 1. januari geldt dit.", "Daarna niet."]),
        ("1. Eerst dit.\n2. Dan dat.", ["1. Eerst dit.\n2. Dan dat."]),
        ("Czy to legalne? Tak! Zob. art. 5 ust. 2.", ["Czy to legalne?", "Tak!", "Zob. art. 5 ust. 2."]),
        ("هل هذا قانوني؟ نعم. اتصل بنا.", ["هل هذا قانوني؟", "نعم.", "اتصل بنا."]),
        ("Согласно ст. 23 закона. Да.", ["Согласно ст. 23 закона.", "Да."]),
        ("2026. február 3-án írták. Ez igaz.", ["2026. február 3-án írták.", "Ez igaz."]),
        ("Hij zei: «Nee.» Toen ging hij.", ["Hij zei: «Nee.»", "Toen ging hij."]),
        ("Wait… Really?! Yes.", ["Wait…", "Really?!", "Yes."]),
        ("Het kost 3.50 per uur. Meer niet.", ["Het kost 3.50 per uur.", "Meer niet."]),
    ],
)
def test_a_sentence_ends_where_it_ends(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_paragraph_is_a_better_place_than_a_sentence_and_a_sentence_than_a_word() -> None:
    assert head("Aaa bbb. Ccc.\n\nDdd eee. Fff ggg.", 26) == ("Aaa bbb. Ccc.", "Ddd eee. Fff ggg.")
    assert head("Aaa bbb ccc. Ddd eee fff ggg hhh", 20) == ("Aaa bbb ccc.", "Ddd eee fff ggg hhh")
    assert head("aaa bbb ccc ddd eee", 10) == ("aaa bbb", "ccc ddd eee")


def test_what_stands_with_the_buttons_begins_with_a_sentence() -> None:
    text = " ".join(f"Dit is zin {'abcdefghijklmnopqrstuvwxyz'[n % 26]} volgens art. 7 BW." for n in range(60))
    before, last = tail(text, 1024)
    assert size(last) <= 1024 and last.startswith("Dit is zin") and before.endswith("BW.")
    assert f"{before} {last}" == text


def test_a_letter_with_its_accents_and_a_joined_emoji_stay_whole() -> None:
    assert parts("a" * 9 + "e\u0301", 10)[0] == "a" * 9
    family = "👩\u200d👩\u200d👧"
    assert all(family in part for part in parts(family * 4, size(family) + 1))


@given(st.text(max_size=400), st.integers(12, 80))
def test_parts_are_short_enough_and_nothing_is_lost(text: str, limit: int) -> None:
    found = parts(text, limit)
    assert all(0 < size(part) <= limit and part.strip() for part in found)
    assert "".join("".join(found).split()) == "".join(text.split())
    before, last = tail(text, limit)
    assert size(last) <= limit
    assert "".join((before + last).split()) == "".join(text.split())
    assert bool(last) == bool(text.strip())
