"""Inboxes of a test's own, on SQLite and on PostgreSQL where one answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.channels.inbox.database import Inbox, open_inbox
from bot.channels.inbox.tables import metadata
from desk.tables import metadata as desk_tables


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
        for table in (*metadata.sorted_tables, *reversed(desk_tables.sorted_tables)):
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
    # What a conversation begins with has tests of its own.
    monkeypatch.setenv("MOTCUA_INBOX_INTRODUCE", "off")
