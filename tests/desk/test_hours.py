from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from desk.hours import holidays, is_open, next_opening, works
from settings import VIETNAM
from settings.desk import DeskSettings

SETTINGS = DeskSettings()


def utc(local: str) -> dt.datetime:
    """A time in Vietnam as the tables keep it."""
    moment = dt.datetime.fromisoformat(local).replace(tzinfo=VIETNAM)
    return moment.astimezone(dt.timezone.utc).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("local", "open_now", "opens"),
    [
        ("2026-11-30 08:00", True, "2026-11-30 13:00"),  # Monday
        ("2026-11-30 07:29", False, "2026-11-30 07:30"),
        ("2026-11-30 11:30", False, "2026-11-30 13:00"),
        ("2026-11-30 17:00", False, "2026-12-01 07:30"),
        ("2026-12-04 18:00", False, "2026-12-07 07:30"),  # Friday evening
        ("2026-12-05 09:00", False, "2026-12-07 07:30"),
        ("2027-01-01 09:00", False, "2027-01-04 07:30"),  # New Year's Day, a Friday
        ("2027-02-04 18:00", False, "2027-02-11 07:30"),  # Tết, two of its days on a weekend
        ("2027-04-16 09:00", False, "2027-04-19 07:30"),  # the Hùng Kings
        ("2027-04-29 17:30", False, "2027-05-04 07:30"),  # 30 April a Friday, 1 May made up for on Monday
        ("2027-09-02 09:00", False, "2027-09-03 07:30"),
    ],
)
def test_when_people_are_there(local: str, open_now: bool, opens: str) -> None:
    assert is_open(utc(local), SETTINGS) is open_now
    opening = next_opening(utc(local), SETTINGS)
    assert opening
    assert opening.strftime("%Y-%m-%d %H:%M") == opens


def test_a_holiday_on_a_day_of_rest_is_made_up_for_on_the_next_working_day() -> None:
    assert dt.date(2027, 5, 3) in holidays(2027, SETTINGS.days)
    # Where Saturday is a working day there is nothing to make up for.
    assert dt.date(2027, 5, 3) not in holidays(2027, frozenset(range(6)))


def test_days_off_of_ones_own_and_working_saturdays() -> None:
    closed = replace(SETTINGS, closed=frozenset({dt.date(2026, 12, 1)}))
    opening = next_opening(utc("2026-11-30 18:00"), closed)
    assert opening
    assert opening.date() == dt.date(2026, 12, 2)
    assert works(dt.date(2026, 12, 5), replace(SETTINGS, days=frozenset(range(6))))


def test_a_desk_that_never_opens_says_so() -> None:
    closed = frozenset(dt.date(2026, 11, 30) + dt.timedelta(days=ahead) for ahead in range(40))
    assert next_opening(utc("2026-11-30 06:00"), replace(SETTINGS, closed=closed)) is None
