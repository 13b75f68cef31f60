"""Locking out whoever guesses: failures are counted for a name and for an address, and each one costs more waiting.

A name that nobody has is counted like any other, so nothing is learnt from the waiting.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from accounts.database import utcnow
from accounts.tables import sign_in_attempts
from settings.secrets import session_secret

LONGEST_MEMORY = dt.timedelta(hours=24)
"""Failures older than this don't count any more, whatever they were."""
_a = sign_in_attempts.c


@dataclass(frozen=True)
class Limit:
    """How patient we are.

    Attributes:
        free: failures before the first waiting.
        first: the first waiting; each further failure doubles it.
        longest: the bound of it. It is short for a name, or anybody could keep somebody else out.
        forgotten: quiet time after which failures don't count any more. It is short for an address: all people of an
            office may share one, and everybody mistypes now and then.
    """

    free: int
    first: dt.timedelta
    longest: dt.timedelta
    forgotten: dt.timedelta = LONGEST_MEMORY

    def waiting(self, failures: int) -> dt.timedelta:
        """How long to wait after so many failures."""
        if failures < self.free:
            return dt.timedelta()
        return min(self.first * 2 ** min(failures - self.free, 20), self.longest)


NAME = Limit(free=5, first=dt.timedelta(seconds=30), longest=dt.timedelta(minutes=15))
ADDRESS = Limit(
    free=50, first=dt.timedelta(minutes=1), longest=dt.timedelta(hours=1), forgotten=dt.timedelta(minutes=15)
)
CODE = Limit(free=5, first=dt.timedelta(seconds=30), longest=dt.timedelta(minutes=15))


@dataclass(frozen=True)
class Counted:
    """What is counted: a kind ('name', 'address', 'code') with its limit and the value."""

    limit: Limit
    kind: str
    value: str

    @property
    def key(self) -> str:
        """A keyed hash: the table tells neither names nor addresses."""
        key = session_secret().encode()[:64]
        return hashlib.blake2b(f"{self.kind}:{self.value}".encode(), key=key, digest_size=32).hexdigest()


def begin(connection: Connection, counted: list[Counted]) -> dt.timedelta:
    """Count an attempt as a failure before it is looked at, so that many at once don't slip through.

    Args:
        connection: a transaction of its own.
        counted: what is counted.

    Returns:
        How long to wait; nothing is counted and nothing may be looked at then. Zero where it may go on.
    """
    now = utcnow()
    # Always in one order: two attempts never wait for each other.
    rows = [(one, _row(connection, one.key, now)) for one in sorted(counted, key=lambda one: one.key)]
    waiting = max((row.locked_until - now for _, row in rows if row.locked_until), default=dt.timedelta())
    if waiting > dt.timedelta():
        return waiting
    for one, row in rows:
        quiet = now - max(row.failed_at, row.locked_until or row.failed_at)
        failures = 1 + (row.failures if quiet < one.limit.forgotten else 0)
        pause = one.limit.waiting(failures)
        connection.execute(
            sa.update(sign_in_attempts)
            .where(_a.key == one.key)
            .values(failures=failures, failed_at=now, locked_until=now + pause if pause else None)
        )
    return dt.timedelta()


def succeeded(connection: Connection, counted: list[Counted]) -> None:
    """Forget the failures of a name, and of an address the one that was counted beforehand."""
    for one in counted:
        if one.kind == "address":
            connection.execute(
                sa.update(sign_in_attempts)
                .where(_a.key == one.key, _a.failures > 0)
                .values(failures=_a.failures - 1, locked_until=None)
            )
        else:
            connection.execute(sa.delete(sign_in_attempts).where(_a.key == one.key))


def locked(connection: Connection, counted: list[Counted]) -> bool:
    """Say whether the attempt just counted has begun a waiting."""
    keys = [one.key for one in counted]
    query = sa.select(_a.key).where(_a.key.in_(keys), _a.locked_until.isnot(None))
    return connection.execute(query).first() is not None


def sweep(connection: Connection) -> None:
    """Delete what doesn't count any more."""
    connection.execute(sa.delete(sign_in_attempts).where(_a.failed_at < utcnow() - LONGEST_MEMORY))


def _row(connection: Connection, key: str, now: dt.datetime) -> Any:
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    connection.execute(insert(sign_in_attempts).values(key=key, failures=0, failed_at=now).on_conflict_do_nothing())
    return connection.execute(sa.select(sign_in_attempts).where(_a.key == key).with_for_update()).one()
