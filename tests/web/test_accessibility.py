"""The pages in a real browser: audited by axe-core, on a phone, in the dark, on paper, and without scripts."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from sqlalchemy.engine import Engine

from knowledge.library import Library
from tests.conftest import ROOT
from tests.web.conftest import Rasa, copy_of, fill
from tests.whole.conftest import free_ports, wait_until
from web.app import create_app
from web.assistant import Assistant

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
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
        yield from _serve(engine)


def _serve(engine: Engine) -> Iterator[str]:
    fill(engine)
    client = httpx.AsyncClient(transport=httpx.MockTransport(Rasa().handle), base_url="http://rasa")
    (port,) = free_ports(1)
    app = create_app(Assistant(client), Library(engine))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none", lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, 30, "the pages are served")
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    assert CHROMIUM.exists(), "no Chromium: run 'sh scripts/browser.sh', as 'make test' does"
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1000,900",
    ):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core's script."""
    fetched = subprocess.run(["sh", "scripts/axe.sh"], cwd=ROOT, capture_output=True, text=True, check=False)
    if fetched.returncode:
        pytest.skip(f"axe-core can't be had here: {fetched.stderr.strip()[-200:]}")
    return Path(fetched.stdout.strip()).read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(site: str, browser: webdriver.Chrome, axe: str, path: str, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.get(site + path)
    browser.execute_script(axe)  # type: ignore[no-untyped-call]
    found: dict[str, Any] = browser.execute_async_script(
        "const done = arguments[0]; axe.run().then(found => done({passes: found.passes.length, violations:"
        " found.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.target.join(' ')).slice(0, 3)])}))"
    )
    assert found["passes"] > 15, "axe looked at next to nothing"
    assert found["violations"] == [], json.dumps(found["violations"], ensure_ascii=False)


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_needs_no_scrolling_sideways(site: str, browser: webdriver.Chrome, path: str) -> None:
    phone = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        browser.get(site + path)
        width = browser.execute_script("return document.documentElement.scrollWidth")  # type: ignore[no-untyped-call]
        assert width <= 360
        for control in browser.find_elements(By.CSS_SELECTOR, "main button, main .button, main select, main input"):
            if control.is_displayed():
                assert control.size["height"] >= 44, control.get_attribute("outerHTML")  # what a thumb hits
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


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
