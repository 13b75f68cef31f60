"""The pages with which administrators look after users, and everybody after the own account."""

from __future__ import annotations

import datetime as dt
import re
import time

import pyotp
import pytest
import time_machine
from starlette.applications import Starlette

from accounts import managing, sessions
from accounts.database import Accounts
from accounts.roles import Role
from accounts.users import find_user
from tests.web.console.conftest import PASSWORD, ROOT, Browser, signed_in
from tests.web.pages import text_of
from web.console import rooms, words
from web.console.cookies import SESSION
from web.console.paging import PAGE


def test_somebody_added_on_the_page_comes_in_by_the_link_that_it_shows(administrator: Browser, door: Browser) -> None:
    form = {"ten": "moi.nguoi", "ten_hien_thi": "Người Mới", "vai_tro": "reviewer"}
    page = administrator.submit("/nguoi-dung", form).text
    link = re.search(rf'value="http://testserver{ROOT}(/bat-dau/[\w-]+)"', page)
    assert link
    door.submit(link.group(1), {"mat_khau": PASSWORD, "lan_hai": PASSWORD}, of=link.group(1))
    assert door.sign_in("moi.nguoi").status_code == 303
    assert "Bạn là người duyệt" in text_of(door.get(ROOT).text)
    assert link.group(1) not in administrator.get(f"{ROOT}/nguoi-dung").text


def test_the_link_names_the_public_address(administrator: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "https://hoi.example.vn")
    assert f"https://hoi.example.vn{ROOT}/bat-dau/" in administrator.submit("/nguoi-dung/5/cap-lai").text


@pytest.mark.parametrize(("form", "told"), [
    ({"ten": "a b", "vai_tro": "viewer"}, "Tên đăng nhập có từ 3"),
    ({"ten": "viewer", "vai_tro": "viewer"}, "Đã có người dùng"),
    ({"ten": "moi.nguoi", "vai_tro": "king"}, words.CHOOSE_ROLE),
    ({"ten": "moi.nguoi"}, words.CHOOSE_ROLE),
])  # fmt: skip
def test_a_fault_is_told_beside_what_was_typed(administrator: Browser, form: dict[str, str], told: str) -> None:
    answer = administrator.submit("/nguoi-dung", {"ten_hien_thi": "Tên đã gõ", **form})
    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="Tên đã gõ"' in answer.text
    assert f'value="{form["ten"]}"' in answer.text


def test_a_user_is_renamed_reset_and_signed_out(administrator: Browser, editor: Browser, accounts: Accounts) -> None:
    user = find_user(accounts, "editor")
    here = f"/nguoi-dung/{user.id}"
    administrator.submit(f"{here}/ten", {"ten_hien_thi": "Lê Văn Tám"})
    assert "Lê Văn Tám" in editor.get(ROOT).text
    administrator.submit(f"{here}/phien")
    assert "Đã kết thúc 1 phiên." in administrator.get(f"{ROOT}{here}").text
    assert editor.get(ROOT).status_code == 303
    administrator.submit(f"{here}/cap-lai")
    assert editor.sign_in("editor").status_code == 422
    assert "chờ chọn mật khẩu" in administrator.get(f"{ROOT}{here}").text


def test_administrators_do_not_lock_themselves_out(administrator: Browser, accounts: Accounts) -> None:
    user = find_user(accounts, "administrator")
    for verb, form in (("khoa", {}), ("cap-lai", {}), ("vai-tro", {"vai_tro": "viewer"})):
        answer = administrator.submit(f"/nguoi-dung/{user.id}/{verb}", form)
        assert answer.status_code == 422
        assert "Nhờ quản trị viên khác" in answer.text
    assert administrator.get(f"{ROOT}/nguoi-dung").status_code == 200
    assert "Cấp lại" not in administrator.get(f"{ROOT}/nguoi-dung/{user.id}").text


def test_a_long_list_is_turned_page_by_page_and_searched(administrator: Browser, accounts: Accounts) -> None:
    for number in range(PAGE):
        managing.add_user(accounts, f"user{number:03}", f"Người số {number}", Role.VIEWER, actor="t")
    page = administrator.get(f"{ROOT}/nguoi-dung").text
    assert f"Có {PAGE + 5} người." in page
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    second = administrator.get(following.group(1)).text
    assert "Người số 49" in second
    assert "Người số 1<" not in second
    assert 'rel="next"' not in second
    assert text_of(administrator.get(f"{ROOT}/nguoi-dung?tu=số 33").text).count("Người số") == 1
    for odd in ("0", "-1", "x", "99999999999", "²", "9999"):
        assert administrator.get(f"{ROOT}/nguoi-dung?trang={odd}").status_code == 200


