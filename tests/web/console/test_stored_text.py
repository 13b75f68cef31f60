"""Whatever is typed into a field comes back as text. Every text field of the console belongs into ``FIELDS``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest

from tests.web.console.conftest import ROOT, Browser

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)' autofocus='",
    "</textarea><svg onload=alert(1)>",
    "</title><script src=//x.example></script>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "]]><!--<b>",
)
Browsers = dict[str, Browser]


def own_name(browsers: Browsers, text: str) -> list[str]:
    browsers["editor"].submit("/tai-khoan/ten", {"ten_hien_thi": text})
    return ["", "/tai-khoan"]


def name_of_another(browsers: Browsers, text: str) -> list[str]:
    browsers["administrator"].submit("/nguoi-dung/5/ten", {"ten_hien_thi": text})
    return ["/nguoi-dung", "/nguoi-dung/5", "/nhat-ky"]


def name_of_somebody_new(browsers: Browsers, text: str) -> list[str]:
    form = {"ten": "moi.nguoi", "ten_hien_thi": text, "vai_tro": "viewer"}
    browsers["administrator"].submit("/nguoi-dung", form)
    return ["/nguoi-dung"]


# Name of the field: how it is filled, and the pages that show what was kept (as administrator, or as its editor).
FIELDS: dict[str, Callable[[Browsers, str], list[str]]] = {
    "own shown name": own_name,
    "shown name of another": name_of_another,
    "shown name of somebody new": name_of_somebody_new,
}


def reflected(browsers: Browsers, text: str) -> Iterator[str]:
    """Pages that show what was just typed, kept or not."""
    yield browsers["anonymous"].submit("/dang-nhap", {"ten": text, "mat_khau": text}, of="/dang-nhap").text
    yield browsers["anonymous"].get(f"{ROOT}/dang-nhap", params={"tiep": text}).text
    form = {"ten": text, "ten_hien_thi": text, "vai_tro": text}
    yield browsers["administrator"].submit("/nguoi-dung", form).text
    yield browsers["administrator"].get(f"{ROOT}/nguoi-dung", params={"tu": text, "trang": text, text: text}).text
    yield browsers["editor"].submit("/tai-khoan/ten", {"ten_hien_thi": text * 9}).text
    yield browsers["administrator"].get(f"{ROOT}/{text}").text


class Page(HTMLParser):
    """Collects what could run, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "script" and not named.get("src", "").startswith("/static/"):
            self.runs.append(f"script {named}")
        if tag == "img" and named.get("src") != "/static/icon.svg":
            self.runs.append(f"img {named}")
        if tag in ("iframe", "object", "embed", "base", "style"):
            self.runs.append(tag)
        for name, value in named.items():
            runs = name.startswith(("on", "hx-on", "style")) or value.strip().lower().startswith("javascript:")
            # What one typed into a field may stand in its value, where it doesn't run.
            if runs and name != "value":
                self.runs.append(f"{tag} {name}={value}")
            self.said.append(value)

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def page_of(html: str) -> Page:
    page = Page()
    page.feed(html)
    return page


@pytest.mark.parametrize("field", FIELDS)
def test_what_is_kept_comes_back_as_text(browsers: Browsers, field: str) -> None:
    for text in HOSTILE:
        if field == "shown name of somebody new" and text != HOSTILE[0]:
            continue  # the same user isn't added twice
        for path in FIELDS[field](browsers, text):
            browser = browsers["editor" if field.startswith("own") else "administrator"]
            answer = browser.get(f"{ROOT}{path}")
            assert answer.status_code == 200
            page = page_of(answer.text)
            assert page.runs == [], path
            if path != "/nhat-ky":
                assert text in "\n".join(page.said), f"{path} doesn't show the field: the test looks at the wrong page"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_said_back_is_text(browsers: Browsers, text: str) -> None:
    for html in reflected(browsers, text):
        assert page_of(html).runs == []
