"""Cells as people type them: dates, money, codes, choices; what can't be read says why."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.workbook.schema import SHEETS, Column, Kind
from knowledge.workbook.values import Unfit, clean_text, parse, shown, to_cell

CHRISTMAS = dt.date(2026, 12, 25)
COLUMNS = [column for sheet in SHEETS for column in sheet.columns]


def column(kind: Kind, **choices: str) -> Column:
    return Column("x", "Cột", "", kind, choices=choices or None)


@pytest.mark.parametrize(
    "typed", ["25/12/2026", "25-12-2026", "25.12.2026", "2026-12-25", 46381, 46381.0, dt.datetime(2026, 12, 25),
              " 25/12/2026\u00a0", "2026-12-25 00:00:00"],
)  # fmt: skip
def test_a_date_is_read_however_it_is_typed(typed: Any) -> None:
    assert parse(typed, column(Kind.DATE)) == CHRISTMAS


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("tháng 7/2026", "không rõ là ngày nào"),
        ("7/2026", "không rõ là ngày nào"),
        ("25/12/26", "không rõ là ngày nào"),
        ("12/25/2026", "không có trong lịch"),
        ("31/2/2026", "không có trong lịch"),
        (2026, "không phải ngày"),
        (True, "không phải ngày"),
        (float("inf"), "không phải ngày"),
        (dt.datetime(2026, 12, 25, 8, 30), "chỉ ghi ngày"),
        (dt.time(8), "không phải ngày"),
        ("01/01/0001", "không phải ngày"),
    ],
)
def test_what_is_no_date_is_refused_with_an_example(typed: Any, reason: str) -> None:
    with pytest.raises(Unfit, match=reason):
        parse(typed, column(Kind.DATE))


@pytest.mark.parametrize(
    ("typed", "amount"),
    [(50_000, 50_000), (50_000.0, 50_000), ("50000", 50_000), ("50.000", 50_000), ("50,000", 50_000),
     ("1.250.000 đ", 1_250_000), ("50 000 đồng", 50_000), ("50.000VNĐ", 50_000), (0, 0), ("0", 0)],
)  # fmt: skip
def test_money_is_read_with_and_without_dots(typed: Any, amount: int) -> None:
    assert parse(typed, column(Kind.MONEY)) == amount


@pytest.mark.parametrize(
    "typed", ["50.00", "5.0000", "50k", "miễn phí", "1,5 triệu", -5, 1.5, True, "1.000,000", 10**12]
)
def test_what_is_no_sum_is_refused(typed: Any) -> None:
    with pytest.raises(Unfit):
        parse(typed, column(Kind.MONEY))


def test_a_sum_that_lost_its_thousands_is_asked_about() -> None:
    # '50.000' typed into an Excel set to English is fifty.
    with pytest.raises(Unfit, match="mất ba số 0"):
        parse(50.0, column(Kind.MONEY))


def test_a_code_that_excel_took_for_a_number_is_put_right() -> None:
    assert parse(1.001193, column(Kind.CODE)) == "1.001193"
    assert parse(1.01083, column(Kind.CODE)) == "1.010830"
    for typed in (1001193, "1001193", "khai sinh", 1.0011934, dt.datetime(2026, 1, 1)):
        with pytest.raises(Unfit, match=r"1\.001193"):
            parse(typed, column(Kind.CODE))


def test_a_closed_value_is_known_by_its_word_whatever_its_marks_and_case() -> None:
    kinds = column(Kind.CHOICE, online="Trực tuyến", direct="Nộp trực tiếp")
    for typed in ("Trực tuyến", "truc tuyen", "TRỰC  TUYẾN ", "online"):
        assert parse(typed, kinds) == "online"
    with pytest.raises(Unfit, match="Trực tuyến; Nộp trực tiếp"):
        parse("bồ câu", kinds)
    several = column(Kind.CHOICES, commune="Cấp xã", province="Cấp tỉnh")
    assert parse("Cấp tỉnh; cấp xã\nCấp tỉnh", several) == ["province", "commune"]


def test_yes_is_written_in_many_ways_and_anything_else_is_refused() -> None:
    for typed in ("có", "Co", "x", "X", True, 1, "đúng"):
        assert parse(typed, column(Kind.FLAG)) is True
    for blank in (None, "", "không", False, 0):
        assert parse(blank, column(Kind.FLAG)) is False
    with pytest.raises(Unfit, match="'có' hoặc để trống"):
        parse("chắc vậy", column(Kind.FLAG))


def test_text_takes_plain_numbers_and_no_values_of_excel() -> None:
    assert parse(12, column(Kind.TEXT)) == "12"
    assert parse(12.0, column(Kind.TEXT)) == "12"
    for typed in (True, dt.datetime(2026, 12, 25)):
        with pytest.raises(Unfit, match="Text"):
            parse(typed, column(Kind.TEXT))
    with pytest.raises(Unfit, match="viết gọn"):
        parse("a" * 32_768, column(Kind.TEXT))


def test_strange_blanks_and_invisible_signs_are_taken_out() -> None:
    assert clean_text("\u00a0Nộp\u202ftại\u200b phường\ufeff \r\n  rồi về_x000D_\n") == "Nộp tại phường\nrồi về"
    decomposed = unicodedata.normalize("NFD", "Đăng ký khai sinh")
    assert clean_text(decomposed) == "Đăng ký khai sinh"


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert once == once.strip()


cells = st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.datetimes())


@given(cells, st.sampled_from(COLUMNS))
def test_any_cell_is_read_or_refused_in_words_and_is_written_as_it_is_read(raw: Any, where: Column) -> None:
    reason, value = "", None
    try:
        value = parse(raw, where)
    except Unfit as unfit:
        reason = str(unfit)
    if reason:
        assert len(reason) > 10
    else:
        assert parse(to_cell(value, where), where) == value
        assert isinstance(shown(value, where), str)
