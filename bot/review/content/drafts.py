"""Changes of the content in the database: drafted, published, dropped; an undo is a change too."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations.database import notify
from bot.review import schema
from bot.review.suites import store as runs

_C = schema.changes
#: Key of a text → language → translation.
Translations = dict[str, dict[str, str]]
LONGEST_REASON: Final = 1000
#: What is announced to all gateways when a version is published.
NEWS: Final = "content"


class NotPossible(Exception):
    """A change that can't be made or published now; the message is a key of the staff texts."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change of one entry."""

    id: int
    state: Literal["draft", "published", "dropped"]
    entry: str  #: fact:<id> or figure:<id>
    file: str
    before: str
    after: str
    translations_before: Translations
    translations: Translations
    reason: str
    author: int
    made: datetime
    published_by: int | None = None
    published: datetime | None = None
    version: int | None = None
    undoes: int | None = None

    @property
    def kind(self) -> str:
        """fact or figure."""
        return self.entry.partition(":")[0]

    @property
    def name(self) -> str:
        """Id of the fact or figure."""
        return self.entry.partition(":")[2]


def _change(row: sa.engine.Row) -> Change:
    values = {field.name: row._mapping[field.name] for field in msgspec.structs.fields(Change)}
    for name in ("translations", "translations_before"):
        values[name] = json.loads(values[name])
    return msgspec.convert(values, Change)


def get(connection: Connection, change: int) -> Change | None:
    """A change by its number."""
    row = connection.execute(sa.select(_C).where(_C.c.id == change)).first()
    return None if row is None else _change(row)


def listed(connection: Connection, *, entry: str | None = None, most: int = 200) -> list[Change]:
    """Changes, newest first: all that were not dropped, or those of one entry."""
    query = sa.select(_C).where(_C.c.state != "dropped").order_by(_C.c.id.desc()).limit(most)
    if entry is not None:
        query = query.where(_C.c.entry == entry)
    return [_change(row) for row in connection.execute(query)]


def in_force(connection: Connection) -> list[Change]:
    """Published changes in the order of their versions."""
    query = sa.select(_C).where(_C.c.state == "published").order_by(_C.c.version)
    return [_change(row) for row in connection.execute(query)]


def version(connection: Connection) -> int:
    """Number of the newest published version; 0 where nothing was published."""
    return int(connection.execute(sa.select(sa.func.max(_C.c.version))).scalar() or 0)


def draft(
    connection: Connection,
    *,
    entry: str,
    file: str,
    before: str,
    after: str,
    translations_before: Translations,
    translations: Translations,
    reason: str,
    author: int,
    now: datetime,
    undoes: int | None = None,
) -> int:
    """Keep a draft; its number. An older draft of the same entry by the same person is replaced.

    Raises:
        NotPossible: no reason was given, or nothing changed.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise NotPossible("change.no_reason")
    if before == after and translations_before == translations:
        raise NotPossible("change.nothing")
    old = sa.and_(_C.c.entry == entry, _C.c.state == "draft", _C.c.author == author)
    replaced = [row.id for row in connection.execute(sa.select(_C.c.id).where(old))]
    connection.execute(sa.update(_C).where(old).values(state="dropped"))
    runs.stop_of(connection, replaced, now)  # the content that they were to try is on its way out
    made = connection.execute(
        sa.insert(_C).values(
            state="draft",
            entry=entry,
            file=file,
            before=before,
            after=after,
            reason=reason[:LONGEST_REASON],
            translations_before=_json(translations_before),
            translations=_json(translations),
            author=author,
            made=now,
            undoes=undoes,
        )
    )
    return int(made.inserted_primary_key[0])


def drop(connection: Connection, change: int, now: datetime) -> bool:
    """Give a draft up, and its test; False where it is none (any more)."""
    done = connection.execute(sa.update(_C).where(_C.c.id == change, _C.c.state == "draft").values(state="dropped"))
    if done.rowcount:
        runs.stop_of(connection, [change], now)
    return bool(done.rowcount)


def publish(connection: Connection, change: int, by: int, now: datetime, *, on_version: int) -> int:
    """Publish a draft that was tested on a version; the number of the new one. Told to all gateways.

    Raises:
        NotPossible: somebody published since, or it is no draft any more.
    """
    if version(connection) != on_version:
        raise NotPossible("change.overtaken")
    try:
        with connection.begin_nested():
            done = connection.execute(
                sa.update(_C)
                .where(_C.c.id == change, _C.c.state == "draft")
                .values(state="published", version=on_version + 1, published=now, published_by=by)
            )
    except sa.exc.IntegrityError as error:
        raise NotPossible("change.overtaken") from error
    if not done.rowcount:
        raise NotPossible("change.no_draft")
    notify(connection, f"{NEWS}:{on_version + 1}")
    return on_version + 1


def _json(translations: Translations) -> str:
    return json.dumps(translations, ensure_ascii=False, sort_keys=True)
