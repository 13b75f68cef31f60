"""When Zalo lets an account write to a person: free for 48 hours after they did something, billed until 7 days."""

from __future__ import annotations

import datetime as dt
import enum

FREE = dt.timedelta(hours=48)
OPEN = dt.timedelta(days=7)
MARGIN = dt.timedelta(minutes=1)
"""Our clock and Zalo's differ; a message just before the end could be billed."""


class Window(str, enum.Enum):
    """What a message at this moment would be."""

    FREE = "free"
    BILLED = "billed"
    CLOSED = "closed"


def window(last_seen: dt.datetime, now: dt.datetime) -> Window:
    """Which window is open for someone who last did something at ``last_seen``."""
    since = now - last_seen + MARGIN
    if since <= FREE:
        return Window.FREE
    return Window.BILLED if since <= OPEN else Window.CLOSED
