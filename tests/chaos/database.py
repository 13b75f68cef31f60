"""A database of the run's own."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from tests.conftest import POSTGRES


@contextlib.contextmanager
def database(kind: str, house: Path) -> Iterator[str]:
    """An empty database of our own for messages and conversations, dropped at the end."""
    if kind == "sqlite":
        yield f"sqlite:///{house}/var/inbox.db"
        return
    server = sa.create_engine(POSTGRES, future=True, isolation_level="AUTOCOMMIT")
    name = f"motcua_chaos_{os.getpid()}"
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
    try:
        yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()
