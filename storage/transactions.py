"""A database that holds messages of people: one transaction at a time on SQLite, many on PostgreSQL."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Iterator

from sqlalchemy.engine import Connection, Engine


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
        self._gate: contextlib.AbstractContextManager[object] = (
            threading.Lock() if engine.dialect.name == "sqlite" else contextlib.nullcontext()
        )

    @contextlib.contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction; committed at its end."""
        with self._gate, self.engine.begin() as connection:
            yield connection


def utcnow() -> dt.datetime:
    """Now, as the tables keep it: UTC without a zone."""
    return dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
