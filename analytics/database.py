"""The turn log's tables, beside the knowledge base in one database."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import Engine

from settings import database_url
from storage import database as storage

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "analytics_version"


def open_analytics(url: str | None = None) -> Engine:
    """Open the database and bring the turn log's tables up to date.

    Errors of this engine never quote parameters, and a transaction on SQLite takes the writer's place when it begins.

    Args:
        url: SQLAlchemy address; by default that of the settings.

    Raises:
        DatabaseUnreachable: the address can't be read or nothing answers there.
    """
    engine = storage.open_engine(url or database_url(), queue=True)
    migrate(engine)
    return engine


def migrate(engine: Engine) -> None:
    """Bring the turn log's tables up to date; does nothing where they are."""
    storage.migrate(engine, MIGRATIONS, VERSION_TABLE)
