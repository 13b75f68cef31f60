"""What the environment says of all messaging channels together."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

_Number = TypeVar("_Number", int, float)


@dataclass(frozen=True)
class InboxSettings:
    """How the inbox works. Times in seconds."""

    turns: int = 2
    """Turns at the same time in one Rasa process, each of another person."""
    sends: int = 20
    """People to whom something is being sent at the same time."""
    lease: float = 30.0
    """After a worker died on another machine, others take over its messages this much later."""
    turn_timeout: float = 25.0
    """A turn that takes longer counts as failed."""
    rests: tuple[float, ...] = (2.0, 8.0, 30.0)
    """Waits before the next try; the last one repeats."""
    failures: int = 3
    """Failed turns after which a message is set aside with an apology."""
    claims: int = 8
    """Times that a message may be taken up; more means that it ends the process each time."""
    send_tries: int = 8
    """Tries to send a message that certainly didn't arrive."""
    poll: float = 1.0
    """How often the database is looked at without being called."""
    max_pending: int = 200
    """Unanswered messages of one person; beyond, one answer asks to slow down and the rest is dropped."""
    max_waiting: int = 20_000
    """Unanswered messages of all people; beyond, whoever writes is told that it is busy."""
    rates: bool = True
    """Hold people to the rates of ``MOTCUA_LIMIT_PERSON_*``."""
    told_after: float = 60.0
    """Somebody whose message waits for longer is told, once, that the answer will come."""
    introduce: bool = True
    """Tell who runs the assistant and what is kept, before the first answer of a new conversation."""
    longest_text: int = 2_000
    """Characters of a message that are looked at."""
    keep_days: float = 7.0
    """Days for which the keys of handled messages are remembered, to recognise repeats (without their texts)."""
    keep_poison_days: float = 30.0
    """Days for which messages set aside keep their text."""


def inbox_settings() -> InboxSettings:
    """``MOTCUA_INBOX_*``.

    Raises:
        ValueError: a variable can't be read; the text, in Vietnamese, names it.
    """
    default = InboxSettings()
    return InboxSettings(
        turns=number("MOTCUA_INBOX_TURNS", int, default.turns, 1),
        sends=number("MOTCUA_INBOX_SENDS", int, default.sends, 1),
        lease=number("MOTCUA_INBOX_LEASE", float, default.lease, 1),
        turn_timeout=number("MOTCUA_INBOX_TURN_TIMEOUT", float, default.turn_timeout, 1),
        failures=number("MOTCUA_INBOX_FAILURES", int, default.failures, 1),
        poll=number("MOTCUA_INBOX_POLL", float, default.poll, 0.01),
        max_pending=number("MOTCUA_INBOX_MAX_PENDING", int, default.max_pending, 1),
        keep_days=number("MOTCUA_INBOX_KEEP_DAYS", float, default.keep_days, 1),
        told_after=number("MOTCUA_INBOX_TOLD_AFTER", float, default.told_after, 1),
        max_waiting=number("MOTCUA_INBOX_MAX_WAITING", int, default.max_waiting, 1),
        introduce=os.environ.get("MOTCUA_INBOX_INTRODUCE", "on") not in ("0", "off", "no", "false"),
        keep_poison_days=number("MOTCUA_INBOX_KEEP_POISON_DAYS", float, default.keep_poison_days, 1),
    )


def number(variable: str, kind: Callable[[str], _Number], default: _Number, least: float) -> _Number:
    """A number from the environment.

    Args:
        variable: its name, beginning 'MOTCUA_'.
        kind: int or float.
        default: where it isn't set.
        least: smallest value allowed.

    Raises:
        ValueError: it isn't such a number; the text names the variable.
    """
    given = os.environ.get(variable)
    if not given:
        return default
    try:
        value = kind(given)
    except ValueError:
        raise ValueError(f"{variable}={given} không phải số.") from None
    if not value >= least:
        raise ValueError(f"{variable}={given} phải từ {least} trở lên.")
    return value
