"""The accounts' place in the database: migrations, and transactions that can't be outrun."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

from sqlalchemy.engine import Connection, Engine

from accounts.passwords import Passwords
from settings import database_url
from storage.database import begin_exclusive, migrate, open_engine

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "accounts_version"


class Accounts:
    """A handle that the functions of this package take first. Blocking: call them in a thread.

    Args:
        engine: the database, migrated.
        passwords: how passwords are hashed; by default as dearly as is right in service.
    """

    def __init__(self, engine: Engine, passwords: Optional[Passwords] = None) -> None:
        self.engine = engine
        self.passwords = passwords or Passwords()

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to look things up."""
        with self.engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction, committed at its end. On SQLite it has the writer's place from its beginning."""
        with self.engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                # Reading first and writing later fails at once when another has written in between.
                begin_exclusive(connection)
            yield connection


def open_accounts(engine: Optional[Engine] = None, passwords: Optional[Passwords] = None) -> Accounts:
    """The accounts of a database, with their tables up to date.

    Args:
        engine: the database; by default that of the settings.
        passwords: see ``Accounts``.

    Raises:
        DatabaseUnreachable: the address can't be read or nothing answers there.
    """
    engine = engine or open_engine(database_url())
    migrate(engine, MIGRATIONS, VERSION_TABLE)
    return Accounts(engine, passwords)


def utcnow() -> dt.datetime:
    """Now, as the tables keep it: UTC without a zone."""
    return dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
