"""How long a member of the staff stays signed in."""

from __future__ import annotations

import os


def session_idle_minutes() -> int:
    """``MOTCUA_SESSION_IDLE_MINUTES``: minutes without a look at the console after which a session ends; 30.

    Raises:
        ValueError: it isn't a number from 1 to 1,440; the text, in Vietnamese, names it.
    """
    return _whole("MOTCUA_SESSION_IDLE_MINUTES", 30, 1_440)


def session_hours() -> int:
    """``MOTCUA_SESSION_HOURS``: hours after which a session ends, however busy; 12.

    Raises:
        ValueError: it isn't a number from 1 to 720; the text, in Vietnamese, names it.
    """
    return _whole("MOTCUA_SESSION_HOURS", 12, 720)


def _whole(variable: str, default: int, most: int) -> int:
    given = os.environ.get(variable, "").strip()
    if not given:
        return default
    if not given.isdecimal() or not 1 <= int(given) <= most:
        raise ValueError(f"{variable}={given} phải là số nguyên từ 1 đến {most}.")
    return int(given)
