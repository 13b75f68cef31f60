"""Open a database and migrate it: any SQLAlchemy address, SQLite prepared for several writers."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import QueuePool, StaticPool

from storage.errors import DatabaseUnreachable
from storage.transactions import LASTING

VERSION_TABLE = "alembic_version"
"""Alembic's own name for the table that holds the revision; a second schema in the same database needs another."""
_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps what it works on in globals: two threads of a process can't migrate at once."""
_LOCK = 7_204_118
"""Key of the PostgreSQL advisory lock that lets one process at a time migrate and load."""


def open_engine(url: str, *, variable: str = "MOTCUA_DATABASE_URL", queue: bool = False) -> Engine:
    """Make an engine and see that the database answers.

    Args:
        url: SQLAlchemy address.
        variable: the setting the address came from, named in errors.
        queue: the database holds messages of people. SQLite then syncs every
            commit that is to last (storage.transactions) to the disk and takes the writer's place when a transaction
            begins. Errors never quote parameters, whatever the database holds.

    Raises:
        DatabaseUnreachable: the address can't be read or nothing answers there.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(
                parsed,
                future=True,
                hide_parameters=True,
                connect_args={"timeout": 30, "check_same_thread": False},
                # SQLite's default pool opens the file anew for every connection.
                poolclass=StaticPool if parsed.database in (None, "", ":memory:") else QueuePool,
            )
            event.listen(engine, "connect", _prepare_durable if queue else _prepare_sqlite)
            event.listen(engine, "begin", _begin_immediate if queue else _begin_sqlite)
        else:
            engine = create_engine(parsed, future=True, pool_pre_ping=True, hide_parameters=True)
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise DatabaseUnreachable(
            f"Địa chỉ cơ sở dữ liệu trong {variable} không đọc được. Hãy xem docs/settings.md."
        ) from error
    except (DBAPIError, OSError) as error:
        raise DatabaseUnreachable(
            f"Không kết nối được cơ sở dữ liệu {safe_address(url)}. Hãy xem nó đã chạy chưa và địa chỉ có đúng không."
        ) from error
    return engine


def safe_address(address: str) -> str:
    """The address without its password."""
    try:
        return str(make_url(address).render_as_string(hide_password=True))
    except ArgumentError:
        return "(địa chỉ sai)"


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    _pragmas(connection, "NORMAL")


def _prepare_durable(connection: Any, _record: Any) -> None:
    _pragmas(connection, "FULL")


def _pragmas(connection: Any, synchronous: str) -> None:
    # Let SQLAlchemy say BEGIN itself, or DDL and SELECT would run outside the transaction.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    level = "FULL" if connection.get_execution_options().get(LASTING, True) else "NORMAL"
    connection.exec_driver_sql(f"PRAGMA synchronous={level}")
    # A transaction that first reads and then writes fails at once when another wrote in between.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def begin_exclusive(connection: Connection) -> None:
    """Let one process at a time past this point, until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    elif connection.dialect.name == "sqlite":
        # A write takes SQLite's one writer's place; nothing is changed by it.
        connection.exec_driver_sql("PRAGMA user_version = 1")


def migrate(engine: Engine, folder: Path, version_table: str = VERSION_TABLE) -> None:
    """Bring a schema up to date; does nothing where it is.

    Args:
        engine: the database.
        folder: the Alembic folder of the schema.
        version_table: where its revision is kept; each schema has its own.
    """
    config = Config()
    config.set_main_option("script_location", str(folder))
    with _ONE_AT_A_TIME, engine.begin() as connection:
        begin_exclusive(connection)
        config.attributes["connection"] = connection
        config.attributes["version_table"] = version_table
        command.upgrade(config, "head")
