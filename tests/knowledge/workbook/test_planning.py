"""What the preview tells of an edited workbook: new, changed, unchanged, or rejected with the cell and the reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy.engine import Engine

from knowledge import store
from knowledge.editing import service
from knowledge.editing.model import Actor
from knowledge.editing.reading import read_work
from knowledge.errors import WorkbookRefused
from knowledge.workbook.compare import Change
from knowledge.workbook.plan import Item, Status
from tests.knowledge.made_up import CODE, content_of, layer
from tests.knowledge.workbook.books import (
    OTHER,
    Edit,
    add,
    cut,
    edited,
    exported,
    only,
    pigeons,
    planned,
    put,
    stored,
)

ANNA = Actor("anna", may_edit=True, may_publish=True)


@pytest.fixture
def book(engine: Engine) -> bytes:
    """A download of one procedure."""
    stored(engine, pigeons())
    return exported(engine)


def reasons(item: Item) -> list[str]:
    return [str(fault) for fault in item.faults]


def test_a_changed_cell_is_shown_with_its_old_and_new_value(engine: Engine, book: bytes) -> None:
    item = only(planned(engine, edited(book, put("Phí, lệ phí", "D2", "30.000"))))
    assert item.status is Status.CHANGED
    (change,) = item.changes
    assert (change.sheet, change.row, change.change) == ("Phí, lệ phí", 2, Change.CHANGED)
    assert change.cells == (("Số tiền (đồng)", "25.000", "30.000"),)
    assert item.rows["changed"] == 1
    assert item.payload
    assert item.payload["channels"][0]["fees"][0]["amount"] == 30_000
    assert item.payload["channels"][0]["fees"][1] == {"label": "Lệ phí", "amount": 50_000, "from": "2027-01-01"}


def test_rows_that_are_added_removed_and_moved_are_told_apart(engine: Engine, book: bytes) -> None:
    edits = (
        add("Các bước", Mã_thủ_tục=CODE, Việc_cần_làm="Nộp phí."),
        cut("Tên gọi, cách hỏi", 3),
        put("Các bước", "B2", "Nhận."),
        put("Các bước", "B3", "Nộp."),
    )
    item = only(planned(engine, edited(book, *edits)))
    told = {(change.sheet, change.change, change.label) for change in item.changes}
    assert told == {
        ("Các bước", Change.NEW, "Nộp phí."),
        ("Các bước", Change.MOVED, "Nộp."),
        ("Tên gọi, cách hỏi", Change.REMOVED, "Cách hỏi, nuôi chim cần gì"),
    }
    assert item.payload
    assert item.payload["steps"] == ["Nhận.", "Nộp.", "Nộp phí."]
    assert item.payload["ways_to_ask"] == ["xin giấy chim"]


def test_a_new_procedure_is_told_row_by_row(engine: Engine, book: bytes) -> None:
    stored(engine, pigeons(OTHER))
    both = exported(engine, CODE, OTHER)
    with engine.begin() as connection:
        store.remove_layers(connection, store.EDITORIAL, [OTHER], actor="test", reason="thử")
    plan = planned(engine, edited(both, put("Thủ tục", "P3", None)))
    assert plan.counts == {Status.UNCHANGED: 1, Status.NEW: 1}
    item = next(item for item in plan.items if item.code == OTHER)
    assert {change.change for change in item.changes} == {Change.NEW}
    assert item.payload
    assert item.payload["name"] == "Cấp thẻ nuôi chim"


def test_columns_may_stand_in_any_order_and_own_columns_are_left_alone(engine: Engine, book: bytes) -> None:
    def reorder(workbook: Workbook) -> None:
        worksheet = workbook["Phí, lệ phí"]
        worksheet.move_range("C1:D9", cols=20)
        worksheet["C1"] = "Ghi chú của tôi"
        worksheet["C2"] = "nhớ hỏi lại"

    plan = planned(engine, edited(book, reorder, put("Lưu ý", "F1", "Khác")))
    assert plan.counts == {Status.UNCHANGED: 1}
    assert plan.remarks == (
        "Trang 'Phí, lệ phí': cột 'Ghi chú của tôi' không thuộc mẫu nên không đọc.",
        "Trang 'Lưu ý': cột 'Khác' không thuộc mẫu nên không đọc.",
    )
    wrong = edited(book, reorder, put("Phí, lệ phí", "X2", "nhiều"))
    assert reasons(only(planned(engine, wrong)))[0].startswith("Trang 'Phí, lệ phí', ô X2: 'nhiều' không phải số tiền")


def test_a_missing_or_renamed_column_or_sheet_is_named(engine: Engine, book: bytes) -> None:
    with pytest.raises(WorkbookRefused, match=r"thiếu cột 'Số tiền \(đồng\)' \(có phải là cột 'Số tiền'\?\)"):
        planned(engine, edited(book, put("Phí, lệ phí", "D1", "Số tiền")))
    with pytest.raises(WorkbookRefused, match="hai cột 'Bằng lời'"):
        planned(engine, edited(book, put("Phí, lệ phí", "P1", "bằng  lời")))
    with pytest.raises(WorkbookRefused, match="Thiếu trang 'Thủ tục'"):
        planned(engine, edited(book, lambda workbook: workbook.remove(workbook["Thủ tục"])))
    with pytest.raises(WorkbookRefused, match="Thiếu trang 'Thời hạn'"):
        planned(engine, edited(book, lambda workbook: workbook.remove(workbook["Thời hạn"])))


def test_a_sheet_that_is_left_out_leaves_its_facts_alone(engine: Engine, book: bytes) -> None:
    def few(workbook: Workbook) -> None:
        for title in workbook.sheetnames:
            if title not in ("Thủ tục", "Các bước"):
                workbook.remove(workbook[title])

    assert planned(engine, edited(book, few)).counts == {Status.UNCHANGED: 1}
    item = only(planned(engine, edited(book, few, put("Các bước", "B2", "Nộp hồ sơ."))))
    assert item.payload
    assert item.payload["steps"] == ["Nộp hồ sơ.", "Nhận."]
    assert item.payload["cases"] == store.payload_of(pigeons())["cases"]


def test_merged_cells_are_refused_with_their_place(engine: Engine, book: bytes) -> None:
    with pytest.raises(WorkbookRefused, match=r"'Giấy tờ' có ô gộp: A2:A3.*Unmerge"):
        planned(engine, edited(book, lambda workbook: workbook["Giấy tờ"].merge_cells("A2:A3")))
    # In the sheet that explains the workbook they do no harm.
    planned(engine, edited(book, lambda workbook: workbook["Hướng dẫn"].merge_cells("A2:B3")))


def test_hidden_and_strange_sheets_are_told_of(engine: Engine, book: bytes) -> None:
    def hide(workbook: Workbook) -> None:
        workbook["Các bước"].sheet_state = "veryHidden"
        workbook.create_sheet("Tạm tính")["A1"] = "=1/0"

    plan = planned(engine, edited(book, hide))
    assert plan.remarks == (
        "Trang 'Các bước' đang ẩn nhưng vẫn được đọc.",
        "Trang 'Tạm tính' không thuộc mẫu nên không đọc.",
    )


def test_empty_rows_between_are_passed_over(engine: Engine, book: bytes) -> None:
    def spread(workbook: Workbook) -> None:
        workbook["Các bước"].insert_rows(3, 4)
        workbook["Các bước"]["A5"] = "\u00a0 "
        workbook["Thủ tục"]["A40"] = " "

    assert planned(engine, edited(book, spread)).counts == {Status.UNCHANGED: 1}


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (put("Các bước", "B2", "=HYPERLINK(1)"), "Trang 'Các bước', ô B2: là công thức; hãy chép rồi dán giá trị"),
        (put("Phí, lệ phí", "D2", "=20000+5000"), "Trang 'Phí, lệ phí', ô D2: là công thức"),
        (put("Thủ tục", "B2", "#REF!"), "Trang 'Thủ tục', ô B2: đang báo lỗi #REF!"),
        (put("Phí, lệ phí", "I2", "tháng 7/2026"), "ô I2: 'tháng 7/2026' không rõ là ngày nào"),
        (put("Phí, lệ phí", "I2", "1/1/2027"), "dòng 2: kỳ áp dụng kết thúc (2026-12-31) trước khi bắt đầu"),
        (put("Phí, lệ phí", "D2", None), "khoản phí cần số tiền"),
        (put("Phí, lệ phí", "K2", "nq"), "ô K2: nguồn 'nq' chưa có ở trang 'Nguồn' của thủ tục này"),
        (put("Phí, lệ phí", "B2", 9), "ô B2: thủ tục này không có cách nộp số 9"),
        (put("Phí, lệ phí", "C2", None), "ô C2: 'Khoản thu' còn trống; hãy điền"),
        (put("Giấy tờ", "D2", 99), "Trang 'Giấy tờ', ô D2: phải từ 20 trở xuống"),
        (put("Giấy tờ", "F2", "chắc có"), "ô F2: 'chắc có' không rõ; hãy ghi 'có' hoặc để trống"),
        (put("Thời hạn", "E2", None), "thời hạn phải có cả số (amount) và đơn vị (unit)"),
        (put("Cách nộp", "C2", "Bồ câu"), "ô C2: 'Bồ câu' không có trong danh sách"),
        (put("Cách nộp", "B3", 1), "ô B3: cách nộp số 1 có hai lần"),
        (put("Cách nộp", "C3", "Trực tuyến"), "ô C3: cách nộp này đã có ở dòng trên"),
        (put("Căn cứ pháp lý", "B2", "Luật Chim"), "ô B2: số văn bản 'Luật Chim' không đúng dạng"),
        (cut("Giấy tờ", 4), "Trang 'Trường hợp', ô C3: trường hợp chưa có giấy tờ nào"),
        (put("Thủ tục", "B2", "a" * 91), "Trang 'Thủ tục', ô B2: dài quá 90 chữ cái"),
        (put("Thủ tục", "F2", None), "Trang 'Thủ tục', ô F2: còn thiếu"),
        (put("Thủ tục", "H2", "javascript:alert(1)"), "Trang 'Thủ tục', ô H2: địa chỉ phải bắt đầu bằng https://"),
        (put("Nguồn", "D2", "ftp://x"), "Trang 'Nguồn', ô D2: địa chỉ phải bắt đầu bằng https://"),
        (put("Nguồn", "F2", "hôm qua"), "Trang 'Nguồn', ô F2: 'hôm qua' không rõ là ngày nào"),
        (cut("Nguồn", 2), "Trang 'Thủ tục', dòng 2: Nguồn: còn thiếu"),
        (add("Thủ tục liên quan", Mã_thủ_tục=CODE, Quan_hệ="Liên quan", Mã_thủ_tục_kia="9.999999"),
         "Trang 'Thủ tục liên quan', ô C2: trong kho không có thủ tục 9.999999"),
        (add("Thủ tục liên quan", Mã_thủ_tục=CODE, Quan_hệ="Làm thủ tục khác khi", Mã_thủ_tục_kia=CODE),
         "Trang 'Thủ tục liên quan', ô D2: còn thiếu"),
    ],
)  # fmt: skip
def test_a_bad_cell_rejects_its_procedure_and_is_named(engine: Engine, book: bytes, edit: Edit, told: str) -> None:
    item = only(planned(engine, edited(book, edit)))
    assert item.status is Status.REJECTED
    assert item.payload is None
    assert any(told in reason for reason in reasons(item)), reasons(item)


def test_a_cached_value_of_a_formula_is_not_believed(engine: Engine, book: bytes) -> None:
    # openpyxl writes no cached values, Excel does: the cell has both.
    from tests.knowledge.workbook.books import repacked
    from tests.knowledge.workbook.test_guard import part

    changed = edited(book, put("Các bước", "B2", "=A1"))
    steps = next(name for name in (f"xl/worksheets/sheet{number}.xml" for number in range(1, 18))
                 if b"<f>A1</f>" in part(name, changed))  # fmt: skip
    cached = part(steps, changed).replace(b"<f>A1</f><v", b"<f>A1</f><v>Tin toi di</v><v", 1)
    item = only(planned(engine, repacked(changed, {steps: cached})))
    assert "ô B2: là công thức" in reasons(item)[0]


def test_the_others_go_on_when_one_is_rejected(engine: Engine) -> None:
    stored(engine, pigeons(), pigeons(OTHER))
    book = exported(engine, CODE, OTHER)
    edits = (put("Phí, lệ phí", "D2", "nhiều"), put("Thủ tục", "F3", "Tóm tắt mới."))
    plan = planned(engine, edited(book, *edits))
    assert plan.counts == {Status.REJECTED: 1, Status.CHANGED: 1}
    assert [item.code for item in plan.writes] == [OTHER]


def test_a_code_twice_is_rejected_with_both_rows(engine: Engine, book: bytes) -> None:
    item = only(planned(engine, edited(book, add("Thủ tục", Mã_thủ_tục=CODE, Tên_dễ_hiểu="Lần nữa"))))
    assert reasons(item) == [f"Trang 'Thủ tục', ô A3: mã {CODE} đã có ở dòng 2; hãy bỏ bớt"]


def test_a_row_of_nobody_is_rejected_and_whoever_misses_a_row_there_waits(engine: Engine, book: bytes) -> None:
    # A slip in the code of a fee would otherwise take the fee from its procedure.
    plan = planned(engine, edited(book, put("Phí, lệ phí", "A2", "9.000009")))
    stranger, mine = (next(item for item in plan.items if item.code == code) for code in ("9.000009", CODE))
    assert reasons(stranger) == [
        "Trang 'Phí, lệ phí', ô A2: mã 9.000009 chưa có ở trang 'Thủ tục'; hãy sửa mã hoặc thêm dòng ở trang ấy"
    ]
    assert mine.status is Status.REJECTED
    assert "dòng này không rõ của thủ tục nào" in reasons(mine)[0]
    unreadable = planned(engine, edited(book, put("Phí, lệ phí", "A2", "khai sinh")))
    assert {item.status for item in unreadable.items} == {Status.REJECTED}


def test_a_file_from_before_somebody_elses_change_overwrites_nothing(engine: Engine, book: bytes) -> None:
    stored(engine, pigeons(summary="Người khác vừa sửa."))
    mine = edited(book, put("Các bước", "B2", "Nộp hồ sơ."))
    item = only(planned(engine, mine))
    assert item.status is Status.REJECTED
    assert "ô P2: thủ tục này đã được người khác sửa sau khi bạn tải file về" in reasons(item)[0]
    # Whoever takes the mark out says that they mean it, and sees what they undo.
    item = only(planned(engine, edited(mine, put("Thủ tục", "P2", None))))
    assert item.status is Status.CHANGED
    assert ("Tóm tắt", "Người khác vừa sửa.", "Xin thẻ để nuôi chim bồ câu.") in item.changes[0].cells


def test_over_the_portals_record_only_what_differs_is_written(engine: Engine) -> None:
    official = layer(
        steps=["Nộp."],
        channels=[{"kind": "direct", "fees": [{"label": "Lệ phí", "amount": 25_000}]}],
        portal_url="https://example.vn",
    )
    stored(engine, official, which=store.OFFICIAL)
    book = exported(engine)
    assert planned(engine, book).counts == {Status.UNCHANGED: 1}
    item = only(planned(engine, edited(book, put("Phí, lệ phí", "D2", 30_000))))
    assert item.status is Status.CHANGED
    assert item.payload
    assert set(item.payload) == {"code", "channels", "sources"}


def test_a_draft_is_what_is_downloaded_and_the_file_goes_on_from_it(engine: Engine, book: bytes) -> None:
    with service.writing(engine) as connection:
        base = read_work(connection, CODE).base
        payload = store.payload_of(pigeons(steps=["Nháp."]))
        service.save_draft(connection, payload, base=base, actor=Actor("binh"), comment="thử")
    assert "đã được người khác sửa" in reasons(only(planned(engine, edited(book, put("Thủ tục", "F2", "Mới.")))))[0]
    fresh = exported(engine)
    assert planned(engine, fresh).counts == {Status.UNCHANGED: 1}
    item = only(planned(engine, edited(fresh, put("Thủ tục", "F2", "Mới."))))
    assert item.notes == ("Đang có bản nháp của binh; file này sửa tiếp trên bản nháp ấy.",)
    assert item.payload
    assert item.payload["steps"] == ["Nháp."]


def test_cases_may_be_numbered_as_one_likes(engine: Engine, book: bytes) -> None:
    edits = [put("Trường hợp", "B2", 30), put("Trường hợp", "B3", 7)]
    edits += [put("Giấy tờ", cell, value) for cell, value in (("B2", 30), ("B3", 30), ("B4", 7))]
    item = only(planned(engine, edited(book, *edits)))
    assert item.payload
    assert [case["name"] for case in item.payload["cases"]] == ["Nuôi cả đàn", "Nuôi một con"]
    assert [len(case["documents"]) for case in item.payload["cases"]] == [1, 2]


def test_dates_of_a_macs_calendar_are_the_same_days(engine: Engine, book: bytes) -> None:
    def since_1904(workbook: Workbook) -> None:
        workbook.epoch = dt.datetime(1904, 1, 1)

    assert planned(engine, edited(book, since_1904)).counts == {Status.UNCHANGED: 1}


def test_whatever_is_written_passes_motcua_check(engine: Engine) -> None:
    facts: dict[str, Any] = content_of()
    stored(engine, pigeons())
    item = only(planned(engine, edited(exported(engine), put("Thủ tục", "D2", None))))
    assert item.status is Status.UNCHANGED  # a life area, once given, can be another but not none
    item = only(planned(engine, edited(exported(engine), put("Thủ tục", "D2", "Giáo dục"))))
    assert item.payload
    assert item.payload["group"] == "giao_duc"
    assert facts["group"] == "khac"
