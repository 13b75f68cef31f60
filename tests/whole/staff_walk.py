"""The walk of a new member of the staff in a real browser: from the invitation to a procedure in the chat, twice.

As a script it walks through an assistant that runs, tells how long each step took, and takes the guide's pictures:

    python -m tests.whole.staff_walk http://127.0.0.1:8000 /quan-tri/bat-dau/TOKEN docs/pictures
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import openpyxl
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from tests.whole.conftest import wait_until

ROOT = "/quan-tri"
NAME, PASSWORD = "hoa.nguyen", "cây cau trước sân nhà"
BY_FORM, BY_EXCEL = "9.700001", "9.700002"
FORM = {
    "name": "Cấp thẻ nuôi bồ câu đua",
    "official_name": "Thủ tục cấp thẻ nuôi bồ câu đua",
    "summary": "Xin thẻ để nuôi và thả bồ câu đua ở phường, xã.",
    "portal_url": "https://dichvucong.gov.vn/p/home/dvc-chi-tiet-thu-tuc.html?ma_thu_tuc=9.700001",
    "popular_names": "thẻ bồ câu đua",
    "ways_to_ask": "xin thẻ nuôi bồ câu đua ở đâu\nnuôi bồ câu đua cần giấy gì\nthả bồ câu đua phải xin phép không",
}
SOURCE = {"name": "Ví dụ để tập", "checked": "2026-11-30"}
ASKED_OF_FORM, ASKED_OF_EXCEL = "xin thẻ bồ câu đua", "nuôi công cảnh cần giấy gì"
EXCEL = {
    "Tên dễ hiểu": "Cấp thẻ nuôi công cảnh",
    "Tên trên Cổng": "Thủ tục cấp thẻ nuôi công cảnh",
}
PATIENCE = 60
SHOT = {"width": 1200, "height": 760, "deviceScaleFactor": 1, "mobile": False}
"""The screen of the pictures."""
REPLIES = "#log article.reply"


def chromium(*flags: str) -> webdriver.Chrome:
    """Debian's Chromium without a window."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", *flags):
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


@dataclass
class Walk:
    """Somebody who has never seen the console.

    Attributes:
        driver: their browser.
        url: the assistant's address.
        files: where they keep files.
        pictures: where pictures are put; None for none.
        times: seconds from the start at the end of each step.
    """

    driver: webdriver.Chrome
    url: str
    files: Path
    pictures: Optional[Path] = None
    times: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    def one(self, css: str) -> Any:
        """What a selector finds."""
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def all(self, css: str) -> list[Any]:
        """All that a selector finds."""
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def text(self) -> str:
        """What the page says; '' while it is replaced."""
        try:
            return str(self.driver.find_element(By.TAG_NAME, "body").text)
        except StaleElementReferenceException:
            return ""

    def wait(self, done: Callable[[], bool], what: str) -> None:
        """Wait for the page."""
        wait_until(done, PATIENCE, what)

    def press(self, label: str) -> None:
        """Press the button of a label."""
        button = self.driver.find_element(
            By.XPATH, f"//main//button[starts-with(normalize-space(), '{label}') and not(@aria-hidden)]"
        )
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)  # type: ignore[no-untyped-call]
        button.click()

    def put(self, name: str, value: str) -> None:
        """Fill a field, as quickly as pasting does."""
        self.driver.execute_script(  # type: ignore[no-untyped-call]
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
            self.one(f"[name='{name}']"), value,
        )  # fmt: skip

    def done(self, step: str) -> None:
        """A step is done."""
        self.times[step] = time.monotonic() - self.started

    def picture(self, name: str) -> None:
        """Take a picture of the page's beginning, where pictures are wanted."""
        if self.pictures is not None:
            self.driver.execute_script("scrollTo({top: 0, behavior: 'instant'})")  # type: ignore[no-untyped-call]
            self.driver.save_screenshot(str(self.pictures / f"can-bo-{name}.png"))

    def sign_in(self, invitation: str) -> None:
        """Choose a password by the invitation's link, and sign in."""
        self.driver.get(f"{self.url}{invitation}")
        for name in [item.get_attribute("name") for item in self.all("input[type=password]")]:
            self.one(f"[name='{name}']").send_keys(PASSWORD)
        self.one("main form button:not(.show)").click()
        self.wait(lambda: "/dang-nhap" in self.driver.current_url, "the sign-in")
        self.one("#ten").send_keys(NAME)
        self.one("#mat_khau").send_keys(PASSWORD)
        self.picture("dang-nhap")
        self.one("#mat_khau").send_keys("\n")
        self.wait(lambda: self.driver.current_url.endswith(ROOT), "the first page")
        self.done("signed in")
        self.picture("trang-dau")

    def add_by_form(self) -> None:
        """Fill the form, save the draft, publish it."""
        self.driver.get(f"{self.url}{ROOT}/thu-tuc/moi")
        self.one("[name=ma]").send_keys(f"{BY_FORM}\n")
        self.wait(lambda: self.driver.current_url.endswith("/sua"), "the form")
        for name, value in FORM.items():
            self.put(name, value)
        for name, value in SOURCE.items():
            self.put(f"sources.0.{name}", value)
        Select(self.one("select[name=group]")).select_by_value("khac")
        level = self.one("input[name=level][value=commune]")
        self.driver.execute_script("arguments[0].click()", level)  # type: ignore[no-untyped-call]
        self.done("form filled")
        self.wait(lambda: FORM["summary"] in self.one(".previews").text, "the preview beside it")
        self.wait(lambda: not any(fault.text for fault in self.all("#bieu-mau .fault")), "no field lacks anything")
        self.picture("mau")
        self.press("Lưu bản nháp")
        self.wait(lambda: "Đã lưu bản nháp" in self.text(), "the draft is saved")
        self.press("Công bố")
        self.wait(lambda: "Đã công bố" in self.text(), "it is published")
        self.done("published by form")
        self.picture("thu-tuc")

    def add_by_excel(self) -> None:
        """Write a row into the template that was downloaded, upload it, look at the preview, publish."""
        file = self.files / "thu-tuc.xlsx"
        cookies = {cookie["name"]: cookie["value"] for cookie in self.driver.get_cookies()}
        import httpx

        answer = httpx.get(f"{self.url}{ROOT}/excel/mau", cookies=cookies, timeout=60)
        assert answer.status_code == 200
        file.write_bytes(answer.content)
        fill(file)
        self.driver.get(f"{self.url}{ROOT}/excel")
        self.picture("excel")
        self.one("input[type=file]").send_keys(str(file))
        self.driver.find_element(By.XPATH, "//main//button[contains(., 'Xem trước')]").click()
        self.wait(lambda: EXCEL["Tên dễ hiểu"] in self.text(), "the preview")
        self.picture("xem-truoc")
        self.press("Ghi và công bố")
        self.wait(lambda: "Đã" in self.text() and "/excel/" not in self.driver.current_url, "it is written")
        self.done("published by Excel")

    def ask(self, question: str, name: str, picture: str = "") -> None:
        """Ask in the chat until the answer is about the procedure: the search follows within seconds."""
        until = time.monotonic() + PATIENCE
        self.driver.get(self.url)
        said = 0
        while not any(name in reply.text for reply in self.all(REPLIES)[said:]):
            said = len(self.all(REPLIES))
            assert time.monotonic() < until, f"no answer about {name}: {self.text()[-500:]}"
            self.one("#text").send_keys(f"{question}\n")
            wait_until(lambda before=said: self._replies() > before, PATIENCE, "an answer")  # type: ignore[misc]
        self.done(f"'{name}' in the chat")
        if picture:
            self.picture(picture)

    def _replies(self) -> int:
        return len(self.all(REPLIES))


