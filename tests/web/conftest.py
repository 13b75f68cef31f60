"""The web application with a made-up Rasa behind it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Optional

import httpx
import pytest
from starlette.testclient import TestClient

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
