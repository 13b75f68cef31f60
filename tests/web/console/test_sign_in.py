"""Coming in, staying in, going out: what the browser is given, and when it is no longer good."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator

import pyotp
import pytest
import time_machine
from starlette.applications import Starlette

from accounts import codes, managing, sessions
from accounts.attempts import NAME
from accounts.database import Accounts
from accounts.roles import Role
from accounts.users import find_user
from tests.web.console.conftest import ORIGIN, PASSWORD, ROOT, Browser
from web.console import words
from web.console.cookies import SESSION, VISITOR

NOW = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.timezone.utc)


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


def test_signing_in_leads_to_the_page_that_was_wanted(door: Browser) -> None:
    wanted = door.get(f"{ROOT}/tai-khoan?x=1")
    assert wanted.headers["location"] == f"{ROOT}/dang-nhap?tiep={ROOT}/tai-khoan%3Fx%3D1"
    page = door.get(wanted.headers["location"]).text
    assert f'name="tiep" value="{ROOT}/tai-khoan?x=1"' in page
    form = {"ten": "viewer", "mat_khau": PASSWORD, "tiep": f"{ROOT}/tai-khoan?x=1"}
    assert door.submit("/dang-nhap", form, of="/dang-nhap").headers["location"] == f"{ROOT}/tai-khoan?x=1"
    assert door.get(f"{ROOT}/tai-khoan").status_code == 200


@pytest.mark.parametrize("wanted", [
    "https://evil.example", "//evil.example", "/\\evil.example", f"{ROOT}/../static/x", f"{ROOT}//evil.example",
    f"{ROOT}@evil.example", f"{ROOT}.evil.example", "javascript:alert(1)", f"{ROOT}/x\nSet-Cookie: a=b",
    f"{ROOT}/dang-nhap", "/thu-tuc", f"{ROOT}/%2e%2e/x",
])  # fmt: skip
def test_the_way_on_never_leads_out_of_the_console(door: Browser, wanted: str) -> None:
    form = {"ten": "viewer", "mat_khau": PASSWORD, "tiep": wanted}
    assert door.submit("/dang-nhap", form, of="/dang-nhap").headers["location"] == ROOT


@pytest.mark.parametrize("name", ["viewer", "nobody"])
def test_what_is_wrong_is_told_alike_for_known_and_unknown_names(door: Browser, name: str) -> None:
    answer = door.sign_in(name, "wrong")
    assert answer.status_code == 422
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in answer.text
    assert SESSION not in door.cookies
    assert "wrong" not in answer.text


@pytest.mark.parametrize("name", ["viewer", "nobody"])
def test_guessing_is_locked_alike_for_known_and_unknown_names(door: Browser, name: str) -> None:
    for _ in range(NAME.free):
        assert "không đúng" in door.sign_in(name, "wrong").text
    assert "Bạn đợi 1 phút" in door.sign_in(name, PASSWORD).text


def test_a_session_that_the_browser_brought_along_is_not_taken_over(door: Browser, accounts: Accounts) -> None:
    planted = "planted-by-somebody-else"
    door.cookies.set(SESSION, planted)
    assert door.sign_in("viewer").status_code == 303
    fresh = [cookie.value for cookie in door.cookies.jar if cookie.name == SESSION and cookie.value != planted]
    assert len(fresh) == 1
    assert sessions.find(accounts, planted) is None
    assert sessions.find(accounts, str(fresh[0])) is not None


def test_signing_in_again_ends_the_session_before(app: Starlette, viewer: Browser, accounts: Accounts) -> None:
    before = viewer.cookies[SESSION]
    token = viewer.token("/tai-khoan")
    form = {"form_token": token, "ten": "editor", "mat_khau": PASSWORD}
    answer = viewer.post(f"{ROOT}/dang-nhap", data=form, headers=ORIGIN)
    assert answer.status_code == 303
    assert sessions.find(accounts, before) is None


def test_the_cookies_are_for_this_site_alone(door: Browser) -> None:
    answer = door.sign_in("viewer")
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith(f"{SESSION}="))
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert flags == {"httponly", "path=/", "samesite=strict"}


def test_with_tls_no_other_host_can_set_them(app: Starlette, door: Browser) -> None:
    secure = Browser(app, base_url="https://testserver", raise_server_exceptions=False, follow_redirects=False)
    secure.portal = door.portal
    page = secure.get(f"{ROOT}/dang-nhap")
    assert page.headers["set-cookie"].startswith(f"__Host-{VISITOR}=")
    token = secure.token("/dang-nhap")
    form = {"form_token": token, "ten": "viewer", "mat_khau": PASSWORD}
    answer = secure.post(f"{ROOT}/dang-nhap", data=form, headers={"Origin": "https://testserver"})
    assert answer.status_code == 303
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith(f"__Host-{SESSION}="))
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert flags == {"httponly", "path=/", "samesite=strict", "secure"}
    # A cookie without the prefix, which a plain page could have set, counts for nothing.
    plain = answer.cookies[f"__Host-{SESSION}"]
    other = Browser(app, base_url="https://testserver", follow_redirects=False)
    other.portal = door.portal
    other.cookies.set(SESSION, plain)
    assert other.get(ROOT).status_code == 303


def test_a_session_ends_by_itself(app: Starlette, door: Browser, clock: time_machine.Coordinates) -> None:
    door.sign_in("viewer")
    for _ in range(3):
        clock.shift(29 * 60)
        assert door.get(ROOT).status_code == 200
    clock.shift(30 * 60)
    assert door.get(ROOT).status_code == 303
    door.sign_in("viewer")
    for _ in range(24):
        clock.shift(29 * 60)
        assert door.get(ROOT).status_code == 200
    clock.shift(25 * 60)
    assert door.get(ROOT).status_code == 303  # twelve hours, however busy


def test_going_out_ends_the_session_here_and_in_the_database(viewer: Browser, accounts: Accounts) -> None:
    token = viewer.cookies[SESSION]
    answer = viewer.submit("/dang-xuat")
    assert answer.headers["location"] == f"{ROOT}/dang-nhap"
    assert "cache" in answer.headers["clear-site-data"]
    assert sessions.find(accounts, token) is None
    assert words.SIGNED_OUT in viewer.get(f"{ROOT}/dang-nhap").text
    viewer.cookies.set(SESSION, token)
    assert viewer.get(ROOT).status_code == 303


def test_a_changed_role_holds_at_once(
    administrator: Browser, editor: Browser, accounts: Accounts, app: Starlette
) -> None:
    user = find_user(accounts, "editor")
    administrator.submit(f"/nguoi-dung/{user.id}/vai-tro", {"vai_tro": "viewer"})
    assert editor.get(ROOT).status_code == 303
    editor.sign_in("editor")
    assert "người xem" in editor.get(ROOT).text


def test_a_locked_user_is_out_at_once_and_stays_out(
    administrator: Browser, editor: Browser, accounts: Accounts
) -> None:
    user = find_user(accounts, "editor")
    administrator.submit(f"/nguoi-dung/{user.id}/khoa")
    assert editor.get(ROOT).status_code == 303
    assert editor.sign_in("editor").status_code == 422
    administrator.submit(f"/nguoi-dung/{user.id}/mo-khoa")
    assert editor.sign_in("editor").status_code == 303


def test_what_htmx_asks_for_without_a_session_leads_the_whole_page_to_the_door(door: Browser) -> None:
    answer = door.get(f"{ROOT}/tai-khoan", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, f"{ROOT}/dang-nhap")


def test_the_token_may_come_in_a_header_as_htmx_sends_it(viewer: Browser) -> None:
    headers = {**ORIGIN, "X-Form-Token": viewer.token("/tai-khoan")}
    answer = viewer.post(f"{ROOT}/tai-khoan/ten", data={"ten_hien_thi": "Tên khác"}, headers=headers)
    assert answer.status_code == 303


@pytest.fixture
def secret(accounts: Accounts, clock: time_machine.Coordinates) -> str:
    """The key of the editor's codes, which are on."""
    user = find_user(accounts, "editor")
    secret, _ = codes.propose(accounts, user.id)
    codes.turn_on(accounts, user.id, pyotp.TOTP(secret).at(int(time.time())), session="")
    clock.shift(60)
    return secret


