"""The inbox's database: opened once per process, one transaction at a time on SQLite."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import Connection, Engine

from settings import inbox_url
from storage.database import migrate, open_engine

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"
VERSION_TABLE = "inbox_version"


class Inbox:
    """A handle that the functions of this package take first. Blocking: call them through ``asyncio.to_thread``.

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


def open_inbox(url: str | None = None) -> Inbox:
    """Open the inbox and bring its tables up to date.

    Args:
        url: SQLAlchemy address; by default that of the settings.

    Raises:
        DatabaseUnreachable: the address can't be read or nothing answers there.
    """
    engine = open_engine(url or inbox_url(), variable="MOTCUA_INBOX_URL", queue=True)
    migrate(engine, MIGRATIONS, VERSION_TABLE)
    return Inbox(engine)


def utcnow() -> dt.datetime:
    """Now, as the tables keep it: UTC without a zone."""
    return dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
