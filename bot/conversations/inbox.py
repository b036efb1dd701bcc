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
from bot.conversations.statements import CompiledStatement
from bot.conversations.store import find, row_to_conversation

_C, _M, _A = schema.conversations, schema.messages, schema.addresses

# Statements of every message (bot/conversations/statements.py).
_b = sa.bindparam
_NOW = _b("now", type_=schema.Moment)
_IS_NEW = schema.IS_NEW
_FREE = sa.or_(_C.c.claimed_until.is_(None), _C.c.claimed_until < _NOW)
_KEPT = CompiledStatement(
    sa.select(_M.c.id, _M.c.conversation).where(
        _M.c.channel == _b("a_channel"), _M.c.direction == "in", _M.c.channel_id == _b("an_id")
    )
)
_KNOWN = CompiledStatement(sa.select(_A.c.conversation).where(_A.c.hash == _b("a_hash")))
_BEGIN = CompiledStatement(sa.insert(_C), "id", "channel", "language", "created", "last_at")
_NAME = CompiledStatement(sa.insert(_A), "hash", "conversation")
_STORE = CompiledStatement(
    sa.insert(_M), "conversation", "channel", "direction", "author", "kind", "state", "content", "at", "channel_id"
)
_WRITTEN = _b("written", type_=schema.Moment)
_TOUCH = CompiledStatement(
    sa.update(_C)
    .where(_C.c.id == _b("a_name"))
    .values(
        last_at=_NOW,
        contact=sa.func.coalesce(_b("a_contact", type_=sa.LargeBinary), _C.c.contact),
        last_in=sa.case((sa.or_(_C.c.last_in.is_(None), _C.c.last_in < _WRITTEN), _WRITTEN), else_=_C.c.last_in),
    )
)
_WAITING = CompiledStatement(
    sa.select(_M.c.conversation)
    .join(_C, _C.c.id == _M.c.conversation)
    .where(_IS_NEW, _FREE)
    .group_by(_M.c.conversation)
    .order_by(sa.func.min(_M.c.id))
    .limit(_b("most", type_=sa.Integer))
)
_CLAIM = CompiledStatement(
    sa.update(_C)
    .where(_C.c.id == _b("a_name"), _FREE)
    .values(claimed_by=_b("me"), claimed_until=_b("until", type_=schema.Moment))
)
_NEW = CompiledStatement(sa.select(_M).where(_M.c.conversation == _b("a_name"), _IS_NEW).order_by(_M.c.at, _M.c.id))
_RELEASE = CompiledStatement(
    sa.update(_C)
    .where(_C.c.claimed_by == _b("me"), _C.c.id == _b("a_name"))
    .values(claimed_by=None, claimed_until=None)
)
_MINE = CompiledStatement(sa.select(_C).where(_C.c.id == _b("a_name"), _C.c.claimed_by == _b("me")).with_for_update())
_SETTLE = CompiledStatement(
    sa.update(_M)
    .where(_M.c.id == _b("an_id"), _IS_NEW)
    .values(state=_b("a_state"), topic=_b("a_topic"), understood=_b("was_understood"), safety=_b("was_safety"))
)


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


def receive(connection: Connection, keys: Keys, incoming: Incoming, now: datetime) -> Taken:
    """Store a message. One that stands in the log already is not stored again."""
    place = {"a_channel": incoming.channel, "an_id": incoming.channel_id}
    kept = _KEPT.row(connection, **place)
    if kept is not None and incoming.own_id and not _owns(connection, keys, incoming, kept.conversation):
        place["an_id"] = _id_of_its_own(incoming)
        kept = _KEPT.row(connection, **place)
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
        "channel_id": place["an_id"],
    }
    try:
        with _guarded(connection):
            made = _STORE.add(connection, **row)
    except sa.exc.IntegrityError:  # another gateway stored it between our look and our insert
        kept = _KEPT.row(connection, **place)
        return Taken(kept.id, kept.conversation, False)
    # news about the person is no message of theirs: it opens no 24 hours
    written = None if incoming.kind == "system" else min(incoming.at, now)
    contact = keys.seal(incoming.contact) if incoming.contact is not None else None
    _TOUCH.change(connection, a_name=conversation, now=now, written=written, a_contact=contact)
    notify(connection, f"in:{conversation}")
    return Taken(made, conversation, True)


