"""Open the database: any SQLAlchemy address, SQLite unless told otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import QueuePool, StaticPool

from knowledge.errors import DatabaseUnreachable
from settings import database_url

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_204_118
"""Key of the PostgreSQL advisory lock that lets one process at a time migrate and load."""


def open_engine(url: str | None = None) -> Engine:
    """Make an engine and see that the database answers.

    Args:
        url: SQLAlchemy address; by default that of the settings.

    Raises:
        DatabaseUnreachable: the address can't be read or nothing answers there.
    """
    address = url or database_url()
    try:
        parsed = make_url(address)
        if parsed.get_backend_name() == "sqlite":
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(
                parsed,
                future=True,
                connect_args={"timeout": 30, "check_same_thread": False},
                # SQLite's default pool opens the file anew for every connection.
                poolclass=StaticPool if parsed.database in (None, "", ":memory:") else QueuePool,
            )
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        else:
            engine = create_engine(parsed, future=True, pool_pre_ping=True)
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise DatabaseUnreachable(
            "Địa chỉ cơ sở dữ liệu trong MOTCUA_DATABASE_URL không đọc được. Hãy xem docs/settings.md."
        ) from error
    except (DBAPIError, OSError) as error:
        raise DatabaseUnreachable(
            f"Không kết nối được cơ sở dữ liệu {safe_address(address)}."
            " Hãy xem nó đã chạy chưa và địa chỉ có đúng không."
        ) from error
    return engine


def safe_address(address: str) -> str:
    """The address without its password."""
    try:
        return str(make_url(address).render_as_string(hide_password=True))
    except ArgumentError:
        return "(địa chỉ sai)"


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Let SQLAlchemy say BEGIN itself, or DDL and SELECT would run outside the transaction.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def begin_exclusive(connection: Connection) -> None:
    """Let one process at a time past this point, until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    elif connection.dialect.name == "sqlite":
        # A write takes SQLite's one writer's place; nothing is changed by it.
        connection.exec_driver_sql("PRAGMA user_version = 1")


def migrate(engine: Engine) -> None:
    """Bring the schema up to date; does nothing where it is."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        begin_exclusive(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_empty(engine: Engine) -> bool:
    """Say whether the database has no tables of ours yet."""
    return not inspect(engine).has_table("procedures")
