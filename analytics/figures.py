"""Figures of any period, channel, group of procedures and ward, for leaders.

A conversation belongs to the day on which it began, with all its turns. What is over is read from roll-ups; today,
and any choice of a group or a ward, is counted from the turns themselves, which indexes make quick.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from analytics import rollups
from analytics import tables as t
from analytics.tally import COLUMNS, Counting, Tally, people_of, total

DAILY_UP_TO = 62
"""Days of a period that is told by days; a longer one is told by months."""


@dataclass(frozen=True)
class Choice:
    """What figures are wanted of.

    Attributes:
        since: first day in Vietnam.
        until: last day, included.
        channel: of the assistant ('web', 'telegram', ...); all where None.
        group: of procedures ('ho_tich', ...); only turns that were about one of its procedures count.
        place: today's ward, commune or special zone that a conversation has named.
    """

    since: dt.date
    until: dt.date
    channel: Optional[str] = None
    group: Optional[str] = None
    place: Optional[str] = None

    @property
    def daily(self) -> bool:
        """The course is told by days."""
        return (self.until - self.since).days < DAILY_UP_TO


@dataclass(frozen=True)
class Point:
    """A day or a month in the course of a period."""

    turns: int
    conversations: int
    people: int


@dataclass(frozen=True)
class Figures:
    """Figures of a choice.

    Attributes:
        whole: of the whole period.
        course: by day or by month (its first day), in order, none left out.
        opened: how often people opened a link to the portal, each counted once a day; None for a ward, which a link
            doesn't tell.
        links: the same by procedure, each person once a day for each.
    """

    whole: Tally
    course: dict[dt.date, Point]
    opened: Optional[int]
    links: Counter[str]


def figures(engine: Engine, choice: Choice) -> Figures:
    """Count; see Figures."""
    with engine.connect() as connection:
        parts = list(_parts(connection, choice))
        opened, links = _opened(connection, choice)
    course: dict[dt.date, list[Tally]] = {start: [] for start in _starts(choice)}
    for day, tally in parts:
        course[day if choice.daily else day.replace(day=1)].append(tally)
    points = {start: _point(tallies) for start, tallies in course.items()}
    return Figures(total([tally for _, tally in parts]), points, opened, links)


def _point(tallies: list[Tally]) -> Point:
    turns, conversations = sum(tally.turns for tally in tallies), sum(tally.conversations for tally in tallies)
    return Point(turns, conversations, len(people_of(tallies)))


def _starts(choice: Choice) -> Iterator[dt.date]:
    if choice.daily:
        yield from rollups.days_between(choice.since, choice.until)
        return
    month = choice.since.replace(day=1)
    while month <= choice.until:
        yield month
        month = rollups.month_after(month)


def _parts(connection: Connection, choice: Choice) -> Iterator[tuple[dt.date, Tally]]:
    """Tallies that make up the period, each with a day that it belongs to."""
    if choice.place is not None:
        yield from _counted_now(connection, choice, set(rollups.days_between(choice.since, choice.until)))
        return
    months = set() if choice.daily else _whole_months(connection, choice)
    yield from _kept(connection, "month", months, choice)
    days = {day for day in rollups.days_between(choice.since, choice.until) if day.replace(day=1) not in months}
    there = rollups.counted(connection, "day", choice.since, choice.until) & days
    yield from _kept(connection, "day", there, choice)
    yield from _counted_now(connection, choice, days - there)


def _whole_months(connection: Connection, choice: Choice) -> set[dt.date]:
    months = rollups.counted(connection, "month", choice.since, choice.until)
    return {month for month in months if rollups.month_after(month) - dt.timedelta(days=1) <= choice.until}


def _kept(connection: Connection, span: str, starts: set[dt.date], choice: Choice) -> Iterator[tuple[dt.date, Tally]]:
    """What was counted before."""
    if not starts:
        return
    rollup = t.rollups.c
    wanted = [rollup.span == span, rollup.start.between(min(starts), max(starts))]
    wanted += [rollup.channel != "" if choice.channel is None else rollup.channel == choice.channel]
    wanted += [rollup.area == (choice.group or "")]
    for row in connection.execute(sa.select(rollup.start, rollup.figures, rollup.people).where(*wanted)):
        if row.start in starts:
            yield row.start, Tally.from_json(row.figures, row.people)


def _counted_now(connection: Connection, choice: Choice, days: set[dt.date]) -> Iterator[tuple[dt.date, Tally]]:
    """What has to be counted from the turns: today, and what housekeeping hasn't come to."""
    if not days:
        return
    row = t.turns.c
    conditions = [row.day.between(min(days), max(days))]
    conditions += [row.channel == choice.channel] if choice.channel is not None else []
    conditions += [row.place == choice.place] if choice.place is not None else []
    codes = set(codes_of(connection, choice.group)) if choice.group is not None else None
    made: dict[dt.date, Counting] = {}
    for turn in connection.execute(sa.select(*COLUMNS).where(*conditions)):
        if turn.day in days and (codes is None or turn.procedure in codes):
            made.setdefault(turn.day, Counting()).add(turn)
    for day, counting in made.items():
        yield day, counting.done()


def codes_of(connection: Connection, group: str) -> list[str]:
    """Codes of the procedures of a group."""
    return [code for code, area in rollups.areas(connection).items() if area == group]


def _opened(connection: Connection, choice: Choice) -> tuple[Optional[int], Counter[str]]:
    """Links opened: by anybody, and by procedure."""
    if choice.place is not None:
        return None, Counter()
    link = t.link_days.c
    wanted = [link.day.between(choice.since, choice.until)]
    if choice.channel is not None:
        wanted.append(link.channel == choice.channel)
    found = sa.select(link.code, sa.func.sum(link.opened)).where(*wanted).group_by(link.code)
    links: Counter[str] = Counter({code: int(opened) for code, opened in connection.execute(found)})
    anybody = links.pop("", 0)
    if choice.group is None:
        return anybody, links
    codes = set(codes_of(connection, choice.group))
    links = Counter({code: opened for code, opened in links.items() if code in codes})
    return sum(links.values()), links
