"""What administrators do with users, and what they are kept from."""

from __future__ import annotations

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from accounts import managing
from accounts.database import VERSION_TABLE, Accounts, open_accounts
from accounts.errors import (
    LastAdministrator,
    NameRefused,
    NameTaken,
    OwnAccount,
    PasswordRefused,
    UserUnknown,
)
from accounts.events import Event, read_events
from accounts.passwords import Passwords
from accounts.roles import Role
from accounts.tables import metadata
from accounts.users import User, find_user, list_users
from knowledge.database import migrate as migrate_knowledge
from tests.accounts.conftest import PASSWORD


def test_somebody_is_added_with_a_role_and_found_by_name(accounts: Accounts, hoa: User) -> None:
    assert find_user(accounts, " Hoa ") == hoa
    assert (hoa.full_name, hoa.role, hoa.disabled, hoa.has_codes) == ("Nguyễn Thị Hoa", Role.EDITOR, False, False)
    assert [user.name for user in list_users(accounts)] == ["hoa"]


@pytest.mark.parametrize("name", ["", "ab", "hoa nguyen", "hoà", "-hoa", "h" * 41, "hoa/..", "<b>hoa</b>", "hoa@x"])
def test_a_name_that_cannot_be_typed_everywhere_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(NameRefused, match="Ví dụ: hoa"):
        managing.add_user(accounts, name, "", Role.VIEWER, actor="t")
    assert list_users(accounts) == []


def test_a_name_is_given_once(accounts: Accounts, hoa: User) -> None:
    with pytest.raises(NameTaken):
        managing.add_user(accounts, "HOA", "Hoa khác", Role.VIEWER, actor="t")


def test_a_bad_password_adds_nobody(accounts: Accounts) -> None:
    with pytest.raises(PasswordRefused):
        managing.add_user(accounts, "hoa", "", Role.VIEWER, actor="t", password="matkhau12345")
    assert list_users(accounts) == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\u0000b", "a\u202eb", "a\u200bb"])
def test_a_shown_name_is_one_line_that_can_be_read(accounts: Accounts, hoa: User, name: str) -> None:
    with pytest.raises(NameRefused):
        managing.set_full_name(accounts, hoa.id, name, actor="chief")
    assert find_user(accounts, "hoa").full_name == "Nguyễn Thị Hoa"


def test_the_last_administrator_stays(accounts: Accounts, chief: User) -> None:
    with pytest.raises(LastAdministrator):
        managing.set_role(accounts, chief.id, Role.EDITOR, actor="motcua")
    with pytest.raises(LastAdministrator):
        managing.set_disabled(accounts, chief.id, True, actor="motcua")
    second, _ = managing.add_user(accounts, "pho", "", Role.ADMINISTRATOR, actor="t", password=PASSWORD)
    managing.set_role(accounts, chief.id, Role.EDITOR, actor="pho")
    with pytest.raises(LastAdministrator):
        managing.set_disabled(accounts, second.id, True, actor="motcua")


def test_administrators_do_not_take_their_own_rights(accounts: Accounts, chief: User) -> None:
    for change in (
        lambda: managing.set_role(accounts, chief.id, Role.VIEWER, actor="chief"),
        lambda: managing.set_disabled(accounts, chief.id, True, actor="chief"),
        lambda: managing.reset(accounts, chief.id, actor="chief"),
    ):
        with pytest.raises(OwnAccount):
            change()


def test_who_is_unknown_is_told_as_unknown(accounts: Accounts) -> None:
    with pytest.raises(UserUnknown):
        find_user(accounts, "nobody")
    with pytest.raises(UserUnknown):
        managing.set_role(accounts, 99, Role.VIEWER, actor="t")


def test_every_change_is_written_down_without_secrets(accounts: Accounts, chief: User, hoa: User) -> None:
    managing.set_role(accounts, hoa.id, Role.REVIEWER, actor="chief")
    managing.set_disabled(accounts, hoa.id, True, actor="chief")
    managing.set_disabled(accounts, hoa.id, False, actor="chief")
    _, link = managing.reset(accounts, hoa.id, actor="chief")
    managing.end_sessions(accounts, hoa.id, actor="chief")
    entries, count = read_events(accounts, limit=5)
    assert count == 7
    assert [(entry.event, entry.actor, entry.subject) for entry in reversed(entries)] == [
        (Event.ROLE_CHANGED, "chief", "hoa"),
        (Event.DISABLED, "chief", "hoa"),
        (Event.ENABLED, "chief", "hoa"),
        (Event.PASSWORD_RESET, "chief", "hoa"),
        (Event.SESSIONS_ENDED, "chief", "hoa"),
    ]
    assert entries[4].details == "biên tập viên → người duyệt"
    assert link not in str(entries)
    assert [entry.event for entry in read_events(accounts, limit=2, offset=5)[0]] == [Event.USER_ADDED] * 2


def test_a_role_may_all_that_the_one_below_may() -> None:
    for at, role in enumerate(Role):
        assert [role.may(needed) for needed in Role] == [index <= at for index in range(len(Role))]


def test_the_migrations_make_the_tables_beside_the_knowledge(bare: Engine, passwords: Passwords) -> None:
    migrate_knowledge(bare)
    open_accounts(bare, passwords)
    _assert_schema(bare)


def test_on_postgresql_too(postgres: Engine, passwords: Passwords) -> None:
    open_accounts(postgres, passwords)
    _assert_schema(postgres)


def _assert_schema(engine: Engine) -> None:
    def ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return kind != "table" or name in metadata.tables

    with engine.connect() as connection:
        options = {"compare_type": True, "include_object": ours, "version_table": VERSION_TABLE}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


@given(st.text(max_size=60))
def test_any_text_is_a_name_or_is_refused_in_words(name: str) -> None:
    try:
        checked = managing._login_name(name)
    except NameRefused:
        assert not re.fullmatch("[a-z0-9]{3,40}", name)
    else:
        assert checked.isascii()
        assert 3 <= len(checked) <= managing.LONGEST_NAME
