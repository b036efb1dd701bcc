"""Two things in one message are found apart."""

from __future__ import annotations

import pytest

from bot.nlu.clauses import clauses


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("they took my rent and they fired me yesterday", 2),
        ("Zabrali mi za mieszkanie. Zwolnili mnie z pracy!", 2),
        ("не платят мне зарплату и выгнали из квартиры", 2),
        ("my pay is late", 0),
        ("hello. my pay is late", 0),
        ("", 0),
    ],
)
def test_how_many(text: str, count: int) -> None:
    assert len(clauses(text)) == count
