"""Sessions: a random token in the browser, its hash in the table; they end by themselves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from accounts.database import Accounts, utcnow
from accounts.tables import sessions, users
from accounts.tokens import digest, new_token
from accounts.users import User, user_of
from settings.console import session_hours, session_idle_minutes

PENDING = dt.timedelta(minutes=5)
"""How long somebody may look for the one-time code."""
_TOUCH = dt.timedelta(minutes=1)
"""How exactly the time of the last look is kept: a write for every page would be too many."""

_s = sessions.c


@dataclass(frozen=True)
class Session:
    """Somebody who has signed in.

    Attributes:
        key: what the table knows the session by.
        user: whose it is.
        pending: the password was right, the one-time code is still wanted.
        started_at: when, UTC.
    """

    key: str
    user: User
    pending: bool
    started_at: dt.datetime


def start(connection: Connection, user_id: int, *, pending: bool) -> str:
    """Begin a session within a transaction; returns its token."""
    now, token = utcnow(), new_token()
    connection.execute(
        sa.insert(sessions).values(
            token_hash=digest(token), user_id=user_id, pending=pending, started_at=now, seen_at=now
        )
    )
    return token


def find(accounts: Accounts, token: str) -> Optional[Session]:
    """The session of a token; None where there is none, it has ended, or its user is disabled."""
    now = utcnow()
    with accounts.read() as connection:
        row: Any = connection.execute(
            sa.select(users, *_s).join(sessions, _s.user_id == users.c.id).where(_s.token_hash == digest(token))
        ).one_or_none()
    if row is None or row.disabled or not _alive(row, now):
        return None
    if now - row.seen_at >= _TOUCH:
        with accounts.write() as connection:
            connection.execute(sa.update(sessions).where(_s.token_hash == row.token_hash).values(seen_at=now))
    return Session(row.token_hash, user_of(row), row.pending, row.started_at)


def _alive(row: Any, now: dt.datetime) -> bool:
    if row.pending:
        return bool(now - row.started_at < PENDING)
    return bool(
        now - row.seen_at < dt.timedelta(minutes=session_idle_minutes())
        and now - row.started_at < dt.timedelta(hours=session_hours())
    )


def end(connection: Connection, key: str) -> None:
    """End one session within a transaction."""
    connection.execute(sa.delete(sessions).where(_s.token_hash == key))


def end_all(connection: Connection, user_id: int, *, but: str = "") -> int:
    """End a user's sessions within a transaction, all but one; returns how many."""
    return int(connection.execute(sa.delete(sessions).where(_s.user_id == user_id, _s.token_hash != but)).rowcount)


def sweep(connection: Connection) -> None:
    """Delete what has ended by itself."""
    now = utcnow()
    connection.execute(
        sa.delete(sessions).where(
            sa.or_(
                _s.seen_at < now - dt.timedelta(minutes=session_idle_minutes()),
                _s.started_at < now - dt.timedelta(hours=session_hours()),
                sa.and_(_s.pending, _s.started_at < now - PENDING),
            )
        )
    )


def count_sessions(accounts: Accounts) -> dict[int, int]:
    """How many sessions each user has, by the user's id."""
    now = utcnow()
    with accounts.read() as connection:
        rows = connection.execute(sa.select(sessions).where(sa.not_(_s.pending))).all()
    found: dict[int, int] = {}
    for row in rows:
        if _alive(row, now):
            found[row.user_id] = found.get(row.user_id, 0) + 1
    return found
