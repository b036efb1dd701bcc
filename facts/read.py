"""Reads YAML into the shapes of `model`, keeping the line of every mapping for error messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

StructType = TypeVar("StructType")

try:
    _Base: Any = yaml.CSafeLoader
except AttributeError:  # PyYAML built without libyaml
    _Base = yaml.SafeLoader


class BrokenFile(Exception):
    """A content file that can't be used. The message names file, line and what is wrong."""

    def __init__(self, path: Path, line: int, what: str) -> None:
        super().__init__(f"{path}:{line}: {what}")
        self.path, self.line, self.what = path, line, what


class SafeLoader(_Base):  # type: ignore[misc]
    """PyYAML's safe loader (libyaml's, where it was built with it), whose every refusal names a line.

    Its own doesn't say where a value stands that can't be made: 2020-02-30, a number of 6,000 digits, a list as key.
    """

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """The value of a node.

        Raises:
            yaml.MarkedYAMLError: it can't be made.
        """
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, TypeError, OverflowError) as error:
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from error


class _LineLoader(SafeLoader):
    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(set(keys)) < len(keys):
            doubled = {key for key in keys if keys.count(key) > 1}
            raise yaml.constructor.ConstructorError(
                None, None, f"key given twice: {', '.join(sorted(doubled))}", node.start_mark
            )
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if "__line__" not in mapping and all(isinstance(key, str) for key in mapping):
            mapping["__line__"] = node.start_mark.line + 1
        return mapping


_LineLoader.add_constructor(
    yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG,
    lambda loader, node: loader.construct_mapping(node, deep=True),
)


def read_yaml(path: Path) -> Any:
    """The file's content; every mapping with string keys carries `__line__`.

    Raises:
        BrokenFile: no UTF-8, no YAML, a value that does not exist, or a key given twice.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LineLoader)  # noqa: S506 (a safe loader)
    except UnicodeDecodeError as error:
        raise BrokenFile(path, 1, f"not UTF-8: {error.reason} at byte {error.start}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BrokenFile(path, mark.line + 1 if mark else 1, f"not YAML: {error.problem}") from error
    except (yaml.YAMLError, RecursionError) as error:  # a character that YAML does not allow; thousands of brackets
        raise BrokenFile(path, 1, f"not YAML: {' '.join(str(error).split())}") from error


def without_lines(value: Any) -> Any:
    """`value` without the `__line__` marks."""
    if isinstance(value, dict):
        return {key: without_lines(item) for key, item in value.items() if key != "__line__"}
    if isinstance(value, list):
        return [without_lines(item) for item in value]
    return value


def read_as(path: Path, shape: type[StructType]) -> StructType:
    """The file as `shape`.

    Raises:
        BrokenFile: with the line and, where there is one, the id of the entry that does not fit.
    """
    content = read_yaml(path)
    try:
        return msgspec.convert(content, shape)
    except msgspec.ValidationError as error:
        line, name = _entry_at(content, str(error))
        raise BrokenFile(path, line, f"{name}{str(error).replace('__line__', 'line')}") from error


def _entry_at(content: Any, message: str) -> tuple[int, str]:
    """Follows msgspec's path (`$.facts[3].says[0]`) to the nearest mapping: its line, and the entry's id."""
    line, name = 1, ""
    value = content
    steps = message.rpartition(" - at `$")[2].rstrip("`") if " - at `$" in message else ""
    for step in steps.replace("[", ".[").split("."):
        if isinstance(value, dict):
            line = value.get("__line__", line)
            name = f"{value['id']}: " if isinstance(value.get("id"), str) else name
        try:
            value = value[int(step[1:-1])] if step.startswith("[") else value[step] if step else value
        except (KeyError, IndexError, TypeError, ValueError):
            break
    if isinstance(value, dict):
        line = value.get("__line__", line)
        name = f"{value['id']}: " if isinstance(value.get("id"), str) else name
    return line, name
