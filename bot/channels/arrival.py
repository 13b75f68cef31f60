"""When a turn began, told beside its message so that the turn log knows how long it took."""

from __future__ import annotations

import time

from analytics.turns import RECEIVED


def received() -> dict[str, float]:
    """Metadata of a message that is handed to Rasa now."""
    return {RECEIVED: time.time()}
