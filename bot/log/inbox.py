"""What comes in: stored before anything else, claimed by one gateway at a time, answered once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.log import schema
from bot.log.conversations import find, row_to_conversation
from bot.log.database import announce
from bot.log.keys import Keys
from bot.log.model import Conversation, Incoming, Message
from bot.log.outbox import row_to_message

_C, _M, _A = schema.conversations, schema.messages, schema.addresses


class Taken(msgspec.Struct, frozen=True):
    """A message that stands in the log."""

    id: int
    conversation: str
    fresh: bool  #: False where it stood there already


class Claim(msgspec.Struct, frozen=True):
    """A conversation that this gateway alone may answer until the claim runs out, and what is to be answered."""

    conversation: Conversation
    messages: tuple[Message, ...]


def take_in(connection: Connection, keys: Keys, incoming: Incoming, now: datetime) -> Taken:
    """Store a message. One that stands in the log already is not stored again."""
    place = (_M.c.channel == incoming.channel, _M.c.direction == "in", _M.c.channel_id == incoming.channel_id)
    kept = connection.execute(sa.select(_M.c.id, _M.c.conversation).where(*place)).first()
    if kept is not None:
        return Taken(kept.id, kept.conversation, False)
    conversation = _conversation(connection, keys, incoming, now)
    row = {
        "conversation": conversation,
        "channel": incoming.channel,
        "direction": "in",
        "author": "person",
        "kind": incoming.kind,
        "state": "new",
        "content": keys.seal(incoming.content),
        "at": incoming.at,
        "channel_id": incoming.channel_id,
    }
    try:
        with connection.begin_nested():
            made = connection.execute(sa.insert(_M).values(**row))
    except sa.exc.IntegrityError:  # another gateway stored it between our look and our insert
        kept = connection.execute(sa.select(_M.c.id, _M.c.conversation).where(*place)).one()
        return Taken(kept.id, kept.conversation, False)
    changes: dict[str, object] = {"last_at": now}
    if incoming.kind != "system":  # news about the person is no message of theirs: it opens no 24 hours
        written = min(incoming.at, now)
        later = sa.or_(_C.c.last_in.is_(None), _C.c.last_in < written)
        connection.execute(sa.update(_C).where(_C.c.id == conversation, later).values(last_in=written))
    if incoming.contact is not None:
        changes["contact"] = keys.seal(incoming.contact)
    connection.execute(sa.update(_C).where(_C.c.id == conversation).values(**changes))
    announce(connection, f"in:{conversation}")
    return Taken(made.inserted_primary_key[0], conversation, True)


def _conversation(connection: Connection, keys: Keys, incoming: Incoming, now: datetime) -> str:
    """The id of the person's conversation on this channel, begun where there is none; new addresses are added."""
    names = (incoming.address, *incoming.also_known_as)
    hashes = [keys.address(incoming.channel, name) for name in dict.fromkeys(names) if name]
    known = connection.execute(sa.select(_A.c.hash, _A.c.conversation).where(_A.c.hash.in_(hashes))).all()
    by_hash = {row.hash: row.conversation for row in known}
    conversation = next((by_hash[one] for one in hashes if one in by_hash), None)
    if conversation is None:
        conversation = secrets.token_hex(16)
        connection.execute(
            sa.insert(_C).values(
                id=conversation, channel=incoming.channel, language=incoming.language or "", created=now, last_at=now
            )
        )
    for one in hashes:
        if one not in by_hash:
            try:
                with connection.begin_nested():
                    connection.execute(sa.insert(_A).values(hash=one, conversation=conversation))
            except sa.exc.IntegrityError:  # the person's first two messages came to two gateways at once
                theirs = connection.execute(sa.select(_A.c.conversation).where(_A.c.hash == one)).scalar_one()
                if theirs != conversation and one == hashes[0]:
                    connection.execute(sa.delete(_C).where(_C.c.id == conversation))
                    conversation = theirs
    return str(conversation)


def claim(
    connection: Connection, keys: Keys, me: str, now: datetime, *, lease: timedelta, most: int, only: str | None = None
) -> list[Claim]:
    """Claim up to `most` conversations that wait for an answer, oldest first, each with its messages in order.

    Args:
        me: this gateway's name.
        lease: how long the claim holds when nothing more is heard of us.
        only: just this conversation.
    """
    free = sa.or_(_C.c.claimed_until.is_(None), _C.c.claimed_until < now)
    waiting = (
        sa.select(_M.c.conversation)
        .join(_C, _C.c.id == _M.c.conversation)
        .where(_M.c.state == "new", free)
        .group_by(_M.c.conversation)
        .order_by(sa.func.min(_M.c.id))
        .limit(most)
    )
    names = [only] if only is not None else list(connection.execute(waiting).scalars())
    claims = []
    for name in names:
        got = connection.execute(
            sa.update(_C).where(_C.c.id == name, free).values(claimed_by=me, claimed_until=now + lease)
        )
        if got.rowcount != 1:
            continue
        rows = connection.execute(
            sa.select(_M).where(_M.c.conversation == name, _M.c.state == "new").order_by(_M.c.at, _M.c.id)
        ).all()
        if not rows:
            release(connection, me, [name])
            continue
        conversation = find(connection, keys, name)
        assert conversation is not None
        claims.append(Claim(conversation, tuple(row_to_message(row, keys) for row in rows)))
    return claims


def renew(connection: Connection, me: str, now: datetime, lease: timedelta) -> None:
    """Hold on to everything that this gateway has claimed."""
    connection.execute(sa.update(_C).where(_C.c.claimed_by == me).values(claimed_until=now + lease))


def release(connection: Connection, me: str, conversations: Sequence[str] | None = None) -> None:
    """Give claims back: all of this gateway's, or these."""
    query = sa.update(_C).where(_C.c.claimed_by == me)
    if conversations is not None:
        query = query.where(_C.c.id.in_(conversations))
    connection.execute(query.values(claimed_by=None, claimed_until=None))


def release_all(connection: Connection) -> None:
    """Forget every claim: for the one gateway on a SQLite file, whose earlier self is dead."""
    connection.execute(sa.update(_C).where(_C.c.claimed_by.isnot(None)).values(claimed_by=None, claimed_until=None))


def mine(connection: Connection, me: str, conversation: str) -> Conversation | None:
    """Whether the claim still holds: the conversation's row, locked until the end of this transaction; else None."""
    row = connection.execute(
        sa.select(_C).where(_C.c.id == conversation, _C.c.claimed_by == me).with_for_update()
    ).first()
    return None if row is None else row_to_conversation(row, None)


def settle(connection: Connection, message: int, state: str, *, topic: str = "", understood: bool = True,
           safety: bool = False) -> bool:  # fmt: skip
    """Mark an inbound message; False where that was done before (then nothing may be said again)."""
    done = connection.execute(
        sa.update(_M)
        .where(_M.c.id == message, _M.c.state == "new")
        .values(state=state, topic=topic, understood=understood, safety=safety)
    )
    return bool(done.rowcount == 1)


def waiting_since(connection: Connection) -> datetime | None:
    """When the oldest message that is not answered yet was stored; None where all are."""
    row = connection.execute(sa.select(_M.c.at).where(_M.c.state == "new").order_by(_M.c.id).limit(1)).first()
    return None if row is None else row.at
