"""What goes out: a row before it is sent, sent in order, tried again, and never twice where that can be known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import schema, unreadable
from bot.conversations.channel import Channels
from bot.conversations.crypto import BadKey, Keys
from bot.conversations.database import notify
from bot.conversations.models import Author, Content, DeliveryStatus, Message, MessageKind, Outgoing
from bot.conversations.statements import CompiledStatement

_C, _M = schema.conversations, schema.messages

# Statements of every message (bot/conversations/statements.py).
_b = sa.bindparam
_NOW = _b("now", type_=schema.Moment)
_OPEN = schema.IS_OPEN
_WHOM = CompiledStatement(sa.select(_C.c.channel, _C.c.language).where(_C.c.id == _b("a_name")))
_STORE = CompiledStatement(
    sa.insert(_M),
    "conversation",
    "channel",
    "direction",
    "author",
    "kind",
    "state",
    "content",
    "at",
    "reply_to",
    "topic",
    "staff",
    "next_at",
    "safety",
)
_TOUCH = CompiledStatement(sa.update(_C).where(_C.c.id == _b("a_name")).values(last_at=_NOW))
# of each conversation the oldest that is not sent yet; a safety reply goes before what else waits
_FIRST = (
    sa.select(sa.func.coalesce(sa.func.min(sa.case((_M.c.safety, _M.c.id))), sa.func.min(_M.c.id)))
    .where(_OPEN)
    .group_by(_M.c.conversation)
)
_DUE = (
    sa.select(_M)
    .where(_M.c.id.in_(_FIRST), _OPEN, _M.c.next_at <= _NOW)
    .order_by(_M.c.next_at)
    .limit(_b("most", type_=sa.Integer))
)
_DUE_HERE, _DUE_SHARED = CompiledStatement(_DUE), CompiledStatement(_DUE.with_for_update(skip_locked=True))
_SENDING = CompiledStatement(
    sa.update(_M)
    .where(_M.c.id == _b("an_id"))
    .values(state="sending", attempts=_b("tries"), next_at=_b("later", type_=schema.Moment))
)
_OWNER = CompiledStatement(sa.select(_C).where(_C.c.id == _b("a_name")))
_ANSWERED = CompiledStatement(sa.select(_M.c.channel_id).where(_M.c.id == _b("an_id")))
_NEXT = CompiledStatement(sa.select(sa.func.min(_M.c.next_at).label("at")).where(_M.c.id.in_(_FIRST)))
_MORE = CompiledStatement(sa.select(_M.c.id).where(_M.c.conversation == _b("a_name"), _OPEN).limit(1))
_STATUS = sa.select(_M.c.id, _M.c.state, _M.c.conversation, _M.c.channel_id).where(
    _M.c.channel == _b("a_channel"), _M.c.direction == "out"
)
_BY_ID = CompiledStatement(_STATUS.where(_M.c.channel_id == _b("theirs")))
_BY_ROW = CompiledStatement(_STATUS.where(_M.c.id == _b("an_id"), _M.c.channel_id.is_(None)))
_REACHED = CompiledStatement(
    sa.update(_M).where(_M.c.id == _b("an_id")).values(channel_id=_b("theirs"), state=_b("a_state"), next_at=None)
)
_SENT = CompiledStatement(
    sa.update(_M)
    .where(_M.c.id == _b("an_id"))
    .values(
        channel_id=_b("theirs"),
        state=sa.case((_OPEN, "sent"), else_=_M.c.state),
        next_at=sa.case((_OPEN, sa.null()), else_=_M.c.next_at),
    )
)

#: How far a message has come; a later word about an earlier stage changes nothing.
_STAGES: Final = {"ready": 0, "sending": 1, "sent": 2, "delivered": 3, "read": 4}


def row_to_message(row: Any, keys: Keys) -> Message:
    """A row as the gateway sees it, its content opened. What can't be opened is empty, with the state "unreadable"."""
    state, content = row.state, Content()
    try:
        content = keys.content(row.content)
    except BadKey:
        state = "unreadable"
    return Message(
        id=row.id,
        conversation=row.conversation,
        direction=row.direction,
        author=row.author,
        kind=row.kind,
        state=state,
        content=content,
        at=row.at,
        channel_id=row.channel_id,
        reply_to=row.reply_to,
        attempts=row.attempts,
        error=row.error,
        topic=row.topic,
        staff=row.staff,
    )


def enqueue(
    connection: Connection,
    keys: Keys,
    channels: Channels,
    conversation: str,
    contents: Sequence[Content],
    now: datetime,
    *,
    author: Author = "bot",
    reply_to: int | None = None,
    topic: str = "",
    staff: int | None = None,
    kind: MessageKind = "text",
) -> list[int]:
    """Store what is to be said, in order; ids of the rows. What a page fetches is sent by standing here."""
    row = _WHOM.row(connection, a_name=conversation)
    if row is None:
        return []
    channel = channels[row.channel]
    # a row each: what was sent is known of each, whatever stops in between
    contents = [part for content in contents for part in _rows(content, channel.split(content, row.language))]
    made = []
    for content in contents:
        number = _STORE.add(
            connection,
            conversation=conversation,
            channel=row.channel,
            direction="out",
            author=author,
            kind=kind,
            state="sent" if channel.fetched else "ready",
            content=keys.seal(content),
            at=now,
            reply_to=reply_to,
            topic=topic,
            staff=staff,
            next_at=None if channel.fetched else now,
            safety=content.safety,
        )
        made.append(number)
    _TOUCH.change(connection, a_name=conversation, now=now)
    notify(connection, f"out:{conversation}")
    return made


