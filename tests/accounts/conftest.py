"""A database with a few members of the staff, hashes that cost next to nothing, and a clock that stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from sqlalchemy.engine import Engine

from accounts import managing
from accounts.database import Accounts, open_accounts
from accounts.passwords import Passwords
from accounts.roles import Role
from accounts.users import User
from storage.database import open_engine

PASSWORD = "con mèo trèo cây cau"
NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.timezone.utc)
HERE, ELSEWHERE = "here", "elsewhere"


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_SESSION_SECRET", "s" * 32)


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """The time stands until a test moves it."""
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Engine]:
    """A database without any table."""
    engine = open_engine(f"sqlite:///{tmp_path / 'accounts.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def accounts(bare: Engine, passwords: Passwords, clock: time_machine.Coordinates) -> Accounts:
    """Nobody in it yet."""
    return open_accounts(bare, passwords)


@pytest.fixture
def chief(accounts: Accounts) -> User:
    """An administrator."""
    return managing.add_user(accounts, "chief", "Trưởng phòng", Role.ADMINISTRATOR, actor="t", password=PASSWORD)[0]


@pytest.fixture
def hoa(accounts: Accounts) -> User:
    """An editor."""
    return managing.add_user(accounts, "hoa", "Nguyễn Thị Hoa", Role.EDITOR, actor="t", password=PASSWORD)[0]
