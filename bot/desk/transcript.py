"""The conversation as an advisor sees it: what may be seen, what was seen, and the advisor's own words."""

from __future__ import annotations

from datetime import datetime, timedelta
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
from bot.conversations.models import Content, Conversation, Message
from bot.conversations.outbox import row_to_message
from bot.desk import schema as desk_schema
from bot.desk.actions import ActionRefused, locked, mark
from bot.staff import audit_log
from bot.staff.accounts import Account

_M, _D, _C = schema.messages, desk_schema.marks, schema.conversations
#: Messages that a page shows at first.
MOST: Final = 300
#: Longest message of an advisor, in characters.
LONGEST: Final = 4000


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """A case with its conversation, as its page needs it."""

    case: Case
    conversation: Conversation
    translate: bool
    person_seen: int  #: newest row that the person's page has shown (web)


def open_talk(connection: Connection, keys: Keys, number: int) -> Talk | None:
    """A case and its conversation; None where there is none (any more)."""
    case = cases.get(connection, number)
    conversation = conversations.find(connection, keys, case.conversation) if case is not None else None
    if case is None or conversation is None:
        return None
    marks = connection.execute(sa.select(_D).where(_D.c.case == number)).first()
    seen = connection.execute(sa.select(_C.c.seen).where(_C.c.id == conversation.id)).scalar_one()
    return Talk(
        case=case,
        conversation=conversation,
        translate=marks.translate if marks is not None else True,
        person_seen=int(seen),
    )


def visible(connection: Connection, keys: Keys, case: Case, after: int = 0) -> list[Message]:
    """The messages that an advisor may see: those of the case, and with the worker's yes those before it."""
    query = sa.select(_M).where(_M.c.conversation == case.conversation, _M.c.id > after)
    query = query.where(_may_see(case)).order_by(_M.c.id.desc()).limit(MOST)
    return [row_to_message(row, keys) for row in reversed(connection.execute(query).all())]


def _may_see(case: Case) -> sa.sql.ColumnElement[bool]:
    conditions = []
    if case.share != "yes":
        conditions.append(_M.c.id >= case.first_message)
    if case.closed is not None:  # what is said to Baken after the case is not the advisors'
        conditions.append(_M.c.at <= case.closed)
    return sa.and_(sa.true(), *conditions)


def one_visible(connection: Connection, keys: Keys, case: Case, message: int) -> Message | None:
    """One message of a case, where an advisor may see it."""
    row = connection.execute(
        sa.select(_M).where(_M.c.id == message, _M.c.conversation == case.conversation, _may_see(case))
    ).first()
    return None if row is None else row_to_message(row, keys)


def seen(connection: Connection, number: int, newest: int) -> None:
    """An advisor had the messages up to `newest` on the screen."""
    before = connection.execute(sa.select(_D.c.seen).where(_D.c.case == number)).scalar()
    if before is None or before < newest:
        mark(connection, number, seen=newest)


def window(channels: Channels, talk: Talk, now: datetime) -> timedelta | None:
    """Time left in which the worker may be written to, at least zero. None: the channel has no such limit."""
    return channels[talk.conversation.channel].reply_window(talk.conversation, now)


def say(
    connection: Connection,
    keys: Keys,
    channels: Channels,
    number: int,
    me: Account,
    content: Content,
    now: datetime,
    *,
    template: bool = False,
) -> int:
    """Store what an advisor says; the row's id.

    Args:
        template: the short word that asks the worker to write again, for when the window is over.

    Raises:
        Refused: the advisor does not have the case, or the channel's window is over.
    """
    case = locked(connection, number)
    if case.state != "taken" or case.taken_by != me.id:
        raise ActionRefused("case.not_yours")
    talk = open_talk(connection, keys, number)
    assert talk is not None
    left = window(channels, talk, now)
    if left is not None and not left and not template:
        raise ActionRefused("window.over")
    made = outbox.enqueue(connection, keys, channels, case.conversation, [content], now, author="advisor", staff=me.id)
    audit_log.note(connection, now, me.id, "template" if template else "message", f"case {case.id}")
    notify(connection, f"case:{case.conversation}")
    return made[0]


def to_translate(connection: Connection, keys: Keys, number: int, most: int = 50) -> list[Message]:
    """The worker's messages that nobody has tried to translate yet."""
    case = cases.get(connection, number)
    if case is None or case.state != "taken":
        return []
    rows = visible(connection, keys, case)[-most:]
    return [
        row
        for row in rows
        if row.direction == "in" and row.content.text and not row.content.payload and not row.content.translated_to
    ]


def try_again(connection: Connection, keys: Keys, case: Case) -> None:
    """Let the worker's messages whose translation failed be tried once more."""
    for message in visible(connection, keys, case):
        content = message.content
        if message.direction == "in" and content.translated_to and not content.translated:
            fresh = msgspec.structs.replace(content, translated_to="")
            connection.execute(sa.update(_M).where(_M.c.id == message.id).values(content=keys.seal(fresh)))


def keep_translation(connection: Connection, keys: Keys, message: Message, text: str | None, language: str) -> None:
    """Store a message's translation; None: it was tried and did not work, which is shown too."""
    content = msgspec.structs.replace(message.content, translated=text or "", translated_to=language)
    connection.execute(sa.update(_M).where(_M.c.id == message.id).values(content=keys.seal(content)))
    notify(connection, f"case:{message.conversation}")
