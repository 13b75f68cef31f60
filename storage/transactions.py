"""A database that holds messages of people: one transaction at a time on SQLite, many on PostgreSQL."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Iterator

from sqlalchemy.engine import Connection, Engine

LASTING = "lasting"
"""Execution option of a connection: False where a commit on SQLite needn't wait for the disk (storage.database)."""


class _Turnstile:
    """Lets one thread in at a time; who must not wait goes before the others, but never twice in a row."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._busy = False
        self._first = 0
        self._others = 0
        self._last_first = False

    @contextlib.contextmanager
    def inside(self, first: bool) -> Iterator[None]:
        with self._changed:
            self._count(first, 1)
            self._changed.wait_for(lambda: not self._busy and self._may(first))
            self._count(first, -1)
            self._busy, self._last_first = True, first
        try:
            yield
        finally:
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _may(self, first: bool) -> bool:
        if first:
            return not (self._last_first and self._others)
        return self._last_first or not self._first

    def _count(self, first: bool, by: int) -> None:
        if first:
            self._first += by
        else:
            self._others += by


class Transactions:
    """A handle that the functions of a package take first. Blocking: call them through ``asyncio.to_thread``.

    Attributes:
        engine: the database.
        many: several processes may work at once (PostgreSQL).
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.many = engine.dialect.name == "postgresql"
        # SQLite's own waiting sleeps in growing steps; threads of one process wait here instead.
        self._turnstile = _Turnstile() if engine.dialect.name == "sqlite" else None

    @contextlib.contextmanager
    def begin(self, *, first: bool = False, lasting: bool = True) -> Iterator[Connection]:
        """A transaction; committed at its end.

        Args:
            first: somebody waits for it who must not wait: goes before other transactions of this process.
            lasting: outlives a power cut from the commit on. Without it SQLite needn't sync the disk; what was
                committed outlives the process all the same, and the machine from the next lasting commit on.
        """
        with contextlib.ExitStack() as stack:
            if self._turnstile is not None:
                stack.enter_context(self._turnstile.inside(first))
            connection = stack.enter_context(self.engine.connect())
            connection = connection.execution_options(**{LASTING: lasting})
            with connection.begin():
                yield connection


def utcnow() -> dt.datetime:
    """Now, as the tables keep it: UTC without a zone."""
    return dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
