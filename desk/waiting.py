"""How long people wait for the staff, and whether anybody is there."""

from __future__ import annotations

import datetime as dt
import math
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk.database import Desk
from desk.tables import handovers, presence
from storage.transactions import utcnow

_SAMPLE = 20
"""Conversations taken up last from which the usual wait is told."""
_RECENT = dt.timedelta(days=14)
_PRESENT = dt.timedelta(minutes=3)
"""For how long somebody who looked at the queue counts as there; its page looks every few seconds."""
_row = handovers.c


def be_present(desk: Desk, staff: str) -> None:
    """Note that somebody of the staff has the queue before them."""
    now = utcnow()
    with desk.begin() as connection:
        mine = presence.c.staff == staff
        if connection.execute(sa.update(presence).where(mine).values(seen_at=now)).rowcount:
            return
        row = {"staff": staff, "seen_at": now}
        if connection.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert

            connection.execute(insert(presence).values(row).on_conflict_do_nothing())
        else:
            connection.execute(sa.insert(presence).values(row))


def staffed(connection: Connection, now: dt.datetime) -> bool:
    """Say whether anybody of the staff is there."""
    query = sa.select(presence.c.staff).where(presence.c.seen_at > now - _PRESENT)
    return connection.execute(query.limit(1)).first() is not None


def usual(desk: Desk) -> Optional[int]:
    """``usual_minutes`` at this moment, for the staff."""
    with desk.begin() as connection:
        return usual_minutes(connection, utcnow())


def usual_minutes(connection: Connection, now: dt.datetime) -> Optional[int]:
    """The median wait of late, in whole minutes upwards; None where nobody waited lately.

    Questions left outside working hours wait for the morning and don't count.
    """
    query = (
        sa.select(_row.asked_at, _row.claimed_at)
        .where(_row.claimed_at > now - _RECENT, _row.left.is_(False))
        .order_by(_row.claimed_at.desc())
        .limit(_SAMPLE)
    )
    waits = sorted((row.claimed_at - row.asked_at).total_seconds() for row in connection.execute(query))
    return max(1, math.ceil(waits[len(waits) // 2] / 60)) if waits else None
