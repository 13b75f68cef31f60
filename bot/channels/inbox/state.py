"""Small values that all processes of a channel share, and leases that one process holds."""

from __future__ import annotations

import datetime as dt
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.channels.inbox.database import Inbox, utcnow
from bot.channels.inbox.tables import channel_state


def get(inbox: Inbox, name: str) -> Optional[str]:
    """A value, or None."""
    with inbox.begin() as connection:
        return connection.execute(
            sa.select(channel_state.c.value).where(channel_state.c.name == name)
        ).scalar_one_or_none()


def put(inbox: Inbox, name: str, value: Optional[str]) -> None:
    """Keep a value; committed when this returns."""
    _ensure(inbox, name)
    with inbox.begin() as connection:
        connection.execute(sa.update(channel_state).where(channel_state.c.name == name).values(value=value))


def take(inbox: Inbox, name: str, owner: str, seconds: float) -> bool:
    """Take or renew a lease; True where it is ours until ``seconds`` from now.

    Args:
        inbox: the database.
        name: the lease's name; shares the names of values.
        owner: who asks, up to 40 characters, different for each process.
        seconds: how long it holds.
    """
    _ensure(inbox, name)
    now = utcnow()
    table = channel_state.c
    free = sa.or_(table.owner.is_(None), table.owner == owner, table.until.is_(None), table.until < now)
    with inbox.begin() as connection:
        taken = connection.execute(
            sa.update(channel_state)
            .where(table.name == name, free)
            .values(owner=owner, until=now + dt.timedelta(seconds=seconds))
        )
        return bool(taken.rowcount)


def release(inbox: Inbox, name: str, owner: str) -> None:
    """Give a lease back before its time."""
    table = channel_state.c
    with inbox.begin() as connection:
        connection.execute(
            sa.update(channel_state).where(table.name == name, table.owner == owner).values(owner=None, until=None)
        )


def _ensure(inbox: Inbox, name: str) -> None:
    try:
        with inbox.begin() as connection:
            if not connection.execute(
                sa.select(channel_state.c.name).where(channel_state.c.name == name)
            ).scalar_one_or_none():
                connection.execute(sa.insert(channel_state).values(name=name))
    except IntegrityError:  # another process made the row in between
        pass
