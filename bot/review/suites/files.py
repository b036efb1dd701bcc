"""Files of questions and conversations (docs/contract.md) that staff bring: read with care, a fault with its place."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Final, Literal

import msgspec
import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Connection

from bot.conversations.crypto import Keys
from bot.evaluation.files import TestConversation, TestQuestion
from bot.review import schema
from facts.read import SafeLoader

_S = schema.suites
SuiteKind = Literal["questions", "conversations"]
#: Limits of a file: bytes, rows or conversations, characters of one text, turns.
BYTES: Final = 200_000
ROWS: Final = 1000
TEXT: Final = 2000
TURNS: Final = 40
_DEPTH: Final = 12
#: So many mistakes are shown at once.
_SHOWN: Final = 20
_COLUMNS: Final = ("id", "language", "topic", "text")


class Wrong(msgspec.Struct, frozen=True):
    """A mistake in a file: where, and the key of the staff text that says what."""

    row: int  #: line of the file, from 1; 0 for the file as a whole
    column: str
    what: str
    value: str = ""


class SuiteRefused(Exception):
    """A file that can't be used; `wrong` says where and why."""

    def __init__(self, wrong: list[Wrong]) -> None:
        super().__init__(wrong)
        self.wrong = wrong[:_SHOWN]


class Suite(msgspec.Struct, frozen=True, kw_only=True):
    """A kept file."""

    id: int
    name: str
    kind: SuiteKind
    rows: int
    must_pass: bool
    digest: str
    brought_by: int
    brought: datetime


def file_name(given: str) -> str:
    """A file's bare name: no folders, no control characters, no leading dots; only for showing."""
    bare = PurePosixPath(given.replace("\\", "/")).name
    return re.sub(r"[^\w. ()-]", "", bare).lstrip(". ")[-80:] or "file"


