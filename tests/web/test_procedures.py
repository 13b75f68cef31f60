"""The pages of procedures: their parts, their cases, their gaps, the list and its search, and what is kept."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from tests.conftest import ROOT
from tests.web.pages import PORTAL, save, sections, text_of

BIRD, HEN, BEE = "/thu-tuc/9.000001", "/thu-tuc/9.000002", "/thu-tuc/9.000003"


def test_the_page_tells_every_part_of_the_record(pages: TestClient) -> None:
    answer = pages.get(BIRD)
    assert answer.status_code == 200
    parts = sections(answer.text)
    assert parts["Giấy tờ cần mang"].count("Tờ khai") == 2
    assert "Tờ khai <nuôi> (1 bản chính; ký tên)" in parts["Giấy tờ cần mang"]
    assert "Sơ đồ chuồng (2 bản sao)" in parts["Giấy tờ cần mang"]
    assert "Lệ phí: 25.000 đồng, áp dụng đến 31/12/2026" in parts["Cách nộp, thời hạn, phí"]
    assert "3 ngày làm việc" in parts["Cách nộp, thời hạn, phí"]
    assert "Ủy ban nhân dân phường" in parts["Nơi nhận và nơi giải quyết"]
    assert "Chụp ảnh con chim." in parts["Nộp trên mạng từng bước"]
    assert "Hộ gia đình nuôi từ một con chim." in parts["Dùng khi"]
    assert "Nuôi gà: Cấp phép nuôi gà" in parts["Thuộc thủ tục khác nếu"]
    assert "Nuôi cá: thủ tục 9.000099" in parts["Thuộc thủ tục khác nếu"]
    assert "Quên ký tên." in parts["Lỗi hay gặp khiến hồ sơ bị trả"]
    assert "Luật Chim (60/2014/QH13)" in parts["Căn cứ pháp lý"]
    assert "Bản ghi 9.000001 , kiểm ngày 24/11/2026" in parts["Nguồn"]
    assert "Lưu ý: Không nuôi chim quý." in text_of(answer.text)
    assert "Kiểm đã lâu" not in text_of(answer.text)
    assert f'href="{PORTAL}"' in answer.text
    assert "<script" not in answer.text


def test_the_address_picks_the_case(pages: TestClient) -> None:
    papers = sections(pages.get(f"{BIRD}?truong-hop=2").text)["Giấy tờ cần mang"]
    assert "Sơ đồ chuồng" in papers
    assert "Tờ khai <nuôi>" not in papers
    assert "Xem mọi trường hợp" in papers


@pytest.mark.parametrize("number", ["0", "3", "-1", "hai", "²", "9" * 30])
def test_a_case_that_does_not_exist_shows_all(pages: TestClient, number: str) -> None:
    papers = sections(pages.get(BIRD, params={"truong-hop": number}).text)["Giấy tờ cần mang"]
    assert "Sơ đồ chuồng" in papers
    assert "Tờ khai <nuôi>" in papers


def test_what_is_under_doubt_is_left_to_the_portal(pages: TestClient) -> None:
    page = text_of(pages.get(HEN).text)
    assert "120.000" not in page
    assert "Phí: Phần này trong bản ghi đang cần kiểm lại: xem trên Cổng." in page
    assert "Giấy tờ cần mang Phần này trong bản ghi đang cần kiểm lại: xem trên Cổng." in page
    assert "Thời hạn: Bản ghi chưa nêu: xem trên Cổng" in page


def test_a_check_of_long_ago_is_said_to_be_one(pages: TestClient) -> None:
    assert "kiểm ngày 27/5/2026, đã hơn 180 ngày" in text_of(pages.get(BEE).text)


def test_the_fee_is_that_of_the_day_asked_for(pages: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_TODAY", "2027-01-01")
    page = text_of(pages.get(BIRD).text)
    assert "Lệ phí: 50.000 đồng" in page
    assert "25.000" not in page
    assert "tính theo ngày 1/1/2027" in page


def test_the_printed_address_is_whole_where_it_is_known(pages: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "https://hoi.example.vn")
    assert "https://hoi.example.vn/thu-tuc/9.000001?truong-hop=2" in text_of(pages.get(f"{BIRD}?truong-hop=2").text)


def test_the_qr_code_is_drawn_within_the_page(pages: TestClient) -> None:
    page = pages.get(BIRD).text
    assert page.count("<svg") == 1
    assert "style=" not in page  # the page's own policy would drop it


def test_paper_is_a4_and_leaves_out_what_is_for_screens() -> None:
    style = (ROOT / "web" / "static" / "page.css").read_text(encoding="utf-8")
    assert "size: A4" in style
    printed = style.split("@media print", 1)[1]
    for name in (".top", ".actions", ".tabs"):
        assert name in printed.split("display: none", 1)[0]


@pytest.mark.parametrize(
    ("code", "listed", "caution", "shown"),
    [
        ("9.000007", "2025-04-28", "danh mục ngày 28/4/2025, chưa xác nhận còn dùng", "Mã 9.000007"),
        ("nuoi-cong", None, "Chưa thấy mã của việc này trên Cổng", "Chưa rõ mã trên Cổng"),
    ],
)
def test_a_code_that_is_not_sure_leads_to_the_search_by_name(
    pages: TestClient, shelf: Engine, code: str, listed: str | None, caution: str, shown: str
) -> None:
    save(shelf, code, "Nuôi công", portal_url=None, code_listed=listed)
    page = pages.get(f"/thu-tuc/{code}").text
    assert caution in text_of(page)
    assert shown in text_of(page)
    assert 'href="https://dichvucong.gov.vn/tim-kiem?keyword=Nu%C3%B4i+c%C3%B4ng"' in page
    assert ("mã chưa xác nhận" if listed else "chưa rõ mã") in text_of(pages.get("/thu-tuc?tu=nuôi công").text)


@pytest.mark.parametrize("path", ["/thu-tuc/9.999999", "/thu-tuc/x", "/thu-tuc/9.999999.json", "/thu-tuc/%00"])
def test_an_unknown_code_is_said_to_be_one(pages: TestClient, path: str) -> None:
    answer = pages.get(path)
    assert answer.status_code == 404
    assert "Không có thủ tục mang mã này" in answer.text


def names(pages: TestClient, query: str = "") -> list[str]:
    found = sections(pages.get(f"/thu-tuc{query}").text)
    return [name for name in ("Cấp thẻ nuôi chim", "Cấp phép nuôi gà", "Khai báo ong") if name in found]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Cấp thẻ nuôi chim", "Cấp phép nuôi gà", "Khai báo ong"]),
        ("?tu=nuoi+chim", ["Cấp thẻ nuôi chim"]),
        ("?tu=gi%E1%BA%A5y+chim", ["Cấp thẻ nuôi chim"]),
        ("?tu=9.000003", ["Khai báo ong"]),
        ("?nhom=nong_nghiep", ["Cấp thẻ nuôi chim", "Cấp phép nuôi gà", "Khai báo ong"]),
        ("?cap=province", ["Cấp phép nuôi gà"]),
        ("?doi-tuong=doanh-nghiep", ["Cấp phép nuôi gà"]),
        ("?doi-tuong=nguoi-dan&nhom=nong_nghiep", ["Cấp thẻ nuôi chim", "Khai báo ong"]),
        ("?nhom=nong_nghiep&cap=province", ["Cấp phép nuôi gà"]),
        ("?tu=xyzzy", []),
        ("?nhom=khong_co&cap=x&trang=99", ["Cấp thẻ nuôi chim", "Cấp phép nuôi gà", "Khai báo ong"]),
    ],
)
def test_the_list_is_looked_through(pages: TestClient, query: str, found: list[str]) -> None:
    assert names(pages, query) == found


def test_the_list_comes_twenty_a_page_and_keeps_what_was_asked(pages: TestClient, shelf: Engine) -> None:
    for number in range(25):
        save(shelf, f"9.0001{number:02}", f"Cấp giấy cho mèo {number}", group="khac", level=["commune"])
    first = pages.get("/thu-tuc?nhom=khac").text
    assert first.count("<li>\n    <h2>") == 20
    assert 'href="/thu-tuc?nhom=khac&amp;trang=2"' in first
    assert pages.get("/thu-tuc?nhom=khac&trang=2").text.count("<li>\n    <h2>") == 5


def test_an_answer_is_kept_until_the_knowledge_or_the_day_changes(
    pages: TestClient, shelf: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = pages.get(BIRD).headers["etag"]
    again = pages.get(BIRD, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert "must-revalidate" in again.headers["cache-control"]
    assert "set-cookie" not in again.headers
    with monkeypatch.context() as later:
        later.setenv("MOTCUA_TODAY", "2027-01-01")
        assert pages.get(BIRD, headers={"If-None-Match": tag}).status_code == 200
    save(shelf, "9.000001", "Cấp thẻ nuôi chim", summary="Lời mới.")
    changed = pages.get(BIRD, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert "Lời mới." in changed.text


def test_the_page_hands_over_to_the_chat(pages: TestClient, rasa: object) -> None:
    answer = pages.post("/", data={"button": "thu-tuc:9.000001", "title": "Cấp thẻ nuôi chim"})
    assert answer.status_code == 200
    assert "Cấp thẻ nuôi chim" in answer.text
    assert 'value="thu-tuc:9.000001"' in pages.get(BIRD).text