def _owns(connection: Connection, keys: Keys, incoming: Incoming, conversation: str) -> bool:
    """Whether a conversation is that of the message's sender."""
    return bool(_KNOWN.value(connection, a_hash=keys.address(incoming.channel, incoming.address)) == conversation)


def _id_of_its_own(incoming: Incoming) -> str:
    """An id that a page made, and that stands in another talk already, gets a name in this one."""
    return hashlib.sha256(f"{incoming.address}\0{incoming.channel_id}".encode()).hexdigest()[:32]


def _conversation(connection: Connection, keys: Keys, incoming: Incoming, now: datetime) -> str:
    """The id of the person's conversation on this channel, begun where there is none; new addresses are added."""
    names = (incoming.address, *incoming.also_known_as)
    hashes = [keys.address(incoming.channel, name) for name in dict.fromkeys(names) if name]
    found = {one: _KNOWN.value(connection, a_hash=one) for one in hashes}
    by_hash = {one: name for one, name in found.items() if name is not None}
    conversation = next((by_hash[one] for one in hashes if one in by_hash), None)
    if conversation is None:
        conversation = secrets.token_hex(16)
        _BEGIN.add(
            connection,
            id=conversation,
            channel=incoming.channel,
            language=incoming.language or "",
            created=now,
            last_at=now,
        )
    for one in hashes:
        if one not in by_hash:
            try:
                with _guarded(connection):
                    _NAME.add(connection, hash=one, conversation=conversation)
            except sa.exc.IntegrityError:  # the person's first two messages came to two gateways at once
                theirs = connection.execute(sa.select(_A.c.conversation).where(_A.c.hash == one)).scalar_one()
                if theirs != conversation and one == hashes[0]:
                    connection.execute(sa.delete(_C).where(_C.c.id == conversation))
                    conversation = theirs
    return str(conversation)


def _guarded(connection: Connection) -> contextlib.AbstractContextManager[Any]:
    """What may collide with another gateway can fail alone. On SQLite there is no other."""
    return contextlib.nullcontext() if connection.dialect.name == "sqlite" else connection.begin_nested()


def claim(
    connection: Connection, keys: Keys, me: str, now: datetime, *, lease: timedelta, most: int
) -> list[ClaimedMessage]:
    """Claim up to `most` conversations that wait for an answer, oldest first, each with its messages in order.

    Args:
        me: this gateway's name.
        lease: how long the claim holds when nothing more is heard of us.
    """
    names = [row.conversation for row in _WAITING.rows(connection, now=now, most=most)]
    claims = []
    for name in names:
        if _CLAIM.change(connection, a_name=name, now=now, me=me, until=now + lease) != 1:
            continue
        rows = _NEW.rows(connection, a_name=name)
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


def release(connection: Connection, me: str, conversations: Sequence[str] | None = None) -> None:
    """Give claims back: all of this gateway's, or these."""
    if conversations is not None and len(conversations) == 1:
        _RELEASE.change(connection, me=me, a_name=conversations[0])
        return
    query = sa.update(_C).where(_C.c.claimed_by == me)
    if conversations is not None:
        query = query.where(_C.c.id.in_(conversations))
    connection.execute(query.values(claimed_by=None, claimed_until=None))


def release_all(connection: Connection) -> None:
    """Forget every claim: for the one gateway on a SQLite file, whose earlier self is dead."""
    connection.execute(sa.update(_C).where(_C.c.claimed_by.isnot(None)).values(claimed_by=None, claimed_until=None))


def mine(connection: Connection, me: str, conversation: str, keys: Keys | None = None) -> Conversation | None:
    """Whether the claim still holds: the conversation's row, locked until the end of this transaction; else None."""
    row = _MINE.row(connection, a_name=conversation, me=me)
    return None if row is None else row_to_conversation(row, keys)


def settle(
    connection: Connection, message: int, state: str, *, topic: str = "", understood: bool = True, safety: bool = False
) -> bool:
    """Mark an inbound message; False where that was done before (then nothing may be said again)."""
    about = {"a_state": state, "a_topic": topic, "was_understood": understood, "was_safety": safety}
    return _SETTLE.change(connection, an_id=message, **about) == 1


def waiting_since(connection: Connection) -> datetime | None:
    """When the oldest message that is not answered yet was stored; None where all are."""
    row = connection.execute(sa.select(_M.c.at).where(_IS_NEW).order_by(_M.c.id).limit(1)).first()
    return None if row is None else row.at
