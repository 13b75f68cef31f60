"""One-time codes: each is good once, at its time, and a lost telephone doesn't keep anybody out."""

from __future__ import annotations

import pyotp
import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.engine import Engine

from accounts import codes, managing, sessions, signing_in
from accounts.database import Accounts
from accounts.errors import CodeRefused, TooManyAttempts
from accounts.events import Event, read_events
from accounts.tables import recovery_codes
from accounts.users import User, find_user
from tests.accounts.conftest import HERE, NOW, PASSWORD


class Telephone:
    """What shows the codes."""

    def __init__(self, secret: str, recovery: list[str]) -> None:
        self.secret, self.recovery = secret, recovery

    def code(self, seconds: int = 0) -> str:
        import time

        return pyotp.TOTP(self.secret).at(int(time.time()) + seconds)


def half(accounts: Accounts) -> sessions.Session:
    """A session whose password was right."""
    begun = signing_in.sign_in(accounts, "hoa", PASSWORD, address=HERE)
    assert begun.pending
    found = sessions.find(accounts, begun.token)
    assert found is not None
    assert found.pending
    return found


def confirm(accounts: Accounts, code: str) -> signing_in.SignedIn:
    return signing_in.confirm_code(accounts, half(accounts), code, address=HERE)


@pytest.fixture
def telephone(accounts: Accounts, hoa: User, clock: time_machine.Coordinates) -> Telephone:
    """Codes are on; the one with which they were turned on lies behind."""
    token = signing_in.sign_in(accounts, "hoa", PASSWORD, address=HERE).token
    session = sessions.find(accounts, token)
    assert session is not None
    secret, address = codes.propose(accounts, hoa.id)
    assert address.startswith("otpauth://totp/")
    assert secret in address
    recovery = codes.turn_on(accounts, hoa.id, pyotp.TOTP(secret).at(NOW), session=session.key)
    assert sessions.find(accounts, token) is not None
    clock.shift(90)
    return Telephone(secret, recovery)


def test_a_proposed_key_is_not_in_force_until_it_has_shown_a_code(accounts: Accounts, hoa: User) -> None:
    secret, _ = codes.propose(accounts, hoa.id)
    with pytest.raises(CodeRefused):
        codes.turn_on(accounts, hoa.id, "000000", session="")
    assert not find_user(accounts, "hoa").has_codes
    assert not signing_in.sign_in(accounts, "hoa", PASSWORD, address=HERE).pending
    assert codes.proposed(accounts, hoa.id) == secret


def test_turning_codes_on_ends_sessions_that_were_begun_without(accounts: Accounts, hoa: User) -> None:
    other = signing_in.sign_in(accounts, "hoa", PASSWORD, address=HERE).token
    secret, _ = codes.propose(accounts, hoa.id)
    codes.turn_on(accounts, hoa.id, pyotp.TOTP(secret).at(NOW), session="")
    assert sessions.find(accounts, other) is None


def test_the_password_alone_is_not_enough(accounts: Accounts, telephone: Telephone) -> None:
    session = half(accounts)
    with pytest.raises(CodeRefused):
        signing_in.confirm_code(accounts, session, "123 456", address=HERE)
    done = signing_in.confirm_code(accounts, session, telephone.code(), address=HERE)
    found = sessions.find(accounts, done.token)
    assert found is not None
    assert not found.pending
    assert found.key != session.key  # another token than before the code
    with accounts.read() as connection:
        kept = connection.execute(sa.text("SELECT count(*) FROM sessions WHERE pending")).scalar_one()
    assert kept == 0


def test_a_code_is_good_once(accounts: Accounts, telephone: Telephone) -> None:
    code = telephone.code()
    confirm(accounts, code)
    with pytest.raises(CodeRefused):
        confirm(accounts, code)


def test_a_code_older_than_the_last_used_is_refused(accounts: Accounts, telephone: Telephone) -> None:
    before = telephone.code(-30)
    confirm(accounts, telephone.code())
    with pytest.raises(CodeRefused):
        confirm(accounts, before)


@pytest.mark.parametrize(("seconds", "good"), [(-90, False), (-30, True), (0, True), (30, True), (90, False)])
def test_a_telephones_clock_may_be_half_a_minute_off(
    accounts: Accounts, telephone: Telephone, clock: time_machine.Coordinates, seconds: int, good: bool
) -> None:
    clock.shift(300)
    code = telephone.code(seconds)
    if good:
        confirm(accounts, code)
    else:
        with pytest.raises(CodeRefused):
            confirm(accounts, code)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "²²²²²²", "-12345", "0x1234"])
def test_what_is_no_code_is_refused_in_words(accounts: Accounts, telephone: Telephone, code: str) -> None:
    with pytest.raises(CodeRefused):
        confirm(accounts, code)


def test_guessing_codes_is_locked_however_often_the_password_is_right(
    accounts: Accounts, telephone: Telephone, clock: time_machine.Coordinates
) -> None:
    for _ in range(5):
        with pytest.raises(CodeRefused):
            confirm(accounts, "000000")
    session = half(accounts)
    with pytest.raises(TooManyAttempts):
        signing_in.confirm_code(accounts, session, telephone.code(), address=HERE)
    clock.shift(31)
    confirm(accounts, telephone.code())


def test_whoever_looks_too_long_for_the_code_begins_again(
    accounts: Accounts, telephone: Telephone, clock: time_machine.Coordinates
) -> None:
    begun = signing_in.sign_in(accounts, "hoa", PASSWORD, address=HERE)
    clock.shift(sessions.PENDING.total_seconds())
    assert sessions.find(accounts, begun.token) is None


def test_a_recovery_code_is_good_once_and_written_down(accounts: Accounts, hoa: User, telephone: Telephone) -> None:
    first = telephone.recovery[0]
    confirm(accounts, f" {first.upper().replace('-', ' ')} ")
    assert codes.count_recovery_codes(accounts, hoa.id) == codes.RECOVERY_CODES - 1
    assert Event.RECOVERY_CODE_USED in [entry.event for entry in read_events(accounts, limit=5)[0]]
    with pytest.raises(CodeRefused):
        confirm(accounts, first)


def test_recovery_codes_are_unlike_and_kept_as_hashes(accounts: Accounts, telephone: Telephone, bare: Engine) -> None:
    assert len(set(telephone.recovery)) == codes.RECOVERY_CODES
    with bare.connect() as connection:
        kept = str(connection.execute(sa.select(recovery_codes)).all())
    assert not [code for code in telephone.recovery if code in kept or code.replace("-", "") in kept]


def test_an_administrator_turns_codes_off_for_a_lost_telephone(
    accounts: Accounts, hoa: User, telephone: Telephone
) -> None:
    managing.codes_off(accounts, hoa.id, actor="chief")
    assert not signing_in.sign_in(accounts, "hoa", PASSWORD, address=HERE).pending
    assert codes.count_recovery_codes(accounts, hoa.id) == 0
