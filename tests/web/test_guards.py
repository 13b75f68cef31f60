"""What the page refuses, and what it tells browsers to refuse."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from tests.web.conftest import Rasa
from web import app, words
from web.guards import LARGEST_BODY, BodyLimit

OTHER_SITE = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
)
OWN_SITE: tuple[dict[str, str], ...] = (
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://testserver"},
)


@pytest.mark.parametrize("headers", OTHER_SITE)
def test_another_site_cannot_send_for_a_person(web: TestClient, rasa: Rasa, headers: dict[str, str]) -> None:
    assert web.post("/api/message", json={"text": "x"}, headers=headers).status_code == 403
    page = web.post("/", data={"text": "x"}, headers=headers)
    assert page.status_code == 403
    assert words.STRANGE in page.text
    assert rasa.sent == []


@pytest.mark.parametrize("headers", OWN_SITE)
def test_the_own_page_can(web: TestClient, rasa: Rasa, headers: dict[str, str]) -> None:
    assert web.post("/api/message", json={"text": "x"}, headers=headers).status_code == 200
    assert web.post("/", data={"text": "x"}, headers=headers).status_code == 200
    assert len(rasa.sent) == 2


def test_a_body_beyond_the_bound_is_refused_in_words(web: TestClient, rasa: Rasa) -> None:
    answer = web.post("/api/message", content=b"x" * (LARGEST_BODY + 1))
    assert (answer.status_code, answer.json()) == (413, {"error": words.TOO_LARGE})
    page = web.post("/", content=b"x" * (LARGEST_BODY + 1))
    assert page.status_code == 413
    assert words.TOO_LARGE in page.text
    assert rasa.sent == []


async def test_a_body_without_an_end_is_not_read_on(rasa: Rasa) -> None:
    pieces = 0
    answered: list[Message] = []

    async def receive() -> Message:
        nonlocal pieces
        pieces += 1
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    async def send(message: Message) -> None:
        answered.append(message)

    async def beyond(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise AssertionError("the page was reached")

    await BodyLimit(beyond)({"type": "http", "method": "POST", "path": "/api/message"}, receive, send)
    assert answered[0]["status"] == 413
    assert pieces == LARGEST_BODY // 65_536 + 1


def test_a_body_up_to_the_bound_reaches_the_page_whole(web: TestClient, rasa: Rasa) -> None:
    text = "á" * 19_000
    pad = " " * (LARGEST_BODY - len(text.encode()) - 12)
    body = f'{{"text":"{text}"{pad}}}'.encode()
    assert len(body) <= LARGEST_BODY
    assert web.post("/api/message", content=body).status_code == 200
    assert rasa.sent[0]["text"] == text


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/chat.js", "/nowhere", "/api/message"])
def test_every_answer_carries_the_security_headers(web: TestClient, path: str) -> None:
    headers = web.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert ("cache-control" in headers and "no-store" in headers["cache-control"]) is not path.startswith("/static/")


def test_an_unforeseen_error_is_told_in_words_with_the_same_headers(
    web: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_page: str) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(app, "read_transcript", broken)
    page = web.post("/", data={"text": "x"})
    assert page.status_code == 500
    assert words.FAILED in page.text
    assert "secret detail" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


def test_the_page_has_no_inline_script_or_style(web: TestClient) -> None:
    page = web.get("/").text
    assert "<style" not in page
    assert " style=" not in page
    assert page.count("<script") == page.count("<script src=")
    assert " onclick=" not in page
