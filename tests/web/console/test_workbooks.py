"""Excel in the browser: take away, hand in, look through, confirm; by whoever may, and nothing that harms."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.engine import Engine

from knowledge import tables as t
from knowledge.workbook.guard import LARGEST_FILE
from tests.knowledge.made_up import CODE, record, told
from tests.knowledge.workbook.books import OTHER, add, edited, exported, pigeons, put, stored
from tests.web.console.conftest import ORIGIN, ROOT, Browser

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def shelf(staff_engine: Engine) -> Engine:
    """Two procedures in the console's database."""
    stored(staff_engine, pigeons(), pigeons(OTHER))
    return staff_engine


def hand_in(browser: Browser, data: bytes, name: str = "sua.xlsx") -> Any:
    """Upload a file as the page does."""
    return browser.post(
        f"{ROOT}/excel", data={"form_token": browser.token("/excel")}, files={"file": (name, data)}, headers=ORIGIN
    )


def previewed(browser: Browser, data: bytes, name: str = "sua.xlsx") -> str:
    """The path of the preview, below /quan-tri."""
    answer = hand_in(browser, data, name)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).removeprefix(ROOT)


def test_a_selection_is_taken_away_by_codes_and_by_filters(viewer: Browser, shelf: Engine) -> None:
    for query, codes in (
        (f"ma={CODE}", [CODE]),
        (f"ma={OTHER},{CODE}", [OTHER, CODE]),
        ("nhom=khac", [CODE, OTHER]),
        ("trang-thai=published&cap=commune", [CODE, OTHER]),
    ):
        answer = viewer.get(f"{ROOT}/excel/tai-ve?{query}")
        assert answer.headers["content-disposition"].endswith('.xlsx"')
        rows = load_workbook(BytesIO(answer.content))["Thủ tục"].iter_rows(min_row=2, values_only=True)
        assert sorted(str(row[0]) for row in rows) == sorted(codes)
    for query in ("nhom=y_te", "ma=9.999999", "ma=../../etc/passwd"):
        assert viewer.get(f"{ROOT}/excel/tai-ve?{query}").status_code == 422
    assert load_workbook(BytesIO(viewer.get(f"{ROOT}/excel/mau").content))["Thủ tục"].max_row == 3


