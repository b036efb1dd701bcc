"""What advisors at another helpdesk do, stored in one transaction: their words go to the person, their end is ours."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import outbox
from bot.conversations import schema as log_schema
from bot.conversations.cases import Case, get
from bot.conversations.channel import Channels
from bot.conversations.crypto import Keys
from bot.conversations.database import notify
from bot.conversations.models import Content
from bot.conversations.store import assign
from bot.desk.helpdesks import schema
from bot.desk.helpdesks.helpdesk import AdvisorMessage, Ended, HelpdeskEvent

_S, _R, _K = schema.standings, schema.received, log_schema.cases
#: Longest text of an advisor that is carried, in characters.
_LONGEST: Final = 10_000


class Utterances(Protocol):
    """What Baken itself says when an advisor comes and goes (bot.desk.handoff.Handoff)."""

    def taken(self, name: str, language: str) -> Content:
        """An advisor is there."""
        ...

    def ended(self, language: str, *, talked: bool) -> Content:
        """The advisor closed: back with Baken."""
        ...


def take(
    connection: Connection,
    keys: Keys,
    channels: Channels,
    words: Utterances,
    desk: str,
    event: HelpdeskEvent,
    now: datetime,
) -> bool:
    """Store what an event means; False where it was taken before, or means nothing here.

    The first word of an advisor takes the case: from then on Baken is silent. Being assigned does not, since Chatwoot
    assigns by itself.
    """
    standing = connection.execute(sa.select(_S).where(_S.c.desk == desk, _S.c.theirs == event.theirs)).first()
    case = get(connection, standing.case) if standing is not None else None
    if case is None:
        return False
    if isinstance(event, Ended):
        return _ended(connection, keys, channels, words, case, now)
    return _said(connection, keys, channels, words, desk, case, event, now)


def _said(
    connection: Connection,
    keys: Keys,
    channels: Channels,
    words: Utterances,
    desk: str,
    case: Case,
    event: AdvisorMessage,
    now: datetime,
) -> bool:
    try:
        with connection.begin_nested():
            made = connection.execute(sa.insert(_R).values(case=case.id, desk=desk, theirs=event.id))
    except sa.exc.IntegrityError:
        return False  # told twice
    why_not = _refused(connection, case, now, takes=bool(event.text))
    values: dict[str, object] = {"outcome": why_not or ("files" if event.files else "")}
    if not why_not and event.text:
        if case.state == "waiting":
            outbox.enqueue(connection, keys, channels, case.conversation, [words.taken(event.by, case.language)], now)
        content = Content(text=event.text[:_LONGEST], by=event.by)
        rows = outbox.enqueue(connection, keys, channels, case.conversation, [content], now, author="advisor")
        values["ours"] = rows[-1] if rows else None
    connection.execute(sa.update(_R).where(_R.c.id == made.inserted_primary_key[0]).values(**values))
    notify(connection, f"case:{case.conversation}")
    return True


def _refused(connection: Connection, case: Case, now: datetime, *, takes: bool) -> str:
    """Why an advisor's words can't be carried; "" where they can, and the case is theirs if it `takes` it."""
    if case.state in ("left", "closed"):
        return case.state
    if case.taken_by is not None:
        return "desk"  # an advisor on Baken's own desk talks with the person
    if case.state == "waiting" and takes:
        waits = sa.update(_K).where(_K.c.id == case.id, _K.c.state == "waiting")
        if connection.execute(waits.values(state="taken", taken=now)).rowcount != 1:
            return "desk"
        assign(connection, case.conversation, "human")
    return ""


def _ended(
    connection: Connection, keys: Keys, channels: Channels, words: Utterances, case: Case, now: datetime
) -> bool:
    closed = connection.execute(
        sa.update(_K)
        .where(_K.c.id == case.id, _K.c.state.in_(("waiting", "taken")), _K.c.taken_by.is_(None))
        .values(state="closed", closed=now)
    )
    if closed.rowcount != 1:
        return False
    assign(connection, case.conversation, "bot")
    talked = case.state == "taken"
    outbox.enqueue(connection, keys, channels, case.conversation, [words.ended(case.language, talked=talked)], now)
    notify(connection, f"case:{case.conversation}")
    return True
