"""Log what strangers cause, without letting them fill the log."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable

EVERY = 60.0
"""Seconds between two lines of one kind."""


class Complaints:
    """Counts by reason; each reason is logged at most once a minute.

    Args:
        logger: where to.
        clock: seconds.
    """

    def __init__(self, logger: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        self._logger = logger
        self._clock = clock
        self._told: dict[str, float] = {}
        self.counts: Counter[str] = Counter()

    def about(self, reason: str) -> None:
        """Count, and log if it wasn't lately. The reason is ours, never a stranger's text."""
        self.counts[reason] += 1
        now = self._clock()
        if reason not in self._told or now - self._told[reason] >= EVERY:
            self._told[reason] = now
            self._logger.warning("%s (%d since the start)", reason, self.counts[reason])