def fill(file: Path) -> None:
    """Write a procedure's row into the template, beside its examples; the columns are known by their titles."""
    book = openpyxl.load_workbook(file)
    rows: dict[str, dict[str, str]] = {
        "Thủ tục": {
            "Mã thủ tục": BY_EXCEL, **EXCEL, "Nhóm": "Việc khác", "Cấp giải quyết": "Cấp xã",
            "Tóm tắt": "Xin thẻ để nuôi công cảnh trong vườn nhà.",
            "Địa chỉ trên Cổng": FORM["portal_url"].replace(BY_FORM, BY_EXCEL),
        },
        "Nguồn": {
            "Mã thủ tục": BY_EXCEL, "Mã nguồn": "portal", "Tên nguồn": SOURCE["name"],
            "Ngày kiểm tra": SOURCE["checked"],
        },
        "Tên gọi, cách hỏi": {"Mã thủ tục": BY_EXCEL, "Loại": "Cách hỏi", "Câu chữ": ASKED_OF_EXCEL},
    }  # fmt: skip
    for title, values in rows.items():
        sheet = book[title]
        head = {str(cell.value): cell.column for cell in sheet[1] if cell.value}
        at = sheet.max_row + 1
        for name, value in values.items():
            assert name in head, f"{title}: {name} not in {list(head)}"
            sheet.cell(at, head[name], value)
    book.save(file)


def walk(driver: webdriver.Chrome, url: str, invitation: str, files: Path, pictures: Optional[Path] = None) -> Walk:
    """All of it, one step after the other."""
    made = Walk(driver, url, files, pictures)
    made.sign_in(invitation)
    made.add_by_form()
    made.ask(ASKED_OF_FORM, FORM["name"], "hoi-thu")
    made.add_by_excel()
    made.ask(ASKED_OF_EXCEL, EXCEL["Tên dễ hiểu"])
    return made


def main() -> None:
    """Walk and tell."""
    url, invitation, folder = sys.argv[1:4]
    driver = chromium("--hide-scrollbars")
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", SHOT)
    try:
        made = walk(driver, url, invitation, Path("/tmp"), Path(folder))
    except BaseException:
        driver.save_screenshot("/tmp/staff-walk-failed.png")
        print(driver.current_url, driver.find_element(By.TAG_NAME, "body").text[-1500:])
        raise
    finally:
        driver.quit()
    for step, seconds in made.times.items():
        print(f"{seconds:6.1f} s  {step}")


if __name__ == "__main__":
    main()
