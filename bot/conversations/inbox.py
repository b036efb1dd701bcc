"""What comes in: stored before anything else, claimed by one gateway at a time, answered once."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations import schema, unreadable
from bot.conversations.crypto import Keys
from bot.conversations.database import notify
from bot.conversations.models import Conversation, Incoming, Message
from bot.conversations.outbox import row_to_message
from bot.conversations.statements import statement
from bot.conversations.store import find, row_to_conversation

_C, _M, _A = schema.conversations, schema.messages, schema.addresses
_IS_NEW = schema.IS_NEW


def _is_free(now: datetime) -> Any:
    return sa.or_(_C.c.claimed_until.is_(None), _C.c.claimed_until < now)


class Taken(msgspec.Struct, frozen=True):
    """A message that stands in the log."""

    id: int
    conversation: str
    fresh: bool  #: False where it stood there already


class ClaimedMessage(msgspec.Struct, frozen=True):
    """A conversation that this gateway alone may answer until the claim runs out, and what is to be answered."""

    conversation: Conversation
    messages: tuple[Message, ...]  #: none where all that waited could not be read; then the claim is given back
    unreadable: tuple[int, ...] = ()  #: rows that could not be decrypted and were set aside


@statement
def _stored(channel: str, channel_id: str) -> sa.sql.Select:
    return sa.select(_M.c.id, _M.c.conversation).where(
        _M.c.channel == channel, _M.c.direction == "in", _M.c.channel_id == channel_id
    )


@statement
def _store(conversation: str, channel: str, kind: str, content: bytes, at: datetime, channel_id: str) -> sa.sql.Insert:
    return sa.insert(_M).values(
        conversation=conversation,
        channel=channel,
        direction="in",
        author="person",
        kind=kind,
        state="new",
        content=content,
        at=at,
        channel_id=channel_id,
    )


@statement
def _touch(conversation: str, now: datetime, written: datetime | None, contact: bytes | None) -> sa.sql.Update:
    later = sa.or_(_C.c.last_in.is_(None), _C.c.last_in < written)
    return (
        sa.update(_C)
        .where(_C.c.id == conversation)
        .values(
            last_at=now,
            contact=sa.func.coalesce(contact, _C.c.contact),
            last_in=sa.case((later, written), else_=_C.c.last_in),
        )
    )


def receive(connection: Connection, keys: Keys, incoming: Incoming, now: datetime) -> Taken:
    """Store a message. One that stands in the log already is not stored again."""
    channel_id = incoming.channel_id
    kept = _stored.row(connection, incoming.channel, channel_id)
    if kept is not None and incoming.own_id and not _owns(connection, keys, incoming, kept.conversation):
        channel_id = _id_of_its_own(incoming)
        kept = _stored.row(connection, incoming.channel, channel_id)
    if kept is not None:
        return Taken(kept.id, kept.conversation, False)
    conversation = _conversation(connection, keys, incoming, now)
    content = keys.seal(incoming.content)
    try:
        with _guarded(connection):
            made = _store.add(
                connection, conversation, incoming.channel, incoming.kind, content, incoming.at, channel_id
            )
    except sa.exc.IntegrityError:  # another gateway stored it between our look and our insert
        kept = _stored.row(connection, incoming.channel, channel_id)
        return Taken(kept.id, kept.conversation, False)
    # news about the person is no message of theirs: it opens no 24 hours
    written = None if incoming.kind == "system" else min(incoming.at, now)
    contact = keys.seal(incoming.contact) if incoming.contact is not None else None
    _touch.change(connection, conversation, now, written, contact)
    notify(connection, f"in:{conversation}")
    return Taken(made, conversation, True)


@statement
def _of_address(address: str) -> sa.sql.Select:
    return sa.select(_A.c.conversation).where(_A.c.hash == address)


def _owns(connection: Connection, keys: Keys, incoming: Incoming, conversation: str) -> bool:
    """Whether a conversation is that of the message's sender."""
    return bool(_of_address.value(connection, keys.address(incoming.channel, incoming.address)) == conversation)


def _id_of_its_own(incoming: Incoming) -> str:
    """An id that a page made, and that stands in another talk already, gets a name in this one."""
    return hashlib.sha256(f"{incoming.address}\0{incoming.channel_id}".encode()).hexdigest()[:32]


@statement
def _begin(conversation: str, channel: str, language: str, now: datetime) -> sa.sql.Insert:
    return sa.insert(_C).values(id=conversation, channel=channel, language=language, created=now, last_at=now)


@statement
def _add_address(address: str, conversation: str) -> sa.sql.Insert:
    return sa.insert(_A).values(hash=address, conversation=conversation)


def _conversation(connection: Connection, keys: Keys, incoming: Incoming, now: datetime) -> str:
    """The id of the person's conversation on this channel, begun where there is none; new addresses are added."""
    names = (incoming.address, *incoming.also_known_as)
    hashes = [keys.address(incoming.channel, name) for name in dict.fromkeys(names) if name]
    found = {one: _of_address.value(connection, one) for one in hashes}
    by_hash = {one: name for one, name in found.items() if name is not None}
    conversation = next((by_hash[one] for one in hashes if one in by_hash), None)
    if conversation is None:
        conversation = secrets.token_hex(16)
        _begin.add(connection, conversation, incoming.channel, incoming.language or "", now)
    for one in hashes:
        if one not in by_hash:
            try:
                with _guarded(connection):
                    _add_address.add(connection, one, conversation)
            except sa.exc.IntegrityError:  # the person's first two messages came to two gateways at once
                theirs = connection.execute(sa.select(_A.c.conversation).where(_A.c.hash == one)).scalar_one()
                if theirs != conversation and one == hashes[0]:
                    connection.execute(sa.delete(_C).where(_C.c.id == conversation))
                    conversation = theirs
    return str(conversation)


