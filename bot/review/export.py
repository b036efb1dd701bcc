"""Takes what was approved and published in the test room to the data files: as a patch that a person reads and applies.

Nothing here touches the files of a running installation, or its model.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
import yaml

from bot.review.content.drafts import Change
from bot.review.content.publishing import build, in_force, landed
from bot.review.flags.store import Flag
from bot.review.suites.holdout import Exam

#: What masking leaves in a text.
_MASK: Final = re.compile(r"\s*\[[a-z_]+\]")
#: Signs with which a spreadsheet begins a formula.
_FORMULA: Final = "=+-@\t\r\n"
_HEAD: Final = ("id", "language", "topic", "also_ok", "variant", "text")


class Exported(msgspec.Struct, frozen=True):
    """New contents by path, and the lines that were left out: text's flag number and why."""

    files: dict[str, str]
    left_out: list[tuple[int, str]]


def cell(text: str) -> str:
    """A cell for a spreadsheet: what would begin a formula is shown as text (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(tuple(_FORMULA)) else text


def training_line(text: str) -> str:
    """A text as a training line: one line, without the marks of masking."""
    return " ".join(_MASK.sub("", text).split())


def lines(flags: Iterable[Flag], exam: Exam, root: Path) -> Exported:
    """The approved flags as training files (data/nlu/<language>/room.yml) and test files (tests/room/<language>.csv).

    Test lines are added first, so that no training line is a near copy of one.
    """
    flags = list(flags)
    left: list[tuple[int, str]] = []
    files: dict[str, str] = {}
    tests = [flag for flag in flags if flag.use == "test"]
    for language in sorted({flag.language for flag in tests}):
        path = f"tests/room/{language}.csv"
        files[path] = _tests(_old(root, path), [flag for flag in tests if flag.language == language])
    for flag in tests:
        exam.add(training_line(flag.text))
    training = []
    for flag in (flag for flag in flags if flag.use == "train"):
        text = training_line(flag.text)
        why = "nothing is left of it" if not text else "near a line of the exam" if exam.near(text) else ""
        if why:
            left.append((flag.id, why))
        else:
            training.append(flag)
    for language in sorted({flag.language for flag in training}):
        path = f"data/nlu/{language}/room.yml"
        files[path] = _training(_old(root, path), language, [flag for flag in training if flag.language == language])
    return Exported({path: text for path, text in files.items() if text != _old(root, path)}, left)


def _old(root: Path, path: str) -> str:
    file = root / path
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _tests(old: str, flags: Sequence[Flag]) -> str:
    rows = list(csv.DictReader(io.StringIO(old)))
    known = {row["text"] for row in rows}
    for flag in flags:
        text = training_line(flag.text).lstrip(_FORMULA + " ")
        if text and text not in known:
            known.add(text)
            rows.append(
                {
                    "id": f"room-{flag.language}-{flag.id}",
                    "language": flag.language,
                    "topic": flag.topic_right,
                    "also_ok": "",
                    "variant": "",
                    "text": text,
                }
            )
    out = io.StringIO()
    writer = csv.DictWriter(out, _HEAD, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _training(old: str, language: str, flags: Sequence[Flag]) -> str:
    groups: dict[str, list[str]] = {}
    for group in (yaml.safe_load(old) or {}).get("nlu", []) if old else []:
        texts = (line.strip().removeprefix("- ").strip() for line in group["examples"].splitlines())
        groups.setdefault(group["intent"], []).extend(text for text in texts if text)
    for flag in sorted(flags, key=lambda flag: flag.id):
        known = groups.setdefault(flag.topic_right, [])
        text = training_line(flag.text)
        if text not in known:
            known.append(text)
    out = ['version: "3.1"', "nlu:"]
    for topic in sorted(groups):
        out += [f"- intent: {topic}", f"  metadata: {{language: {language}, writer: room}}", "  examples: |"]
        out += [f"    - {text}" for text in groups[topic]]
    return "\n".join(out) + "\n"


def content(changes: Sequence[Change], facts: Path) -> dict[str, str]:
    """The fact files with everything that was published here and does not stand in git yet, by path."""
    counted = [change for change in in_force(changes) if not landed(change, facts)]
    if not counted:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "facts"
        build(counted, made, facts)
        found = {}
        for path in sorted(made.rglob("*")):
            name = path.relative_to(made)
            if path.suffix in (".yaml", ".po") and path.read_bytes() != (facts / name).read_bytes():
                found[f"facts/{name}"] = path.read_text(encoding="utf-8")
    return found


def patch(files: Mapping[str, str], root: Path) -> str:
    """A unified diff for `git apply`."""
    out: list[str] = []
    for path in sorted(files):
        old = _old(root, path)
        if old == files[path]:
            continue
        before, after = old.splitlines(keepends=True), files[path].splitlines(keepends=True)
        out.append(f"diff --git a/{path} b/{path}\n")
        if not old:
            out.append("new file mode 100644\n")
        name = f"a/{path}" if old else "/dev/null"
        for line in difflib.unified_diff(before, after, name, f"b/{path}"):
            out.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(out)
