"""The national records, imported once where ../shared is there."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

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
