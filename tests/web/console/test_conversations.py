from __future__ import annotations

import re

from desk import canned, citizen, conversations
from desk.database import Desk
from tests.desk.support import AN, ask, told, words, write
from tests.web.console.conftest import ROOT, Browser

PAGE = f"{ROOT}/hoi-thoai"
BAD = "<script>alert(1)</script>"


def open_one(desk: Desk, text: str = "hồ sơ của tôi bị trả") -> int:
    ask(desk, code="1.001193", question="làm khai sinh cần gì", ward="Phường Bến Nghé")
    write(desk, text)
    found = citizen.find_open(desk, AN)
    assert found
    return found.id


def key_of(page: str) -> str:
    found = re.search(r'name="khoa" value="(\w+)"', page)
    assert found
    return found.group(1)


def test_from_the_queue_to_the_end(editor: Browser, desk: Desk) -> None:
    assert "Không có ai chờ." in editor.get(PAGE).text
    number = open_one(desk)
    queue = editor.get(PAGE).text
    assert "hồ sơ của tôi bị trả" in queue
    assert "Telegram" in queue
    assert "700000001" not in queue
    thread = editor.get(f"{PAGE}/{number}").text
    assert "Phường Bến Nghé" in thread
    assert 'href="/thu-tuc/1.001193"' in thread
    assert 'name="noi_dung"' not in thread
    assert editor.submit(f"/hoi-thoai/{number}/nhan").headers["location"] == f"{PAGE}/{number}"
    form = {"noi_dung": "Chào chị,\nchị mang giấy hẹn nhé.", "khoa": key_of(editor.get(f"{PAGE}/{number}").text)}
    for _ in range(2):  # the button tapped twice
        assert editor.submit(f"/hoi-thoai/{number}/tra-loi", form).status_code == 303
    page = editor.get(f"{PAGE}/{number}").text
    assert page.count("chị mang giấy hẹn nhé.") == 1
    assert "đang gửi" in page
    assert editor.submit(f"/hoi-thoai/{number}/ket-thuc").headers["location"] == PAGE
    assert told(desk) == [
        words("claimed"),
        "Cán bộ trả lời\nChào chị,\nchị mang giấy hẹn nhé.",
        words("ended_by_staff"),
    ]
    assert "cán bộ kết thúc" in editor.get(f"{PAGE}/da-xong").text
    assert "Nhận" not in editor.get(f"{PAGE}/{number}").text.split("</ol>")[1]


def test_a_canned_answer_is_sent_where_nothing_was_typed(editor: Browser, desk: Desk) -> None:
    number = open_one(desk)
    editor.submit(f"/hoi-thoai/{number}/nhan")
    first = canned.all_of(desk)[0]
    editor.submit(f"/hoi-thoai/{number}/tra-loi", {"noi_dung": " ", "mau": str(first.id), "khoa": "a"})
    assert told(desk)[-1] == f"Cán bộ trả lời\n{first.text}"


def test_what_was_typed_stays_where_it_cannot_be_sent(editor: Browser, reviewer: Browser, desk: Desk) -> None:
    number = open_one(desk)
    reviewer.submit(f"/hoi-thoai/{number}/nhan")
    answer = editor.submit(f"/hoi-thoai/{number}/tra-loi", {"noi_dung": "Chào anh", "khoa": "a"})
    assert answer.status_code == 422
    assert "Đồng nghiệp khác đã nhận" in answer.text
    assert "Đồng nghiệp khác đã nhận" in editor.get(editor.submit(f"/hoi-thoai/{number}/nhan").headers["location"]).text
    assert told(desk) == [words("claimed")]
    empty = reviewer.submit(f"/hoi-thoai/{number}/tra-loi", {"noi_dung": "", "khoa": "b"})
    assert empty.status_code == 422


def test_given_back_it_waits_again(editor: Browser, desk: Desk) -> None:
    number = open_one(desk)
    editor.submit(f"/hoi-thoai/{number}/nhan")
    editor.submit(f"/hoi-thoai/{number}/tra-lai")
    assert [one.id for one in conversations.queue(desk).waiting] == [number]


def test_whoever_looks_at_the_queue_is_there(editor: Browser, viewer: Browser, desk: Desk) -> None:
    viewer.get(PAGE)
    assert not ask(desk).staffed
    editor.get(PAGE)
    assert ask(desk).staffed


def test_html_of_citizens_and_of_the_staff_is_shown_as_text(editor: Browser, desk: Desk) -> None:
    number = open_one(desk, BAD)
    editor.submit("/hoi-thoai/mau", {"ten": BAD, "noi_dung": BAD})
    editor.submit(f"/hoi-thoai/{number}/nhan")
    editor.submit(f"/hoi-thoai/{number}/tra-loi", {"noi_dung": BAD, "khoa": "a"})
    pages = [editor.get(f"{PAGE}{path}").text for path in ("", f"/{number}", "/mau")]
    editor.submit(f"/hoi-thoai/{number}/ket-thuc")
    pages.append(editor.get(f"{PAGE}/da-xong").text)
    for page in pages:
        assert "&lt;script&gt;" in page
        assert BAD not in page


def test_canned_answers_are_written_changed_and_deleted(editor: Browser, desk: Desk) -> None:
    editor.submit("/hoi-thoai/mau", {"ten": "Giờ trực", "noi_dung": "Sáng 7:30."})
    (one,) = (one for one in canned.all_of(desk) if one.title == "Giờ trực")
    again = editor.submit("/hoi-thoai/mau", {"ten": "Giờ trực", "noi_dung": "khác"})
    assert again.status_code == 422
    assert "Đã có câu trả lời mẫu cùng tên" in again.text
    editor.submit("/hoi-thoai/mau", {"ten": "Giờ trực", "noi_dung": "Sáng 8:00.", "so": str(one.id)})
    assert "Sáng 8:00." in editor.get(f"{PAGE}/mau").text
    editor.submit(f"/hoi-thoai/mau/{one.id}/xoa")
    assert "Giờ trực" not in editor.get(f"{PAGE}/mau").text
