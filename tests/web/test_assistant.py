"""Whatever Rasa does, the page answers in words."""

from __future__ import annotations

import logging
from collections.abc import Callable

import httpx
import pytest
from starlette.testclient import TestClient

from tests.web.conftest import Rasa
from web import words

SECRET_TEXT = "bi-mat-cua-nguoi-dung"


def _raise(error: type[httpx.TransportError]) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error(f"while sending {request.content!r}", request=request)

    return answer


BROKEN: dict[str, tuple[Callable[[httpx.Request], httpx.Response], str]] = {
    "away": (_raise(httpx.ConnectError), words.FAILED),
    "silent": (_raise(httpx.ReadTimeout), words.FAILED),
    "hung up": (_raise(httpx.RemoteProtocolError), words.FAILED),
    "loading": (lambda _: httpx.Response(503, json={"error": "loading"}), words.LOADING),
    "doesn't know the button": (lambda _: httpx.Response(400, json={"error": "message"}), words.STRANGE),
    "wants another secret": (lambda _: httpx.Response(403, json={"error": "forbidden"}), words.FAILED),
    "broken": (lambda _: httpx.Response(500, text="Traceback (most recent call last)"), words.FAILED),
    "no JSON": (lambda _: httpx.Response(200, text="<html>proxy error</html>"), words.FAILED),
    "not UTF-8": (lambda _: httpx.Response(200, content=b"\xff\xfe\x00{"), words.FAILED),
    "empty": (lambda _: httpx.Response(200), words.FAILED),
    "another shape": (lambda _: httpx.Response(200, json=["x"]), words.FAILED),
    "replies of another shape": (lambda _: httpx.Response(200, json={"replies": "x"}), words.FAILED),
    "a reply of another shape": (lambda _: httpx.Response(200, json={"replies": ["x"]}), words.FAILED),
    "a tree of another shape": (lambda _: httpx.Response(200, json={"replies": [{"tree": [1]}]}), words.FAILED),
    "no reply": (lambda _: httpx.Response(200, json={"replies": [], "turn": None}), words.FAILED),
}


@pytest.mark.parametrize(("answer", "apology"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_rasa_is_apologised_for_and_no_text_is_logged(
    web: TestClient,
    rasa: Rasa,
    caplog: pytest.LogCaptureFixture,
    answer: Callable[[httpx.Request], httpx.Response],
    apology: str,
) -> None:
    rasa.answer = answer
    with caplog.at_level(logging.INFO):
        called = web.post("/api/message", json={"text": SECRET_TEXT})
        page = web.post("/", data={"text": SECRET_TEXT})
    assert called.status_code == 200
    assert called.json()["turn"] == {"outcome": "failed"}
    assert apology in called.json()["html"]
    assert page.status_code == 200
    assert apology in page.text
    assert SECRET_TEXT not in caplog.text
    assert "Traceback" not in called.text + page.text


def test_a_reply_without_a_tree_is_shown_as_its_text(web: TestClient, rasa: Rasa) -> None:
    rasa.answer = lambda _: httpx.Response(200, json={"replies": [{"text": "dòng một\ndòng hai", "tree": None}]})
    assert "<p>dòng một</p><p>dòng hai</p>" in web.post("/api/message", json={"text": "x"}).json()["html"]


def test_the_conversation_goes_on_when_rasa_is_back(web: TestClient, rasa: Rasa) -> None:
    working = rasa.answer
    rasa.answer = _raise(httpx.ConnectError)
    web.post("/api/message", json={"text": "một"})
    rasa.answer = working
    assert web.post("/api/message", json={"text": "hai"}).json()["turn"]["outcome"] == "answered"
    assert rasa.sent[0]["sender"] == rasa.sent[1]["sender"]
