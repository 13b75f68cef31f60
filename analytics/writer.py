"""Write turns beside the conversation: a bounded queue and one thread. Nobody who asks something waits for it."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Optional

from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from analytics.database import open_analytics
from analytics.housekeeping import TIDY_EVERY, tidy
from analytics.log import record
from analytics.turns import RawTurn, turn_of
from storage.errors import DatabaseUnreachable

logger = logging.getLogger(__name__)

MOST_WAITING = 20_000
"""Turns kept while the database is away: a city's hour. Beyond, new ones are counted as dropped."""
BATCH = 200
"""Turns written in one transaction."""
GATHER = 0.25
"""Seconds for which turns are gathered, so that a burst is one transaction."""
RESTS = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Waits after failures in a row; the last one repeats."""


class Writer:
    """Takes turns at any speed and writes them when the database can take them.

    Args:
        open_database: how the database is opened; it may be away when the process starts.
        most_waiting: turns that are kept in memory at most.
        gather: seconds for which turns are gathered.
        rests: waits after failures in a row, in seconds.
    """

    def __init__(
        self,
        open_database: Callable[[], Engine] = open_analytics,
        most_waiting: int = MOST_WAITING,
        gather: float = GATHER,
        rests: tuple[float, ...] = RESTS,
    ) -> None:
        self._open, self._gather, self._rests = open_database, gather, rests
        self._waiting: deque[RawTurn] = deque()
        self._most = most_waiting
        self._wake = threading.Event()
        self._stopping = False
        self._engine: Optional[Engine] = None
        self._tidied = time.monotonic()
        self._warned = 0.0
        self.dropped = 0
        """Turns that were not kept, because the database was away for too long."""
        self.failed = 0
        """Turns that couldn't be written though the database was there."""
        self._thread = threading.Thread(target=self._run, name="turn-log", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Turns that aren't written yet."""
        return len(self._waiting)

    def put(self, turn: RawTurn) -> None:
        """Take a turn; returns at once, whatever the database does."""
        if len(self._waiting) >= self._most:
            self.dropped += 1
            return
        self._waiting.append(turn)
        self._wake.set()

    def close(self, patience: float = 5.0) -> None:
        """Write what is waiting, for at most ``patience`` seconds, and stop."""
        self._stopping = True
        self._wake.set()
        self._thread.join(patience)
        if self._waiting:
            logger.warning("%d turns were not written before the end", len(self._waiting))

    def _run(self) -> None:
        failures = 0
        while True:
            self._wake.wait(TIDY_EVERY)
            if not self._stopping:
                self._wake.clear()
                time.sleep(self._gather)
            try:
                self._write_all()
                self._tidy()
                failures = 0
            except (DatabaseUnreachable, DBAPIError) as error:
                self._complain(error)
                if self._stopping:
                    return
                time.sleep(self._rests[min(failures, len(self._rests) - 1)])
                failures += 1
                self._wake.set()
            if self._stopping and not self._waiting:
                return

    def _write_all(self) -> None:
        if self._engine is None:
            self._engine = self._open()
        while self._waiting:
            batch = [self._waiting[at] for at in range(min(BATCH, len(self._waiting)))]
            self._write(self._engine, batch)
            for _ in batch:
                self._waiting.popleft()

    def _write(self, engine: Engine, batch: list[RawTurn]) -> None:
        """Write a batch; where it can't be, one by one, so that a single odd turn stops no other."""
        try:
            record(engine, [turn for raw in batch if (turn := turn_of(raw)) is not None])
        except (DatabaseUnreachable, DBAPIError):
            if len(batch) == 1 or not _answers(engine):
                raise
            self._write_singly(engine, batch)
        except Exception:  # whatever is odd about one turn
            self._write_singly(engine, batch)

    def _write_singly(self, engine: Engine, batch: list[RawTurn]) -> None:
        for raw in batch:
            try:
                turn = turn_of(raw)
                if turn is not None:
                    record(engine, [turn])
            except Exception as error:  # the type alone: texts of errors may quote what was asked
                if isinstance(error, (DatabaseUnreachable, DBAPIError)) and not _answers(engine):
                    raise
                self.failed += 1
                logger.error("a turn could not be written: %s", type(error).__name__)

    def _tidy(self) -> None:
        if self._engine is not None and time.monotonic() - self._tidied >= TIDY_EVERY:
            self._tidied = time.monotonic()
            tidy(self._engine, dt.datetime.now(dt.timezone.utc).replace(tzinfo=None))

    def _complain(self, error: Exception) -> None:
        if time.monotonic() - self._warned >= 60:
            self._warned = time.monotonic()
            waiting, dropped = len(self._waiting), self.dropped
            logger.warning("turn log: %s; %d turns wait, %d dropped", type(error).__name__, waiting, dropped)


def _answers(engine: Engine) -> bool:
    """Say whether the database answers at all."""
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError:
        return False
    return True
