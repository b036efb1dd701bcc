"""What is read out of messages: the exam of tests/amounts, written apart from the reader, and single traps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from actions.amounts.extract import extract
from actions.amounts.lexicon import FOLDER, words_of
from actions.amounts.model import Age, DateRange, Duration, Money
from actions.amounts.normalize import latin, western
from actions.amounts.short_answers import plain
from actions.amounts.tokenizer import number
from bench.amounts import got, normal, rows
from facts.languages import NAMES
from facts.read import BrokenFile

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("language", NAMES)
def test_the_exam_has_forty_rows_or_more_in_every_language(language: str) -> None:
    found = list(rows(language))
    assert len(found) >= 40
    assert len({row["text"] for row in found}) == len(found)


def test_of_all_rows_at_least_97_in_a_hundred_are_read_right() -> None:
    results = {row["id"]: normal(row["expect"]) == got(row, language) for language in NAMES for row in rows(language)}
    assert sum(results.values()) >= 0.97 * len(results), [name for name, right in results.items() if not right]


@pytest.mark.parametrize("language", NAMES)
def test_no_language_falls_behind(language: str) -> None:
    results = [normal(row["expect"]) == got(row, language) for row in rows(language)]
    assert sum(results) >= 0.9 * len(results)


@pytest.mark.parametrize("language", NAMES)
def test_every_word_list_is_whole(language: str) -> None:
    words = words_of(language)
    kinds = {kind for meanings in words.phrases.values() for kind, _ in meanings}
    assert {"hour", "week", "month", "per_hour", "per_week", "gross", "net", "no_idea", "yes", "no", "nothing"} <= kinds
    months = {value for meanings in words.phrases.values() for kind, value in meanings if kind == "months"}
    assert months == set(range(1, 13))
    values = {value for meanings in words.phrases.values() for kind, value in meanings if kind == "number"}
    assert {Decimal(n) for n in (*range(2, 21), 30, 40, 50, 60, 70, 80, 90, 100)} <= values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("11,5", "11.5"),
        ("14.99", "14.99"),
        ("2.000", "2000"),
        ("0,750", "0.750"),
        ("1'250.00", "1250.00"),
        ("1.234.567", "1234567"),
    ],
)
def test_numbers_in_every_notation(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


def test_eastern_digits_are_digits() -> None:
    assert western("٤٥٫٥") == "45,5"
    assert extract("١٢٫٥ يورو بالساعة", "ar", TODAY) == [Money(Decimal("12.5"), "hour")]


def test_scripts_meet_in_latin_letters() -> None:
    assert latin("Часа") == "chasa" and latin("Zapłata") == "zaplata"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("call me on 06 12345678", "en"),
        ("we work from 06:00 to 15:30", "en"),
        ("24/7", "nl"),
        ("Kerkstraat 12, 5961 GC Horst", "nl"),
        ("[12-11-2026 18:44] Rob: kom je?", "nl"),
        ("IBAN NL91ABNA0417164300", "en"),
    ],
)
def test_what_is_no_amount_is_not_read(text: str, language: str) -> None:
    assert extract(text, language, TODAY) == []


def test_other_money_is_never_taken_for_euros() -> None:
    found = extract("zarabiałem 4500 zł miesięcznie", "pl", TODAY)
    assert [(one.amount, one.currency, one.per) for one in found if isinstance(one, Money)] == [
        (Decimal(4500), "PLN", "month")
    ]


@pytest.mark.parametrize("text", ["room 120 euro a week", "the room is 95 per week", "room 400"])
def test_what_a_room_costs_is_no_room_number(text: str) -> None:
    assert [type(one) for one in extract(text, "en", TODAY)] == [Money]


def test_a_bare_number_is_the_answer_to_the_question() -> None:
    assert extract("45", "en", TODAY, "hours") == [Duration("hours", Decimal(45))]
    assert extract("19", "en", TODAY, "age") == [Age(19)]
    assert extract("12,50", "en", TODAY, "pay") == [Money(Decimal("12.50"))]


def test_a_month_without_a_year_is_the_last_that_has_begun() -> None:
    assert extract("in december", "en", TODAY) == [DateRange(date(2025, 12, 1), date(2025, 12, 31), at=3)]
    assert extract("since november", "en", TODAY)[0] == DateRange(date(2026, 11, 1), date(2026, 11, 30), "since", at=6)


@pytest.mark.parametrize("language", NAMES)
def test_plain_answers_in_every_language(language: str) -> None:
    words = words_of(language)
    for kind in ("no_idea", "yes", "no"):
        phrases = [phrase for phrase, meanings in words.phrases.items() if (kind, None) in meanings]
        assert len(phrases) >= 5, kind
    assert plain("?", language) == plain("", language)


def test_a_broken_word_list_names_the_file_and_what_is_wrong(tmp_path) -> None:  # type: ignore[no-untyped-def]
    text = (FOLDER / "en.yaml").read_text(encoding="utf-8")
    (tmp_path / "en.yaml").write_text(text.replace("\ngross:", "\ngrosss:", 1), encoding="utf-8")
    with pytest.raises(BrokenFile, match=r"en\.yaml:1: missing or unknown: gross, grosss"):
        words_of("en", tmp_path)


@pytest.mark.parametrize(
    ("language", "text", "want"),
    [
        ("nl", "11 euro 75 bruto per uur", [Money(Decimal("11.75"), "hour", "gross")]),
        ("nl", "16,20 bruto p/u", [Money(Decimal("16.20"), "hour", "gross")]),
        ("hu", "tizenkét euró bruttó egy óra", [Money(Decimal(12), "hour", "gross")]),
        ("en", "paid every 4 weeks, 1900 gross on the slip", [Money(Decimal(1900), "4weeks", "gross")]),
        ("en", "12 euro 40 hours a week", [Money(Decimal(12)), Duration("hours", Decimal(40), "week")]),
        (
            "ar",
            "14 يورو بالساعة و36 ساعة بالاسبوع",
            [Money(Decimal(14), "hour"), Duration("hours", Decimal(36), "week")],
        ),
    ],
)
def test_what_belongs_to_an_amount(language: str, text: str, want: list[Money | Duration]) -> None:
    found = extract(text, language, TODAY)
    assert [msgspec.structs.replace(one, at=0) for one in found] == want


def test_a_number_of_people_is_no_rent_beside_the_rent() -> None:
    found = extract("they take 480 every 4 weeks, we are 4 in the room", "en", TODAY, "deduction")
    assert [one.amount for one in found if isinstance(one, Money)] == [Decimal(480)]


def test_a_total_is_named() -> None:
    found = extract("700 per month rent and 50 energy, together 750", "en", TODAY, "deduction")
    assert [one.amount for one in found if isinstance(one, Money) and one.role == "total"] == [Decimal(750)]


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "never got October 2026, not a cent"), ("bg", "не ми плати октомври 2026, нито цент!")],
)
def test_not_a_cent_after_a_comma_is_nothing_received(language: str, text: str) -> None:
    found = extract(text, language, TODAY)
    assert [(one.amount, one.role) for one in found if isinstance(one, Money)] == [(Decimal(0), "received")]
