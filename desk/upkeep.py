"""What time does to conversations: silence ends them, nobody's turn goes back to the queue, old texts go."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import outgoing, words
from desk.citizen import State, close_row
from desk.conversations import put_back
from desk.database import Desk
from desk.hours import is_open
from desk.outgoing import Kind
from desk.tables import followers, handovers, messages, presence
from desk.tables import outgoing as outgoing_table
from settings.desk import DeskSettings
from storage.transactions import utcnow

UNANSWERED_DAYS = 7
"""Days after which a question that nobody took up is given up, with an apology."""
HELD_DAYS = 30
"""Days for which something is held for a person who can't be written to at the moment; also how long the browser of
a web page remembers who it is."""
_row = handovers.c
_out = outgoing_table.c


def tidy(desk: Desk, settings: DeskSettings) -> int:
    """One round; returns how many conversations it moved. Any number of processes may do it."""
    now = utcnow()
    silent = now - dt.timedelta(minutes=settings.silence)
    claimed = _row.state == State.CLAIMED.value
    unanswered = sa.or_(_row.staff_at.is_(None), _row.citizen_at > _row.staff_at)
    moved = 0
    with desk.begin() as connection:
        over = sa.and_(claimed, sa.not_(unanswered), _row.staff_at < silent)
        for row in _locked(connection, over):
            moved += _close(connection, row, "silence", "ended_by_silence")
        # A member of the staff who left: somebody else may take it up.
        waited = sa.and_(claimed, unanswered, _row.citizen_at < silent, _row.claimed_at < silent)
        for row in _locked(connection, waited):
            put_back(connection, row)
            moved += 1
        forgotten = sa.and_(
            _row.state == State.WAITING.value, _row.citizen_at < now - dt.timedelta(days=UNANSWERED_DAYS)
        )
        for row in _locked(connection, forgotten):
            moved += _close(connection, row, "unanswered", "unanswered")
        if is_open(now, settings):
            moved += _apologise(connection, now, settings)
    return moved


def _apologise(connection: Connection, now: dt.datetime, settings: DeskSettings) -> int:
    """Tell those who have waited long, once; of the questions left overnight nobody promised a time of day."""
    late = now - dt.timedelta(minutes=settings.patience)
    waiting = sa.and_(
        _row.state == State.WAITING.value, _row.sorry_at.is_(None), _row.left.is_(False), _row.asked_at < late
    )
    rows = _locked(connection, waiting)
    for row in rows:
        connection.execute(sa.update(handovers).where(_row.id == row.id).values(sorry_at=now))
        outgoing.put(connection, row.sender, row.channel, Kind.WORD, words.say("takes_long"))
    return len(rows)


def _locked(connection: Connection, which: Any) -> list[Any]:
    """Rows that nobody else is moving at the moment."""
    query = sa.select(handovers).where(which).order_by(_row.id).limit(100).with_for_update(skip_locked=True)
    return list(connection.execute(query).all())


def _close(connection: Connection, row: Any, by: str, told: str) -> int:
    if not close_row(connection, row.id, by):
        return 0
    outgoing.put(connection, row.sender, row.channel, Kind.WORD, words.say(told))
    return 1


def purge(desk: Desk, settings: DeskSettings) -> int:
    """Delete what is past its time; returns how many rows.

    Closed conversations go with their texts; what was held for somebody who didn't come back is given up.
    """
    now = utcnow()
    old = now - dt.timedelta(days=settings.keep_days)
    held = now - dt.timedelta(days=HELD_DAYS)
    ended = sa.select(_row.id).where(_row.state == State.CLOSED.value, _row.closed_at < old)
    ends = ("sent", "unsure", "refused", "dropped")
    steps: tuple[Any, ...] = (
        sa.delete(messages).where(messages.c.handover_id.in_(ended)),
        sa.delete(handovers).where(_row.state == State.CLOSED.value, _row.closed_at < old),
        sa.delete(outgoing_table).where(_out.state.in_(ends), _out.changed_at < old),
        sa.delete(outgoing_table).where(_out.state.in_(("waiting", "held")), _out.created_at < held),
        sa.delete(presence).where(presence.c.seen_at < old),
    )
    with desk.begin() as connection:
        return sum(connection.execute(step).rowcount for step in steps)


def forget(connection: Connection, sender: str) -> None:
    """Delete everything that the desk keeps of a person, within the caller's transaction."""
    theirs = sa.select(_row.id).where(_row.sender == sender)
    connection.execute(sa.delete(messages).where(messages.c.handover_id.in_(theirs)))
    for table in (handovers, outgoing_table, followers):
        connection.execute(sa.delete(table).where(table.c.sender == sender))
