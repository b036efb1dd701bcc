"""Sessions: a random token in a cookie, of which only the hash is stored; ended by time, by hand, or all at once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations.statements import statement
from bot.staff import accounts, schema
from bot.staff.accounts import Account, fingerprint

_N, _S = schema.sessions, schema.staff
#: A session ends after this, whatever is done in it.
LONGEST: Final = timedelta(hours=12)
#: With the password given, the code must follow within this.
_HALF: Final = timedelta(minutes=10)
#: How often it is written down that a page is open, and how long one counts as open after it.
_NOTED: Final = timedelta(seconds=30)
PRESENT: Final = timedelta(seconds=120)


class Session(msgspec.Struct, frozen=True):
    """A session that holds."""

    account: Account
    half: bool  #: the code is still to come: nothing but that may be done


def new_token() -> str:
    """A token as it goes into the cookie."""
    return secrets.token_urlsafe(32)


def csrf(token: str) -> str:
    """The token that a form must carry: made of the cookie's, which a foreign page can't read."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def begin(connection: Connection, staff: int, now: datetime, *, half: bool, old: str = "") -> str:
    """Begin a session under a new token; one under the old token ends (against fixation)."""
    if old:
        end(connection, old)
    connection.execute(sa.delete(_N).where(_N.c.created < now - LONGEST))
    token = new_token()
    connection.execute(
        sa.insert(_N).values(hash=fingerprint(token), staff=staff, half=half, created=now, seen=now, present=now)
    )
    return token


def find(connection: Connection, token: str, now: datetime, idle: timedelta, *, acted: bool = True) -> Session | None:
    """The session of a token, while it holds; kept alive by what a person does (`acted`), not by an open page."""
    row = connection.execute(sa.select(_N).where(_N.c.hash == fingerprint(token))).first()
    if row is None:
        return None
    longest = _HALF if row.half else LONGEST
    account = accounts.get(connection, row.staff)
    if account is None or account.closed or now > row.created + longest or now > row.seen + idle:
        connection.execute(sa.delete(_N).where(_N.c.hash == row.hash))
        return None
    values = {}
    if now > row.present + _NOTED:
        values["present"] = now
    if acted and now > row.seen + _NOTED:
        values["seen"] = now
    if values:
        connection.execute(sa.update(_N).where(_N.c.hash == row.hash).values(**values))
    return Session(account, row.half)


def end(connection: Connection, token: str) -> None:
    """Sign out."""
    connection.execute(sa.delete(_N).where(_N.c.hash == fingerprint(token)))


def end_all(connection: Connection, staff: int, *, but: str = "") -> int:
    """Sign an account out everywhere (`but` here); how many sessions ended."""
    query = sa.delete(_N).where(_N.c.staff == staff)
    if but:
        query = query.where(_N.c.hash != fingerprint(but))
    return int(connection.execute(query).rowcount)


@statement  # asked at every message of a worker
def _count_of_present(since: datetime, role: str) -> sa.sql.Select:
    open_now = (_N.c.present > since, sa.not_(_N.c.half))
    return (
        sa.select(sa.func.count())
        .select_from(_N.join(_S, _S.c.id == _N.c.staff))
        .where(*open_now, _S.c.role == role, _S.c.closed.is_(None))
    )


def present(connection: Connection, role: str, now: datetime) -> bool:
    """Whether somebody who may do what `role` does has a page open now."""
    roles = [one for one, may in accounts.MAY.items() if role in may]
    return any(_count_of_present.value(connection, now - PRESENT, one) for one in roles)