def test_too_large_a_selection_asks_to_choose_less(
    viewer: Browser, shelf: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.console.workbooks.MOST", 1)
    answer = viewer.get(f"{ROOT}/excel/tai-ve?nhom=khac")
    assert answer.status_code == 422
    assert "nhiều nhất 1 thủ tục" in answer.text


def test_an_editor_looks_through_and_writes_drafts(editor: Browser, shelf: Engine) -> None:
    path = previewed(editor, edited(exported(shelf, CODE, OTHER), put("Phí, lệ phí", "D2", "30.000")))
    page = editor.get(f"{ROOT}{path}").text
    assert "<del>25.000</del> → <ins>30.000</ins>" in page
    assert "Phí, lệ phí, dòng 2" in page
    assert "<strong>1</strong> đổi" in page
    assert "Ghi và công bố" not in page
    with shelf.connect() as connection:
        assert connection.execute(select(t.drafts)).all() == []
    answer = editor.submit(f"{path}/ghi", {"loi": "giá mới"}, of=path)
    assert answer.headers["location"] == f"{ROOT}/excel"
    assert "Đã ghi 1 thủ tục thành bản nháp" in editor.get(f"{ROOT}/excel").text
    with shelf.connect() as connection:
        (draft,) = connection.execute(select(t.drafts)).all()
    assert (draft.code, draft.author, draft.comment) == (CODE, "editor", "giá mới")
    assert editor.submit(f"{path}/ghi", of="/excel").status_code == 422  # written once


def test_an_editor_who_asks_for_publishing_is_refused(editor: Browser, shelf: Engine) -> None:
    path = previewed(editor, edited(exported(shelf), put("Thủ tục", "F2", "Câu mới.")))
    answer = editor.submit(f"{path}/ghi", {"cong_bo": "1"}, of=path)
    assert answer.status_code == 422
    assert "Chỉ người duyệt" in answer.text
    assert told(shelf).summary == "Xin thẻ để nuôi chim bồ câu."


def test_a_reviewer_publishes_a_new_procedure_from_a_file(reviewer: Browser, shelf: Engine) -> None:
    row = {"Mã_thủ_tục": "9.000007", "Tên_dễ_hiểu": "Nuôi vẹt", "Tên_trên_Cổng": "Thủ tục nuôi vẹt",
           "Nhóm": "Việc khác", "Cấp_giải_quyết": "Cấp xã", "Tóm_tắt": "Xin nuôi vẹt.",
           "Địa_chỉ_trên_Cổng": "https://example.vn/vet"}  # fmt: skip
    source = {"Mã_thủ_tục": "9.000007", "Mã_nguồn": "portal", "Tên_nguồn": "Cổng", "Ngày_kiểm_tra": "24/11/2026"}
    path = previewed(reviewer, edited(exported(shelf), add("Thủ tục", **row), add("Nguồn", **source)))
    assert "<strong>1</strong> mới" in reviewer.get(f"{ROOT}{path}").text
    reviewer.submit(f"{path}/ghi", {"cong_bo": "1"}, of=path)
    assert told(shelf, "9.000007").name == "Nuôi vẹt"


def test_faults_are_told_with_their_cells_and_nothing_can_be_written(editor: Browser, shelf: Engine) -> None:
    path = previewed(editor, edited(exported(shelf), put("Phí, lệ phí", "I2", "tháng 7/2026")))
    page = editor.get(f"{ROOT}{path}").text
    assert "ô I2: &#39;tháng 7/2026&#39; không rõ là ngày nào" in page
    assert "Không có gì để ghi" in page


def test_what_changed_meanwhile_is_shown_again(reviewer: Browser, shelf: Engine) -> None:
    path = previewed(
        reviewer, edited(exported(shelf, CODE, OTHER), put("Thủ tục", "F2", "A."), put("Thủ tục", "F3", "B."))
    )
    stored(shelf, pigeons(summary="Người khác vừa sửa."))
    answer = reviewer.submit(f"{path}/ghi", {"cong_bo": "1"}, of=path)
    again = str(answer.headers["location"]).removeprefix(ROOT)
    assert again not in (path, "/excel")
    page = reviewer.get(f"{ROOT}{again}").text
    assert "Kho vừa đổi trong lúc bạn xem" in page
    assert "vừa đổi sau khi bạn xem" in page
    assert told(shelf).summary == "Người khác vừa sửa."
    assert told(shelf, OTHER).summary == "Xin thẻ để nuôi chim bồ câu."


def test_the_portals_json_waits_for_a_reviewer(editor: Browser, reviewer: Browser, shelf: Engine) -> None:
    data = json.dumps([record("9.000008")]).encode()
    path = previewed(editor, data, "cong.json")
    assert "cần người duyệt" in editor.get(f"{ROOT}{path}").text
    assert editor.submit(f"{path}/ghi", of=path).status_code == 422
    path = previewed(reviewer, data, "cong.json")
    reviewer.submit(f"{path}/ghi", {"cong_bo": "1"}, of=path)
    assert told(shelf, "9.000008").name


def test_a_preview_is_nobody_elses(editor: Browser, reviewer: Browser, shelf: Engine) -> None:
    path = previewed(editor, edited(exported(shelf), put("Thủ tục", "F2", "Câu mới.")))
    assert reviewer.get(f"{ROOT}{path}").status_code == 404
    assert reviewer.submit(f"{path}/ghi", {"cong_bo": "1"}, of="/excel").status_code == 422
    reviewer.submit(f"{path}/bo", of="/excel")
    assert editor.get(f"{ROOT}{path}").status_code == 200
    editor.submit(f"{path}/bo", of=path)
    assert editor.get(f"{ROOT}{path}").status_code == 404


def test_what_stands_in_a_file_is_shown_and_never_run(editor: Browser, shelf: Engine) -> None:
    data = edited(exported(shelf), put("Các bước", "B2", EVIL), put("Thủ tục", "B2", EVIL), put("Lưu ý", "H1", EVIL))
    page = editor.get(f"{ROOT}{previewed(editor, data, f'{EVIL}.xlsx')}").text
    assert EVIL not in page
    assert "&lt;script&gt;" in page
    broken = edited(exported(shelf), put("Cách nộp", "C2", EVIL))
    assert EVIL not in editor.get(f"{ROOT}{previewed(editor, broken)}").text


def test_harmful_and_oversized_files_are_refused_in_words(editor: Browser, shelf: Engine) -> None:
    for data, name, status in (
        (b"PK\x03\x04 broken", "a.xlsx", 422),
        (b"%PDF-1.4", "a.pdf", 422),
        (b"", "a.xlsx", 422),
        (b"0" * (LARGEST_FILE + 1), "../../a.xlsx", 422),
        (b"0" * (LARGEST_FILE + 200_000), "a.xlsx", 413),
    ):
        answer = hand_in(editor, data, name)
        assert answer.status_code == status, (name, answer.status_code)
        assert "Traceback" not in answer.text


def test_a_viewer_sees_no_way_to_hand_in(viewer: Browser, shelf: Engine) -> None:
    assert "Xem trước" not in viewer.get(f"{ROOT}/excel").text
