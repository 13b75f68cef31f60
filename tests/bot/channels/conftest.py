"""Inboxes of a test's own, on SQLite and on PostgreSQL where one answers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot.channels.inbox.database import Inbox, open_inbox
from bot.channels.inbox.tables import metadata

POSTGRES = os.environ.get("MOTCUA_TEST_POSTGRES") or "postgresql://postgres@127.0.0.1:5432/postgres"
"""A server on which tests may make and drop a database."""


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database of the session's own; the test is skipped where no PostgreSQL answers."""
    server = sa.create_engine(POSTGRES, future=True, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    name = f"motcua_test_{os.getpid()}"
    try:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name}"))
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
    except DBAPIError:
        pytest.skip("no PostgreSQL answers")
    yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    """An empty inbox on SQLite."""
    opened = open_inbox(f"sqlite:///{tmp_path}/inbox.db")
    yield opened
    opened.engine.dispose()


@pytest.fixture
def postgres_inbox(postgres_url: str) -> Iterator[Inbox]:
    """An empty inbox on PostgreSQL."""
    opened = open_inbox(postgres_url)
    with opened.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(sa.delete(table))
    yield opened
    opened.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_inbox(request: pytest.FixtureRequest) -> Inbox:
    """The test runs on both."""
    name = "inbox" if request.param == "sqlite" else "postgres_inbox"
    found: Inbox = request.getfixturevalue(name)
    return found


@pytest.fixture(autouse=True)
def _button_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_BUTTON_SECRET", "only-for-tests-only-for-tests")
