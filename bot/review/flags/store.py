"""The review list: questions that were answered wrongly or not understood. Masked before anything is stored.

Of real conversations only what the worker allowed: the newest answer about improvement in the conversation is "yes".
A flag hangs on its message, so that it goes with the conversation, on request or by time.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import schema as log_schema
from bot.conversations.crypto import BadKey, Keys
from bot.privacy import masking
from bot.privacy.masking import mask
from bot.review import schema

_F, _M, _K, _C = schema.flags, log_schema.messages, log_schema.cases, log_schema.conversations
Use = Literal["train", "test"]
#: Longest text of a flag, in characters: a training line is a message, not a story.
LONGEST: Final = 1000
_BATCH: Final = 200


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the review list."""

    id: int
    made: datetime
    source: Literal["try", "talk"]
    language: str
    text: str
    topic_got: str
    topic_right: str
    understood: bool
    state: Literal["new", "approved", "rejected"]
    use: str
    flagged_by: int | None
    decided_by: int | None
    decided: datetime | None


class NotAllowed(Exception):
    """The worker did not agree to this use of the conversation."""


def _flag(row: sa.engine.Row, keys: Keys) -> Flag:
    values = {field.name: row._mapping[field.name] for field in msgspec.structs.fields(Flag)}
    return msgspec.convert(values | {"text": keys.open_bytes(row.text).decode()}, Flag)


def masked(text: str, language: str, *, names: bool = True) -> str:
    """A text as it may be kept: one line, personal data replaced by its kind.

    Args:
        names: False for what a reviewer typed: a word that was taken for a name can be put back.
    """
    found = mask(text, language)
    if names:
        return " ".join(found.text.split())[:LONGEST]
    whole = unicodedata.normalize("NFC", text[: masking.LONGEST])
    for span in reversed(found.spans):
        if span.kind != "name":
            whole = f"{whole[: span.start]}[{span.kind}]{whole[span.end :]}"
    return " ".join(whole.split())[:LONGEST]


def add(
    connection: Connection,
    keys: Keys,
    *,
    text: str,
    language: str,
    topic_got: str,
    topic_right: str,
    understood: bool,
    by: int,
    now: datetime,
) -> int:
    """Flag a try of the test room; its number. The same question is kept once, with the newest word on it."""
    return _keep(
        connection,
        keys,
        text,
        language,
        None,
        source="try",
        topic_got=topic_got,
        topic_right=topic_right,
        understood=understood,
        flagged_by=by,
        made=now,
    )


def add_message(connection: Connection, keys: Keys, message: int, topic_right: str, by: int, now: datetime) -> int:
    """Flag a message of a conversation.

    Raises:
        NotAllowed: the worker did not agree, or there is no such message.
    """
    query = (
        sa.select(_M, _C.c.language)
        .join(_C, _C.c.id == _M.c.conversation)
        .where(_M.c.id == message, _M.c.direction == "in", _M.c.kind == "text", _consented())
    )
    row = connection.execute(query).first()
    if row is None:
        raise NotAllowed(message)
    return _keep(
        connection,
        keys,
        keys.content(row.content).text,
        row.language,
        message,
        source="talk",
        topic_got=row.topic,
        topic_right=topic_right,
        understood=row.understood,
        flagged_by=by,
        made=now,
    )


def gather(connection: Connection, keys: Keys, now: datetime) -> int:
    """Take questions that were not understood into the list, a batch at a time; how many are new."""
    taken = sa.exists().where(_F.c.message == _M.c.id)
    query = (
        sa.select(_M, _C.c.language)
        .join(_C, _C.c.id == _M.c.conversation)
        .where(
            _M.c.direction == "in",
            _M.c.kind == "text",
            _M.c.state == "answered",
            _M.c.understood.is_(False),
            sa.not_(taken),
            _consented(),
        )
        .order_by(_M.c.id)
        .limit(_BATCH)
    )
    rows = connection.execute(query).all()
    for row in rows:
        try:
            text = keys.content(row.content).text
        except BadKey:
            continue
        _keep(
            connection,
            keys,
            text,
            row.language,
            row.id,
            source="talk",
            topic_got=row.topic,
            topic_right="",
            understood=False,
            flagged_by=None,
            made=now,
        )
    return len(rows)


