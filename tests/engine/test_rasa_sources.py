"""Rasa's code that patches and replacements stand on: a change of it is named, with what is to be read again."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import pytest
import rasa
import yaml

from bot.engine.rasa.patches import PATCHES, patch_process
from bot.engine.rasa.patches.table import as_table

#: Replaced by classes of ours, where Rasa has a place for them: what these rely on.
REPLACED: Final = {
    "in_process_actions.py": ("rasa.core.actions.action:RemoteAction.run",),
    "lock_store.py": ("rasa.core.lock_store:LockStore.lock", "rasa.core.lock_store:InMemoryLockStore"),
    "tracker_store.py": (
        "rasa.core.tracker_store:SQLTrackerStore",
        "rasa.core.tracker_store:TrackerStore.create_tracker",
    ),
}
#: What was read → SHA-256 of its source.
READ: Final[dict[str, str]] = yaml.safe_load(Path("tests/engine/rasa_sources.yaml").read_text(encoding="utf-8"))
DECISION: Final = Path("docs/decisions/0003-behind-the-door.md")


@cache
def _source(module: str) -> str:
    """As it lies on the disk: in this process some of it is patched already."""
    spec = importlib.util.find_spec(module)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).read_text(encoding="utf-8")


def sha256(name: str) -> str:
    """Of a module, a class or a function with its decorators."""
    module, _, inside = name.partition(":")
    source = _source(module)
    if inside:
        node: ast.AST = ast.parse(source)
        for part in inside.split("."):
            node = next(one for one in ast.iter_child_nodes(node) if getattr(one, "name", None) == part)
        assert isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        first = min(one.lineno for one in (node, *node.decorator_list))
        source = "\n".join(source.splitlines()[first - 1 : node.end_lineno])
    return hashlib.sha256(source.encode()).hexdigest()


def _who_stands_on(name: str) -> list[str]:
    replaced = [file for file, names in REPLACED.items() if name in names]
    return replaced + [f"patches of {patch.target}" for patch in PATCHES if name in patch.stands_on]


def test_it_is_the_rasa_that_was_read() -> None:
    assert rasa.__version__ == "3.6.21"


@pytest.mark.parametrize("name", READ)
def test_rasas_source_is_what_was_read(name: str) -> None:
    assert sha256(name) == READ[name], f"{name} changed: read it again for {_who_stands_on(name)}"


def test_all_that_a_patch_stands_on_was_read_and_nothing_else() -> None:
    def names() -> Iterable[str]:
        for patch in PATCHES:
            assert patch.stands_on, patch.target
            yield from patch.stands_on
        for names in REPLACED.values():
            yield from names

    assert set(names()) == set(READ)


def test_a_patch_is_a_file_and_stands_in_the_list() -> None:
    files = {path.stem for path in Path("bot/engine/rasa/patches").glob("*.py")} - {"__init__", "patch", "table"}
    assert sorted(patch.apply.__module__.rpartition(".")[2] for patch in PATCHES) == sorted(files)


def test_the_decision_shows_the_patches() -> None:
    """`uv run python -m bot.engine.rasa.patches.table` writes its table anew."""
    assert as_table(PATCHES) in DECISION.read_text(encoding="utf-8")


def test_a_process_may_be_patched_twice() -> None:
    from rasa.core.actions.action import RemoteAction

    patch_process()
    once = RemoteAction.run
    patch_process()
    assert RemoteAction.run is once