def _rows(content: Content, parts: Sequence[Content]) -> Sequence[Content]:
    """A content that is one message stays as it was said, translation and all: the desk shows both texts apart."""
    return [content] if len(parts) == 1 else parts


def claim_due(connection: Connection, keys: Keys, now: datetime, *, doubt: timedelta, most: int) -> list[Outgoing]:
    """Take up to `most` messages that can be sent now: of each conversation the oldest, a safety reply before others.

    A message of which it is not known whether it was taken comes back here after `doubt` when no status told of it.
    One that can't be decrypted, or whose person's address can't, is set aside, and what comes after it goes on.
    """
    query = _DUE_SHARED if connection.dialect.name == "postgresql" else _DUE_HERE
    taken = []
    for row in query.rows(connection, now=now, most=most):
        outgoing = _outgoing(connection, keys, row)
        if outgoing is not None:
            _SENDING.change(connection, an_id=row.id, tries=row.attempts + 1, later=now + doubt)
            taken.append(outgoing)
    return taken


def _outgoing(connection: Connection, keys: Keys, row: Any) -> Outgoing | None:
    """A row with what is needed to carry it; None where that can't be read, and the row is set aside."""
    from bot.conversations.store import row_to_conversation

    owner = _OWNER.row(connection, a_name=row.conversation)
    message, conversation = row_to_message(row, keys), row_to_conversation(owner, keys)
    if message.state == "unreadable":
        unreadable.set_aside(connection, row.id, "content")
        return None
    if owner.contact is not None and conversation.contact is None:
        unreadable.set_aside(connection, row.id, "contact")
        return None
    answered = None if row.reply_to is None else _ANSWERED.value(connection, an_id=row.reply_to)
    return Outgoing(message=message, conversation=conversation, answered=answered)


def next_due(connection: Connection) -> datetime | None:
    """When the next message is to be sent, of each conversation the first; None where none is."""
    found: datetime | None = _NEXT.value(connection)
    return found


def has_more(connection: Connection, conversation: str) -> bool:
    """Whether a conversation has more to be sent."""
    return _MORE.row(connection, a_name=conversation) is not None


def extend_unknown_deliveries(connection: Connection, until: datetime) -> int:
    """After a start: nobody was there to take statuses, so those of which nothing is known wait once more."""
    waiting = sa.update(_M).where(_M.c.state == "sending", _M.c.next_at < until).values(next_at=until)
    return int(connection.execute(waiting).rowcount)


def mark_sent(connection: Connection, message: int, channel_id: str) -> None:
    """The channel took it and gave it an id. A status may have come first."""
    _SENT.change(connection, an_id=message, theirs=channel_id)


def schedule_retry(connection: Connection, message: int, when: datetime, code: str, *, known: bool = True) -> None:
    """Try again at `when`. `known`: the channel surely did not take it."""
    values: dict[str, Any] = {"next_at": when, "error": code}
    if known:
        values["state"] = "ready"
    connection.execute(sa.update(_M).where(_M.c.id == message, _M.c.state == "sending").values(**values))


def mark_failed(connection: Connection, message: int, code: str) -> None:
    """It will not be sent. What comes after it goes on."""
    connection.execute(
        sa.update(_M)
        .where(_M.c.id == message, _M.c.state.in_(("ready", "sending")))
        .values(state="failed", error=code, next_at=None)
    )
    row = connection.execute(sa.select(_M.c.conversation).where(_M.c.id == message)).first()
    if row is not None:
        notify(connection, f"failed:{row.conversation}")


def record_status(connection: Connection, channel: str, update: DeliveryStatus) -> bool:
    """A status of a message that was sent: by the channel's id, or by our row where the channel hands it back."""
    row = _BY_ID.row(connection, a_channel=channel, theirs=update.channel_id)
    if row is None and update.ours is not None:
        row = _BY_ROW.row(connection, a_channel=channel, an_id=update.ours)
    if row is None:
        return False
    if update.state == "failed":
        values = {"channel_id": update.channel_id, "state": "failed", "error": update.code, "next_at": None}
        connection.execute(sa.update(_M).where(_M.c.id == row.id).values(**values))
    elif _STAGES.get(update.state, 0) > _STAGES.get(row.state, 9):
        _REACHED.change(connection, an_id=row.id, theirs=update.channel_id, a_state=update.state)
    elif row.channel_id is None:
        connection.execute(sa.update(_M).where(_M.c.id == row.id).values(channel_id=update.channel_id))
    notify(connection, f"status:{row.conversation}")
    if row.state in ("ready", "sending"):  # it was not known whether it was taken, and what comes after it waited
        notify(connection, f"out:{row.conversation}")
    return True
