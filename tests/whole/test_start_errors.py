"""A start that goes wrong ends in one sentence that says what is wrong and what helps; never in a traceback."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from server import free_port


def starts(folder: Path | str, **settings: str) -> str:
    """`baken` with a data folder; what it says, which is one line, and its exit status is 1."""
    run = subprocess.run(
        [sys.executable, "-m", "bot.cli"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "BAKEN_PORT": str(free_port()), "BAKEN_DATA_FOLDER": str(folder), **settings},
    )
    assert run.returncode == 1, run.stderr
    assert len(run.stderr.splitlines()) == 1, run.stderr
    return run.stderr


@pytest.mark.parametrize("where", ["", "below"])
def test_the_data_folder_is_a_file(tmp_path: Path, where: str) -> None:
    (tmp_path / "data").touch()
    said = starts(tmp_path / "data" / where)
    assert "data folder" in said and "file: set BAKEN_DATA_FOLDER" in said


def test_the_data_folder_can_not_be_written_to() -> None:
    said = starts("/sys/baken")  # where nobody may make a folder, root neither
    assert "/sys/baken can't be written to" in said and "set BAKEN_DATA_FOLDER" in said


def test_a_damaged_log_is_named(model: Path, tmp_path: Path) -> None:
    (tmp_path / "baken.db").write_bytes(b"no database" * 1000)
    said = starts(tmp_path)
    assert f"{tmp_path}/baken.db is damaged (file is not a database): put a backup in its place" in said


@pytest.mark.parametrize("name", ["baken.db", "rasa.db"])
@pytest.mark.parametrize("damage", ["middle", "cut"])
def test_damage_inside_is_named_with_its_file(model: Path, tmp_path: Path, name: str, damage: str) -> None:
    path = tmp_path / name
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (a)")
        connection.executemany("insert into t values (?)", [("x" * 500,)] * 500)
    connection.close()
    content = path.read_bytes()
    path.write_bytes(content[:9000] if damage == "cut" else content[:4096] + b"\xff" * 4096 + content[8192:])
    said = starts(tmp_path)
    assert f"{path} is damaged" in said
    assert "put a backup in its place" in said or "delete it and start again" in said


@pytest.mark.parametrize("key", ["", "!!", "c2hvcnQ="])
def test_a_bad_key_is_named(model: Path, tmp_path: Path, key: str) -> None:
    (tmp_path / "key").write_text(key or "\0garbage")
    assert "key" in starts(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("BAKEN_HOST", "no.such.host.invalid", "not an address"),
        ("BAKEN_HOST", "192.0.2.1", "not an address of this machine"),
        ("BAKEN_PORT", "99999", "from 1 to 65535"),
        ("BAKEN_KEEP_DAYS", "0", "above 0"),
        ("BAKEN_DESK_HOURS", "whenever", "BAKEN_DESK_HOURS"),
        ("BAKEN_DATABASE_URL", "nonsense", "BAKEN_DATABASE_URL"),
        ("BAKEN_DATABASE_URL", "postgresql://x:secret@127.0.0.1:1/x", "BAKEN_DATABASE_URL"),
        ("BAKEN_CONTENT_FOLDER", "/dev/null", "/dev/null"),
    ],
)
def test_a_setting_that_can_not_be_used(model: Path, tmp_path: Path, name: str, value: str, what: str) -> None:
    said = starts(tmp_path, **{name: value})
    assert what in said and "secret" not in said


def test_engines_that_do_not_start_say_why(model: Path, tmp_path: Path) -> None:
    (tmp_path / "rasa.db").write_bytes(b"no database" * 1000)
    run = subprocess.run(
        [sys.executable, "-m", "bot.cli"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "BAKEN_PORT": str(free_port()), "BAKEN_DATA_FOLDER": str(tmp_path), "BAKEN_ENGINES": "1"},
    )
    assert run.returncode == 1 and "Traceback" not in run.stderr
    first, second = run.stderr.splitlines()
    assert "rasa.db is damaged" in first and "engine did not start" in second
