"""The desk's database: that of the inbox, with a schema of its own beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from sqlalchemy.engine import Engine

from settings import inbox_url
from storage.database import migrate as migrate_schema
from storage.database import open_engine
from storage.transactions import Transactions

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "desk_version"


class Desk(Transactions):
    """A handle that the functions of this package take first."""


def migrate(engine: Engine) -> None:
    """Bring the desk's tables up to date; does nothing where they are."""
    migrate_schema(engine, MIGRATIONS, VERSION_TABLE)


def open_desk(url: Optional[str] = None) -> Desk:
    """Open the desk and bring its tables up to date.

    Args:
        url: SQLAlchemy address; by default that of the inbox.

    Raises:
        DatabaseUnreachable: the address can't be read or nothing answers there.
    """
    engine = open_engine(url or inbox_url(), variable="MOTCUA_INBOX_URL", queue=True)
    migrate(engine)
    return Desk(engine)
