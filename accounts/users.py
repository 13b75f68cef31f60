"""Users as they are read: who there is, with which role, in which state."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from accounts.database import Accounts, utcnow
from accounts.errors import UserUnknown
from accounts.roles import Role
from accounts.tables import users


@dataclass(frozen=True)
class User:
    """A member of the staff.

    Attributes:
        id: of the row.
        name: what is typed to sign in.
        full_name: how people call them.
        role: what they may do.
        disabled: may not sign in.
        has_password: a password has been chosen.
        invited: a set-up link is open.
        has_codes: signs in with a one-time code too.
        signed_in_at: the last time, UTC.
    """

    id: int
    name: str
    full_name: str
    role: Role
    disabled: bool
    has_password: bool
    invited: bool
    has_codes: bool
    signed_in_at: dt.datetime | None


def user_of(row: Any) -> User:
    """The user of a row of ``users``."""
    return User(
        id=row.id,
        name=row.name,
        full_name=row.full_name,
        role=Role(row.role),
        disabled=row.disabled,
        has_password=row.password_hash is not None,
        invited=row.setup_hash is not None and row.setup_until > utcnow(),
        has_codes=row.totp_secret is not None,
        signed_in_at=row.signed_in_at,
    )


def list_users(accounts: Accounts) -> list[User]:
    """All users by name."""
    with accounts.read() as connection:
        return [user_of(row) for row in connection.execute(sa.select(users).order_by(users.c.name))]


def find_user(accounts: Accounts, name: str) -> User:
    """The user of a name.

    Raises:
        UserUnknown: there is none.
    """
    with accounts.read() as connection:
        return user_of(row_of_name(connection, name))


def row_of_name(connection: Connection, name: str) -> Any:
    """The row of a name.

    Raises:
        UserUnknown: there is none.
    """
    found = connection.execute(sa.select(users).where(users.c.name == name.strip().lower())).one_or_none()
    if found is None:
        raise UserUnknown(f"Không có người dùng '{name[:40]}'. Gõ 'motcua user list' để xem các tên.")
    return found


def row_of_id(connection: Connection, user_id: int) -> Any:
    """The row of an id, locked until the transaction ends.

    Raises:
        UserUnknown: there is none.
    """
    query = sa.select(users).where(users.c.id == user_id).with_for_update()
    # A number that no column holds comes from an address that somebody made up.
    found = connection.execute(query).one_or_none() if user_id < 2**63 else None
    if found is None:
        raise UserUnknown("Không có người dùng này. Bạn tải lại danh sách.")
    return found
