"""Settings come from the environment and a .env file; the environment wins, a bad value is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import FieldInfo, fields

from bot.settings import BadSetting, Settings, load


def test_nothing_has_to_be_set(tmp_path: Path) -> None:
    assert load({}, tmp_path / ".env").port == 8080


def test_a_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text('# ours\nBAKEN_PORT=9000\nBAKEN_TODAY="2027-01-01"\nOTHER=1\n')
    assert load({}, file).port == 9000
    assert load({}, file).today == "2027-01-01"
    assert load({"BAKEN_PORT": "9100"}, file).port == 9100


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BAKEN_PORT", "x"),
        ("BAKEN_LOG_LEVEL", "DEBUG"),
        ("BAKEN_TRANSLATE", "x"),
        ("BAKEN_TRANSLATE", "libretranslate"),
    ],
)
def test_a_bad_value_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        load({name: value}, tmp_path / ".env")


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("BAKEN_PORT", "99999", "must be a whole number from 1 to 65535; left out, it is 8080"),
        ("BAKEN_PORT", "many", "must be a whole number from 1 to 65535"),
        ("BAKEN_PROXIES", "-1", "must be a whole number from 0 to 100; left out, it is 0"),
        ("BAKEN_LIMIT_ADDRESS", "0", "must be a number above 0"),
        ("BAKEN_LIMIT_ADDRESS", "nan", "must be a number above 0"),
        ("BAKEN_LIMIT_PERSON_BURST", "0.5", "must be a number from 1"),
        ("BAKEN_LIMIT_WAITING", "0", "must be a whole number from 1"),
        ("BAKEN_KEEP_DAYS", "0", "must be a number above 0 and up to 36525; left out, it is 30"),
        ("BAKEN_KEEP_DAYS", "-1", "must be a number above 0"),
        ("BAKEN_KEEP_DAYS", "inf", "up to 36525"),
        ("BAKEN_KEEP_CASE_DAYS", "0", "left out, it is 180"),
        ("BAKEN_STAFF_IDLE", "0", "left out, it is 120"),
        ("BAKEN_TODAY", "tomorrow", "a day as 2026-12-31"),
    ],
)
def test_what_would_do_harm_is_refused_with_what_would_do(tmp_path: Path, name: str, value: str, remedy: str) -> None:
    with pytest.raises(BadSetting) as refused:
        load({name: value}, tmp_path / ".env")
    sentence = str(refused.value)
    assert sentence.startswith(f"{name}={value!r}: ") and remedy in sentence and "\n" not in sentence


@pytest.mark.parametrize("field", [field for field in fields(Settings) if field.type in (int, float, "int", "float")])
def test_every_number_has_limits_that_its_default_keeps(tmp_path: Path, field: FieldInfo) -> None:
    name = f"BAKEN_{field.name.upper()}"
    assert getattr(load({name: str(field.default)}, tmp_path / ".env"), field.name) == field.default
    with pytest.raises(BadSetting, match=name):
        load({name: "-1"}, tmp_path / ".env")
