"""The page in a real browser: Debian's Chromium, without a window, driven by Debian's own driver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.whole.conftest import Stack, wait_until

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
PATIENCE = 30
SLOW_MS = 600
"""A slow line's latency, on which a person can see that an answer is coming."""
BIRTH = "Đăng ký khai sinh"


@pytest.fixture(scope="module")
def chromium(stack: Stack) -> Iterator[webdriver.Chrome]:
    assert CHROMIUM.exists(), "no Chromium: run 'sh scripts/browser.sh', as 'make test' does"
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1000,800",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    yield driver
    driver.quit()


class Page:
    """The chat page as somebody sees it who opens it for the first time."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def run(self, script: str) -> Any:
        return self.driver.execute_script(f"return {script}")  # type: ignore[no-untyped-call]

    def cdp(self, command: str, **arguments: Any) -> None:
        self.driver.execute_cdp_cmd(command, arguments)

    def answers(self) -> list[WebElement]:
        """The answers after the greeting."""
        return self.all("#log article.reply")[1:]

    def ask(self, text: str) -> WebElement:
        """Type a question, press Enter, wait for its answer."""
        before = len(self.answers())
        self.one("#text").send_keys(text + Keys.ENTER)
        return self.answer_after(before)

    def answer_after(self, before: int) -> WebElement:
        wait_until(lambda: len(self.answers()) > before, PATIENCE, "an answer on the page")
        wait_until(lambda: not self.one("#typing").is_displayed(), PATIENCE, "the typing indicator is gone")
        return self.answers()[-1]

    def line(self, latency: int) -> None:
        """Give the browser a line of a latency in milliseconds."""
        self.cdp("Network.enable")
        limits = {"offline": False, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1}
        self.cdp("Network.emulateNetworkConditions", **limits)

    def focused(self) -> str:
        return str(self.run("document.activeElement.id"))


def button(answer: WebElement, title: str) -> WebElement:
    found: dict[str, WebElement] = {entry.text: entry for entry in answer.find_elements(By.TAG_NAME, "button")}
    assert title in found, list(found)
    return found[title]


@pytest.fixture
def page(chromium: webdriver.Chrome, stack: Stack) -> Iterator[Page]:
    chromium.get(stack.url)
    chromium.delete_all_cookies()
    chromium.execute_script("sessionStorage.clear()")  # type: ignore[no-untyped-call]
    chromium.get(stack.url)
    yield Page(chromium, stack.url)
    for command, arguments in (
        ("Emulation.clearDeviceMetricsOverride", {}),
        ("Emulation.setEmulatedMedia", {"features": []}),
        ("Emulation.setScriptExecutionDisabled", {"value": False}),
    ):
        chromium.execute_cdp_cmd(command, arguments)


def test_the_page_says_that_it_is_a_machine_and_is_ready_to_type_into(page: Page) -> None:
    assert page.driver.title.startswith("Một Cửa")
    assert page.run("document.documentElement.lang") == "vi"
    assert "trợ lý tự động" in page.one("#log").text
    assert page.focused() == "text"


def test_a_question_sent_by_enter_is_answered_while_typing_is_shown(page: Page) -> None:
    page.line(SLOW_MS)
    try:
        assert not page.one("#typing").is_displayed()
        page.one("#text").send_keys("đăng ký khai sinh cần giấy tờ gì" + Keys.ENTER)
        wait_until(page.one("#typing").is_displayed, PATIENCE, "the typing indicator is shown")
        assert "đang trả lời" in page.one("#typing").text
        assert page.all("#log article.said")[-1].text.endswith("đăng ký khai sinh cần giấy tờ gì")
        answer = page.answer_after(0)
    finally:
        page.line(0)
    assert answer.find_element(By.TAG_NAME, "h2").text == BIRTH
    assert "kiểm ngày" in answer.find_element(By.CSS_SELECTOR, ".source").text
    assert page.focused() == "text"
    assert page.one("#text").get_attribute("value") == ""


def test_shift_enter_makes_a_new_line_and_sends_nothing(page: Page) -> None:
    page.one("#text").send_keys("một" + Keys.SHIFT + Keys.ENTER + Keys.NULL + "hai")
    assert page.one("#text").get_attribute("value") == "một\nhai"
    assert not page.all("#log article.said")


def test_a_button_asks_on_and_the_question_stays_in_the_log(page: Page) -> None:
    button(page.ask("làm hộ chiếu nộp ở đâu"), "Phí").click()
    fee = page.answer_after(1)
    assert page.all("#log article.said")[-1].text.endswith("Phí")
    assert "đồng" in fee.text
    assert page.driver.current_url == f"{page.url}/"  # the script sent it, the page was not loaded anew


def test_a_button_is_reached_and_pressed_by_keyboard(page: Page) -> None:
    page.ask("làm hộ chiếu hết bao nhiêu tiền")
    # Backwards from the field: the last answer's last button or link is the nearest.
    for _ in range(12):
        page.driver.switch_to.active_element.send_keys(Keys.SHIFT + Keys.TAB)
        if page.run("document.activeElement.name") == "button":
            break
    assert page.run("document.activeElement.name") == "button"
    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert page.answer_after(1).text


def test_links_open_elsewhere_and_tell_nobody_where_from(page: Page) -> None:
    answer = page.ask("làm hộ chiếu hết bao nhiêu tiền")
    links = [*answer.find_elements(By.TAG_NAME, "a"), *page.all("footer a")]
    assert len(links) >= 2
    for link in links:
        assert str(link.get_attribute("href")).startswith("https://")
        assert link.get_attribute("target") == "_blank"
        assert {"noopener", "noreferrer"} <= set(str(link.get_attribute("rel")).split())


def test_a_reload_keeps_the_conversation_and_a_fresh_start_clears_it(page: Page) -> None:
    page.ask("đăng ký khai sinh cần giấy tờ gì")
    page.driver.refresh()
    assert [answer.find_element(By.TAG_NAME, "h2").text for answer in page.answers()] == [BIRTH]
    page.one("#restart").click()
    assert not page.answers()
    assert not page.one("#restart").is_displayed()


def test_what_is_typed_is_shown_as_text_only(page: Page) -> None:
    page.ask("<img src=x onerror=\"document.title='taken'\"><b>đậm</b>")
    assert not page.all("#log img, #log b")
    assert "<b>đậm</b>" in page.all("#log article.said")[-1].text
    assert page.driver.title.startswith("Một Cửa")


def test_a_phone_screen_needs_no_scrolling_sideways(page: Page) -> None:
    page.cdp("Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=2, mobile=True)
    page.driver.get(page.url)
    page.ask("sang tên sổ đỏ cần giấy tờ gì")
    assert page.run("window.innerWidth") == 360
    assert page.run("document.documentElement.scrollWidth") <= 360
    log = "document.getElementById('log')"
    assert page.run(f"{log}.scrollWidth <= {log}.clientWidth")
    for control in page.all("#log .buttons button, .send"):
        assert control.size["height"] >= 44, control.text  # what a thumb hits


def test_a_long_conversation_scrolls_in_its_log_and_the_page_does_not(page: Page) -> None:
    for text in ("làm giấy khai sinh cần gì", "còn lệ phí?"):
        page.ask(text)
    assert page.run("document.getElementById('log').scrollHeight > document.getElementById('log').clientHeight")
    assert page.run("document.documentElement.scrollHeight <= window.innerHeight")
    assert page.run("document.getElementById('text').scrollHeight <= document.getElementById('text').clientHeight")


def _lightness(page: Page, element: str, prop: str) -> float:
    colour = page.run(f"getComputedStyle(document.querySelector('{element}')).{prop}")
    red, green, blue = (int(part) for part in colour.strip("rgba()").split(",")[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_dark_mode_is_dark_with_light_letters(page: Page) -> None:
    light = _lightness(page, "body", "backgroundColor"), _lightness(page, "article", "color")
    page.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    dark = _lightness(page, "body", "backgroundColor"), _lightness(page, "article", "color")
    assert light[0] > 200
    assert light[1] < 60
    assert dark[0] < 60
    assert dark[1] > 200


def test_a_screen_reader_is_told_of_answers_and_of_every_control(page: Page) -> None:
    log = page.one("#log")
    assert log.get_attribute("role") == "log"
    assert log.get_attribute("aria-live") == "polite"
    assert log.get_attribute("aria-label")
    assert page.one("label[for=text]").get_attribute("textContent") == "Câu hỏi của bạn"
    assert page.one("#typing").get_attribute("role") == "status"
    page.ask("đăng ký khai sinh cần giấy tờ gì")
    for control in page.all("button, a"):
        assert control.accessible_name, control.get_attribute("outerHTML")
    speakers = [speaker.get_attribute("textContent") for speaker in page.all("#log article > .sr")]
    assert speakers == ["Một Cửa:", "Bạn:", "Một Cửa:"]


def test_the_browser_has_nothing_to_complain_of(page: Page) -> None:
    page.driver.get_log("browser")  # type: ignore[no-untyped-call]
    page.ask("đăng ký khai sinh cần giấy tờ gì")
    complaints = page.driver.get_log("browser")  # type: ignore[no-untyped-call]
    assert [entry["message"] for entry in complaints if entry["level"] in ("SEVERE", "WARNING")] == []


def test_the_form_works_without_javascript(page: Page) -> None:
    page.cdp("Emulation.setScriptExecutionDisabled", value=True)
    page.driver.get(page.url)
    assert not page.one("#typing").is_displayed()
    page.one("#text").send_keys("làm hộ chiếu nộp ở đâu")
    page.one(".send").click()
    wait_until(lambda: len(page.answers()) == 1, PATIENCE, "the page came back with an answer")
    button(page.answers()[0], "Phí").click()
    wait_until(lambda: len(page.answers()) == 2, PATIENCE, "the page came back with both answers")
    said = [article.text.split("\n")[-1] for article in page.all("#log article.said")]
    assert said == ["làm hộ chiếu nộp ở đâu", "Phí"]
    assert "đồng" in page.answers()[1].text
