"""What ``motcua channels check`` asks each channel, and how it is told."""

from __future__ import annotations

import datetime as dt
import email.utils
import importlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import Enum
from typing import Any, Optional

CHECKS = (
    "bot.channels.telegram.check",
    "bot.channels.zalo_oa.check",
    "bot.channels.zalo_bot.check",
)
"""Modules with ``NAME`` and ``async def check() -> Optional[list[Finding]]``; None: not configured."""

CLOCK_SECONDS = 60
"""How far our clock may be from the platform's; leases and signatures depend on it."""


class Level(str, Enum):
    """How a finding is."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes:
        level: how it is.
        what: what was found, in Vietnamese, without secrets.
        remedy: what to do, in one line; '' where all is well.
    """

    level: Level
    what: str
    remedy: str = ""


def good(what: str) -> Finding:
    """All is well."""
    return Finding(Level.GOOD, what)


def warning(what: str, remedy: str) -> Finding:
    """It works, but not for long or not well."""
    return Finding(Level.WARNING, what, remedy)


def bad(what: str, remedy: str) -> Finding:
    """It doesn't work."""
    return Finding(Level.BAD, what, remedy)


def clock(date_header: Optional[str], now: dt.datetime) -> Finding:
    """Compare our clock with the ``Date`` header of a platform's answer.

    Args:
        date_header: as received, or None.
        now: our time, with its zone.
    """
    try:
        theirs = email.utils.parsedate_to_datetime(date_header or "")
    except (TypeError, ValueError):
        return warning("Không rõ đồng hồ máy có đúng không (máy chủ không cho biết giờ).", "Bật đồng bộ giờ (NTP).")
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=dt.timezone.utc)
    off = abs((now - theirs).total_seconds())
    if off > CLOCK_SECONDS:
        return bad(f"Đồng hồ máy lệch {off:.0f} giây.", "Bật đồng bộ giờ (NTP): timedatectl set-ntp true.")
    return good("Đồng hồ máy đúng.")


Check = Callable[[], Coroutine[Any, Any, Optional[list[Finding]]]]


def all_checks() -> list[tuple[str, Check]]:
    """Name and check of every channel that has one."""
    found: list[tuple[str, Check]] = []
    for path in CHECKS:
        try:
            module = importlib.import_module(path)
        except ModuleNotFoundError as error:
            if error.name and path.startswith(error.name):
                continue
            raise
        found.append((module.NAME, module.check))
    return found
