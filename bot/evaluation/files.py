"""Question files (.csv) and conversation files (.yaml)."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import yaml

from facts.read import BrokenFile, SafeLoader


class TestQuestion(msgspec.Struct, frozen=True):
    """A row of a question file."""

    id: str
    language: str
    topic: str
    also_ok: tuple[str, ...]
    variant: str
    text: str
    questions: tuple[str, ...] = ()  #: ids (`topic/question`) that are right; empty where only the topic is judged


class Expect(msgspec.Struct, frozen=True):
    """What a conversation must show; every key is optional."""

    topics: list[str] = []
    language_at_end: str | None = None
    numbers_in_reply: list[str] = []
    must_not_say: list[str] = []
    handoff: bool | None = None


class TestConversation(msgspec.Struct, frozen=True):
    """An entry of a conversation file."""

    id: str
    turns: list[str]
    language: str = ""
    expect: Expect = Expect()
    today: date | None = None  #: the day that its numbers were worked out for; None is the day that it is run


def questions(path: Path) -> list[TestQuestion]:
    """The rows of a question file; other columns are ignored.

    Raises:
        BrokenFile: a column is missing, or a row has no text; with the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = {"id", "language", "topic", "text"} - set(reader.fieldnames or [])
            if missing:
                raise BrokenFile(path, 1, f"no column {', '.join(sorted(missing))}")
            found = []
            for row in reader:
                if row["text"] is None or row["topic"] is None:
                    raise BrokenFile(path, reader.line_num, "too few columns")
                found.append(
                    TestQuestion(
                        row["id"],
                        row["language"],
                        row["topic"].strip(),
                        _ids(row.get("also_ok")),
                        row.get("variant") or "",
                        row["text"],
                        _ids(row.get("question")),
                    )
                )
            return found
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenFile(path, 1, str(error)) from error


def _ids(cell: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (cell or "").split("|") if part.strip())


def conversations(path: Path) -> list[TestConversation]:
    """The conversations of a file; other keys are ignored.

    Raises:
        BrokenFile: no list of conversations.
    """
    try:
        content: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=SafeLoader)  # noqa: S506 (a safe loader)
        return msgspec.convert(content or [], list[TestConversation], strict=False)
    except yaml.MarkedYAMLError as error:
        raise BrokenFile(path, error.problem_mark.line + 1 if error.problem_mark else 1, str(error.problem)) from error
    except (OSError, UnicodeDecodeError, msgspec.ValidationError, yaml.YAMLError, RecursionError) as error:
        raise BrokenFile(path, 1, str(error)) from error
