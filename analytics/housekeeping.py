"""What is old goes, what is over is counted, and what nobody has to look at is forgotten soon."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from analytics import tables as t
from analytics.log import SILENCE, Reason, forget_rollups, vietnam_day
from analytics.rollups import roll_up
from analytics.turns import person_of
from answers.outcome import Outcome

TIDY_EVERY = 600.0
"""Seconds between looks at what is over: turns that nothing went wrong with, and days to be counted."""
FORGET_AFTER = 2 * SILENCE
"""Time after which a text without a reason is deleted: the next turn would have come by then."""


def tidy(engine: Engine, now: dt.datetime) -> None:
    """What should be done every few minutes: texts that need no settling, days to count, marks of yesterday.

    Args:
        engine: the database.
        now: UTC without a zone.
    """
    text, turn = t.texts.c, t.turns.c
    over = now - FORGET_AFTER
    # The last word of a conversation was a question of ours: nobody chose.
    left = sa.select(turn.key).where(
        turn.outcome == Outcome.ASKED_BACK.value, turn.at < over, ~_followed(), turn.key.in_(
            sa.select(text.key).where(text.reason.is_(None), text.at < over)
        )
    )  # fmt: skip
    today = vietnam_day(now)
    with engine.begin() as connection:
        connection.execute(sa.update(t.texts).where(text.key.in_(left)).values(reason=Reason.NO_CHOICE.value))
        connection.execute(sa.delete(t.texts).where(text.reason.is_(None), text.at < over))
        connection.execute(sa.delete(t.link_marks).where(t.link_marks.c.day < today))
    roll_up(engine, today)


def _followed() -> Any:
    """Whether the conversation went on after a turn."""
    later = t.turns.alias()
    went_on = sa.and_(later.c.conversation == t.turns.c.conversation, later.c.id > t.turns.c.id)
    return sa.exists(sa.select(later.c.id).where(went_on))


def purge(engine: Engine, *, texts_before: dt.datetime, turns_before: dt.date) -> int:
    """Delete texts and turns past their time, and who the people of counted days were; the bare counts stay.

    Args:
        engine: the database.
        texts_before: UTC without a zone.
        turns_before: day in Vietnam.

    Returns:
        How many rows were deleted.
    """
    rollup = t.rollups.c
    # Counted first, or what is deleted would never have been counted.
    while roll_up(engine, turns_before):
        pass
    with engine.begin() as connection:
        texts = connection.execute(sa.delete(t.texts).where(t.texts.c.at < texts_before)).rowcount
        turns = connection.execute(sa.delete(t.turns).where(t.turns.c.day < turns_before)).rowcount
        connection.execute(
            sa.update(t.rollups).where(rollup.start < turns_before, rollup.people != b"").values(people=b"")
        )
    return texts + turns


def erase(engine: Engine, sender: str) -> int:
    """Delete all turns and texts of a sender; the days they were on are counted anew without them.

    Args:
        engine: the database.
        sender: as the channels know it ('tg:700000001').

    Returns:
        How many rows were deleted.
    """
    person = person_of(sender)
    with engine.begin() as connection:
        days = connection.execute(sa.select(t.turns.c.day).where(t.turns.c.person == person).distinct()).scalars().all()
        gone = [connection.execute(sa.delete(table).where(table.c.person == person)).rowcount for table in _PERSONAL]
        for day in days:
            forget_rollups(connection, day)
        _forget_in_rollups(connection, person)
    return sum(gone)


def _forget_in_rollups(connection: Connection, person: int) -> None:
    """Take a person out of what is left of counted months."""
    rollup = t.rollups.c
    number = np.int64(person).astype("<i8").tobytes()
    for row in connection.execute(sa.select(rollup.span, rollup.start, rollup.channel, rollup.people)).all():
        if number in row.people:
            people = np.frombuffer(row.people, dtype="<i8")
            kept = people[people != person].tobytes()
            key = (rollup.span == row.span, rollup.start == row.start, rollup.channel == row.channel)
            connection.execute(sa.update(t.rollups).where(*key).values(people=kept))


def export(engine: Engine, sender: str) -> dict[str, list[dict[str, object]]]:
    """All rows of a sender by table, for a person who asks what is kept of them."""
    person = person_of(sender)
    with engine.connect() as connection:
        return {
            table.name: [
                dict(row) for row in connection.execute(sa.select(table).where(table.c.person == person)).mappings()
            ]
            for table in _PERSONAL
        }


_PERSONAL = (t.turns, t.texts)
"""Tables with rows of single people."""
