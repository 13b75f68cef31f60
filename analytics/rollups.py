"""Count each day and month once it is over, so that a dashboard reads a few rows instead of a million."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from analytics import tables as t
from analytics.tally import COLUMNS, Counting, Tally, total
from knowledge import tables as knowledge

DAYS_AT_ONCE = 60
"""Days counted in one go; a year that was never counted takes a few goes, between which turns are written."""


def roll_up(engine: Engine, today: dt.date, most: int = DAYS_AT_ONCE) -> int:
    """Count days that are over and aren't counted yet, then whole months; a transaction for each.

    Args:
        engine: the database.
        today: in Vietnam; the day that isn't over yet.
        most: days to count at most.

    Returns:
        How many days were counted.
    """
    missing = _missing_days(engine, today)[:most]
    for day in missing:
        with engine.begin() as connection:
            _write(connection, "day", day, _tallies_of_day(connection, day))
    with engine.connect() as connection:
        months = _missing_months(connection, today)
    for month in months:
        with engine.begin() as connection:
            _write(connection, "month", month, _tallies_of_month(connection, month))
    return len(missing)


def counted(connection: Connection, span: str, since: dt.date, until: dt.date) -> set[dt.date]:
    """Days or months (their first day) of a period, both ends included, that are counted."""
    rollup = t.rollups.c
    wanted = (rollup.span == span, rollup.start.between(since, until), rollup.channel == "")
    return set(connection.execute(sa.select(rollup.start).where(*wanted)).scalars())


def month_after(month: dt.date) -> dt.date:
    """The first day of the next month."""
    return (month.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def days_between(since: dt.date, until: dt.date) -> Iterator[dt.date]:
    """Every day of a period, both ends included."""
    for number in range((until - since).days + 1):
        yield since + dt.timedelta(days=number)


def _missing_days(engine: Engine, today: dt.date) -> list[dt.date]:
    with engine.connect() as connection:
        first = connection.execute(sa.select(sa.func.min(t.turns.c.day))).scalar()
        if first is None:
            return []
        yesterday = today - dt.timedelta(days=1)
        there = counted(connection, "day", first, yesterday)
    return [day for day in days_between(first, yesterday) if day not in there]


def _missing_months(connection: Connection, today: dt.date) -> list[dt.date]:
    """Months that are over, have all their days and aren't counted."""
    days = counted(connection, "day", dt.date.min, today)
    months = {day.replace(day=1) for day in days} - counted(connection, "month", dt.date.min, today)
    whole = []
    for month in sorted(months):
        last = month_after(month) - dt.timedelta(days=1)
        if last < today and all(day in days for day in days_between(max(month, min(days)), last)):
            whole.append(month)
    return whole


def areas(connection: Connection) -> dict[str, str]:
    """The group of each procedure that has one."""
    procedure = knowledge.procedures.c
    found = connection.execute(sa.select(procedure.code, procedure.area).where(procedure.area.isnot(None)))
    return {row.code: row.area for row in found}


def _tallies_of_day(connection: Connection, day: dt.date) -> dict[tuple[str, str], Tally]:
    """Tallies by channel and group; with the group '' of all turns."""
    group = areas(connection)
    made: dict[tuple[str, str], Counting] = {}
    for turn in connection.execute(sa.select(*COLUMNS).where(t.turns.c.day == day)):
        made.setdefault((turn.channel, ""), Counting()).add(turn)
        if area := group.get(turn.procedure):
            made.setdefault((turn.channel, area), Counting()).add(turn)
    return {key: counting.done() for key, counting in made.items()}


def _tallies_of_month(connection: Connection, month: dt.date) -> dict[tuple[str, str], Tally]:
    rollup = t.rollups.c
    wanted = (rollup.span == "day", rollup.start >= month, rollup.start < month_after(month), rollup.channel != "")
    columns = (rollup.channel, rollup.area, rollup.figures, rollup.people)
    found: dict[tuple[str, str], list[Tally]] = {}
    for row in connection.execute(sa.select(*columns).where(*wanted)):
        found.setdefault((row.channel, row.area), []).append(Tally.from_json(row.figures, row.people))
    return {key: total(tallies) for key, tallies in found.items()}


def _write(connection: Connection, span: str, start: dt.date, tallies: dict[tuple[str, str], Tally]) -> None:
    rollup = t.rollups.c
    connection.execute(sa.delete(t.rollups).where(rollup.span == span, rollup.start == start))
    rows = [
        {
            "span": span,
            "start": start,
            "channel": channel,
            "area": area,
            "figures": tally.as_json(),
            "people": tally.people.astype("<i8").tobytes(),
        }
        for (channel, area), tally in {("", ""): Tally(), **tallies}.items()
    ]
    connection.execute(sa.insert(t.rollups), rows)
