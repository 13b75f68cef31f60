"""The inbox's database: opened once per process, one transaction at a time on SQLite."""

from __future__ import annotations

from pathlib import Path

from desk.database import migrate as migrate_desk
from settings import inbox_url
from storage.database import migrate, open_engine
from storage.transactions import Transactions
from storage.transactions import utcnow as utcnow

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"
VERSION_TABLE = "inbox_version"


class Inbox(Transactions):
    """A handle that the functions of this package take first; the desk's tables are in the same database."""


def open_inbox(url: str | None = None) -> Inbox:
    """Open the inbox and bring its tables, and those of the desk beside it, up to date.

    Args:
        url: SQLAlchemy address; by default that of the settings.

    Raises:
        DatabaseUnreachable: the address can't be read or nothing answers there.
    """
    engine = open_engine(url or inbox_url(), variable="MOTCUA_INBOX_URL", queue=True)
    migrate(engine, MIGRATIONS, VERSION_TABLE)
    migrate_desk(engine)
    return Inbox(engine)
