"""Turn logs of a test's own, on SQLite and on PostgreSQL where one answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

import knowledge.database
from analytics.database import migrate, open_analytics
from analytics.tables import metadata


@pytest.fixture(autouse=True)
def _pseudonyms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PSEUDONYM_SECRET", "only-for-tests-only-for-tests")


@pytest.fixture
def log(engine: Engine) -> Engine:
    """An empty turn log beside an empty knowledge base, on SQLite."""
    migrate(engine)
    return engine


@pytest.fixture
def postgres_log(postgres_url: str) -> Iterator[Engine]:
    """The same on PostgreSQL."""
    opened = open_analytics(postgres_url)
    knowledge.database.migrate(opened)
    with opened.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(sa.delete(table))
    yield opened
    opened.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_log(request: pytest.FixtureRequest) -> Engine:
    """The test runs on both."""
    found: Engine = request.getfixturevalue("log" if request.param == "sqlite" else "postgres_log")
    return found
