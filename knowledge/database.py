"""Open the knowledge base: any SQLAlchemy address, SQLite unless told otherwise."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.engine import Engine

from settings import database_url
from storage import database as storage
from storage.database import begin_exclusive, safe_address

__all__ = ["MIGRATIONS", "begin_exclusive", "is_empty", "migrate", "open_engine", "safe_address"]

MIGRATIONS = Path(__file__).parent / "migrations"


def open_engine(url: str | None = None) -> Engine:
    """Make an engine and see that the database answers.

    Args:
        url: SQLAlchemy address; by default that of the settings.

    Raises:
        DatabaseUnreachable: the address can't be read or nothing answers there.
    """
    return storage.open_engine(url or database_url())


def migrate(engine: Engine) -> None:
    """Bring the schema up to date; does nothing where it is."""
    storage.migrate(engine, MIGRATIONS)


def is_empty(engine: Engine) -> bool:
    """Say whether the database has no tables of ours yet."""
    return not inspect(engine).has_table("procedures")
