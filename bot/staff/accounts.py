"""Accounts: made by an invitation, closed and never deleted, so that the trail can name them."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Final, Literal, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations.statements import statement
from bot.staff import schema

_S = schema.staff
Role = Literal["advisor", "editor", "admin"]
ROLES: Final[tuple[Role, ...]] = ("advisor", "editor", "admin")
#: What each role may do: an admin may do all.
MAY: Final[dict[str, frozenset[str]]] = {
    "advisor": frozenset({"advisor"}),
    "editor": frozenset({"editor"}),
    "admin": frozenset({"advisor", "editor", "admin"}),
}
#: An invitation holds so long.
INVITED_FOR: Final = timedelta(days=7)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,62}")


class BadAccount(Exception):
    """An account that can't be made or changed so; the message says why."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A member of staff as the pages see one. The password's hash stays in this file's functions."""

    id: int
    name: str
    shown: str
    role: Role
    language: str
    has_password: bool
    totp_on: bool
    closed: bool

    def may(self, what: str) -> bool:
        """Whether the role covers another: an admin is an advisor and an editor too."""
        return what in MAY[self.role]


def _account(row: sa.engine.Row) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        shown=row.shown,
        role=cast(Role, row.role),
        language=row.language,
        has_password=row.password is not None,
        totp_on=row.totp_on,
        closed=row.closed is not None,
    )


def fingerprint(token: str) -> str:
    """What is stored of a token: tokens are random, so a plain hash can't be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


def add(connection: Connection, name: str, role: Role, now: datetime, *, shown: str = "") -> tuple[int, str]:
    """Make an account; its id and the token of the one-time link with which its password is set.

    Raises:
        BadAccount: the name is taken, or no name.
    """
    name = name.strip().lower()
    if not _NAME.fullmatch(name):
        raise BadAccount("a name has 2 to 63 letters, digits or . _ @ + - and no spaces")
    if role not in ROLES:
        raise BadAccount(f"a role is one of {', '.join(ROLES)}")
    try:
        with connection.begin_nested():
            made = connection.execute(
                sa.insert(_S).values(name=name, shown=(shown.strip() or name)[:64], role=role, created=now)
            )
    except sa.exc.IntegrityError as error:
        raise BadAccount(f"there is an account {name} already") from error
    number = int(made.inserted_primary_key[0])
    return number, invite(connection, number, now)


def invite(connection: Connection, staff: int, now: datetime) -> str:
    """A fresh one-time link for an account; an older one ends."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        sa.update(_S).where(_S.c.id == staff).values(invited=fingerprint(token), invited_until=now + INVITED_FOR)
    )
    return token


def invited(connection: Connection, token: str, now: datetime) -> Account | None:
    """Whose one-time link this is, while it holds."""
    row = connection.execute(
        sa.select(_S).where(_S.c.invited == fingerprint(token), _S.c.invited_until > now, _S.c.closed.is_(None))
    ).first()
    return None if row is None else _account(row)


def get(connection: Connection, staff: int) -> Account | None:
    """An account by its number."""
    row = connection.execute(sa.select(_S).where(_S.c.id == staff)).first()
    return None if row is None else _account(row)


def by_name(connection: Connection, name: str) -> tuple[Account | None, str | None]:
    """An open account by its name, and the hash of its password."""
    row = connection.execute(sa.select(_S).where(_S.c.name == name.strip().lower(), _S.c.closed.is_(None))).first()
    return (None, None) if row is None else (_account(row), row.password)


def password_of(connection: Connection, staff: int) -> str | None:
    """The hash of an account's password."""
    return cast("str | None", connection.execute(sa.select(_S.c.password).where(_S.c.id == staff)).scalar())


def everyone(connection: Connection) -> list[Account]:
    """All accounts, open ones first."""
    rows = connection.execute(sa.select(_S).order_by(_S.c.closed.isnot(None), _S.c.name)).all()
    return [_account(row) for row in rows]


def names(connection: Connection) -> dict[int, str]:
    """Shown name of every account, closed ones too."""
    return {row.id: row.shown for row in connection.execute(sa.select(_S.c.id, _S.c.shown))}


def set_password(connection: Connection, staff: int, hashed: str) -> None:
    """A new password; the one-time link is used up."""
    connection.execute(sa.update(_S).where(_S.c.id == staff).values(password=hashed, invited=None, invited_until=None))


def change(connection: Connection, /, staff: int, **values: object) -> None:
    """Change shown name, role, language or closed.

    Raises:
        BadAccount: nobody would be left to let others in.
    """
    role = values.get("role")
    if role is not None and role not in ROLES:
        raise BadAccount(f"a role is one of {', '.join(ROLES)}")
    if values.get("closed") is not None or (role is not None and role != "admin"):
        others = sa.select(sa.func.count()).where(_S.c.role == "admin", _S.c.closed.is_(None), _S.c.id != staff)
        was = connection.execute(sa.select(_S.c.role).where(_S.c.id == staff)).scalar()
        if was == "admin" and connection.execute(others).scalar_one() == 0:
            raise BadAccount("last admin")
    connection.execute(sa.update(_S).where(_S.c.id == staff).values(**values))


@statement  # asked at every message of a worker
def _count_of_role(role: str) -> sa.sql.Select:
    return sa.select(sa.func.count()).where(_S.c.role == role, _S.c.closed.is_(None), _S.c.password.isnot(None))


def exist(connection: Connection, role: str) -> bool:
    """Whether there is an open account that may do what `role` does."""
    roles = [one for one, may in MAY.items() if role in may]
    return any(_count_of_role.value(connection, one) for one in roles)
