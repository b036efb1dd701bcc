"""A missing, damaged or older model is noticed, with the reason."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bot.engine.rasa.model import MODEL, ROOT, fingerprint, trouble


@pytest.fixture
def root(tmp_path: Path, model: Path) -> Path:
    """A copy of what a model is made from, and of the model."""
    for name in ("data", "bot/nlu"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("domain.yml", "config.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "models").mkdir()
    shutil.copy(ROOT / MODEL, tmp_path / MODEL)
    shutil.copy(ROOT / "models" / "baken.json", tmp_path / "models" / "baken.json")
    return tmp_path


def test_a_model_of_todays_data_is_kept(root: Path) -> None:
    assert trouble(root) is None
    assert fingerprint(root) == fingerprint(ROOT)


def test_no_model(root: Path) -> None:
    (root / MODEL).unlink()
    assert trouble(root) == "there is no model yet"


@pytest.mark.parametrize("name", ["data/nlu/pl/a.yml", "data/rules.yml", "domain.yml", "config.yml"])
def test_an_older_model(root: Path, name: str) -> None:
    with (root / name).open("a") as file:
        file.write("\n# changed\n")
    assert "older than the training data" in (trouble(root) or "")


def test_a_damaged_model(root: Path) -> None:
    with (root / MODEL).open("r+b") as file:
        file.seek(1000)
        file.write(b"damage")
    assert trouble(root) == "the model file is damaged"


@pytest.mark.parametrize("content", ["", "{", "[]", json.dumps({"fingerprint": 1})])
def test_a_broken_note(root: Path, content: str) -> None:
    (root / "models" / "baken.json").write_text(content)
    assert trouble(root) is not None


def test_the_model_file_is_small(model: Path) -> None:
    assert model.stat().st_size < 60 * 2**20
