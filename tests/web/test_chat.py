"""The chat page and its endpoint."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from knowledge.library import Library
from tests.web.conftest import TREE, TURN, Rasa
from web import words


def transcript_of(page: str) -> str:
    found = re.search(r'name="transcript" value="([^"]*)"', page)
    assert found
    return unescape(found.group(1))


def said_in(page: str) -> list[str]:
    return [unescape(said) for said in re.findall(r'<article class="said">.*?<p>(.*?)</p>', page)]


def test_the_page_greets_as_a_machine_in_vietnamese(web: TestClient) -> None:
    page = web.get("/")
    assert page.status_code == 200
    assert '<html lang="vi">' in page.text
    assert "trợ lý tự động" in page.text
    for example in words.EXAMPLES:
        assert f'name="text" value="{example}"' in page.text
    assert 'aria-live="polite"' in page.text


def test_a_message_reaches_rasa_with_a_sender_nobody_chose_and_the_secret(web: TestClient, rasa: Rasa) -> None:
    body = web.post("/api/message", json={"text": "làm khai sinh", "sender": "somebody-else"}).json()
    assert body["turn"] == TURN
    (sent,) = rasa.sent
    assert sent["text"] == "làm khai sinh"
    assert re.fullmatch(r"web-[\w-]{20,}", sent["sender"])
    assert rasa.secrets == ["c" * 32]


def test_a_reply_is_shown_with_its_lists_its_source_and_its_buttons(web: TestClient) -> None:
    html = web.post("/api/message", json={"text": "làm khai sinh"}).json()["html"]
    assert "<h2>Đăng ký khai sinh</h2>" in html
    assert "<p>Bạn chuẩn bị:</p><p>hai thứ.</p>" in html
    assert '<ul class="checklist">' in html
    assert "<li>Tờ khai <small>(1 bản chính)</small></li><li>Giấy</li>" in html
    assert "<ol>" in html
    assert 'Nguồn: <a href="https://dichvucong.gov.vn/x" rel="noopener noreferrer" target="_blank">' in html
    assert '<button name="button" value="thu-tuc:1.001193:fee">Phí</button>' in html
    assert 'class="button" href="https://dichvucong.gov.vn/x" rel="noopener noreferrer" target="_blank"' in html


def test_a_conversation_keeps_its_sender_and_another_person_has_another(web: TestClient, rasa: Rasa) -> None:
    web.post("/api/message", json={"text": "một"})
    web.post("/api/message", json={"text": "hai"})
    web.cookies.clear()
    web.post("/api/message", json={"text": "ba"})
    first, second, third = (sent["sender"] for sent in rasa.sent)
    assert first == second != third


def test_a_button_is_passed_on_as_a_button(web: TestClient, rasa: Rasa) -> None:
    web.post("/api/message", json={"button": "thu-tuc:1.001193:fee"})
    assert rasa.sent[0]["button"] == "thu-tuc:1.001193:fee"
    assert "text" not in rasa.sent[0]


def test_html_of_a_reply_is_shown_as_text(web: TestClient, rasa: Rasa) -> None:
    bad = "<script>alert(1)</script>"
    rasa.says(
        {
            "blocks": [
                {"type": "title", "text": bad},
                {"type": "text", "text": bad},
                {"type": "list", "kind": "bullets", "items": [{"text": bad, "note": bad}]},
                {"type": "source", "text": bad, "url": 'https://x/"><script>'},
            ],
            "buttons": [{"title": bad, "payload": '"><script>'}, {"title": bad, "url": 'https://x/"><script>'}],
        }
    )
    html = web.post("/api/message", json={"text": "x"}).json()["html"]
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(1)") == 8  # the button without a link carries its title along


def test_the_form_without_a_script_answers_with_the_whole_page(web: TestClient, rasa: Rasa) -> None:
    page = web.post("/", data={"text": "làm khai sinh", "transcript": ""})
    assert page.status_code == 200
    assert said_in(page.text) == ["làm khai sinh"]
    assert "<h2>Đăng ký khai sinh</h2>" in page.text
    again = web.post(
        "/", data={"button": "thu-tuc:1.001193:fee", "title": "Phí", "transcript": transcript_of(page.text)}
    )
    assert said_in(again.text) == ["làm khai sinh", "Phí"]
    assert rasa.sent[0]["sender"] == rasa.sent[1]["sender"]


def test_html_of_a_user_is_shown_as_text(web: TestClient) -> None:
    page = web.post("/", data={"text": "<img src=x onerror=alert(1)>", "transcript": ""}).text
    assert "<img src=x" not in page
    assert said_in(page) == ["<img src=x onerror=alert(1)>"]


def test_the_form_carries_the_last_six_exchanges(web: TestClient) -> None:
    page = web.post("/", data={"text": "câu 1", "transcript": ""}).text
    for number in range(2, 10):
        page = web.post("/", data={"text": f"câu {number}", "transcript": transcript_of(page)}).text
    assert said_in(page) == [f"câu {number}" for number in range(3, 10)]


def test_a_transcript_that_somebody_wrote_is_not_shown(web: TestClient) -> None:
    page = web.post("/", data={"text": "làm khai sinh", "transcript": ""}).text
    signed = transcript_of(page)
    forged = ("A" if signed[0] != "A" else "B") + signed[1:]
    page = web.post("/", data={"text": "câu hai", "transcript": forged}).text
    assert said_in(page) == ["câu hai"]


def test_an_empty_message_is_asked_for_without_troubling_rasa(web: TestClient, rasa: Rasa) -> None:
    assert words.EMPTY in web.post("/api/message", json={"text": ""}).json()["html"]
    assert words.EMPTY in web.post("/", data={"text": ""}).text
    assert rasa.sent == []


def test_a_message_of_more_than_a_letter_is_asked_to_be_shorter(web: TestClient, rasa: Rasa) -> None:
    assert words.TOO_LARGE in web.post("/api/message", json={"text": "a" * 20_001}).json()["html"]
    assert rasa.sent == []


def test_bodies_that_are_no_message_are_refused_in_words(web: TestClient, rasa: Rasa) -> None:
    for body in (b"", b"{", b"[1, 2]", b'"text"', b"\xff\xfe"):
        answer = web.post("/api/message", content=body)
        assert (answer.status_code, answer.json()) == (400, {"error": words.STRANGE}), body
    assert rasa.sent == []


def test_an_unknown_page_and_an_unknown_method_are_told_in_words(web: TestClient) -> None:
    missing = web.get("/nowhere")
    assert missing.status_code == 404
    assert words.NOT_FOUND in missing.text
    assert web.get("/api/nowhere").json() == {"error": words.NOT_FOUND}
    assert web.get("/api/message").status_code == 405
    assert web.get("/static/../words.py").status_code == 404


def test_health_needs_no_rasa_and_readiness_does(web: TestClient, rasa: Rasa, shelf: Engine) -> None:
    web.app.state.library = Library(shelf)  # type: ignore[attr-defined]
    inbox: dict[str, Any] = {"ok": True, "waiting": 0}

    def tell(request: httpx.Request) -> httpx.Response:
        of_rasa = request.url.path == "/webhooks/web/ready"
        parts = {"model": {"ok": True}} if of_rasa else {"inbox": inbox}
        return httpx.Response(200, json={"ready": True, "parts": parts})

    rasa.answer = tell
    well = web.get("/readyz")
    assert well.status_code == 200
    assert well.json()["parts"].keys() == {"web", "database", "rasa", "model", "channels", "inbox"}
    inbox.update({"ok": False, "error": "DatabaseUnreachable"})
    without = web.get("/readyz")
    assert without.status_code == 200, "the page answers people without the channels"
    assert [name for name, part in without.json()["parts"].items() if not part["ok"]] == ["inbox"]
    assert web.get("/healthz").json() == {"web": "ok"}

    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    rasa.answer = away
    parts = web.get("/readyz").json()["parts"]
    assert [name for name, part in parts.items() if not part["ok"]] == ["rasa", "channels"]


def test_the_figures_are_not_for_everybody(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert web.get("/metrics").status_code == 404
    token = "a-token-of-the-tests-only"
    monkeypatch.setenv("MOTCUA_METRICS_TOKEN", token)
    told = web.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert "motcua_stage_seconds" in told.text


def test_a_transcript_carries_no_personal_numbers(web: TestClient) -> None:
    page = web.post("/", data={"text": "gọi em 0912345678 nhé", "transcript": ""}).text
    assert said_in(page) == ["gọi em [số điện thoại] nhé"]
    assert "0912345678" not in page


def test_an_answer_can_be_rated_and_nothing_else_can(web: TestClient, rasa: Rasa) -> None:
    rasa.says({**TREE, "rate": True})
    html = web.post("/api/message", json={"text": "khai sinh"}).json()["html"]
    assert re.findall(r'value="(lenh:\w+)"', html) == ["lenh:good", "lenh:bad"]
    rasa.says({**TREE, "rate": False})
    assert "lenh:good" not in web.post("/api/message", json={"text": "chào"}).json()["html"]
    web.post("/api/message", json={"button": "lenh:bad"})
    assert rasa.sent[-1]["button"] == "lenh:bad"
