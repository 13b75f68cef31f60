"""What the environment says of the staff's desk: when people are there, how long things wait."""

from __future__ import annotations

import datetime as dt
import os
import re
from dataclasses import dataclass, field

from settings.channels import number

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class DeskSettings:
    """How the desk works."""

    on: bool = True
    """Conversations are handed to people at all."""
    hours: tuple[tuple[dt.time, dt.time], ...] = ((dt.time(7, 30), dt.time(11, 30)), (dt.time(13), dt.time(17)))
    """Working hours of a day, in Vietnam, in order."""
    days: frozenset[int] = frozenset(range(5))
    """Working days, Monday is 0."""
    closed: frozenset[dt.date] = field(default_factory=frozenset)
    """Days off beside the public holidays."""
    silence: int = 30
    """Minutes after the staff's last word from which a conversation is over; a citizen's word that nobody answers
    for as long goes back to the queue."""
    patience: int = 20
    """Minutes of waiting after which the citizen is told that it takes long, once."""
    keep_days: int = 30
    """Days for which a closed conversation keeps its texts."""
    quiet: int = 10
    """Minutes without a further change after which a changed procedure's followers are told."""


def desk_settings() -> DeskSettings:
    """``MOTCUA_DESK`` and its sisters, ``MOTCUA_NOTICE_QUIET``.

    Raises:
        ValueError: a variable can't be read; the text, in Vietnamese, names it.
    """
    default = DeskSettings()
    return DeskSettings(
        on=_on("MOTCUA_DESK", default.on),
        hours=_hours("MOTCUA_DESK_HOURS") or default.hours,
        days=_days("MOTCUA_DESK_DAYS") or default.days,
        closed=_dates("MOTCUA_DESK_CLOSED"),
        silence=number("MOTCUA_DESK_SILENCE", int, default.silence, 1),
        patience=number("MOTCUA_DESK_PATIENCE", int, default.patience, 1),
        keep_days=number("MOTCUA_DESK_KEEP_DAYS", int, default.keep_days, 1),
        quiet=number("MOTCUA_NOTICE_QUIET", int, default.quiet, 0),
    )


def _on(variable: str, default: bool) -> bool:
    given = os.environ.get(variable, "").strip().lower()
    if given not in ("", "on", "off"):
        raise ValueError(f"{variable}={given} phải là on hoặc off.")
    return given == "on" if given else default


def _hours(variable: str) -> tuple[tuple[dt.time, dt.time], ...]:
    """'07:30-11:30, 13:00-17:00'."""
    given = os.environ.get(variable, "").strip()
    spans: list[tuple[dt.time, dt.time]] = []
    for part in filter(None, map(str.strip, given.split(","))):
        match = _HOURS.fullmatch(part)
        if match is None:
            raise ValueError(f"{variable}: không đọc được '{part}' (viết như 07:30-11:30,13:00-17:00).")
        begin, end = (dt.time(int(match.group(at)), int(match.group(at + 1))) for at in (1, 3))
        if begin >= end or (spans and begin < spans[-1][1]):
            raise ValueError(f"{variable}: các khoảng giờ phải theo thứ tự và không chồng lên nhau.")
        spans.append((begin, end))
    return tuple(spans)


def _days(variable: str) -> frozenset[int]:
    """'2-6' or '2,3,4,5,6,7': as weekdays are numbered in Vietnam, 2 is Monday, 8 is Sunday (chủ nhật)."""
    given = os.environ.get(variable, "").replace(" ", "")
    days: set[int] = set()
    for part in filter(None, given.split(",")):
        match = re.fullmatch(r"([2-8])(?:-([2-8]))?", part)
        if match is None:
            raise ValueError(f"{variable}={given} phải viết như 2-6 hoặc 2,4,6 (8 là chủ nhật).")
        first = int(match.group(1))
        days |= set(range(first - 2, int(match.group(2) or first) - 1))
    return frozenset(days)


def _dates(variable: str) -> frozenset[dt.date]:
    days: set[dt.date] = set()
    for part in filter(None, map(str.strip, os.environ.get(variable, "").split(","))):
        try:
            days.add(dt.date.fromisoformat(part))
        except ValueError:
            raise ValueError(f"{variable}: '{part}' không phải ngày (viết như 2027-02-09).") from None
    return frozenset(days)