def parse_suite(name: str, content: bytes, topics: set[str]) -> list[TestQuestion] | list[TestConversation]:
    """The questions or conversations of a file.

    Raises:
        Refused: with every mistake that was found.
    """
    if len(content) > BYTES:
        raise SuiteRefused([Wrong(0, "", "upload.large", str(BYTES // 1000))])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SuiteRefused([Wrong(content[: error.start].count(b"\n") + 1, "", "upload.encoding")]) from error
    if name.lower().endswith(".csv"):
        return _questions(text, topics)
    if name.lower().endswith((".yaml", ".yml")):
        return _conversations(text, topics)
    raise SuiteRefused([Wrong(0, "", "upload.kind")])


def _questions(text: str, topics: set[str]) -> list[TestQuestion]:
    wrong: list[Wrong] = []
    found: list[TestQuestion] = []
    seen: set[str] = set()
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        names = [str(name).strip() for name in reader.fieldnames or []]
        missing = [name for name in _COLUMNS if name not in names]
        if missing:
            raise SuiteRefused([Wrong(1, name, "upload.no_column") for name in missing])
        reader.fieldnames = names
        for row in reader:
            if len(found) >= ROWS:
                raise SuiteRefused([Wrong(reader.line_num, "", "upload.rows", str(ROWS))])
            before = len(wrong)
            wrong += _row(row, reader.line_num, topics, seen)
            if len(wrong) == before:
                also = tuple(part.strip() for part in (row.get("also_ok") or "").split("|") if part.strip())
                name, language, topic = (row[column].strip() for column in ("id", "language", "topic"))
                found.append(TestQuestion(name, language, topic, also, (row.get("variant") or "").strip(), row["text"]))
    except csv.Error as error:
        raise SuiteRefused([Wrong(reader.line_num, "", "upload.csv", str(error))]) from error
    if wrong:
        raise SuiteRefused(wrong)
    if not found:
        raise SuiteRefused([Wrong(0, "", "upload.empty")])
    return found


def _row(row: dict[Any, Any], line: int, topics: set[str], seen: set[str]) -> Iterator[Wrong]:
    if None in row:
        yield Wrong(line, "", "upload.too_many")
        return
    for name in _COLUMNS:
        if not (row[name] or "").strip():
            yield Wrong(line, name, "upload.nothing")
            return
    if row["id"].strip() in seen:
        yield Wrong(line, "id", "upload.twice", row["id"][:60])
    seen.add(row["id"].strip())
    if len(row["text"]) > TEXT:
        yield Wrong(line, "text", "upload.long", str(TEXT))
    if not re.fullmatch(r"[a-z]{2,3}", row["language"].strip()):
        yield Wrong(line, "language", "upload.language", row["language"][:20])
    for name in ("topic", "also_ok"):
        for topic in (row.get(name) or "").split("|"):
            if topic.strip() and topic.strip() not in topics:
                yield Wrong(line, name, "upload.topic", topic.strip()[:40])


def _conversations(text: str, topics: set[str]) -> list[TestConversation]:
    lines = _lines_of_items(text)
    try:
        content = yaml.load(text, Loader=SafeLoader) or []  # noqa: S506 (a safe loader)
    except yaml.YAMLError as error:
        raise _no_yaml(error) from error
    if not isinstance(content, list) or not content:
        raise SuiteRefused([Wrong(1, "", "upload.no_list")])
    if len(content) > ROWS:
        raise SuiteRefused([Wrong(0, "", "upload.rows", str(ROWS))])
    wrong: list[Wrong] = []
    found: list[TestConversation] = []
    seen: set[str] = set()
    for number, item in enumerate(content):
        line = lines[number] if number < len(lines) else 1
        try:
            talk = msgspec.convert(item, TestConversation, strict=False)
        except msgspec.ValidationError as error:
            what, _, where = str(error).partition(" - at `$")
            wrong.append(Wrong(line, where.strip("`.") or "", "upload.shape", what[:120]))
            continue
        wrong += _talk(talk, line, topics, seen)
        found.append(talk)
    if wrong:
        raise SuiteRefused(wrong)
    return found


def _talk(talk: TestConversation, line: int, topics: set[str], seen: set[str]) -> Iterator[Wrong]:
    if talk.id in seen:
        yield Wrong(line, "id", "upload.twice", talk.id[:60])
    seen.add(talk.id)
    if not talk.turns or len(talk.turns) > TURNS:
        yield Wrong(line, "turns", "upload.turns", str(TURNS))
    if any(not turn.strip() or len(turn) > TEXT for turn in talk.turns):
        yield Wrong(line, "turns", "upload.long", str(TEXT))
    for topic in talk.expect.topics:
        if topic not in topics:
            yield Wrong(line, "expect.topics", "upload.topic", topic[:40])
    for number in talk.expect.numbers_in_reply:
        if not re.fullmatch(r"-?\d+(\.\d+)?", number):
            yield Wrong(line, "expect.numbers_in_reply", "upload.number", number[:40])


def _lines_of_items(text: str) -> list[int]:
    """The line of each item of the list. Refuses what a list of conversations has no use for: tags, anchors, depth.

    An alias can stand for a list of aliases, and so on: a few lines that grow to more than fits in memory.
    """
    depth, lines = 0, []
    try:
        for event in yaml.parse(text, Loader=SafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise SuiteRefused([Wrong(line, "", "upload.alias")])
            tag = getattr(event, "tag", None)
            if tag not in (None, "!"):
                raise SuiteRefused([Wrong(line, "", "upload.tag", str(tag)[:60])])
            if depth == 1 and isinstance(event, yaml.NodeEvent):
                lines.append(line)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > _DEPTH:
                    raise SuiteRefused([Wrong(line, "", "upload.deep")])
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError as error:
        raise _no_yaml(error) from error
    return lines


def _no_yaml(error: yaml.YAMLError) -> SuiteRefused:
    """What libyaml, or the making of a value, said: with its line, and only its own words."""
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        return SuiteRefused([Wrong(mark.line + 1 if mark else 1, "", "upload.yaml", str(error.problem)[:120])])
    return SuiteRefused([Wrong(1, "", "upload.yaml", str(error).splitlines()[0][:120])])


# -- kept files -----------------------------------------------------------------------------------------------------


def keep(
    connection: Connection,
    keys: Keys,
    name: str,
    content: bytes,
    *,
    kind: SuiteKind,
    rows: int,
    must_pass: bool,
    by: int,
    now: datetime,
) -> int:
    """Keep a checked file; its number. A file of the same name takes the place of the older one, whose runs stay."""
    connection.execute(sa.update(_S).where(_S.c.name == name, _S.c.removed.is_(None)).values(removed=now))
    made = connection.execute(
        sa.insert(_S).values(
            name=name,
            kind=kind,
            rows=rows,
            must_pass=must_pass and kind == "conversations",
            content=keys.seal_bytes(content),
            digest=hashlib.sha256(content).hexdigest(),
            brought_by=by,
            brought=now,
        )
    )
    return int(made.inserted_primary_key[0])


def listed(connection: Connection) -> list[Suite]:
    """The files that are there, newest first."""
    query = sa.select(_S).where(_S.c.removed.is_(None)).order_by(_S.c.id.desc())
    return [_suite(row) for row in connection.execute(query)]


def get(connection: Connection, suite: int) -> Suite | None:
    """A file by its number, also one that was replaced since."""
    row = connection.execute(sa.select(_S).where(_S.c.id == suite)).first()
    return None if row is None else _suite(row)


def content(connection: Connection, keys: Keys, suite: int) -> tuple[str, bytes]:
    """A file's name and bytes.

    Raises:
        sqlalchemy.exc.NoResultFound: there is none.
    """
    row = connection.execute(sa.select(_S.c.name, _S.c.content).where(_S.c.id == suite)).one()
    return row.name, keys.open_bytes(row.content)


def mark(connection: Connection, suite: int, must_pass: bool) -> None:
    """Say whether a content change that breaks a conversation of this file can't be published."""
    connection.execute(sa.update(_S).where(_S.c.id == suite, _S.c.kind == "conversations").values(must_pass=must_pass))


def remove(connection: Connection, suite: int, now: datetime) -> None:
    """Take a file away; its runs stay for comparison."""
    connection.execute(sa.update(_S).where(_S.c.id == suite, _S.c.removed.is_(None)).values(removed=now))


def must_pass(connection: Connection, keys: Keys) -> list[tuple[str, bytes]]:
    """The files whose conversations a content change must not break."""
    query = sa.select(_S).where(_S.c.must_pass, _S.c.removed.is_(None)).order_by(_S.c.id)
    return [(row.name, keys.open_bytes(row.content)) for row in connection.execute(query)]


def _suite(row: sa.engine.Row) -> Suite:
    return msgspec.convert({field.name: row._mapping[field.name] for field in msgspec.structs.fields(Suite)}, Suite)
