"""Runs in the database: asked for, claimed by one gateway at a time, kept with their report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations.crypto import Keys
from bot.conversations.database import notify
from bot.review import schema

_R, _S = schema.runs, schema.suites
#: A run whose gateway gave no sign of life for so long is begun anew.
_DEAD: Final = timedelta(seconds=60)
#: Runs that may wait at once.
MOST_WAITING: Final = 20
NEWS: Final = "room"


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run of a file, or of the must-pass conversations against a draft."""

    id: int
    state: Literal["waiting", "running", "done", "failed", "stopped"]
    suite: int | None
    change: int | None
    draft: str
    asked_by: int
    asked: datetime
    started: datetime | None
    finished: datetime | None
    done: int
    total: int
    error: str

    @property
    def over(self) -> bool:
        """Whether nothing more comes."""
        return self.state in ("done", "failed", "stopped")


def _run(row: sa.engine.Row) -> Run:
    return msgspec.convert({field.name: row._mapping[field.name] for field in msgspec.structs.fields(Run)}, Run)


def ask(
    connection: Connection,
    by: int,
    now: datetime,
    *,
    suite: int | None = None,
    change: int | None = None,
    draft: str = "",
) -> int | None:
    """Put a run in the queue; its number, or None where too many wait. One that waits already is not put twice."""
    waiting = connection.execute(sa.select(_R).where(_R.c.state.in_(("waiting", "running")))).all()
    same = [row.id for row in waiting if (row.suite, row.change, row.draft) == (suite, change, draft)]
    if same:
        return int(same[0])
    if len(waiting) >= MOST_WAITING:
        return None
    values = {"state": "waiting", "suite": suite, "change": change, "draft": draft, "asked_by": by, "asked": now}
    made = connection.execute(sa.insert(_R).values(**values))
    notify(connection, f"{NEWS}:{made.inserted_primary_key[0]}")
    return int(made.inserted_primary_key[0])


def claim(connection: Connection, now: datetime) -> Run | None:
    """The run to do next, claimed; None where there is none, or one is being done anywhere. Drafts come first."""
    alive = sa.and_(_R.c.state == "running", _R.c.beat >= now - _DEAD)
    if connection.execute(sa.select(sa.func.count()).where(alive)).scalar_one():
        return None
    dead = sa.and_(_R.c.state == "running", _R.c.beat < now - _DEAD)
    connection.execute(sa.update(_R).where(dead).values(state="waiting", done=0))
    query = (
        sa.select(_R).where(_R.c.state == "waiting").order_by(_R.c.change.is_(None), _R.c.id).limit(1).with_for_update()
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    claimed = connection.execute(
        sa.update(_R).where(_R.c.id == row.id, _R.c.state == "waiting").values(state="running", started=now, beat=now)
    )
    return _run(row) if claimed.rowcount else None


def beat(connection: Connection, run: int, done: int, total: int, now: datetime) -> bool:
    """Say how far a run is; False where it was stopped."""
    still = connection.execute(
        sa.update(_R).where(_R.c.id == run, _R.c.state == "running").values(done=done, total=total, beat=now)
    )
    return bool(still.rowcount)


def finish(connection: Connection, keys: Keys, run: int, report: dict[str, Any], now: datetime) -> None:
    """Keep a run's report."""
    sealed = keys.seal_bytes(msgspec.json.encode(report))
    connection.execute(
        sa.update(_R)
        .where(_R.c.id == run, _R.c.state == "running")
        .values(state="done", finished=now, report=sealed, done=_R.c.total)
    )
    notify(connection, f"{NEWS}:{run}")


def fail(connection: Connection, run: int, error: str, now: datetime) -> None:
    """A run that could not be done."""
    connection.execute(
        sa.update(_R)
        .where(_R.c.id == run, _R.c.state == "running")
        .values(state="failed", finished=now, error=error[:200])
    )


def stop(connection: Connection, run: int, now: datetime) -> None:
    """Stop a run that waits or is being done."""
    connection.execute(
        sa.update(_R)
        .where(_R.c.id == run, _R.c.state.in_(("waiting", "running")))
        .values(state="stopped", finished=now)
    )


def stop_of(connection: Connection, changes: Sequence[int], now: datetime) -> None:
    """Stop what waits or runs for drafts that are no drafts any more."""
    connection.execute(
        sa.update(_R)
        .where(_R.c.change.in_(changes), _R.c.state.in_(("waiting", "running")))
        .values(state="stopped", finished=now)
    )


def get(connection: Connection, run: int) -> Run | None:
    """A run by its number."""
    row = connection.execute(sa.select(_R).where(_R.c.id == run)).first()
    return None if row is None else _run(row)


def listed(connection: Connection, *, most: int = 50) -> list[tuple[Run, str]]:
    """Runs of files, newest first, each with the file's name."""
    query = (
        sa.select(_R, _S.c.name.label("file"))
        .join(_S, _S.c.id == _R.c.suite)
        .where(_R.c.change.is_(None))
        .order_by(_R.c.id.desc())
        .limit(most)
    )
    return [(_run(row), str(row.file)) for row in connection.execute(query)]


def report(connection: Connection, keys: Keys, run: int) -> dict[str, Any] | None:
    """The report of a run that is done."""
    sealed = connection.execute(sa.select(_R.c.report).where(_R.c.id == run)).scalar()
    if sealed is None:
        return None
    found: dict[str, Any] = msgspec.json.decode(keys.open_bytes(sealed))
    return found


def before(connection: Connection, run: int) -> int | None:
    """The run that was done before this one on a file of the same name."""
    name = sa.select(_S.c.name).join(_R, _R.c.suite == _S.c.id).where(_R.c.id == run).scalar_subquery()
    query = (
        sa.select(_R.c.id)
        .join(_S, _S.c.id == _R.c.suite)
        .where(_S.c.name == name, _R.c.state == "done", _R.c.id < run, _R.c.change.is_(None))
        .order_by(_R.c.id.desc())
        .limit(1)
    )
    found = connection.execute(query).scalar()
    return None if found is None else int(found)


def of_draft(connection: Connection, change: int, draft: str) -> Run | None:
    """The newest run of a draft's exact content."""
    query = sa.select(_R).where(_R.c.change == change, _R.c.draft == draft).order_by(_R.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else _run(row)


def purge(connection: Connection, before: datetime) -> int:
    """Delete runs that finished before a moment, and replaced files without runs; how many runs."""
    gone = connection.execute(sa.delete(_R).where(_R.c.finished < before))
    used = sa.select(_R.c.suite).where(_R.c.suite.isnot(None))
    connection.execute(sa.delete(_S).where(_S.c.removed < before, _S.c.id.notin_(used)))
    return int(gone.rowcount)
