"""The national records, imported once where ../shared is there, and a PostgreSQL database where a server is."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DBAPIError

from knowledge.database import open_engine
from knowledge.importers.run import Summary, import_file
from tests.conftest import MARKS, RECORDS, SHARED, TODAY, shared_file

NAMES_ONLY = SHARED / "data" / "portal-list-2025-04.jsonl.gz"


@dataclass(frozen=True)
class National:
    """The national import: its database (copy it, don't write to it), what it said, and its seconds."""

    database: Path
    summary: Summary
    marks: Summary
    seconds: float
    repeat: Summary
    repeat_seconds: float


@pytest.fixture(scope="session")
def national(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> National:
    """All national records with their marks of doubt, imported once and once more."""
    records, marks = shared_file(RECORDS), shared_file(MARKS)
    path = tmp_path_factory.mktemp("national") / "national.db"
    shutil.copy(empty_database, path)
    engine = open_engine(f"sqlite:///{path}")
    started = time.perf_counter()
    summary = import_file(engine, records, today=TODAY)
    seconds = time.perf_counter() - started
    started = time.perf_counter()
    repeat = import_file(engine, records, today=TODAY)
    repeat_seconds = time.perf_counter() - started
    marked = import_file(engine, marks, today=TODAY)
    engine.dispose()
    return National(path, summary, marked, seconds, repeat, repeat_seconds)


@pytest.fixture
def national_engine(national: National) -> Iterator[Engine]:
    """The national database, for reading."""
    engine = open_engine(f"sqlite:///{national.database}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres() -> Iterator[Engine]:
    """An empty PostgreSQL database of the test's own, made and dropped again.

    ``MOTCUA_TEST_POSTGRES`` is the address of a server where databases may be made;
    a local one with trust by default.
    """
    server = make_url(os.environ.get("MOTCUA_TEST_POSTGRES") or "postgresql://root@127.0.0.1:5432/postgres")
    name = f"motcua_test_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT", future=True)
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
    except DBAPIError as error:
        admin.dispose()
        pytest.skip(f"no PostgreSQL server that lets us make a database: {type(error).__name__}")
    engine = open_engine(server.set(database=name).render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
