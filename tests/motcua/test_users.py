"""``motcua user``: the staff's accounts from the terminal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from accounts import signing_in
from accounts.database import open_accounts
from accounts.errors import WrongCredentials
from motcua import cli
from storage.errors import MotCuaError

PASSWORD = "con mèo trèo cây cau"


@pytest.fixture(autouse=True)
def _database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path / 'users.db'}")
    monkeypatch.setenv("MOTCUA_SESSION_SECRET", "s" * 32)


def user(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(cli.app, ["user", *arguments], input=input, catch_exceptions=False)


def test_somebody_is_added_with_a_password_that_is_asked_for_and_not_shown() -> None:
    told = user("add", "hoa.nguyen", "--role", "administrator", "--full-name", "Nguyễn Thị Hoa",
                input=f"{PASSWORD}\n{PASSWORD}\n")  # fmt: skip
    assert told.exit_code == 0
    assert "Đã thêm hoa.nguyen (quản trị viên)." in told.output
    assert PASSWORD not in told.output
    signing_in.sign_in(open_accounts(), "hoa.nguyen", PASSWORD, address="here")
    assert re.search(r"hoa\.nguyen +quản trị viên +đang dùng", user("list").output)


def test_a_link_is_printed_instead_and_lets_them_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "https://hoi.example.vn")
    told = user("add", "hoa.nguyen", "--role", "editor", "--link").output
    link = re.search(r"^https://hoi\.example\.vn/quan-tri/bat-dau/([\w-]{43})$", told, re.MULTILINE)
    assert link
    assert "chờ chọn mật khẩu" in user("list").output
    assert signing_in.set_up(open_accounts(), link.group(1), PASSWORD).name == "hoa.nguyen"


def test_nobody_yet_is_told_with_what_to_do() -> None:
    assert "motcua user add" in user("list").output


def test_a_user_is_changed_locked_and_reset() -> None:
    for name, role in (("chief", "administrator"), ("hoa", "viewer")):
        user("add", name, "--role", role, input=f"{PASSWORD}\n{PASSWORD}\n")
    assert "hoa giờ là người duyệt" in user("role", "hoa", "reviewer").output
    assert "Đã khóa hoa" in user("disable", "hoa").output
    assert "đã khóa" in user("list").output
    with pytest.raises(WrongCredentials):
        signing_in.sign_in(open_accounts(), "hoa", PASSWORD, address="here")
    assert "Đã mở khóa hoa" in user("enable", "hoa").output
    assert "/quan-tri/bat-dau/" in user("reset", "hoa").output
    with pytest.raises(WrongCredentials):
        signing_in.sign_in(open_accounts(), "hoa", PASSWORD, address="here")
    assert "Đã tắt mã xác thực của hoa" in user("totp-off", "hoa").output


@pytest.mark.parametrize(("arguments", "told"), [
    (("role", "nobody", "viewer"), "Không có người dùng 'nobody'"),
    (("disable", "nobody"), "Không có người dùng"),
    (("add", "a b", "--role", "viewer", "--link"), "Tên đăng nhập có từ 3"),
])  # fmt: skip
def test_a_fault_is_one_line(arguments: tuple[str, ...], told: str) -> None:
    with pytest.raises(MotCuaError, match=told):
        user(*arguments)


def test_a_weak_password_adds_nobody() -> None:
    with pytest.raises(MotCuaError, match="dễ bị đoán"):
        user("add", "hoa", "--role", "viewer", input="matkhau12345\nmatkhau12345\n")
    assert "Chưa có ai" in user("list").output
