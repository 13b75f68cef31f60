"""What administrators do with users. Each change is one transaction with its line in the log."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from accounts import sessions
from accounts.database import Accounts, utcnow
from accounts.errors import LastAdministrator, NameRefused, NameTaken, OwnAccount
from accounts.events import Event, record
from accounts.password_rules import check_password
from accounts.roles import Role
from accounts.tables import recovery_codes, users
from accounts.tokens import digest, new_token
from accounts.users import User, row_of_id, user_of

SETUP_LASTS = dt.timedelta(hours=24)
"""How long a set-up link is good."""
LONGEST_NAME, LONGEST_FULL_NAME = 40, 80
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")

_u = users.c


def add_user(
    accounts: Accounts, name: str, full_name: str, role: Role, *, actor: str, password: Optional[str] = None
) -> tuple[User, Optional[str]]:
    """Add somebody.

    Args:
        accounts: the database.
        name: to sign in with; small letters, digits, full stop, hyphen and underscore.
        full_name: how people call them; the name where it is empty.
        role: what they may do.
        actor: who adds them, for the log.
        password: theirs; None for a set-up link with which they choose one.

    Returns:
        The user, and the token of the set-up link where one was made.

    Raises:
        NameRefused: a name can't be used.
        NameTaken: somebody has it.
        PasswordRefused: the password breaks a rule.
    """
    name, full_name = _login_name(name), _shown_name(full_name) or _login_name(name)
    hashed = None
    if password is not None:
        check_password(password, name)
        hashed = accounts.passwords.hash(password)
    with accounts.write() as connection:
        if connection.execute(sa.select(_u.id).where(_u.name == name)).first():
            raise NameTaken(f"Đã có người dùng '{name}'. Bạn chọn tên khác.")
        connection.execute(
            sa.insert(users).values(
                name=name,
                full_name=full_name,
                role=role.value,
                disabled=False,
                password_hash=hashed,
                created_at=utcnow(),
            )
        )
        row = connection.execute(sa.select(users).where(_u.name == name)).one()
        link = None if password is not None else _open_link(connection, row.id)
        record(connection, Event.USER_ADDED, actor, name, details=role.label)
        return user_of(row_of_id(connection, row.id)), link


def set_role(accounts: Accounts, user_id: int, role: Role, *, actor: str) -> User:
    """Give somebody another role; their sessions end, so that each session has one role from beginning to end.

    Raises:
        UserUnknown: there is no such user.
        OwnAccount: it is the actor's own.
        LastAdministrator: nobody would be left to look after users.
    """
    with accounts.write() as connection:
        row = _other(connection, user_id, actor)
        if row.role == role.value:
            return user_of(row)
        if role is not Role.ADMINISTRATOR:
            _keep_an_administrator(connection, row)
        connection.execute(sa.update(users).where(_u.id == user_id).values(role=role.value))
        sessions.end_all(connection, user_id)
        record(connection, Event.ROLE_CHANGED, actor, row.name, details=f"{Role(row.role).label} → {role.label}")
        return user_of(row_of_id(connection, user_id))


def set_disabled(accounts: Accounts, user_id: int, disabled: bool, *, actor: str) -> User:
    """Lock somebody out, or let them in again; their sessions end.

    Raises:
        UserUnknown: there is no such user.
        OwnAccount: it is the actor's own.
        LastAdministrator: nobody would be left to look after users.
    """
    with accounts.write() as connection:
        row = _other(connection, user_id, actor)
        if disabled:
            _keep_an_administrator(connection, row)
        connection.execute(
            sa.update(users).where(_u.id == user_id).values(disabled=disabled, setup_hash=None, setup_until=None)
        )
        sessions.end_all(connection, user_id)
        record(connection, Event.DISABLED if disabled else Event.ENABLED, actor, row.name)
        return user_of(row_of_id(connection, user_id))


def set_full_name(accounts: Accounts, user_id: int, full_name: str, *, actor: str) -> User:
    """Call somebody otherwise.

    Raises:
        UserUnknown: there is no such user.
        NameRefused: the name is empty or too long.
    """
    shown = _shown_name(full_name)
    if not shown:
        raise NameRefused("Bạn ghi tên hiển thị, ví dụ: Nguyễn Thị Hoa.")
    with accounts.write() as connection:
        row = row_of_id(connection, user_id)
        connection.execute(sa.update(users).where(_u.id == user_id).values(full_name=shown))
        record(connection, Event.NAMED, actor, row.name)
        return user_of(row_of_id(connection, user_id))


def reset(accounts: Accounts, user_id: int, *, actor: str) -> tuple[User, str]:
    """Take somebody's password away and open a set-up link; their sessions end. Their one-time codes stay.

    Returns:
        The user and the token of the link.

    Raises:
        UserUnknown: there is no such user.
        OwnAccount: it is the actor's own.
    """
    with accounts.write() as connection:
        row = _other(connection, user_id, actor)
        connection.execute(sa.update(users).where(_u.id == user_id).values(password_hash=None))
        token = _open_link(connection, user_id)
        sessions.end_all(connection, user_id)
        record(connection, Event.PASSWORD_RESET, actor, row.name)
        return user_of(row_of_id(connection, user_id)), token


def end_sessions(accounts: Accounts, user_id: int, *, actor: str, but: str = "") -> int:
    """Sign somebody out everywhere; returns of how many sessions.

    Args:
        accounts: the database.
        user_id: whose sessions.
        actor: who does it, for the log.
        but: key of a session that stays.

    Raises:
        UserUnknown: there is no such user.
    """
    with accounts.write() as connection:
        row = row_of_id(connection, user_id)
        ended = sessions.end_all(connection, user_id, but=but)
        record(connection, Event.SESSIONS_ENDED, actor, row.name, details=f"{ended} phiên")
        return ended


def codes_off(accounts: Accounts, user_id: int, *, actor: str) -> User:
    """Let somebody sign in without one-time codes, whose telephone is gone; their sessions end.

    Raises:
        UserUnknown: there is no such user.
    """
    with accounts.write() as connection:
        row = row_of_id(connection, user_id)
        connection.execute(
            sa.update(users).where(_u.id == user_id).values(totp_secret=None, totp_pending=None, totp_step=None)
        )
        connection.execute(sa.delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
        sessions.end_all(connection, user_id)
        record(connection, Event.CODES_OFF, actor, row.name)
        return user_of(row_of_id(connection, user_id))


def _open_link(connection: Connection, user_id: int) -> str:
    token = new_token()
    connection.execute(
        sa.update(users).where(_u.id == user_id).values(setup_hash=digest(token), setup_until=utcnow() + SETUP_LASTS)
    )
    return token


def _other(connection: Connection, user_id: int, actor: str) -> Any:
    row = row_of_id(connection, user_id)
    if row.name == actor:
        raise OwnAccount("Bạn không tự đổi vai trò, khóa hay cấp lại tài khoản của mình được. Nhờ quản trị viên khác.")
    return row


def _keep_an_administrator(connection: Connection, row: Any) -> None:
    """See that somebody else can look after the users when this one can't any more."""
    # The rows are locked, so that two administrators can't take each other's role away at once.
    others = connection.execute(
        sa.select(_u.id)
        .where(_u.role == Role.ADMINISTRATOR.value, sa.not_(_u.disabled), _u.id != row.id)
        .with_for_update()
    ).all()
    if row.role == Role.ADMINISTRATOR.value and not others:
        raise LastAdministrator("Đây là quản trị viên cuối cùng. Bạn thêm một quản trị viên khác trước đã.")


def _login_name(name: str) -> str:
    folded = name.strip().lower()
    if not _NAME.fullmatch(folded):
        raise NameRefused(
            "Tên đăng nhập có từ 3 đến 40 ký tự: chữ không dấu, số, dấu chấm, gạch nối, gạch dưới. Ví dụ: hoa.nguyen"
        )
    return folded


def _shown_name(full_name: str) -> str:
    shown = " ".join(unicodedata.normalize("NFC", full_name).split())
    if len(shown) > LONGEST_FULL_NAME or not all(letter.isprintable() for letter in shown):
        raise NameRefused(f"Tên hiển thị dài nhất {LONGEST_FULL_NAME} ký tự, trên một dòng.")
    return shown
