"""One-time codes (TOTP, RFC 6238) as a second factor, each good once, and recovery codes for a lost telephone."""

from __future__ import annotations

import base64
import hmac
import secrets
import time
from typing import Any

import pyotp
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from accounts import sessions
from accounts.database import Accounts
from accounts.errors import CodeRefused
from accounts.events import Event, record
from accounts.tables import recovery_codes, users
from accounts.tokens import digest
from accounts.users import row_of_id

ISSUER = "Một Cửa"
RECOVERY_CODES = 10
_STEP = 30
"""Seconds for which a code is shown."""
_DRIFT = (0, -1, 1)
"""Steps by which a telephone's clock may be off."""

_u = users.c


def propose(accounts: Accounts, user_id: int) -> tuple[str, str]:
    """Make a key that isn't in force until a code of it has been shown.

    Returns:
        The key in base32, and the address that a QR code carries to the telephone.
    """
    secret = pyotp.random_base32()
    with accounts.write() as connection:
        row = row_of_id(connection, user_id)
        connection.execute(sa.update(users).where(_u.id == user_id).values(totp_pending=secret))
    return secret, address_of(secret, row.name)


def address_of(secret: str, name: str) -> str:
    """The address that a QR code carries to the telephone."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def proposed(accounts: Accounts, user_id: int) -> str | None:
    """The key that was proposed and isn't in force yet."""
    with accounts.read() as connection:
        return connection.execute(sa.select(_u.totp_pending).where(_u.id == user_id)).scalar_one_or_none()


def turn_on(accounts: Accounts, user_id: int, code: str, *, session: str) -> list[str]:
    """Put the proposed key in force; other sessions of the user end.

    Args:
        accounts: the database.
        user_id: whose.
        code: shown by the telephone.
        session: key of the session that stays.

    Returns:
        Recovery codes, to be shown once.

    Raises:
        CodeRefused: the code isn't of the proposed key.
    """
    with accounts.write() as connection:
        row = row_of_id(connection, user_id)
        step = _step_of(row.totp_pending, code, None) if row.totp_pending else None
        if step is None:
            raise CodeRefused("Mã không đúng. Xem lại giờ trên điện thoại, rồi gõ mã đang hiện.")
        connection.execute(
            sa.update(users)
            .where(_u.id == user_id)
            .values(totp_secret=row.totp_pending, totp_pending=None, totp_step=step)
        )
        fresh = [_recovery_code() for _ in range(RECOVERY_CODES)]
        connection.execute(sa.delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
        connection.execute(
            sa.insert(recovery_codes), [{"code_hash": digest(_bare(each)), "user_id": user_id} for each in fresh]
        )
        sessions.end_all(connection, user_id, but=session)
        record(connection, Event.CODES_ON, row.name, row.name)
    return fresh


def accept(connection: Connection, row: Any, code: str) -> bool:
    """Say whether a code is right, and spend it.

    Args:
        connection: the transaction.
        row: of the user, locked.
        code: of the telephone, or a recovery code.
    """
    step = _step_of(row.totp_secret, code, row.totp_step)
    if step is not None:
        connection.execute(sa.update(users).where(_u.id == row.id).values(totp_step=step))
        return True
    spent = connection.execute(
        sa.delete(recovery_codes).where(
            recovery_codes.c.user_id == row.id, recovery_codes.c.code_hash == digest(_bare(code))
        )
    ).rowcount
    if spent:
        record(connection, Event.RECOVERY_CODE_USED, row.name, row.name)
    return bool(spent)


def count_recovery_codes(accounts: Accounts, user_id: int) -> int:
    """How many recovery codes are left."""
    query = sa.select(sa.func.count()).select_from(recovery_codes).where(recovery_codes.c.user_id == user_id)
    with accounts.read() as connection:
        return int(connection.execute(query).scalar_one())


def _step_of(secret: str, code: str, last: int | None) -> int | None:
    """The step to which a code belongs; None where it is wrong, or not newer than the last that was used."""
    given = "".join(code.split())
    if len(given) != 6 or not (given.isascii() and given.isdigit()):
        return None
    now = int(time.time()) // _STEP
    for drift in _DRIFT:
        step = now + drift
        if (last is None or step > last) and hmac.compare_digest(pyotp.TOTP(secret).generate_otp(step), given):
            return step
    return None


def _recovery_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def _bare(code: str) -> str:
    return "".join(letter for letter in code.lower() if letter.isalnum())
