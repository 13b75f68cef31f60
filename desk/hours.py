"""When people of the staff are there: working hours, days off, public holidays with what is made up for."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Optional

import yaml

from settings import VIETNAM
from settings.desk import DeskSettings

FILE = Path(__file__).parent / "holidays.yml"
_FARTHEST = 30
"""Days that are looked ahead for the next opening."""


@lru_cache(maxsize=1)
def _holidays() -> tuple[tuple[tuple[int, int], ...], frozenset[dt.date]]:
    """Days of every year as (month, day), and single days."""
    read = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    yearly = tuple((int(entry["day"][:2]), int(entry["day"][3:])) for entry in read["every_year"])
    single: set[dt.date] = set()
    for entry in read["lunar"]:
        length = (entry["to"] - entry["from"]).days + 1
        single |= {entry["from"] + dt.timedelta(days=ahead) for ahead in range(length)}
    return yearly, frozenset(single)


@lru_cache(maxsize=64)
def holidays(year: int, working: frozenset[int]) -> frozenset[dt.date]:
    """Days off of a year: public holidays, and the working days that make up for those on a day of rest.

    Article 111(3) of the Labour Code 2019: a holiday on the weekly day of rest is made up for on the next working day.

    Args:
        year: calendar year.
        working: working days, Monday is 0.
    """
    yearly, single = _holidays()
    days = {dt.date(year, month, day) for month, day in yearly} | {day for day in single if day.year == year}
    for lost in sorted(day for day in days if day.weekday() not in working):
        instead = lost
        while instead in days or instead.weekday() not in working:
            instead += dt.timedelta(days=1)
        days.add(instead)
    return frozenset(days)


def works(day: dt.date, settings: DeskSettings) -> bool:
    """Say whether a day is a working day."""
    if day.weekday() not in settings.days or day in settings.closed:
        return False
    # A holiday at the end of December may be made up for in January.
    return day not in holidays(day.year, settings.days) | holidays(day.year - 1, settings.days)


def is_open(now: dt.datetime, settings: DeskSettings) -> bool:
    """Say whether the desk is open.

    Args:
        now: UTC without a zone.
        settings: of the desk.
    """
    local = local_time(now)
    return works(local.date(), settings) and any(begin <= local.time() < end for begin, end in settings.hours)


def next_opening(now: dt.datetime, settings: DeskSettings) -> Optional[dt.datetime]:
    """When the desk opens next, in Vietnam's time; None where it doesn't within a month.

    Args:
        now: UTC without a zone.
        settings: of the desk.
    """
    local = local_time(now)
    for ahead in range(_FARTHEST):
        day = local.date() + dt.timedelta(days=ahead)
        if not works(day, settings):
            continue
        for begin, _ in settings.hours:
            opening = dt.datetime.combine(day, begin, VIETNAM)
            if opening > local:
                return opening
    return None


def local_time(moment: dt.datetime) -> dt.datetime:
    """A time of the tables (UTC without a zone) as clocks in Vietnam show it."""
    return moment.replace(tzinfo=dt.timezone.utc).astimezone(VIETNAM)