def _consented() -> sa.sql.ColumnElement:
    """The newest answer that the conversation's worker gave about improvement is yes."""
    newest = (
        sa.select(_K.c.improve)
        .where(_K.c.conversation == _M.c.conversation, _K.c.improve != "")
        .order_by(_K.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return newest == "yes"


def _keep(connection: Connection, keys: Keys, text: str, language: str, message: int | None, **values: object) -> int:
    kept = masked(text, language)
    mark = keys.address("flag", kept.casefold())
    row = {
        "language": language,
        "text": keys.seal_bytes(kept.encode()),
        "mark": mark,
        "state": "new",
        "message": message,
        **values,
    }
    if message is None:
        same = sa.and_(_F.c.mark == mark, _F.c.message.is_(None), _F.c.state == "new")
    else:
        same = _F.c.message == message
    before = connection.execute(sa.select(_F.c.id).where(same)).scalar()
    if before is not None:
        connection.execute(sa.update(_F).where(_F.c.id == before).values(**row))
        return int(before)
    return int(connection.execute(sa.insert(_F).values(**row)).inserted_primary_key[0])


def get(connection: Connection, keys: Keys, flag: int) -> Flag | None:
    """A flag by its number."""
    row = connection.execute(sa.select(_F).where(_F.c.id == flag)).first()
    return None if row is None else _flag(row, keys)


def listed(
    connection: Connection,
    keys: Keys,
    *,
    state: str = "new",
    language: str = "",
    topic: str = "",
    most: int = 100,
    after: int = 0,
) -> list[Flag]:
    """Flags of a state, newest first, of a language and about a topic where these are given."""
    query = sa.select(_F).where(_F.c.state == state).order_by(_F.c.id.desc()).limit(most)
    if language:
        query = query.where(_F.c.language == language)
    if topic:
        query = query.where(sa.or_(_F.c.topic_got == topic, _F.c.topic_right == topic))
    if after:
        query = query.where(_F.c.id < after)
    return [_flag(row, keys) for row in connection.execute(query)]


def counts(connection: Connection) -> dict[str, int]:
    """How many there are of each state."""
    query = sa.select(_F.c.state, sa.func.count().label("number")).group_by(_F.c.state)
    return {"new": 0, "approved": 0, "rejected": 0} | {row.state: row.number for row in connection.execute(query)}


def decide(
    connection: Connection,
    keys: Keys,
    flag: int,
    state: Literal["approved", "rejected", "new"],
    *,
    by: int,
    now: datetime,
    topic: str = "",
    use: str = "",
    text: str | None = None,
    near: Callable[[str, str], str | None] | None = None,
) -> str | None:
    """Approve a flag for training or for testing, reject it, or take that back.

    Args:
        text: the line as the reviewer left it, masked again before it is stored.
        near: tells which line of the exam a text is too near to.

    Returns:
        None where it was done; else a key of the staff texts that says why not.
    """
    before = get(connection, keys, flag)
    if before is None:
        return "flags.gone"
    values: dict[str, object] = {"state": state, "decided_by": by, "decided": now}
    if state == "approved":
        kept = before.text if text is None else masked(text, before.language, names=False)
        if use not in ("train", "test") or not topic:
            return "flags.no_topic"
        if not kept:
            return "flags.no_text"
        if use == "train" and near is not None and near(kept, before.language) is not None:
            return "flags.near"
        values |= {"topic_right": topic, "use": use, "text": keys.seal_bytes(kept.encode())}
        values["mark"] = keys.address("flag", kept.casefold())
    else:
        values["use"] = ""
    connection.execute(sa.update(_F).where(_F.c.id == flag).values(**values))
    return None


def purge(connection: Connection, before: datetime) -> int:
    """Delete flags that were made before a moment; those of conversations went with them long ago. How many."""
    return int(connection.execute(sa.delete(_F).where(_F.c.made < before)).rowcount)
