"""The log of sign-ins, refusals and changes of users: who, what, to whom, when. No password, no token, no address."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from accounts.database import Accounts, utcnow
from accounts.tables import account_events
from settings.secrets import session_secret

NOBODY = "-"
"""The actor where nobody has signed in."""
TERMINAL = "motcua"
"""The actor where the command line was used."""


class Event(str, Enum):
    """What happened."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    LOCKED_OUT = "locked_out"
    SIGNED_OUT = "signed_out"
    REFUSED = "refused"
    USER_ADDED = "user_added"
    ROLE_CHANGED = "role_changed"
    NAMED = "named"
    DISABLED = "disabled"
    ENABLED = "enabled"
    PASSWORD_RESET = "password_reset"  # the name of an event, not a secret
    PASSWORD_CHANGED = "password_changed"
    SESSIONS_ENDED = "sessions_ended"
    CODES_ON = "codes_on"
    CODES_OFF = "codes_off"
    RECOVERY_CODE_USED = "recovery_code_used"

    @property
    def label(self) -> str:
        """The event in the words of people."""
        return _TITLES[self]


_TITLES = {
    Event.SIGNED_IN: "đăng nhập",
    Event.SIGN_IN_FAILED: "đăng nhập không được",
    Event.LOCKED_OUT: "bị khóa tạm vì thử sai nhiều lần",
    Event.SIGNED_OUT: "đăng xuất",
    Event.REFUSED: "bị từ chối",
    Event.USER_ADDED: "thêm người dùng",
    Event.ROLE_CHANGED: "đổi vai trò",
    Event.NAMED: "đổi tên hiển thị",
    Event.DISABLED: "khóa tài khoản",
    Event.ENABLED: "mở khóa tài khoản",
    Event.PASSWORD_RESET: "cấp lại mật khẩu",
    Event.PASSWORD_CHANGED: "đặt mật khẩu",
    Event.SESSIONS_ENDED: "kết thúc các phiên",
    Event.CODES_ON: "bật mã xác thực",
    Event.CODES_OFF: "tắt mã xác thực",
    Event.RECOVERY_CODE_USED: "dùng mã dự phòng",
}


@dataclass(frozen=True)
class Entry:
    """A line of the log.

    Attributes:
        at: when, UTC.
        event: what.
        actor: name of the user who did it; ``NOBODY`` or ``TERMINAL``.
        subject: name of the user to whom it was done.
        details: in words, short.
        address: tells addresses apart.
    """

    at: dt.datetime
    event: Event
    actor: str
    subject: Optional[str]
    details: Optional[str]
    address: Optional[str]


def record(
    connection: Connection,
    event: Event,
    actor: str,
    subject: Optional[str] = None,
    *,
    details: Optional[str] = None,
    address: Optional[str] = None,
) -> None:
    """Write a line within a transaction.

    Args:
        connection: the transaction.
        event: what happened.
        actor: name of the user who did it.
        subject: name of the user to whom it was done.
        details: at most 200 characters.
        address: as ``fingerprint`` gives it.
    """
    connection.execute(
        sa.insert(account_events).values(
            at=utcnow(),
            event=event.value,
            actor=actor,
            subject=subject,
            details=details[:200] if details else None,
            address=address,
        )
    )


def fingerprint(address: str) -> str:
    """Ten characters by which addresses are told apart, and which say nothing of where somebody is."""
    return hashlib.blake2b(address.encode(), key=session_secret().encode()[:64], digest_size=5).hexdigest()


def read_events(accounts: Accounts, *, limit: int, offset: int = 0) -> tuple[list[Entry], int]:
    """Lines of the log, newest first, and how many there are in all."""
    t = account_events.c
    with accounts.read() as connection:
        count = connection.execute(sa.select(sa.func.count()).select_from(account_events)).scalar_one()
        rows = connection.execute(sa.select(account_events).order_by(t.id.desc()).limit(limit).offset(offset)).all()
    return [Entry(row.at, Event(row.event), row.actor, row.subject, row.details, row.address) for row in rows], count
