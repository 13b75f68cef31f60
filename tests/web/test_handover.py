"""The chat page while its visitor talks with a person, with a script and without one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from desk import citizen, conversations, outgoing
from desk.citizen import Request
from desk.database import Desk, open_desk
from desk.outgoing import Kind
from desk.words import tree
from settings.desk import DeskSettings
from storage.errors import DatabaseUnreachable
from tests.desk.support import words
from tests.web.conftest import Rasa
from tests.web.test_chat import said_in, transcript_of
from tests.web.test_guards import OTHER_SITE
from web.app import create_app
from web.assistant import Assistant

LAN = "lan"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(f"sqlite:///{tmp_path}/inbox.db")
    yield opened
    opened.engine.dispose()


def browser(rasa: Rasa, open_it: object) -> TestClient:
    client = httpx.AsyncClient(transport=httpx.MockTransport(rasa.handle), base_url="http://rasa")
    assert callable(open_it)
    return TestClient(create_app(Assistant(client), open_desk=open_it), raise_server_exceptions=False)


@pytest.fixture
def page(rasa: Rasa, desk: Desk) -> Iterator[TestClient]:
    """The browser of somebody who has said something already."""
    with browser(rasa, lambda: desk) as visitor:
        visitor.post("/api/message", json={"text": "chào"})
        yield visitor


def sender(rasa: Rasa) -> str:
    return str(rasa.sent[0]["sender"])


def hand_over(rasa: Rasa, desk: Desk, claimed: bool = True) -> int:
    citizen.ask(desk, Request(sender(rasa), "web", "gặp cán bộ", "k0"), DeskSettings())
    found = citizen.find_open(desk, sender(rasa))
    assert found
    if claimed:
        conversations.claim(desk, found.id, LAN)
    return found.id


def lines(desk: Desk, handover: int) -> list[str]:
    return [line.text for line in conversations.thread(desk, handover).lines][1:]


def text(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def test_what_is_typed_goes_to_the_staff_and_their_words_come_to_the_page_once(
    page: TestClient, rasa: Rasa, desk: Desk
) -> None:
    handover = hand_over(rasa, desk)
    answer = page.post("/api/message", json={"text": "hồ sơ bị trả"}).json()
    assert (answer["html"], answer["open"]) == ("", True)
    assert lines(desk, handover) == ["hồ sơ bị trả"]
    assert len(rasa.sent) == 1
    conversations.reply(desk, handover, LAN, "Chị gửi lại đơn <b>nhé</b>", "f1")
    news = page.get("/api/new-messages?after=0").json()
    assert "Chị gửi lại đơn &lt;b&gt;nhé&lt;/b&gt;" in news["html"]
    assert news["open"]
    later = page.get(f"/api/new-messages?after={news['after']}").json()
    assert (later["html"], later["after"]) == ("", news["after"])
    assert conversations.thread(desk, handover).lines[-1].delivery == "sent"


def test_the_visitor_ends_it_with_the_button_and_the_assistant_answers_again(
    page: TestClient, rasa: Rasa, desk: Desk
) -> None:
    hand_over(rasa, desk)
    assert 'value="lenh:end"' in page.get("/api/new-messages?after=0").json()["html"]
    ended = page.post("/api/message", json={"button": "lenh:end", "title": "Kết thúc"}).json()
    assert "đã kết thúc" in ended["html"]
    assert not ended["open"]
    page.post("/api/message", json={"text": "làm khai sinh"})
    assert [sent.get("text") for sent in rasa.sent] == ["chào", "làm khai sinh"]


def test_while_waiting_the_question_is_kept_and_later_ones_are_answered(
    page: TestClient, rasa: Rasa, desk: Desk
) -> None:
    handover = hand_over(rasa, desk, claimed=False)
    first = page.post("/api/message", json={"text": "hồ sơ bị trả"}).json()
    assert words("kept").split("\n")[0] in text(first["html"])
    second = page.post("/api/message", json={"text": "lệ phí khai sinh"}).json()
    assert "Đăng ký khai sinh" in second["html"]
    assert lines(desk, handover) == ["hồ sơ bị trả", "lệ phí khai sinh"]


def test_a_button_of_an_earlier_answer_is_a_note_for_the_staff(page: TestClient, rasa: Rasa, desk: Desk) -> None:
    handover = hand_over(rasa, desk)
    page.post("/api/message", json={"button": "thu-tuc:1.001193:fee", "title": "Phí"})
    assert lines(desk, handover) == ["(bấm nút: Phí)"]
    assert len(rasa.sent) == 1


def test_personal_numbers_do_not_reach_the_staff_and_the_visitor_is_told(
    page: TestClient, rasa: Rasa, desk: Desk
) -> None:
    handover = hand_over(rasa, desk)
    answer = page.post("/api/message", json={"text": "căn cước của em 079203001234"}).json()
    assert "đã che thông tin riêng" in answer["html"]
    assert "079203001234" not in lines(desk, handover)[0]


def test_without_a_script_the_staffs_words_come_with_the_page(page: TestClient, rasa: Rasa, desk: Desk) -> None:
    handover = hand_over(rasa, desk)
    conversations.reply(desk, handover, LAN, "Chào anh", "f1")
    loaded = page.get("/").text
    assert "Chào anh" in loaded.split("<noscript>")[1].split("</noscript>")[0]
    assert 'data-open="yes"' in loaded
    sent = page.post("/", data={"text": "em chào chị", "transcript": transcript_of(loaded)}).text
    assert said_in(sent) == ["em chào chị"]
    assert sent.count("<p>Chào anh</p>") == 1
    assert "<p>Chào anh</p>" not in page.get("/").text
    assert lines(desk, handover) == ["Chào anh", "em chào chị"]


def test_a_notice_is_shown_at_the_next_visit(page: TestClient, rasa: Rasa, desk: Desk) -> None:
    assert 'data-open="no"' in page.get("/").text
    with desk.begin() as connection:
        outgoing.put(connection, sender(rasa), "web", Kind.NOTICE, tree(["Phí đã đổi"]))
    assert 'data-open="yes"' in page.get("/").text
    news = page.get("/api/new-messages?after=0").json()
    assert "Phí đã đổi" in news["html"]
    assert not news["open"]
    assert 'data-open="no"' in page.get("/").text


def test_nobody_reads_what_is_for_another(page: TestClient, rasa: Rasa, desk: Desk) -> None:
    hand_over(rasa, desk)
    for headers in OTHER_SITE:
        assert page.get("/api/new-messages?after=0", headers=headers).status_code == 403
    page.cookies.clear()
    assert page.get("/api/new-messages?after=0").json() == {"html": "", "after": 0, "open": False}


@pytest.mark.parametrize("after", ["", "-1", "x", "1" * 19, "1%00"])
def test_odd_numbers_are_refused(page: TestClient, after: str) -> None:
    assert page.get(f"/api/new-messages?after={after}").status_code in (400, 403)


def test_a_desk_that_cannot_be_opened_leaves_visitors_with_the_assistant(rasa: Rasa) -> None:
    def away() -> Desk:
        raise DatabaseUnreachable("xa")

    with browser(rasa, away) as visitor:
        assert "Đăng ký khai sinh" in visitor.post("/api/message", json={"text": "làm khai sinh"}).json()["html"]
        assert visitor.get("/").status_code == 200
