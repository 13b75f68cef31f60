"""Desks of a test's own, on SQLite and on PostgreSQL where one answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from desk.database import Desk, open_desk
from desk.tables import metadata


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty desk on SQLite."""
    opened = open_desk(f"sqlite:///{tmp_path}/inbox.db")
    yield opened
    opened.engine.dispose()


@pytest.fixture
def postgres_desk(postgres_url: str) -> Iterator[Desk]:
    """An empty desk on PostgreSQL."""
    opened = open_desk(postgres_url)
    with opened.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
    yield opened
    opened.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_desk(request: pytest.FixtureRequest) -> Desk:
    """The test runs on both."""
    found: Desk = request.getfixturevalue("desk" if request.param == "sqlite" else "postgres_desk")
    return found
