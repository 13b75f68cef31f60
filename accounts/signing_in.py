"""Signing in and out, and what people do with their own account."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from accounts import attempts, codes, sessions
from accounts.attempts import Counted
from accounts.database import Accounts, utcnow
from accounts.errors import CodeRefused, LinkSpent, TooManyAttempts, WrongCredentials
from accounts.events import NOBODY, Event, record
from accounts.password_rules import LONGEST, check_password
from accounts.tables import users
from accounts.tokens import digest
from accounts.users import User, row_of_id, user_of

_u = users.c
_WRONG = "Tên đăng nhập hoặc mật khẩu không đúng. Bạn thử lại."


@dataclass(frozen=True)
class SignedIn:
    """What came of a sign-in.

    Attributes:
        token: of the session, for the browser.
        pending: the one-time code is still wanted.
    """

    token: str
    pending: bool


def sign_in(accounts: Accounts, name: str, password: str, *, address: str) -> SignedIn:
    """Begin a session with a name and a password.

    Args:
        accounts: the database.
        name: as typed.
        password: as typed.
        address: where it comes from, as ``events.fingerprint`` gives it.

    Raises:
        WrongCredentials: something isn't right, or the user is disabled.
        TooManyAttempts: there were too many failures.
    """
    name = name.strip().lower()
    counted = [Counted(attempts.NAME, "name", name), Counted(attempts.ADDRESS, "address", address)]
    _begin(accounts, counted)
    with accounts.read() as connection:
        row: Any = connection.execute(sa.select(users).where(_u.name == name)).one_or_none()
    usable = row is not None and not row.disabled and len(password) <= LONGEST
    right = accounts.passwords.fits(row.password_hash if usable else None, password[:LONGEST])
    renewed = accounts.passwords.hash(password) if right and accounts.passwords.outdated(row.password_hash) else None
    with accounts.write() as connection:
        if not right:
            _failed(connection, counted, row.name if row else None, address)
        else:
            attempts.succeeded(connection, counted)
            if renewed:
                connection.execute(sa.update(users).where(_u.id == row.id).values(password_hash=renewed))
            pending = row.totp_secret is not None
            return SignedIn(_start(connection, row, pending=pending, address=address), pending)
    raise WrongCredentials(_WRONG)


def confirm_code(accounts: Accounts, session: sessions.Session, code: str, *, address: str) -> SignedIn:
    """Go on with a session whose password was right; it gets another token.

    Raises:
        CodeRefused: the code isn't right or was used.
        TooManyAttempts: there were too many failures.
    """
    user = session.user
    counted = [Counted(attempts.CODE, "code", user.name), Counted(attempts.ADDRESS, "address", address)]
    _begin(accounts, counted)
    with accounts.write() as connection:
        row = row_of_id(connection, user.id)
        if row.totp_secret is not None and codes.accept(connection, row, code):
            attempts.succeeded(connection, counted)
            sessions.end(connection, session.key)
            return SignedIn(_start(connection, row, pending=False, address=address), False)
        _failed(connection, counted, row.name, address)
    raise CodeRefused("Mã không đúng hoặc đã dùng rồi. Bạn chờ mã mới rồi gõ lại.")


def sign_out(accounts: Accounts, session: sessions.Session) -> None:
    """End a session."""
    with accounts.write() as connection:
        sessions.end(connection, session.key)
        record(connection, Event.SIGNED_OUT, session.user.name)


def change_password(accounts: Accounts, session: sessions.Session, old: str, new: str, *, address: str) -> str:
    """Change one's own password; all other sessions end and this one gets another token.

    Returns:
        The token of the session.

    Raises:
        WrongCredentials: the old password isn't right.
        PasswordRefused: the new one breaks a rule.
        TooManyAttempts: there were too many failures.
    """
    check_password(new, session.user.name)
    check_own_password(accounts, session, old, address=address)
    hashed = accounts.passwords.hash(new)
    with accounts.write() as connection:
        row = row_of_id(connection, session.user.id)
        connection.execute(sa.update(users).where(_u.id == row.id).values(password_hash=hashed))
        sessions.end_all(connection, row.id)
        record(connection, Event.PASSWORD_CHANGED, row.name, row.name)
        return sessions.start(connection, row.id, pending=False)


def check_own_password(accounts: Accounts, session: sessions.Session, password: str, *, address: str) -> None:
    """See that whoever sits there knows the password: asked before an account is changed.

    Raises:
        WrongCredentials: it isn't right.
        TooManyAttempts: there were too many failures.
    """
    user = session.user
    counted = [Counted(attempts.NAME, "name", user.name), Counted(attempts.ADDRESS, "address", address)]
    _begin(accounts, counted)
    with accounts.read() as connection:
        kept: Optional[str] = connection.execute(sa.select(_u.password_hash).where(_u.id == user.id)).scalar_one()
    right = accounts.passwords.fits(kept, password[:LONGEST])
    with accounts.write() as connection:
        if right:
            attempts.succeeded(connection, counted)
            return
        _failed(connection, counted, user.name, address)
    raise WrongCredentials("Mật khẩu hiện tại không đúng. Bạn gõ lại.")


def user_of_link(accounts: Accounts, token: str) -> User:
    """Whose set-up link this is.

    Raises:
        LinkSpent: it was used, has run out, or never was.
    """
    with accounts.read() as connection:
        return user_of(_row_of_link(connection, token))


def set_up(accounts: Accounts, token: str, password: str) -> User:
    """Choose a password with a set-up link, which is spent by it.

    Raises:
        LinkSpent: it was used, has run out, or never was.
        PasswordRefused: the password breaks a rule.
    """
    check_password(password, user_of_link(accounts, token).name)
    hashed = accounts.passwords.hash(password)
    with accounts.write() as connection:
        row = _row_of_link(connection, token)
        connection.execute(
            sa.update(users).where(_u.id == row.id).values(password_hash=hashed, setup_hash=None, setup_until=None)
        )
        sessions.end_all(connection, row.id)
        record(connection, Event.PASSWORD_CHANGED, row.name, row.name)
        return user_of(row_of_id(connection, row.id))


def _row_of_link(connection: Connection, token: str) -> Any:
    query = sa.select(users).where(_u.setup_hash == digest(token)).with_for_update()
    row: Any = connection.execute(query).one_or_none()
    if row is None or row.disabled or row.setup_until <= utcnow():
        raise LinkSpent("Đường dẫn này đã dùng rồi hoặc đã hết hạn. Nhờ quản trị viên gửi đường dẫn mới.")
    return row


def _begin(accounts: Accounts, counted: list[Counted]) -> None:
    with accounts.write() as connection:
        waiting = attempts.begin(connection, counted)
    if waiting > dt.timedelta():
        minutes = math.ceil(waiting.total_seconds() / 60)
        raise TooManyAttempts(f"Thử sai nhiều lần quá. Bạn đợi {minutes} phút rồi thử lại.")


def _failed(connection: Connection, counted: list[Counted], subject: Optional[str], address: str) -> None:
    """Write down a failure; of a name that nobody has, the name isn't written: it may be a password."""
    event = Event.LOCKED_OUT if attempts.locked(connection, counted) else Event.SIGN_IN_FAILED
    record(connection, event, NOBODY, subject, address=address)


def _start(connection: Connection, row: Any, *, pending: bool, address: str) -> str:
    sessions.sweep(connection)
    attempts.sweep(connection)
    if not pending:
        connection.execute(sa.update(users).where(_u.id == row.id).values(signed_in_at=utcnow()))
        record(connection, Event.SIGNED_IN, row.name, address=address)
    return sessions.start(connection, row.id, pending=pending)
