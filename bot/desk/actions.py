"""What an advisor does with a case: take, hand over, note, close, reopen. Each is one transaction with its trail."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import cases, outbox, schema
from bot.conversations import store as conversations
from bot.conversations.cases import Case
from bot.conversations.channel import Channels
from bot.conversations.crypto import Keys
from bot.conversations.database import notify
from bot.conversations.models import Content
from bot.desk import schema as desk_schema
from bot.desk.handoff import Handoff
from bot.staff import accounts, audit_log
from bot.staff.accounts import Account

_K, _C, _M = schema.cases, schema.conversations, schema.messages
_N, _D = desk_schema.notes, desk_schema.marks
#: Longest note, in characters.
LONGEST_NOTE: Final = 4096


class Note(msgspec.Struct, frozen=True):
    """An internal note."""

    at: datetime
    who: str
    text: str


class ActionRefused(Exception):
    """It can't be done (any more); the message is a key of the staff texts, `who` the one who has the case."""

    def __init__(self, key: str, who: str = "") -> None:
        super().__init__(key)
        self.key, self.who = key, who


def locked(connection: Connection, number: int) -> Case:
    """A case, with its conversation held until the end of this transaction.

    Raises:
        Refused: there is none (any more).
    """
    case = cases.get(connection, number)
    if case is None:
        raise ActionRefused("case.gone")
    connection.execute(sa.select(_C.c.id).where(_C.c.id == case.conversation).with_for_update())
    case = cases.get(connection, number)
    if case is None:
        raise ActionRefused("case.gone")
    return case


def take(
    connection: Connection, keys: Keys, channels: Channels, handoff: Handoff, number: int, me: Account, now: datetime
) -> None:
    """Take a case that waits. Of two at once one gets it.

    Raises:
        Refused: somebody else has it; the error says who.
    """
    case = locked(connection, number)
    got = connection.execute(
        sa.update(_K).where(_K.c.id == number, _K.c.state == "waiting").values(state="taken", taken=now, taken_by=me.id)
    )
    if got.rowcount != 1:
        if case.state == "taken" and case.taken_by == me.id:
            return
        raise ActionRefused("case.theirs" if case.state == "taken" else "case.over", _name(connection, case.taken_by))
    conversations.assign(connection, case.conversation, "human")
    _say(connection, keys, channels, case, [handoff.taken(me.shown, case.language)], now)
    _done(connection, case, me, "taken", now)


def hand_over(
    connection: Connection,
    keys: Keys,
    channels: Channels,
    handoff: Handoff,
    number: int,
    me: Account,
    to: int | None,
    now: datetime,
) -> None:
    """Hand a case to another advisor, give one that waits to an advisor, or put one back into the queue (`to` None).

    Raises:
        Refused: it is closed, or waits already, or `to` is no advisor.
    """
    case = locked(connection, number)
    if case.state not in ("taken", "waiting") or (to is None and case.state == "waiting"):
        raise ActionRefused("case.over")
    if to is None:
        connection.execute(sa.update(_K).where(_K.c.id == number).values(state="waiting", taken_by=None))
        conversations.assign(connection, case.conversation, "waiting")
        _say(connection, keys, channels, case, [handoff.back_in_queue(case.language)], now)
        _done(connection, case, me, "put back", now)
        return
    other = accounts.get(connection, to)
    if other is None or other.closed or not other.may("advisor"):
        raise ActionRefused("case.nobody")
    if case.state == "taken" and other.id == case.taken_by:
        return
    taken = case.taken or now
    connection.execute(sa.update(_K).where(_K.c.id == number).values(state="taken", taken=taken, taken_by=other.id))
    conversations.assign(connection, case.conversation, "human")
    how = "handed_over" if case.state == "taken" else "taken"
    _say(connection, keys, channels, case, [handoff.taken(other.shown, case.language, how=how)], now)
    _done(connection, case, me, f"handed to {other.id}", now)


def close(
    connection: Connection, keys: Keys, channels: Channels, handoff: Handoff, number: int, me: Account, now: datetime
) -> None:
    """Close a case: the worker is told, asked how it was, and is back with Baken.

    Raises:
        Refused: it is closed already.
    """
    case = locked(connection, number)
    if case.state not in ("waiting", "taken"):
        raise ActionRefused("case.over")
    connection.execute(sa.update(_K).where(_K.c.id == number).values(state="closed", closed=now))
    conversations.assign(connection, case.conversation, "bot")
    _say(connection, keys, channels, case, [handoff.ended(case.language, talked=case.taken is not None)], now)
    _done(connection, case, me, "closed", now)


def reopen(
    connection: Connection,
    keys: Keys,
    channels: Channels,
    handoff: Handoff,
    number: int,
    me: Account,
    now: datetime,
    *,
    tell: bool,
) -> None:
    """Take a closed case up again. `tell`: the worker can be told (WhatsApp's window is open).

    Raises:
        Refused: it is not closed, or the worker has another case.
    """
    case = locked(connection, number)
    if case.state not in ("closed", "left"):
        raise ActionRefused("case.theirs", _name(connection, case.taken_by))
    if cases.running(connection, case.conversation) is not None:
        raise ActionRefused("case.another")
    connection.execute(
        sa.update(_K).where(_K.c.id == number).values(state="taken", taken=now, taken_by=me.id, closed=None)
    )
    conversations.assign(connection, case.conversation, "human")
    if tell:
        _say(connection, keys, channels, case, [handoff.taken(me.shown, case.language, how="reopened")], now)
    _done(connection, case, me, "reopened", now)


def add_note(connection: Connection, keys: Keys, number: int, me: Account, text: str, now: datetime) -> None:
    """Keep a note. The worker never sees it.

    Raises:
        Refused: it is empty or too long.
    """
    case = locked(connection, number)
    text = text.strip()
    if not text or len(text) > LONGEST_NOTE:
        raise ActionRefused("note.length")
    connection.execute(sa.insert(_N).values(case=number, staff=me.id, at=now, content=keys.seal_bytes(text.encode())))
    _done(connection, case, me, "note", now)


def notes(connection: Connection, keys: Keys, number: int) -> list[Note]:
    """The notes of a case, oldest first."""
    names = accounts.names(connection)
    rows = connection.execute(sa.select(_N).where(_N.c.case == number).order_by(_N.c.id)).all()
    return [Note(row.at, names.get(row.staff, ""), keys.open_bytes(row.content).decode()) for row in rows]


def mark(connection: Connection, number: int, **values: object) -> None:
    """Keep how a case stands on the desk: `seen`, `translate`."""
    changed = connection.execute(sa.update(_D).where(_D.c.case == number).values(**values))
    if not changed.rowcount:
        try:
            with connection.begin_nested():
                connection.execute(sa.insert(_D).values(case=number, **values))
        except sa.exc.IntegrityError:  # another page was quicker
            connection.execute(sa.update(_D).where(_D.c.case == number).values(**values))


def _say(
    connection: Connection, keys: Keys, channels: Channels, case: Case, contents: list[Content], now: datetime
) -> None:
    outbox.enqueue(connection, keys, channels, case.conversation, contents, now, author="system")


def _done(connection: Connection, case: Case, me: Account, what: str, now: datetime) -> None:
    audit_log.note(connection, now, me.id, what, f"case {case.id}")
    notify(connection, f"case:{case.conversation}")


def _name(connection: Connection, staff: int | None) -> str:
    return accounts.names(connection).get(staff or 0, "")
