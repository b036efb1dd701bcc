"""What is still to be handed on to another helpdesk, and how far it has come. Every function is one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import schema as log_schema
from bot.conversations.cases import Case, get
from bot.conversations.crypto import Keys
from bot.conversations.models import Message, NotDelivered
from bot.conversations.outbox import row_to_message
from bot.desk.helpdesks import schema
from bot.desk.helpdesks.helpdesk import Opened, Referral, TranscriptLine, Urgency

_S, _R = schema.standings, schema.received
_K, _M, _C = log_schema.cases, log_schema.messages, log_schema.conversations
_URGENCY: Final[tuple[Urgency, ...]] = ("offered", "asked", "danger")
#: How long one gateway has a case for itself; it is done long before, or dead.
LEASE: Final = timedelta(seconds=120)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=10)
_MOST_LINES: Final = 200
#: What stands for what Baken does not hand on.
_KINDS: Final = {"button": "", "text": "", "edited": ""}


class HelpdeskLink(msgspec.Struct, frozen=True, kw_only=True):
    """How a case stands at a helpdesk."""

    case: int
    desk: str
    theirs: str
    contact: str
    state: str
    sent_to: int
    shared: bool
    urgency: int
    tries: int
    error: str

    @property
    def opened(self) -> Opened:
        """Where it stands there."""
        return Opened(self.theirs, self.contact)


class SyncTask(msgspec.Struct, frozen=True, kw_only=True):
    """All that is to be done for one case now."""

    standing: HelpdeskLink
    referral: Referral | None = None  #: None: the case is gone, and goes there too
    running: bool = False  #: it waits, or is with an advisor there
    raised: bool = False  #: more urgent than they know
    before: str = ""  #: the talk before the case, where the person agreed to share it
    lines: tuple[TranscriptLine, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()  #: rows of `received` whose outcome is to be told, and the outcome


def begin(connection: Connection, desk: str, now: datetime) -> None:
    """Note every case that runs and does not stand here yet, and those that wait again."""
    waits = sa.exists().where(_K.c.id == _S.c.case, _K.c.state == "waiting")
    again = sa.update(_S).where(_S.c.desk == desk, _S.c.state == "done", waits)
    connection.execute(again.values(state="back"))
    there = sa.exists().where(_S.c.case == _K.c.id, _S.c.desk == desk)
    query = sa.select(_K.c.id, _K.c.urgency).where(_K.c.state.in_(("waiting", "taken")), sa.not_(there))
    for row in connection.execute(query).all():
        try:
            with connection.begin_nested():
                connection.execute(sa.insert(_S).values(case=row.id, desk=desk, urgency=row.urgency, next_at=now))
        except sa.exc.IntegrityError:  # another gateway was quicker
            continue


def due(connection: Connection, desk: str, now: datetime) -> list[HelpdeskLink]:
    """Claim the cases that something may be to do for."""
    alive = sa.exists().where(_K.c.id == _S.c.case)
    untold = sa.exists().where(_R.c.case == _S.c.case, _R.c.desk == desk, _R.c.outcome != "", _R.c.told.is_(False))
    query = sa.select(_S).where(
        _S.c.desk == desk, _S.c.next_at <= now, sa.or_(_S.c.state != "done", untold, sa.not_(alive))
    )
    claimed = []
    for row in connection.execute(query.order_by(_S.c.case)).all():
        mine = sa.update(_S).where(_S.c.case == row.case, _S.c.desk == desk, _S.c.next_at == row.next_at)
        if connection.execute(mine.values(next_at=now + LEASE)).rowcount == 1:
            claimed.append(_standing(row))
    return claimed


def look(connection: Connection, keys: Keys, standing: HelpdeskLink, site: str) -> SyncTask:
    """What is to be done for a case."""
    case = get(connection, standing.case)
    if case is None:
        return SyncTask(standing=standing)
    channel = connection.execute(sa.select(_C.c.channel).where(_C.c.id == case.conversation)).scalar() or ""
    ours = case.state == "taken" and case.taken_by is not None  # with Baken's own desk: nothing more goes elsewhere
    return SyncTask(
        standing=standing,
        referral=_referral(keys, case, str(channel), site),
        running=case.state in ("waiting", "taken") and not ours,
        raised=case.urgency > standing.urgency,
        before=_before(connection, keys, case) if case.share == "yes" and not standing.shared and not ours else "",
        lines=() if ours else _lines(connection, keys, case, standing),
        notes=_outcomes(connection, standing),
    )


def move(connection: Connection, /, standing: HelpdeskLink, **values: Any) -> HelpdeskLink:
    """Note how far a case has come; nothing where the row is gone."""
    connection.execute(
        sa.update(_S).where(_S.c.case == standing.case, _S.c.desk == standing.desk).values(tries=0, error="", **values)
    )
    if "theirs" in values:
        connection.execute(
            sa.update(_K).where(_K.c.id == standing.case).values(elsewhere=f"{standing.desk}:{values['theirs']}"[:64])
        )
    return msgspec.structs.replace(standing, tries=0, error="", **values)


def told(connection: Connection, received: int) -> None:
    """An advisor there knows what became of a message."""
    connection.execute(sa.update(_R).where(_R.c.id == received).values(told=True))


def release(connection: Connection, standing: HelpdeskLink, now: datetime) -> None:
    """Done for now."""
    connection.execute(sa.update(_S).where(_S.c.case == standing.case, _S.c.desk == standing.desk).values(next_at=now))


def later(connection: Connection, standing: HelpdeskLink, why: NotDelivered, now: datetime) -> None:
    """Try again: the longer it has not worked, the later."""
    wait = min(_FIRST_WAIT * 2 ** min(standing.tries, 10), _LONGEST_WAIT)
    if why.after is not None:
        wait = max(wait, timedelta(seconds=min(why.after, _LONGEST_WAIT.total_seconds())))
    connection.execute(
        sa.update(_S)
        .where(_S.c.case == standing.case, _S.c.desk == standing.desk)
        .values(tries=standing.tries + 1, next_at=now + wait, error=f"{'?' if why.unknown else ''}{why.code}"[:64])
    )


def drop(connection: Connection, standing: HelpdeskLink) -> None:
    """Nothing of the case is left there, nor here."""
    connection.execute(sa.delete(_R).where(_R.c.case == standing.case, _R.c.desk == standing.desk))
    connection.execute(sa.delete(_S).where(_S.c.case == standing.case, _S.c.desk == standing.desk))


def next_due(connection: Connection, desk: str, now: datetime) -> float:
    """Seconds until a try that was put off."""
    query = sa.select(sa.func.min(_S.c.next_at)).where(_S.c.desk == desk, _S.c.error != "", _S.c.next_at > now)
    found = connection.execute(query).scalar()
    return (found - now).total_seconds() if isinstance(found, datetime) else float("inf")


def _standing(row: Any) -> HelpdeskLink:
    values = {str(name): value for name, value in row._mapping.items() if str(name) != "next_at"}
    return msgspec.convert(values, HelpdeskLink)


def _referral(keys: Keys, case: Case, channel: str, site: str) -> Referral:
    return Referral(
        number=case.id,
        pseudonym=f"baken-{keys.address('helpdesk', str(case.id))[:24]}",
        channel=channel,
        language=case.language,
        topic=case.topic,
        urgency=_URGENCY[max(0, min(case.urgency, 2))],
        opened=case.opened,
        link=f"{site}/desk/cases/{case.id}" if site else "",
    )


def _lines(connection: Connection, keys: Keys, case: Case, standing: HelpdeskLink) -> tuple[TranscriptLine, ...]:
    """What was said in the case and is not there yet, up to what is still to be answered; not what came from there."""
    theirs = sa.exists().where(_R.c.ours == _M.c.id, _R.c.desk == standing.desk)
    query = sa.select(_M).where(
        _M.c.conversation == case.conversation,
        _M.c.id >= case.first_message,
        _M.c.id > standing.sent_to,
        sa.not_(theirs),
        *([] if case.closed is None else [_M.c.at <= case.closed]),
    )
    found = []
    for row in connection.execute(query.order_by(_M.c.id).limit(_MOST_LINES)).all():
        if row.state == "new":
            break
        line = _line(row_to_message(row, keys))
        if line is not None:
            found.append(line)
    return tuple(found)


def _before(connection: Connection, keys: Keys, case: Case) -> str:
    """The newest of what was said before the case, as one text."""
    query = sa.select(_M).where(_M.c.conversation == case.conversation, _M.c.id < case.first_message)
    rows = connection.execute(query.order_by(_M.c.id.desc()).limit(_MOST_LINES)).all()
    who = {"person": "–", "bot": "Baken", "advisor": "Advisor"}
    lines = (_line(row_to_message(row, keys)) for row in reversed(rows))
    return "\n".join(f"{who[line.author]}: {line.text}" for line in lines if line is not None)


def _line(message: Message) -> TranscriptLine | None:
    if message.kind in ("reaction", "deleted") or message.author == "system":
        return None
    shown = _KINDS.get(message.kind, f"[{message.kind}]")
    if message.kind == "button" and message.content.text == "" and message.content.payload:
        return None
    text = " ".join(part for part in (shown, message.content.text) if part)
    return TranscriptLine(row=message.id, author=message.author, text=text) if text else None


def _outcomes(connection: Connection, standing: HelpdeskLink) -> tuple[tuple[int, str], ...]:
    """Messages from there that did not reach the person, and that nobody there knows of yet."""
    own = (_R.c.case == standing.case, _R.c.desk == standing.desk, _R.c.told.is_(False))
    kept = sa.select(_R.c.id, _R.c.outcome).where(*own, _R.c.outcome != "")
    failed = (
        sa.select(_R.c.id, sa.literal("failed"))
        .join(_M, _M.c.id == _R.c.ours)
        .where(*own, _R.c.outcome == "", _M.c.state == "failed")
    )
    return tuple((row[0], row[1]) for query in (kept, failed) for row in connection.execute(query).all())
