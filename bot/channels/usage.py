"""How many messages a month brought, for allowances that a platform doesn't tell us about."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from bot.channels.inbox import state
from bot.channels.inbox.database import Inbox, utcnow
from bot.channels.inbox.tables import channel_state


def _name(what: str, day: dt.date) -> str:
    return f"{what} {day:%Y-%m}"


def count(inbox: Inbox, what: str) -> None:
    """Count one more this month ('zalobot sent')."""
    name, table = _name(what, utcnow()), channel_state.c
    more = sa.cast(sa.cast(sa.func.coalesce(table.value, "0"), sa.Integer) + 1, sa.Text)
    with inbox.begin() as connection:
        done = connection.execute(sa.update(channel_state).where(table.name == name).values(value=more)).rowcount
    if not done:
        # Two processes may begin the month at once; the second then counts on the first one's row.
        if state.get(inbox, name) is None:
            state.put(inbox, name, "0")
        with inbox.begin() as connection:
            connection.execute(sa.update(channel_state).where(table.name == name).values(value=more))


def counted(inbox: Inbox, what: str) -> int:
    """How many this month."""
    return int(state.get(inbox, _name(what, utcnow())) or 0)
