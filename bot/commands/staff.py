"""`baken staff`: the first account, a new one-time link, a list. Works beside a Baken that runs."""

from __future__ import annotations

import sys
from typing import cast

from sqlalchemy.engine import Connection

from bot.clock import utcnow
from bot.commands.start_errors import check_storage
from bot.conversations.crypto import Keys
from bot.delivery.service import open_log
from bot.settings import Settings
from bot.staff import accounts, audit_log, lockout, second_factor, sessions
from bot.staff.accounts import BadAccount, Role


def staff(settings: Settings, what: str, name: str | None, role: str) -> int:
    """Make an account, give a new link, or list the accounts; 1 where it can't be done, said on standard error."""
    check_storage(settings)
    database, keys = open_log(settings, beside=True)
    try:
        if what == "list":
            for account in database.transaction_sync(accounts.everyone):
                closed = "  closed" if account.closed else ""
                print(f"{account.name}  {account.role}{closed}")
            return 0
        token = (
            database.transaction_sync(_add, str(name), role)
            if what == "add"
            else database.transaction_sync(_link, keys, str(name))
        )
    except BadAccount as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        database.close()
    site = settings.staff_site.rstrip("/") or f"http://{settings.host}:{settings.port}"
    print(f"Open this link within seven days to choose a password; it works once:\n{site}/staff/welcome/{token}")
    return 0


def _add(connection: Connection, name: str, role: str) -> str:
    now = utcnow()
    number, token = accounts.add(connection, name, cast(Role, role), now)
    audit_log.note(connection, now, None, f"account made: {role}", f"staff {number}")
    return token


def _link(connection: Connection, keys: Keys, name: str) -> str:
    now = utcnow()
    account, _ = accounts.by_name(connection, name)
    if account is None:
        raise BadAccount(f"there is no open account {name}")
    second_factor.switch_off(connection, account.id)  # who lost the password may have lost the telephone with it
    sessions.end_all(connection, account.id)
    lockout.lift(connection, keys, account.name)
    audit_log.note(connection, now, None, "account: link", f"staff {account.id}")
    return accounts.invite(connection, account.id, now)
