"""Signing in: what is right goes in, everything else learns nothing, and guessing costs ever more time."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.engine import Engine

from accounts import attempts, managing, sessions, signing_in
from accounts.database import Accounts, open_accounts
from accounts.errors import LinkSpent, PasswordRefused, TooManyAttempts, WrongCredentials
from accounts.events import Event, read_events
from accounts.passwords import Passwords
from accounts.roles import Role
from accounts.tables import account_events, sign_in_attempts, users
from accounts.tables import sessions as sessions_table
from accounts.users import User, find_user
from tests.accounts.conftest import ELSEWHERE, HERE, PASSWORD


def sign_in(accounts: Accounts, name: str = "hoa", password: str = PASSWORD, address: str = HERE) -> str:
    return signing_in.sign_in(accounts, name, password, address=address).token


def fail(accounts: Accounts, times: int, name: str = "hoa", address: str = HERE) -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            sign_in(accounts, name, "wrong", address)


def events(accounts: Accounts) -> list[Event]:
    return [entry.event for entry in read_events(accounts, limit=100)[0]]


def test_the_right_password_begins_a_session_of_ones_own(accounts: Accounts, hoa: User) -> None:
    found = sessions.find(accounts, sign_in(accounts, " HOA "))
    assert found is not None
    assert (found.user.name, found.pending) == ("hoa", False)
    assert find_user(accounts, "hoa").signed_in_at is not None
    assert events(accounts)[0] is Event.SIGNED_IN


def test_a_token_is_nowhere_in_the_database(accounts: Accounts, hoa: User, bare: Engine) -> None:
    token = sign_in(accounts)
    assert len(token) >= 43  # 256 bits
    with bare.connect() as connection:
        kept = [str(tuple(row)) for table in (sessions_table, users) for row in connection.execute(sa.select(table))]
    assert kept
    assert not [row for row in kept if token in row or PASSWORD in row]


def test_a_wrong_name_and_a_wrong_password_are_told_alike_and_cost_alike(
    accounts: Accounts, hoa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    managing.add_user(accounts, "moi", "", Role.VIEWER, actor="t")  # has no password yet
    gone, _ = managing.add_user(accounts, "xua", "", Role.VIEWER, actor="t", password=PASSWORD)
    managing.set_disabled(accounts, gone.id, True, actor="t")
    checked: list[bool] = []
    real = accounts.passwords.fits

    def counted(kept: str | None, password: str) -> bool:
        checked.append(kept is None)
        return real(kept, password)

    monkeypatch.setattr(accounts.passwords, "fits", counted)
    told = set()
    for name, password in (("hoa", "wrong"), ("nobody", PASSWORD), ("moi", PASSWORD), ("xua", PASSWORD), ("", "")):
        with pytest.raises(WrongCredentials) as refused:
            sign_in(accounts, name, password)
        told.add(str(refused.value))
    assert len(told) == 1
    assert checked == [False, True, True, True, True]  # each cost one hash


def test_an_unknown_name_is_not_written_down_for_it_may_be_a_password(accounts: Accounts, bare: Engine) -> None:
    fail(accounts, 1, name="tôi gõ nhầm mật khẩu")
    with bare.connect() as connection:
        kept = [str(tuple(row)) for table in (sign_in_attempts, account_events) for row in
                connection.execute(sa.select(table))]  # fmt: skip
    assert len(kept) == 3
    assert not [row for row in kept if "nhầm" in row or "wrong" in row]


@pytest.mark.parametrize("name", ["hoa", "nobody"])
def test_a_name_is_locked_after_five_failures_and_longer_each_time(
    accounts: Accounts, hoa: User, clock: time_machine.Coordinates, name: str
) -> None:
    fail(accounts, 5, name)
    assert Event.LOCKED_OUT in events(accounts)
    waited = []
    for _ in range(7):
        with pytest.raises(TooManyAttempts):
            sign_in(accounts, name, PASSWORD)  # even the right one
        seconds = 0
        while True:
            clock.shift(30)
            seconds += 30
            try:
                sign_in(accounts, name, "wrong")
            except TooManyAttempts:
                continue
            except WrongCredentials:
                break
        waited.append(seconds)
    assert waited == [30, 60, 120, 240, 480, 900, 900]


def test_the_waiting_is_told_in_minutes(accounts: Accounts, hoa: User) -> None:
    fail(accounts, 5)
    with pytest.raises(TooManyAttempts, match="đợi 1 phút"):
        sign_in(accounts)


def test_after_the_waiting_the_right_password_is_taken_and_forgets_the_failures(
    accounts: Accounts, hoa: User, clock: time_machine.Coordinates
) -> None:
    fail(accounts, 5)
    clock.shift(31)
    sign_in(accounts)
    fail(accounts, 4)
    sign_in(accounts)


def test_failures_are_forgotten_after_a_day(accounts: Accounts, hoa: User, clock: time_machine.Coordinates) -> None:
    fail(accounts, 4)
    clock.shift(attempts.LONGEST_MEMORY.total_seconds() + 1)
    fail(accounts, 4)
    sign_in(accounts)


def test_an_address_that_guesses_many_names_is_locked(accounts: Accounts, hoa: User) -> None:
    for number in range(attempts.ADDRESS.free):
        fail(accounts, 1, f"name{number}")
    with pytest.raises(TooManyAttempts):
        sign_in(accounts)
    sign_in(accounts, address=ELSEWHERE)


def test_a_right_password_takes_only_its_own_attempt_off_the_address(accounts: Accounts, hoa: User) -> None:
    for number in range(attempts.ADDRESS.free - 1):
        fail(accounts, 1, f"name{number}")
        if number % 5 == 0:
            sign_in(accounts)  # somebody who knows one password can't go on guessing others
    fail(accounts, 1, "one more")
    with pytest.raises(TooManyAttempts):
        sign_in(accounts)


def test_an_office_behind_one_address_may_mistype_all_day(
    accounts: Accounts, hoa: User, clock: time_machine.Coordinates
) -> None:
    for number in range(6):
        for person in range(20):
            fail(accounts, 1, f"person{number}.{person}")
        clock.shift(attempts.ADDRESS.forgotten.total_seconds())
    sign_in(accounts)


def test_an_address_that_waited_is_still_remembered(
    accounts: Accounts, hoa: User, clock: time_machine.Coordinates
) -> None:
    for number in range(attempts.ADDRESS.free):
        fail(accounts, 1, f"name{number}")
    for minutes in (1, 2, 4, 8, 16, 32, 60):
        with pytest.raises(TooManyAttempts):
            sign_in(accounts)
        clock.shift(minutes * 60)
        fail(accounts, 1, f"after{minutes}")


def test_many_guesses_at_once_do_not_slip_through(accounts: Accounts, hoa: User) -> None:
    told: list[str] = []

    def guess() -> None:
        try:
            sign_in(accounts, "hoa", "wrong")
        except (WrongCredentials, TooManyAttempts) as error:
            told.append(type(error).__name__)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["TooManyAttempts"] * 7 + ["WrongCredentials"] * 5


def test_a_hash_of_other_costs_is_renewed_with_the_next_sign_in(accounts: Accounts, hoa: User, bare: Engine) -> None:
    dearer = Accounts(bare, Passwords(time_cost=2, memory_cost=8, parallelism=1))
    sign_in(dearer)
    with bare.connect() as connection:
        kept = connection.execute(sa.select(users.c.password_hash).where(users.c.name == "hoa")).scalar_one()
    assert "t=2" in kept
    sign_in(dearer)


def test_a_changed_password_ends_the_other_sessions_and_renews_this_one(accounts: Accounts, hoa: User) -> None:
    other, token = sign_in(accounts), sign_in(accounts)
    session = sessions.find(accounts, token)
    assert session is not None
    fresh = signing_in.change_password(accounts, session, PASSWORD, "một câu khác hẳn", address=HERE)
    assert sessions.find(accounts, other) is None
    assert sessions.find(accounts, token) is None
    assert sessions.find(accounts, fresh) is not None
    fail_with_old = pytest.raises(WrongCredentials)
    with fail_with_old:
        sign_in(accounts)
    sign_in(accounts, password="một câu khác hẳn")


def test_the_password_is_only_changed_by_who_knows_it_and_to_a_good_one(accounts: Accounts, hoa: User) -> None:
    token = sign_in(accounts)
    session = sessions.find(accounts, token)
    assert session is not None
    with pytest.raises(WrongCredentials, match="hiện tại"):
        signing_in.change_password(accounts, session, "wrong", "một câu khác hẳn", address=HERE)
    with pytest.raises(PasswordRefused):
        signing_in.change_password(accounts, session, PASSWORD, "matkhau12345", address=HERE)
    assert sessions.find(accounts, token) is not None
    for _ in range(4):
        with pytest.raises(WrongCredentials):
            signing_in.change_password(accounts, session, "wrong", "một câu khác hẳn", address=HERE)
    with pytest.raises(TooManyAttempts):  # a machine left open is no place to guess
        signing_in.change_password(accounts, session, PASSWORD, "một câu khác hẳn", address=HERE)


def test_a_set_up_link_is_good_once(accounts: Accounts) -> None:
    user, link = managing.add_user(accounts, "moi", "Người mới", Role.VIEWER, actor="t")
    assert link
    assert (user.has_password, user.invited) == (False, True)
    with pytest.raises(PasswordRefused):
        signing_in.set_up(accounts, link, "ngắn")
    assert signing_in.user_of_link(accounts, link).name == "moi"
    signing_in.set_up(accounts, link, PASSWORD)
    sign_in(accounts, "moi")
    for call in (signing_in.user_of_link, lambda where, token: signing_in.set_up(where, token, "một câu khác hẳn")):
        with pytest.raises(LinkSpent):
            call(accounts, link)
    sign_in(accounts, "moi")


def test_a_set_up_link_runs_out(accounts: Accounts, clock: time_machine.Coordinates) -> None:
    _, link = managing.add_user(accounts, "moi", "", Role.VIEWER, actor="t")
    clock.shift(managing.SETUP_LASTS.total_seconds() + 1)
    with pytest.raises(LinkSpent):
        signing_in.set_up(accounts, link or "", PASSWORD)
    assert not find_user(accounts, "moi").invited


def test_on_postgresql_it_is_the_same(postgres: Engine, passwords: Passwords) -> None:
    accounts = open_accounts(postgres, passwords)
    open_accounts(postgres, passwords)  # as every process does
    managing.add_user(accounts, "hoa", "Nguyễn Thị Hoa", Role.EDITOR, actor="t", password=PASSWORD)
    test_many_guesses_at_once_do_not_slip_through(accounts, find_user(accounts, "hoa"))
    with pytest.raises(TooManyAttempts):
        sign_in(accounts)
    managing.add_user(accounts, "lan", "", Role.VIEWER, actor="t", password=PASSWORD)
    session = sessions.find(accounts, sign_in(accounts, "lan", address=ELSEWHERE))
    assert session is not None
    managing.set_role(accounts, session.user.id, Role.EDITOR, actor="t")
    assert sessions.count_sessions(accounts) == {}
