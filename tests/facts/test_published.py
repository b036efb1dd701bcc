"""The content in force changes without a restart, in one step, and never to something broken."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import pytest

from facts import published
from facts.base import FOLDER
from facts.published import Published

DATA = ("sources", "figures", "topics", "texts", "locales")


def version(folder: Path, name: str, old: str, new: str) -> None:
    """A version with one changed text, published as the gateway does it."""
    whole = folder / "versions" / name
    whole.mkdir(parents=True)
    for part in DATA:
        shutil.copytree(FOLDER / part, whole / part)
    shutil.copy(FOLDER / "topics.yaml", whole)
    path = whole / "topics" / "housing_deduction.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    link = folder / "current.new"
    link.symlink_to(Path("versions") / name)
    link.replace(folder / "current")


def said(content: Published) -> str:
    return content.base().facts["housing-max-25"].says[0].text


def wait_for(content: Published, name: str) -> None:
    content.base()
    until = time.monotonic() + 30
    while content.loaded() != name and time.monotonic() < until:
        time.sleep(0.02)
    assert content.loaded() == name


def test_a_new_version_is_taken_while_others_are_answered_from_the_old_one(tmp_path: Path) -> None:
    version(tmp_path, "1", "From the minimum wage", "Out of the minimum wage")
    content = Published(tmp_path)
    assert said(content).startswith("Out of the minimum wage")
    version(tmp_path, "2", "From the minimum wage", "Of the minimum wage")
    first = content.base()  # this call begins to read the new one and does not wait for it
    assert first.facts["housing-max-25"].says[0].text.startswith("Out of")
    wait_for(content, "2")
    assert said(content).startswith("Of the minimum wage")


def test_a_version_that_cannot_be_read_leaves_the_content_of_the_code(tmp_path: Path) -> None:
    version(tmp_path, "1", "From the minimum wage", "Of the minimum wage")
    (tmp_path / "versions/1/topics/housing_deduction.yaml").write_text("topic: [", encoding="utf-8")
    reads: list[str] = []
    content = Published(tmp_path)
    content._own = lambda: reads.append("own")  # type: ignore[assignment,method-assign,return-value]
    content.base()
    assert reads == ["own"]


def test_asking_for_the_version_costs_next_to_nothing(tmp_path: Path) -> None:
    version(tmp_path, "1", "From the minimum wage", "Of the minimum wage")
    content = Published(tmp_path)
    content.base()
    start = time.perf_counter()
    for _ in range(1000):
        content.base()
    assert time.perf_counter() - start < 0.5  # half a millisecond each, on a busy machine


@pytest.mark.parametrize("name", ["../versions/1", "..", "/etc", "1/../../versions/1", "", "nothing"])
def test_a_draft_is_named_by_its_own_name_only(tmp_path: Path, name: str) -> None:
    version(tmp_path, "1", "From the minimum wage", "Of the minimum wage")
    (tmp_path / "drafts").mkdir()
    with pytest.raises(FileNotFoundError):
        Published(tmp_path).draft(name)


def test_a_draft_is_seen_by_the_one_who_chose_it_and_by_nobody_else(tmp_path: Path) -> None:
    version(tmp_path, "1", "From the minimum wage", "Of the minimum wage")
    version(tmp_path, "2", "From the minimum wage", "Drafted from the minimum wage")
    (tmp_path / "drafts").mkdir()
    (tmp_path / "versions/2").rename(tmp_path / "drafts/7-ab")
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to("versions/1")
    before = published.here()
    content = published.use(tmp_path)
    try:
        elsewhere: list[str] = []
        with published.choosing("7-ab"):
            mine = published.base().facts["housing-max-25"].says[0].text
            other = threading.Thread(target=lambda: elsewhere.append(said(content)))
            other.start()
            other.join()
        assert mine.startswith("Drafted from") and elsewhere[0].startswith("Of the minimum wage")
        assert published.base().facts["housing-max-25"].says[0].text.startswith("Of the minimum wage")
        with pytest.raises(FileNotFoundError), published.choosing("8-cd"):
            pass
    finally:
        published._here = before


def test_when_the_published_version_is_gone_the_content_of_the_code_is_back(tmp_path: Path) -> None:
    version(tmp_path, "1", "From the minimum wage", "Of the minimum wage")
    content = Published(tmp_path)
    assert said(content).startswith("Of the minimum wage")
    (tmp_path / "current").unlink()
    wait_for(content, "")
    assert said(content).startswith("From the minimum wage")
