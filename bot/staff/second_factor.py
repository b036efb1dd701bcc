"""The second factor: codes of the telephone (TOTP, RFC 6238), and recovery codes where the telephone is lost."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

import pyotp
import segno
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.conversations.crypto import Keys
from bot.staff import schema
from bot.staff.accounts import fingerprint

_S, _R = schema.staff, schema.recovery
_STEP: Final = 30
_RECOVERY: Final = 8


def prepare(connection: Connection, keys: Keys, staff: int) -> str:
    """A new secret (base32) for an account; it counts once a first code was given."""
    secret = pyotp.random_base32()
    connection.execute(
        sa.update(_S)
        .where(_S.c.id == staff, sa.not_(_S.c.totp_on))
        .values(totp=keys.seal_bytes(secret.encode()), totp_step=0)
    )
    return secret


def secret_of(connection: Connection, keys: Keys, staff: int) -> str | None:
    """The secret that was prepared or is in use."""
    sealed = connection.execute(sa.select(_S.c.totp).where(_S.c.id == staff)).scalar()
    return None if sealed is None else keys.open_bytes(sealed).decode()


def picture(secret: str, name: str) -> str:
    """The QR code to scan, as SVG for the page."""
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Baken")
    return str(
        segno.make(address, error="m").svg_inline(scale=5, border=2, svgclass="qr", lineclass=None, light="#fff")
    )


def right(connection: Connection, keys: Keys, staff: int, code: str, now: datetime) -> bool:
    """Whether a code fits now, thirty seconds early or late allowed; one that was used fits no more."""
    row = connection.execute(sa.select(_S.c.totp, _S.c.totp_step).where(_S.c.id == staff).with_for_update()).first()
    code = "".join(code.split())
    if row is None or row.totp is None or len(code) != 6 or not code.isascii() or not code.isdigit():
        return False
    totp = pyotp.TOTP(keys.open_bytes(row.totp).decode())
    step = int(now.timestamp()) // _STEP
    for one in (step, step - 1, step + 1):
        if one > row.totp_step and secrets.compare_digest(totp.at(one * _STEP), code):
            connection.execute(sa.update(_S).where(_S.c.id == staff).values(totp_step=one))
            return True
    return False


def switch_on(connection: Connection, staff: int) -> list[str]:
    """The code was right: from now on it is asked for. Gives the recovery codes, shown once."""
    connection.execute(sa.update(_S).where(_S.c.id == staff).values(totp_on=True))
    connection.execute(sa.delete(_R).where(_R.c.staff == staff))
    made = [f"{secrets.token_hex(4)}-{secrets.token_hex(4)}" for _ in range(_RECOVERY)]
    connection.execute(sa.insert(_R), [{"staff": staff, "hash": fingerprint(one)} for one in made])
    return made


def switch_off(connection: Connection, staff: int) -> None:
    """No code any more, and no recovery codes."""
    connection.execute(sa.update(_S).where(_S.c.id == staff).values(totp_on=False, totp=None, totp_step=0))
    connection.execute(sa.delete(_R).where(_R.c.staff == staff))


def recover(connection: Connection, staff: int, code: str) -> bool:
    """Use up a recovery code."""
    gone = connection.execute(
        sa.delete(_R).where(_R.c.staff == staff, _R.c.hash == fingerprint("".join(code.split()).lower()))
    )
    return bool(gone.rowcount)