def test_what_was_done_and_refused_stands_in_the_log(administrator: Browser, viewer: Browser, door: Browser) -> None:
    door.sign_in("viewer", "wrong password here")
    viewer.get(f"{ROOT}/nguoi-dung")
    administrator.submit("/nguoi-dung/5/khoa")
    page = text_of(administrator.get(f"{ROOT}/nhat-ky").text)
    assert "administrator khóa tài khoản bystander" in page
    assert "viewer bị từ chối GET /nguoi-dung: quản trị viên" in page
    assert "đăng nhập không được viewer" in page
    assert "wrong" not in page
    assert "testclient" not in page  # the address itself


def test_the_navigation_shows_what_the_role_opens_and_every_tile_opens(browsers: dict[str, Browser]) -> None:
    for role in Role:
        page = browsers[role.value].get(ROOT).text
        for tile in rooms.tiles():
            shown = page.count(f'href="{ROOT}{tile.path}"')
            assert (shown >= 2) is role.may(tile.needs), (role, tile.path)
            if shown >= 2:
                assert browsers[role.value].get(f"{ROOT}{tile.path}").status_code == 200
    assert not [tile for tile in rooms.tiles() if f'href="{ROOT}{tile.path}"' in browsers["anonymous"].get(
        f"{ROOT}/dang-nhap").text]  # fmt: skip


def test_the_own_password_is_changed_and_other_machines_are_signed_out(
    app: Starlette, editor: Browser, accounts: Accounts
) -> None:
    other = signed_in(app, editor, accounts, "editor")
    assert "1 nơi khác" in editor.get(f"{ROOT}/tai-khoan").text
    before = editor.cookies[SESSION]
    new = "một câu khác hẳn nhé"
    for form, told in (
        ({"cu": PASSWORD, "moi": new, "lan_hai": "x"}, words.NOT_THE_SAME),
        ({"cu": "x", "moi": new, "lan_hai": new}, "hiện tại không đúng"),
        ({"cu": PASSWORD, "moi": "matkhau12345", "lan_hai": "matkhau12345"}, "dễ bị đoán"),
    ):
        answer = editor.submit("/tai-khoan/mat-khau", form)
        assert answer.status_code == 422
        assert told in answer.text
        assert other.get(ROOT).status_code == 200
    assert editor.submit("/tai-khoan/mat-khau", {"cu": PASSWORD, "moi": new, "lan_hai": new}).status_code == 303
    assert words.PASSWORD_CHANGED in editor.get(f"{ROOT}/tai-khoan").text
    assert editor.cookies[SESSION] != before
    assert sessions.find(accounts, before) is None
    assert other.get(ROOT).status_code == 303


def test_other_machines_are_signed_out_by_a_button(app: Starlette, editor: Browser, accounts: Accounts) -> None:
    other = signed_in(app, editor, accounts, "editor")
    editor.submit("/tai-khoan/phien")
    assert other.get(ROOT).status_code == 303
    assert editor.get(ROOT).status_code == 200


def test_codes_are_turned_on_with_a_telephone_and_off_with_the_password(editor: Browser, accounts: Accounts) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.timezone.utc), tick=False):
        assert editor.submit("/tai-khoan/ma", {"mat_khau": "x"}).status_code == 422
        page = editor.submit("/tai-khoan/ma", {"mat_khau": PASSWORD}).text
        assert "<svg" in page
        secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
        assert secret
        assert "Mã không đúng" in editor.submit("/tai-khoan/ma/bat", {"ma": "000000"}).text
        assert not find_user(accounts, "editor").has_codes
        code = pyotp.TOTP(secret.group(1).replace(" ", "")).at(int(time.time()))
        page = editor.submit("/tai-khoan/ma/bat", {"ma": code}).text
        assert len(re.findall(r"<code>([a-z2-7]{4}-){3}[a-z2-7]{4}</code>", page)) == 10
        assert find_user(accounts, "editor").has_codes
        assert "Còn 10 mã dự phòng" in editor.get(f"{ROOT}/tai-khoan").text
        assert editor.submit("/tai-khoan/ma/tat", {"mat_khau": "x"}).status_code == 422
        assert editor.submit("/tai-khoan/ma/tat", {"mat_khau": PASSWORD}).status_code == 303
        assert not find_user(accounts, "editor").has_codes
        assert editor.get(ROOT).status_code == 303
