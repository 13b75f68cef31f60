from __future__ import annotations

import datetime as dt

import pytest

from settings.desk import DeskSettings, desk_settings


def test_without_variables_it_is_office_hours() -> None:
    assert desk_settings() == DeskSettings()


def test_what_is_set_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DESK": "off", "DESK_HOURS": "08:00-12:00, 13:30-17:30", "DESK_DAYS": "2-4,7", "DESK_SILENCE": "45",
        "DESK_CLOSED": "2027-02-11, 2027-09-03", "DESK_PATIENCE": "5", "DESK_KEEP_DAYS": "10", "NOTICE_QUIET": "0",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"MOTCUA_{name}", value)
    read = desk_settings()
    assert not read.on
    assert read.hours == ((dt.time(8), dt.time(12)), (dt.time(13, 30), dt.time(17, 30)))
    assert read.days == {0, 1, 2, 5}
    assert read.closed == {dt.date(2027, 2, 11), dt.date(2027, 9, 3)}
    assert (read.silence, read.patience, read.keep_days, read.quiet) == (45, 5, 10, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DESK", "maybe"), ("DESK_HOURS", "8-12"), ("DESK_HOURS", "12:00-08:00"),
        ("DESK_HOURS", "08:00-12:00,11:00-13:00"),
        ("DESK_HOURS", "08:00-25:00"), ("DESK_DAYS", "1"), ("DESK_DAYS", "2-9"), ("DESK_DAYS", "thứ hai"),
        ("DESK_CLOSED", "11/02/2027"), ("DESK_SILENCE", "0"), ("DESK_PATIENCE", "x"), ("NOTICE_QUIET", "-1"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"MOTCUA_{name}", value)
    with pytest.raises(ValueError, match=f"MOTCUA_{name}"):
        desk_settings()
