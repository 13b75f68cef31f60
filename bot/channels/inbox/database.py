"""The inbox's database: opened once per process, one transaction at a time on SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

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


def insert_new(
    connection: Connection,
    table: sa.Table,
    rows: Sequence[dict[str, Any]],
    replacing: Sequence[str] = (),
    key: str = "",
) -> int:
    """Insert rows in one statement; those that clash with rows already there are left out, or replace them in part.

    Args:
        connection: an open transaction.
        table: where to.
        rows: all with the same columns.
        replacing: columns that a row already there takes over.
        key: the column by which it is recognised, where something is to be replaced.

    Returns:
        How many were written, as far as the database tells; with one row it is certain.
    """
    if not rows:
        return 0
    dialect = {"postgresql": postgresql, "sqlite": sqlite}.get(connection.dialect.name)
    if dialect is None:
        # Elsewhere a clash with another process is an error of the whole batch, which the platform then sends again.
        return int(connection.execute(sa.insert(table), list(rows)).rowcount)
    statement = dialect.insert(table)
    if replacing:
        taken = {column: statement.excluded[column] for column in replacing}
        statement = statement.on_conflict_do_update(index_elements=[key], set_=taken)
    else:
        statement = statement.on_conflict_do_nothing()
    return int(connection.execute(statement, list(rows)).rowcount)
