"""The pages in a real browser: audited by axe-core, on a phone, in the dark, on paper, and without scripts."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from knowledge.library import Library
from tests.web.browsing import audit, on_a_phone, served
from tests.web.conftest import Rasa, copy_of, fill
from tests.whole.conftest import wait_until
from web.app import create_app
from web.assistant import Assistant

PAGES = (
    "/", "/thu-tuc", "/thu-tuc?tu=chim&nhom=nong_nghiep", "/thu-tuc/9.000001", "/thu-tuc/9.000001?truong-hop=2",
    "/thu-tuc/9.000002", "/thu-tuc/9.000003", "/du-lieu-mo", "/thu-tuc/9.999999",
)  # fmt: skip
A4_POINTS = (595, 842)
_SECRETS = {"MOTCUA_SESSION_SECRET": "s" * 32, "MOTCUA_CHANNEL_SECRET": "c" * 32}


@pytest.fixture(scope="module")
def site(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application on a port of its own, with made-up procedures and a made-up Rasa."""
    with pytest.MonkeyPatch.context() as patch, copy_of(empty_database, tmp_path_factory.mktemp("site")) as engine:
        for name, value in _SECRETS.items():
            patch.setenv(name, value)
        fill(engine)
        client = httpx.AsyncClient(transport=httpx.MockTransport(Rasa().handle), base_url="http://rasa")
        with served(create_app(Assistant(client), Library(engine))) as address:
            yield address


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(site: str, browser: webdriver.Chrome, axe: str, path: str, scheme: str) -> None:
    browser.get(site + path)
    found = audit(browser, axe, scheme)
    assert found == [], json.dumps(found, ensure_ascii=False)


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_needs_no_scrolling_sideways(site: str, browser: webdriver.Chrome, path: str) -> None:
    with on_a_phone(browser) as width:
        browser.get(site + path)
        assert width() <= 360


def test_a_checklist_prints_on_one_sheet_of_a4_with_its_code_and_without_buttons(
    site: str, browser: webdriver.Chrome
) -> None:
    browser.get(f"{site}/thu-tuc/9.000001?truong-hop=1")
    sheet = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    pdf = base64.b64decode(sheet["data"]).decode("latin-1")
    boxes = {
        tuple(round(float(part)) for part in box.split())[2:] for box in re.findall(r"/MediaBox\s*\[([\d. ]+)\]", pdf)
    }
    assert boxes == {A4_POINTS}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert browser.find_element(By.CSS_SELECTOR, ".qr svg").is_displayed()
        assert not browser.find_element(By.CSS_SELECTOR, ".actions").is_displayed()
        assert not browser.find_element(By.CSS_SELECTOR, ".top").is_displayed()
        assert browser.find_element(By.CSS_SELECTOR, ".checklist").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_the_list_is_searched_and_a_case_picked_without_scripts(site: str, browser: webdriver.Chrome) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(f"{site}/thu-tuc")
        browser.find_element(By.ID, "tu").send_keys("nuôi chim\n")
        wait_until(lambda: "tu=" in browser.current_url, 20, "the list is searched")
        browser.find_element(By.LINK_TEXT, "Cấp thẻ nuôi chim").click()
        wait_until(lambda: browser.current_url.endswith("/9.000001"), 20, "the page is opened")
        browser.find_element(By.LINK_TEXT, "Nuôi cả đàn").click()
        wait_until(lambda: "truong-hop=2" in browser.current_url, 20, "the case is picked")
        papers = [paper.text for paper in browser.find_elements(By.CSS_SELECTOR, ".checklist li")]
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert papers == ["Sơ đồ chuồng (2 bản sao)", "Tờ khai"]
