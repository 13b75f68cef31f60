"""The console in a real browser: audited by axe-core in light and dark, on a phone, with its small script."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from accounts import managing
from accounts.database import Accounts
from accounts.passwords import Passwords
from accounts.roles import Role
from desk.database import Desk
from knowledge.database import open_engine
from knowledge.library import Library
from storage.database import open_engine as open_durable
from tests.web.browsing import audit, on_a_phone, served
from tests.web.conftest import Rasa
from tests.web.console.conftest import PASSWORD, ROOT
from tests.web.console.expected import PAGES
from tests.whole.conftest import wait_until
from web.app import create_app
from web.assistant import Assistant

LOOKED_AT = tuple(
    page
    for page in PAGES
    # Files to download and parts of a page are no pages.
    if page.method == "GET" and page.needs and page.status == 200
    if not page.path.endswith((".yml", ".csv", ".xlsx", "/tien-do"))
)
"""Every page of the console that is looked at, as an administrator sees it."""


@pytest.fixture(scope="module")
def console(
    staff_database: Path, desk_database: Path, passwords: Passwords, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The application on a port of its own, with the made-up staff."""
    path = tmp_path_factory.mktemp("looks") / "staff.db"
    shutil.copy(staff_database, path)
    shutil.copy(desk_database, path.with_name("desk.db"))
    desk = Desk(open_durable(f"sqlite:///{path.with_name('desk.db')}", queue=True))
    engine = open_engine(f"sqlite:///{path}")
    accounts = Accounts(engine, passwords)
    client = httpx.AsyncClient(transport=httpx.MockTransport(Rasa().handle), base_url="http://rasa")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTCUA_SESSION_SECRET", "s" * 32)
        managing.add_user(accounts, "invited", "Người được mời", Role.VIEWER, actor="test")
        with served(create_app(Assistant(client), Library(engine), accounts, lambda: desk)) as address:
            yield address
    desk.engine.dispose()
    engine.dispose()


def sign_in(browser: webdriver.Chrome, console: str) -> None:
    browser.get(f"{console}{ROOT}/dang-nhap")
    if browser.current_url.endswith("/dang-nhap"):
        browser.find_element(By.ID, "ten").send_keys("administrator")
        browser.find_element(By.ID, "mat_khau").send_keys(f"{PASSWORD}\n")
        wait_until(lambda: browser.current_url.endswith(ROOT), 20, "the first page")


def test_somebody_signs_in_on_a_phone_and_finds_the_way_around(browser: webdriver.Chrome, console: str) -> None:
    browser.delete_all_cookies()
    with on_a_phone(browser):
        browser.get(f"{console}{ROOT}/nguoi-dung")
        wait_until(lambda: "/dang-nhap" in browser.current_url, 20, "the sign-in")
        assert browser.switch_to.active_element.get_attribute("id") == "ten"
        browser.find_element(By.ID, "ten").send_keys("administrator")
        browser.find_element(By.ID, "mat_khau").send_keys("wrong\n")
        wait_until(lambda: bool(browser.find_elements(By.CSS_SELECTOR, "[role=alert]")), 20, "the fault")
        browser.find_element(By.ID, "mat_khau").send_keys(f"{PASSWORD}\n")
        wait_until(lambda: browser.current_url.endswith("/nguoi-dung"), 20, "the page that was wanted")
        browser.find_element(By.LINK_TEXT, "Người khác").click()
        wait_until(lambda: bool(browser.find_elements(By.XPATH, "//button[.='Khóa tài khoản']")), 20, "the user's page")
        browser.find_element(By.XPATH, "//button[.='Khóa tài khoản']").click()
        status = (By.CSS_SELECTOR, "[role=status]")
        wait_until(lambda: "Đã khóa tài khoản" in browser.find_element(*status).text, 20, "what was done is told")
        browser.find_element(By.XPATH, "//button[.='Mở khóa']").click()
        wait_until(lambda: "mở khóa" in browser.find_element(By.ID, "main").text, 20, "it is undone")


def test_a_password_can_be_shown_and_pasted(browser: webdriver.Chrome, console: str) -> None:
    browser.delete_all_cookies()
    browser.get(f"{console}{ROOT}/dang-nhap")
    field = browser.find_element(By.ID, "mat_khau")
    assert field.get_attribute("autocomplete") == "current-password"
    assert field.get_attribute("onpaste") is None
    show = browser.find_element(By.CSS_SELECTOR, "button.show")
    field.send_keys("con mèo")
    for kind in ("text", "password"):
        show.click()
        assert field.get_attribute("type") == kind
        assert show.get_attribute("aria-pressed") == str(kind == "text").lower()
    assert field.get_attribute("value") == "con mèo"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", LOOKED_AT, ids=str)
def test_axe_finds_nothing(console: str, browser: webdriver.Chrome, axe: str, page: Any, scheme: str) -> None:
    sign_in(browser, console)
    browser.get(console + page.address)
    assert browser.find_element(By.TAG_NAME, "h1").text != "Chưa làm được", "the page itself isn't seen"
    found = audit(browser, axe, scheme)
    assert found == [], json.dumps(found, ensure_ascii=False)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_at_the_door(console: str, browser: webdriver.Chrome, axe: str, scheme: str) -> None:
    browser.delete_all_cookies()
    browser.get(f"{console}{ROOT}/dang-nhap")
    assert audit(browser, axe, scheme) == []


@pytest.mark.parametrize("page", LOOKED_AT, ids=str)
def test_a_phone_needs_no_scrolling_sideways(console: str, browser: webdriver.Chrome, page: Any) -> None:
    with on_a_phone(browser) as widths:
        sign_in(browser, console)
        browser.get(console + page.address)
        assert widths() <= 360


def test_the_browser_has_nothing_to_complain_of(console: str, browser: webdriver.Chrome) -> None:
    sign_in(browser, console)
    browser.get_log("browser")  # type: ignore[no-untyped-call]
    for page in LOOKED_AT:
        browser.get(console + page.address)
    complaints = browser.get_log("browser")  # type: ignore[no-untyped-call]
    assert [entry["message"] for entry in complaints if entry["level"] in ("SEVERE", "WARNING")] == []