def test_with_codes_the_password_opens_nothing_yet(door: Browser, secret: str) -> None:
    answer = door.sign_in("editor")
    assert answer.headers["location"] == f"{ROOT}/dang-nhap/ma?tiep={ROOT}"
    half = door.cookies[SESSION]
    assert door.get(ROOT).status_code == 303
    assert door.get(f"{ROOT}/tai-khoan").status_code == 303
    code = pyotp.TOTP(secret).at(int(time.time()))
    assert door.submit("/dang-nhap/ma", {"ma": "000 000"}, of="/dang-nhap/ma").status_code == 422
    assert door.submit("/dang-nhap/ma", {"ma": code}, of="/dang-nhap/ma").headers["location"] == ROOT
    assert door.cookies[SESSION] != half
    assert door.get(ROOT).status_code == 200


def test_a_code_cannot_be_used_again_by_who_looked_over_the_shoulder(
    app: Starlette, door: Browser, secret: str
) -> None:
    code = pyotp.TOTP(secret).at(int(time.time()))
    other = Browser(app, raise_server_exceptions=False, follow_redirects=False)
    other.portal = door.portal
    for browser, status in ((door, 303), (other, 422)):
        browser.sign_in("editor")
        assert browser.submit("/dang-nhap/ma", {"ma": code}, of="/dang-nhap/ma").status_code == status
    assert other.get(ROOT).status_code == 303


def test_a_set_up_link_lets_somebody_choose_a_password_once(door: Browser, accounts: Accounts) -> None:
    _, link = managing.add_user(accounts, "moi", "Người mới", Role.VIEWER, actor="t")
    path = f"/bat-dau/{link}"
    assert "Người mới" in door.get(f"{ROOT}{path}").text
    for first, second, told in ((PASSWORD, "x", words.NOT_THE_SAME), ("ngắn", "ngắn", "ít nhất 12")):
        answer = door.submit(path, {"mat_khau": first, "lan_hai": second}, of=path)
        assert answer.status_code == 422
        assert told in answer.text
    answer = door.submit(path, {"mat_khau": PASSWORD, "lan_hai": PASSWORD}, of=path)
    assert answer.headers["location"] == f"{ROOT}/dang-nhap"
    assert words.PASSWORD_CHOSEN in door.get(f"{ROOT}/dang-nhap").text
    assert door.get(f"{ROOT}{path}").status_code == 404
    assert door.sign_in("moi").status_code == 303