def _guarded(connection: Connection) -> contextlib.AbstractContextManager[Any]:
    """What may collide with another gateway can fail alone. On SQLite there is no other."""
    return contextlib.nullcontext() if connection.dialect.name == "sqlite" else connection.begin_nested()


@statement
def _waiting(now: datetime, most: int) -> sa.sql.Select:
    return (
        sa.select(_M.c.conversation)
        .join(_C, _C.c.id == _M.c.conversation)
        .where(_IS_NEW, _is_free(now))
        .group_by(_M.c.conversation)
        .order_by(sa.func.min(_M.c.id))
        .limit(most)
    )


@statement
def _claim(conversation: str, me: str, now: datetime, until: datetime) -> sa.sql.Update:
    mine = {"claimed_by": me, "claimed_until": until}
    return sa.update(_C).where(_C.c.id == conversation, _is_free(now)).values(**mine)


@statement
def _new_messages(conversation: str) -> sa.sql.Select:
    return sa.select(_M).where(_M.c.conversation == conversation, _IS_NEW).order_by(_M.c.at, _M.c.id)


def claim(
    connection: Connection, keys: Keys, me: str, now: datetime, *, lease: timedelta, most: int
) -> list[ClaimedMessage]:
    """Claim up to `most` conversations that wait for an answer, oldest first, each with its messages in order.

    Args:
        me: this gateway's name.
        lease: how long the claim holds when nothing more is heard of us.
    """
    names = [row.conversation for row in _waiting.rows(connection, now, most)]
    claims = []
    for name in names:
        if _claim.change(connection, name, me, now, now + lease) != 1:
            continue
        rows = _new_messages.rows(connection, name)
        if not rows:
            release(connection, me, [name])
            continue
        conversation = find(connection, keys, name)
        assert conversation is not None
        waiting = [row_to_message(row, keys) for row in rows]
        readable = tuple(message for message in waiting if message.state != "unreadable")
        damaged = tuple(message.id for message in waiting if message.state == "unreadable")
        for row in damaged:
            unreadable.set_aside(connection, row, "content")
        if not readable:
            release(connection, me, [name])
        claims.append(ClaimedMessage(conversation, readable, damaged))
    return claims


def renew(connection: Connection, me: str, now: datetime, lease: timedelta) -> None:
    """Hold on to everything that this gateway has claimed."""
    connection.execute(sa.update(_C).where(_C.c.claimed_by == me).values(claimed_until=now + lease))


@statement
def _release(me: str, conversation: str) -> sa.sql.Update:
    mine = sa.update(_C).where(_C.c.claimed_by == me, _C.c.id == conversation)
    return mine.values(claimed_by=None, claimed_until=None)


def release(connection: Connection, me: str, conversations: Sequence[str] | None = None) -> None:
    """Give claims back: all of this gateway's, or these."""
    if conversations is not None and len(conversations) == 1:
        _release.change(connection, me, conversations[0])
        return
    query = sa.update(_C).where(_C.c.claimed_by == me)
    if conversations is not None:
        query = query.where(_C.c.id.in_(conversations))
    connection.execute(query.values(claimed_by=None, claimed_until=None))


def release_all(connection: Connection) -> None:
    """Forget every claim: for the one gateway on a SQLite file, whose earlier self is dead."""
    connection.execute(sa.update(_C).where(_C.c.claimed_by.isnot(None)).values(claimed_by=None, claimed_until=None))


@statement
def _mine(conversation: str, me: str) -> sa.sql.Select:
    return sa.select(_C).where(_C.c.id == conversation, _C.c.claimed_by == me).with_for_update()


def mine(connection: Connection, me: str, conversation: str, keys: Keys | None = None) -> Conversation | None:
    """Whether the claim still holds: the conversation's row, locked until the end of this transaction; else None."""
    row = _mine.row(connection, conversation, me)
    return None if row is None else row_to_conversation(row, keys)


@statement
def _settle(message: int, state: str, topic: str, understood: bool, safety: bool) -> sa.sql.Update:
    return (
        sa.update(_M)
        .where(_M.c.id == message, _IS_NEW)
        .values(state=state, topic=topic, understood=understood, safety=safety)
    )


def settle(
    connection: Connection, message: int, state: str, *, topic: str = "", understood: bool = True, safety: bool = False
) -> bool:
    """Mark an inbound message; False where that was done before (then nothing may be said again)."""
    return _settle.change(connection, message, state, topic, understood, safety) == 1


def waiting_since(connection: Connection) -> datetime | None:
    """When the oldest message that is not answered yet was stored; None where all are."""
    row = connection.execute(sa.select(_M.c.at).where(_IS_NEW).order_by(_M.c.id).limit(1)).first()
    return None if row is None else row.at
