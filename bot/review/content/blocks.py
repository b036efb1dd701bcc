"""Entries of the fact files as blocks of text: found, written and replaced, the rest of the file untouched.

The files in git are written by people and keep their comments and their layout; a change from the test room touches
the lines of its own entry only, so that it reads as a small change when it is taken to git.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import msgspec
import yaml

from facts.model import Fact, Figure

_WIDTH: Final = 108
_ITEM: Final = re.compile(r"^(?P<indent> *)- id: *(?P<id>[A-Za-z0-9_-]+) *(?:#.*)?$")


class NoEntry(Exception):
    """The file has no entry with this id."""


def find(text: str, name: str) -> tuple[int, int]:
    """First and last line (from 0, the last one not included) of an entry.

    Raises:
        NoEntry: there is none.
    """
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        match = _ITEM.match(line.rstrip("\n"))
        if match and match["id"] == name:
            end = _end(lines, number + 1, len(match["indent"]))
            while lines[end - 1].strip() == "":  # blank lines belong to nobody
                end -= 1
            return number, end
    raise NoEntry(name)


def _end(lines: list[str], start: int, indent: int) -> int:
    for number in range(start, len(lines)):
        line = lines[number]
        if line.strip() and len(line) - len(line.lstrip(" ")) <= indent:
            return number
    return len(lines)


def block(text: str, name: str) -> str:
    """An entry as it stands in the file's text."""
    start, end = find(text, name)
    return "".join(text.splitlines(keepends=True)[start:end])


def replaced(text: str, name: str, new: str) -> str:
    """The file's text with another block for an entry."""
    start, end = find(text, name)
    lines = text.splitlines(keepends=True)
    return "".join([*lines[:start], new if new.endswith("\n") else f"{new}\n", *lines[end:]])


def write(entry: Fact | Figure) -> str:
    """An entry as a block, in the layout of the files."""
    value = {key: item for key, item in _plain(entry).items() if key != "id"}
    lines = [f"  - id: {entry.id}"]
    for key, item in value.items():
        lines += _lines(key, item, 4)
    return "\n".join(lines) + "\n"


def rewritten(old: str, before: Fact | Figure, entry: Fact | Figure) -> str:
    """An entry as a block in which the keys whose value did not change keep the lines that they had."""
    was, now = _plain(before), _plain(entry)
    lines = _by_key(old)
    kept = {key for key in now if key in lines and was.get(key) == now[key]}
    parts = _by_key(write(entry))
    order = [*(key for key in lines if key in parts), *(key for key in parts if key not in lines)]
    return "".join("".join(lines[key] if key in kept else parts[key]) for key in order)


def _by_key(text: str) -> dict[str, list[str]]:
    """The lines of a block by the key that they stand under; the first line under "id"."""
    found: dict[str, list[str]] = {}
    key = "id"
    first = text.splitlines(keepends=True)[0]
    indent = len(first) - len(first.lstrip(" ")) + 2
    for line in text.splitlines(keepends=True):
        match = re.match(rf" {{{indent}}}([a-z_]+):", line)
        key = match[1] if match else key
        found.setdefault(key, []).append(line)
    return found


def parse_blocks(text: str, shape: type[Fact] | type[Figure]) -> Fact | Figure:
    """The entry that a block says.

    Raises:
        ValueError: it is no such entry.
    """
    try:
        (value,) = yaml.safe_load(text)
        return msgspec.convert(value, shape)
    except (yaml.YAMLError, msgspec.ValidationError, TypeError, ValueError) as error:
        raise ValueError(str(error)) from error


def same(one: Fact | Figure, other: Fact | Figure) -> bool:
    """Whether two entries say the same, wherever their lines are."""
    return bool(_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    """A struct as a map without line numbers and without what is left at its default; dates stay dates."""
    if isinstance(value, msgspec.Struct):
        found = {}
        for field in msgspec.structs.fields(type(value)):
            item = getattr(value, field.name)
            default = field.default
            if field.encode_name == "__line__" or (default is not msgspec.NODEFAULT and item == default):
                continue
            if item == {} or item == []:
                continue
            found[field.encode_name] = _plain(item)
        return found
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return " ".join(value.split())
    return value


def _lines(key: str, value: Any, indent: int) -> Iterator[str]:
    space = " " * indent
    if isinstance(value, list):
        yield f"{space}{key}:"
        for item in value:
            inner = [line for name, part in item.items() for line in _lines(name, part, indent + 4)]
            inner[0] = f"{' ' * (indent + 2)}- {inner[0].lstrip(' ')}"
            yield from inner
    elif isinstance(value, dict):
        yield f"{space}{key}: {_flow(value)}"
    elif isinstance(value, str) and key in ("text", "quote", "note") and len(value) > 20:
        yield f"{space}{key}: >-"
        yield from textwrap.wrap(
            value,
            _WIDTH,
            initial_indent=f"{space}  ",
            subsequent_indent=f"{space}  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    else:
        yield f"{space}{key}: {_scalar(value)}"


def _flow(value: dict[Any, Any]) -> str:
    parts = (f"{key}: {_flow(item) if isinstance(item, dict) else _scalar(item)}" for key, item in value.items())
    return "{" + ", ".join(parts) + "}"


def _scalar(value: Any) -> str:
    """A single value; a text is quoted where YAML would read it as something else."""
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if re.fullmatch(r"[a-z][a-z0-9_-]*", value) and yaml.safe_load(value) == value:
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
