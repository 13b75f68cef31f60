"""The web application with a made-up Rasa behind it."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Optional

import httpx
import pytest
import time_machine
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from knowledge.database import open_engine
from knowledge.library import Library
from tests.conftest import ROOT, TODAY
from tests.web.pages import doubt, save
from web.app import create_app
from web.assistant import Assistant

Answer = Callable[[httpx.Request], httpx.Response]

TREE = {
    "blocks": [
        {"type": "title", "text": "Đăng ký khai sinh"},
        {"type": "text", "text": "Bạn chuẩn bị:\nhai thứ."},
        {"type": "list", "kind": "checklist", "items": [{"text": "Tờ khai", "note": "1 bản chính"}, {"text": "Giấy"}]},
        {"type": "list", "kind": "numbers", "items": [{"text": "Nộp"}]},
        {"type": "source", "text": "Cổng, kiểm ngày 24/11/2026", "url": "https://dichvucong.gov.vn/x"},
    ],
    "buttons": [
        {"title": "Phí", "payload": "thu-tuc:1.001193:fee"},
        {"title": "Mở trên Cổng", "url": "https://dichvucong.gov.vn/x"},
    ],
}  # fmt: skip
CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
TURN = {"outcome": "answered", "answer": "1.001193", "aspect": "documents"}


class Rasa:
    """A made-up Rasa: remembers what it was sent, answers as it is told."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.secrets: list[Optional[str]] = []
        self.answer: Answer = lambda _: httpx.Response(
            200, json={"replies": [{"text": "x", "tree": TREE}], "turn": TURN}
        )

    def says(self, tree: dict[str, Any]) -> None:
        """Answer with one reply."""
        self.answer = lambda _: httpx.Response(200, json={"replies": [{"text": "x", "tree": tree}], "turn": TURN})

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.secrets.append(request.headers.get("X-Motcua-Secret"))
        if request.method == "POST":
            self.sent.append(json.loads(request.content))
        return self.answer(request)


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_SESSION_SECRET", "s" * 32)
    monkeypatch.setenv("MOTCUA_CHANNEL_SECRET", "c" * 32)


@pytest.fixture
def rasa() -> Rasa:
    return Rasa()


@pytest.fixture
def web(rasa: Rasa) -> Iterator[TestClient]:
    """Somebody's browser; errors come back as pages, as they do from a server."""
    headers = {"X-Motcua-Secret": "c" * 32}
    client = httpx.AsyncClient(transport=httpx.MockTransport(rasa.handle), base_url="http://rasa", headers=headers)
    with TestClient(create_app(Assistant(client)), raise_server_exceptions=False) as browser:
        yield browser


@contextlib.contextmanager
def copy_of(database: Path, folder: Path) -> Iterator[Engine]:
    """A copy of a database, open."""
    shutil.copy(database, folder / "copy.db")
    engine = open_engine(f"sqlite:///{folder / 'copy.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def shelf(engine: Engine) -> Engine:
    """A knowledge base with three made-up procedures."""
    return fill(engine)


def fill(engine: Engine) -> Engine:
    """Write three made-up procedures: one of our own, one imported, one of long ago."""
    save(
        engine, "9.000001", "Cấp thẻ nuôi chim", official_name="Thủ tục cấp thẻ nuôi chim bồ câu", group="nong_nghiep",
        level=["commune"], online="full", summary="Làm thẻ để nuôi chim trong nhà.",
        applies=["Hộ gia đình nuôi từ một con chim."], instead=[{"when": "Nuôi gà", "code": "9.000002"},
                                                              {"when": "Nuôi cá", "code": "9.000099"}],
        cases=[
            {"name": "Nuôi một con", "documents": [{"name": "Tờ khai <nuôi>", "original": 1, "note": "ký tên"}]},
            {"name": "Nuôi cả đàn", "documents": [{"name": "Sơ đồ chuồng", "copy": 2}, {"name": "Tờ khai"}]},
        ],
        channels=[
            {"kind": "online", "times": [{"text": "3 ngày làm việc", "amount": 3, "unit": "working_day"}],
             "fees": [{"label": "Lệ phí", "amount": 25_000, "to": "2026-12-31"},
                      {"label": "Lệ phí", "amount": 50_000, "from": "2027-01-01"}]},
            {"kind": "direct", "place": "Trung tâm Phục vụ hành chính công phường"},
        ],
        agencies={"decides": "Ủy ban nhân dân phường", "receives": "Trung tâm Phục vụ hành chính công"},
        results=["Thẻ nuôi chim"], mistakes=["Quên ký tên."], warnings=["Không nuôi chim quý."],
        steps=["Chụp ảnh con chim."], legal_bases=[{"number": "60/2014/QH13", "title": "Luật Chim"}],
        popular_names=["giấy chim"], ways_to_ask=["nuôi chim cần giấy gì"], related=["9.000002"],
    )  # fmt: skip
    save(
        engine, "9.000002", "Cấp phép nuôi gà", which="official", level=["province"], field="Thú y",
        applicants="Doanh nghiệp, Hợp tác xã",
        channels=[{"kind": "direct", "fees": [{"label": "Phí", "amount": 120_000}]}], online="none",
    )  # fmt: skip
    doubt(engine, "9.000002", "fees")
    doubt(engine, "9.000002", "documents")
    old = {"portal": {"name": "Bản ghi cũ", "checked": TODAY - dt.timedelta(days=181)}}
    save(engine, "9.000003", "Khai báo ong", group="nong_nghiep", level=["commune"], sources=old)
    return engine


@pytest.fixture
def pages(rasa: Rasa, shelf: Engine) -> Iterator[TestClient]:
    """Somebody's browser on the procedure pages, on the day that tests live on."""
    client = httpx.AsyncClient(transport=httpx.MockTransport(rasa.handle), base_url="http://rasa")
    app = create_app(Assistant(client), Library(shelf))
    with (
        time_machine.travel(f"{TODAY}T09:00:00+07:00", tick=True),
        TestClient(app, raise_server_exceptions=False) as browser,
    ):
        yield browser


@pytest.fixture(scope="session")
def browser() -> Iterator[webdriver.Chrome]:
    """Debian's Chromium without a window, for all tests of pages."""
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
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's script."""
    fetched = subprocess.run(["sh", "scripts/axe.sh"], cwd=ROOT, capture_output=True, text=True, check=False)
    if fetched.returncode:
        pytest.skip(f"axe-core can't be had here: {fetched.stderr.strip()[-200:]}")
    return Path(fetched.stdout.strip()).read_text(encoding="utf-8")
