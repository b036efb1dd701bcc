"""Settings come from the environment and a .env file; the environment wins, a bad value is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import BadSetting, load


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
