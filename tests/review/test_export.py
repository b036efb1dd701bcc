"""What leaves the test room: patches that git takes, cells that no spreadsheet runs, nothing of the exam."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
from datetime import date, datetime, timezone
from pathlib import Path

import pytest
import yaml

from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.review import export
from bot.review.flags import store as flags
from bot.review.flags.store import Flag
from bot.review.suites.holdout import Exam, lines
from facts import clock

ROOT = Path(__file__).parent.parent.parent
NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)


def flag(number: int, text: str, use: str, topic: str = "unpaid_wages", language: str = "pl") -> Flag:
    return Flag(
        id=number,
        made=NOW,
        source="try",
        language=language,
        text=text,
        topic_got="menu",
        topic_right=topic,
        understood=True,
        state="approved",
        use=use,
        flagged_by=1,
        decided_by=1,
        decided=NOW,
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for part in ("data/nlu", "tests/room"):
        (tmp_path / part).mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def applied(root: Path, files: dict[str, str]) -> None:
    patch = export.patch(files, root)
    done = subprocess.run(["git", "apply", "-"], cwd=root, input=patch, text=True, capture_output=True, check=False)
    assert done.returncode == 0, (done.stderr, patch)
    for path, text in files.items():
        assert (root / path).read_text(encoding="utf-8") == text


def test_approved_lines_become_files_that_the_training_and_the_exam_can_read(root: Path) -> None:
    found = export.lines(
        [
            flag(1, "szef [name] nie oddał kasy za październik", "train"),
            flag(2, '=HYPERLINK("http://x") gdzie moja pensja', "test"),
            flag(3, "- intent: greet", "train", "menu"),
            flag(4, "{{7*7}} & *alias !!python/object: x", "train"),
        ],
        Exam([]),
        root,
    )
    assert found.left_out == []
    applied(root, found.files)
    groups = yaml.safe_load(found.files["data/nlu/pl/room.yml"])["nlu"]
    assert {group["intent"] for group in groups} == {"menu", "unpaid_wages"}
    assert all(group["metadata"] == {"language": "pl", "writer": "room"} for group in groups)
    examples = "".join(group["examples"] for group in groups)
    assert "- szef nie oddał kasy za październik\n" in examples and "[name]" not in examples
    (row,) = csv.DictReader(io.StringIO(found.files["tests/room/pl.csv"]))
    assert row["text"].startswith("HYPERLINK") and row["topic"] == "unpaid_wages"
    again = export.lines([flag(5, "szef nie oddał kasy za październik", "train")], Exam([]), root)
    assert again.files == {}  # it stands there already
    more = export.lines([flag(6, "jeszcze jedno pytanie o pensję", "train")], Exam([]), root)
    applied(root, more.files)
    assert "za październik" in more.files["data/nlu/pl/room.yml"]


def test_nothing_near_the_exam_or_near_a_new_test_line_is_trained_on(root: Path) -> None:
    line = next(text for text in lines() if len(text.split()) > 7)
    found = export.lines(
        [
            flag(1, f"{line} !!", "train"),
            flag(2, "gdzie jest moja pensja za ostatni miesiąc pracy", "test"),
            flag(3, "Gdzie jest moja pensja za ostatni miesiąc pracy?", "train"),
            flag(4, "[name] [phone]", "train"),
        ],
        Exam(lines()),
        root,
    )
    assert [number for number, _ in found.left_out] == [1, 3, 4]
    assert list(found.files) == ["tests/room/pl.csv"]


def test_every_line_of_the_exam_is_found_again_and_a_line_of_its_own_is_not() -> None:
    exam = Exam(lines())
    assert [text for text in lines() if len(text.split()) > 4 and exam.near(text) is None] == []
    assert [text for text in lines() if len(text.split()) > 4 and exam.near(f"{text.upper()}...") is None] == []
    assert exam.near("nikt nie wpisuje moich godzin z soboty do systemu agencji") is None


@pytest.mark.parametrize("text", ["=1+1", "+31", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_cell_never_begins_a_formula(text: str) -> None:
    assert export.cell(text) == f"'{text}"
    assert export.cell("zarabiam 12 euro") == "zarabiam 12 euro"


def test_the_command_writes_a_patch_that_git_takes(tmp_path: Path) -> None:
    keys = Keys.load("", tmp_path / "key")
    database = Database(f"sqlite:///{tmp_path / 'baken.db'}")
    database.migrate()
    number = database.transaction_sync(
        flags.add,
        keys,
        text="nikt nie wpisuje moich godzin z soboty do systemu",
        language="pl",
        topic_got="menu",
        topic_right="proof_of_hours",
        understood=True,
        by=1,
        now=NOW,
    )
    database.transaction_sync(
        flags.decide, keys, number, "approved", by=1, now=NOW, topic="proof_of_hours", use="train"
    )
    database.close()
    out = tmp_path / "room.patch"
    run = subprocess.run(
        [sys.executable, "-m", "bot.cli", "room", "export", "--out", str(out)],
        env={**os.environ, "BAKEN_DATA_FOLDER": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "+    - nikt nie wpisuje moich godzin z soboty do systemu" in out.read_text(encoding="utf-8")
    clone = tmp_path / "clone"
    (clone / "data/nlu/pl").mkdir(parents=True)
    if (ROOT / "data/nlu/pl/room.yml").exists():
        shutil.copy(ROOT / "data/nlu/pl/room.yml", clone / "data/nlu/pl")
    subprocess.run(["git", "init", "--quiet"], cwd=clone, check=True)
    subprocess.run(["git", "apply", str(out)], cwd=clone, check=True)
    assert "writer: room" in (clone / "data/nlu/pl/room.yml").read_text(encoding="utf-8")


def test_a_day_is_chosen_for_one_message_only() -> None:
    before = clock.today()
    with clock.on(date(2026, 1, 2)):
        assert clock.today() == date(2026, 1, 2)
        with clock.on(None):
            assert clock.today() == date(2026, 1, 2)
    assert clock.today() == before
