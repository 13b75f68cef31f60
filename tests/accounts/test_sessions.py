"""Sessions end: by themselves, and whenever something about their user changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.engine import Engine

from accounts import managing, sessions, signing_in
from accounts.database import Accounts
from accounts.roles import Role
from accounts.tables import sessions as table
from accounts.users import User
from settings.console import session_idle_minutes
from tests.accounts.conftest import HERE, PASSWORD


@pytest.fixture
def token(accounts: Accounts, chief: User, hoa: User) -> str:
    return signing_in.sign_in(accounts, "hoa", PASSWORD, address=HERE).token


def test_a_session_ends_thirty_minutes_after_the_last_look(
    accounts: Accounts, token: str, clock: time_machine.Coordinates
) -> None:
    for _ in range(4):
        clock.shift(29 * 60)
        assert sessions.find(accounts, token)
    clock.shift(30 * 60)
    assert sessions.find(accounts, token) is None


def test_a_session_ends_after_twelve_hours_however_busy(
    accounts: Accounts, token: str, clock: time_machine.Coordinates
) -> None:
    for _ in range(12 * 4 - 1):
        clock.shift(15 * 60)
        assert sessions.find(accounts, token)
    clock.shift(15 * 60)
    assert sessions.find(accounts, token) is None


def test_the_settings_say_when(
    accounts: Accounts, token: str, clock: time_machine.Coordinates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_SESSION_IDLE_MINUTES", "5")
    clock.shift(5 * 60)
    assert sessions.find(accounts, token) is None
    monkeypatch.setenv("MOTCUA_SESSION_IDLE_MINUTES", "600")
    assert sessions.find(accounts, token)
    monkeypatch.setenv("MOTCUA_SESSION_HOURS", "1")
    clock.shift(55 * 60)
    assert sessions.find(accounts, token) is None


@pytest.mark.parametrize("value", ["0", "-1", "x", "1441", "1.5", "²"])
def test_a_setting_that_cannot_be_read_is_named(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_SESSION_IDLE_MINUTES", value)
    with pytest.raises(ValueError, match=r"MOTCUA_SESSION_IDLE_MINUTES=.* phải là"):
        session_idle_minutes()


CHANGES: dict[str, Callable[[Accounts, int], object]] = {
    "role": lambda accounts, user: managing.set_role(accounts, user, Role.VIEWER, actor="chief"),
    "disabled": lambda accounts, user: managing.set_disabled(accounts, user, True, actor="chief"),
    "reset": lambda accounts, user: managing.reset(accounts, user, actor="chief"),
    "ended": lambda accounts, user: managing.end_sessions(accounts, user, actor="chief"),
    "codes off": lambda accounts, user: managing.codes_off(accounts, user, actor="chief"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_its_user_ends_a_session(accounts: Accounts, hoa: User, token: str, change: str) -> None:
    CHANGES[change](accounts, hoa.id)
    assert sessions.find(accounts, token) is None


def test_signing_out_ends_the_session_in_the_database(accounts: Accounts, token: str) -> None:
    session = sessions.find(accounts, token)
    assert session
    signing_in.sign_out(accounts, session)
    assert sessions.find(accounts, token) is None


def test_a_token_that_is_not_ours_is_no_session(accounts: Accounts, token: str) -> None:
    session = sessions.find(accounts, token)
    assert session
    for wrong in ("", "x", token[:-1], token + "=", session.key):
        assert sessions.find(accounts, wrong) is None


def test_sessions_are_counted_while_they_live_and_swept_when_they_do_not(
    accounts: Accounts, hoa: User, token: str, bare: Engine, clock: time_machine.Coordinates
) -> None:
    signing_in.sign_in(accounts, "hoa", PASSWORD, address=HERE)
    assert sessions.count_sessions(accounts) == {hoa.id: 2}
    clock.shift(31 * 60)
    assert sessions.count_sessions(accounts) == {}
    signing_in.sign_in(accounts, "hoa", PASSWORD, address=HERE)
    with bare.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 1
