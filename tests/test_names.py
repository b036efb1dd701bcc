"""One name for one thing, held against the code."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOMS = ("facts", "actions", "bot")
#: Verbs of modules that hold rows or routes, told apart by the module: `cases.get`, `flags.purge`, `staff.add_routes`.
BY_MODULE = {"add", "add_routes", "get", "find", "listed", "main", "purge", "upgrade"}
MOST = 3


def _definitions(kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in sorted(Path(room).rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                name = getattr(node, "name", "")
                if isinstance(node, kind) and not name.startswith("_"):
                    yield name, str(path)


def _more_than(most: int, *kinds: type[ast.AST]) -> dict[str, list[str]]:
    places: dict[str, list[str]] = defaultdict(list)
    for name, path in _definitions(kinds):
        places[name].append(path)
    return {name: paths for name, paths in places.items() if len(paths) > most}


def test_a_class_name_stands_for_one_thing() -> None:
    assert _more_than(1, ast.ClassDef) == {}


def test_a_function_name_does_not_stand_for_many_things() -> None:
    many = _more_than(MOST, ast.FunctionDef, ast.AsyncFunctionDef)
    assert {name: paths for name, paths in many.items() if name not in BY_MODULE} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_the_formatter_is_switched_off_for_tables_only(room: str) -> None:
    """A table is a constant of a module: rows that are read side by side."""
    outside = []
    for path in sorted(Path(room).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        tables = [
            range(node.lineno, (node.end_lineno or node.lineno) + 1)
            for node in ast.parse(source).body
            if isinstance(node, ast.Assign | ast.AnnAssign)
        ]
        for number, line in enumerate(source.splitlines(), 1):
            if "fmt: " in line and not any(number in table for table in tables):
                outside.append(f"{path}:{number}")
    assert outside == []
