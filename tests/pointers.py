"""Finds the files and folders of this repository that its comments, docstrings and pages name."""

from __future__ import annotations

import ast
import functools
import importlib.util
import io
import os
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
#: Folders that are made on a machine and are no part of the repository.
_MADE_HERE = {"models", "var", "node_modules", "dist", "__pycache__"}
#: What a page or a comment names that is made later, by whoever follows it, and what another project calls its file.
NOT_OF_THE_REPOSITORY = {
    "baken.db", "rasa.db", "baken-backup.db",  # the databases of an installation
    "OUT.md", "FILE.yaml", "report.json", "transcript.md", "my-questions.csv", "my-talks.yaml", "my-lines.yml",
    "<id>.csv",  # one's own
    "data/nlu/pl/ngo.yml", "data/nlu/lt",  # examples of what an NGO adds
    "tests/room", "tests/room/<language>.csv", "data/nlu/<language>/room.yml",  # what the test room exports
    "business-messaging-api_v23.0.yaml", "ruamel.yaml",  # Meta's file; a library
}  # fmt: skip
_ENDINGS = "py|md|ya?ml|csv|json|js|mjs|ts|css|html|toml|cfg|sh|txt|pot?|pdf|png|svg|sql|db|lock|gz|mako"
#: A name, or a part of one that stands for any: `*`, `<language>`, `{id}`.
_NAME = r"(?: [\w.*-] | <[^<>\n]*> | \{[^{}\n]*\} )+"
_PATH = rf"""(?<![\w@:/.\\-])  # not within a longer word, an address or a path of the disk
    (?:
        (?P<file> (?:{_NAME}/)* {_NAME} \.(?:{_ENDINGS}) (?![\w/-]) )
      | (?P<folder> (?:@TOP@) / (?:{_NAME}|/)* )
    )"""
#: Files whose words are looked at.
_READ = {".py", ".md", ".js", ".mjs", ".css", ".yaml", ".yml", ".toml", ".sh", ".html", ""}
_MODULE = re.compile(r"python -m ([a-z_]+(?:\.[a-z_]+)+)")
_ADDRESS = re.compile(r"\b[a-z]+://\S+|\bwww\.\S+|\b(?:[\w-]+\.)+(?:com|org|nl|eu|io|net)/\S*")
_COMMENT_TO_THE_END = re.compile(r"(?:^|\s)(?:#|//).*")
_COMMENT_BETWEEN = re.compile(r"/\*.*?\*/", re.DOTALL)


class Pointer(NamedTuple):
    """A path as a file names it."""

    file: Path
    line: int
    path: str


@functools.cache
def files() -> tuple[Path, ...]:
    """The repository's files, relative to its root, without what was made on this machine."""
    found: list[Path] = []
    waiting = [ROOT]
    while waiting:
        for entry in waiting.pop().iterdir():
            hidden = entry.name.startswith(".") and entry.name not in (".ci", ".github")
            if entry.is_dir() and not hidden and entry.name not in _MADE_HERE:
                waiting.append(entry)
            elif entry.is_file() and (not hidden or entry.parent == ROOT):
                found.append(entry.relative_to(ROOT))
    return tuple(sorted(found))


@functools.cache
def _path_pattern() -> re.Pattern[str]:
    tops = {file.parts[0] for file in files() if len(file.parts) > 1}
    return re.compile(_PATH.replace("@TOP@", "|".join(map(re.escape, sorted(tops)))), re.VERBOSE)


def _python(text: str) -> Iterator[tuple[int, str]]:
    """Comments and docstrings, each with its line."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node, clean=False)
            if docstring:
                yield getattr(node.body[0], "lineno", 1), docstring


def _comments(text: str) -> Iterator[tuple[int, str]]:
    """What stands after `#` or `//`, or between `/*` and `*/`."""
    for found in _COMMENT_BETWEEN.finditer(text):
        yield text.count("\n", 0, found.start()) + 1, found[0]
    for number, line in enumerate(text.splitlines(), 1):
        for found in _COMMENT_TO_THE_END.finditer(line):
            yield number, found[0]


def _prose(file: Path, text: str) -> Iterator[tuple[int, str]]:
    """What of a file's text speaks to its reader: line and words."""
    if file.suffix == ".py":
        yield from _python(text)
    elif file.suffix == ".md" or file.parts[0] == "facts":  # the notes of facts are for the reader as comments are
        yield from enumerate(text.splitlines(), 1)
    elif file.parts[:2] != ("data", "nlu"):  # there a line is a sentence of a worker
        yield from _comments(text)


def _from_the_root(file: Path, path: str) -> str:
    """A path that goes up from its file (`../README.md`), as it is from the root."""
    return os.path.normpath(file.parent / path) if path.startswith("../") else path


def pointers_in(file: Path, text: str) -> Iterator[Pointer]:
    """The paths that a file's text names."""
    pattern = _path_pattern()
    for first, prose in _prose(file, text):
        for number, line in enumerate(prose.splitlines(), first):
            for found in pattern.finditer(_ADDRESS.sub(" ", line)):
                path = (found["file"] or found["folder"]).rstrip(".").rstrip("/")
                yield Pointer(file, number, _from_the_root(file, path))
            for found in _MODULE.finditer(line):
                if (ROOT / found[1].split(".")[0]).is_dir():
                    yield Pointer(file, number, found[1].replace(".", "/") + ".py")


def pointers() -> Iterator[Pointer]:
    """Every path that is named in a comment, a docstring or a page of the repository."""
    for file in files():
        if file.suffix in _READ and file.name != "LICENSE":
            yield from pointers_in(file, (ROOT / file).read_text(encoding="utf-8"))


@functools.cache
def _all_paths() -> str:
    """Every file and folder of the repository, one a line, each begun by a slash."""
    folders = {parent for file in files() for parent in file.parents if parent != Path()}
    return "\n".join(f"/{path.as_posix()}" for path in sorted({*files(), *folders})) + "\n"


@functools.cache
def leads_somewhere(path: str) -> bool:
    """Whether the path of a file or a folder is this or ends in this; `*`, `<x>` and `{x}` stand for a name."""
    if path in NOT_OF_THE_REPOSITORY:
        return True
    pattern = re.escape(re.sub(r"<[^>]*>|\{[^}]*\}", "*", path.removeprefix("./"))).replace(r"\*", "[^/\n]*")
    if re.search(rf"/{pattern}$", _all_paths(), re.MULTILINE):
        return True
    return path.partition("/")[0] in _MADE_HERE or _of_a_package(path)


def _of_a_package(path: str) -> bool:
    """Whether it is a file of an installed package, as `rasa/core/processor.py` is."""
    top, _, rest = path.partition("/")
    if not rest or not top.isidentifier():
        return False
    spec = importlib.util.find_spec(top)
    return spec is not None and any((Path(place) / rest).exists() for place in spec.submodule_search_locations or ())
