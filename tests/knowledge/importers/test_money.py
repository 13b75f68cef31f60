from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.importers.money import COUNCIL_SETS, LABEL, FeeReading, read_fees, read_time, split_note
from knowledge.layer import LARGEST_AMOUNT, Fee, TimeUnit
from knowledge.procedure import holds
from tests.conftest import TODAY

NOTHING = FeeReading([], unclear=True)


def fees(cell: str, note: str = "", asof: dt.date = TODAY) -> list[Fee]:
    return read_fees(cell, f"({note})" if note else "", asof).fees


@pytest.mark.parametrize(
    ("cell", "amount", "unit"),
    [
        ("8 Ngày làm việc", 8, TimeUnit.WORKING_DAY),
        ("3 Ngày", 3, TimeUnit.DAY),
        ("24 Giờ", 24, TimeUnit.HOUR),
        (" 2  tháng. ", 2, TimeUnit.MONTH),
    ],
)
def test_a_time_has_a_number_and_a_unit(cell: str, amount: int, unit: TimeUnit) -> None:
    time = read_time(cell)
    assert time is not None
    assert (time.amount, time.unit) == (amount, unit)
    assert str(amount) in time.text


@pytest.mark.parametrize("cell", ["1", "15", "0 Ngày", "", "Không", "3 tuần", "1Ngày", "Ngày làm việc", "3 Ngày 5 Giờ"])
def test_a_time_without_a_unit_is_not_told(cell: str) -> None:
    assert read_time(cell) is None


def test_a_plain_amount_is_told() -> None:
    assert fees("160,000 Việt Nam Đồng") == [Fee(label=LABEL, amount=160_000)]
    assert fees("20.000 VNĐ") == [Fee(label=LABEL, amount=20_000)]


@pytest.mark.parametrize("cell", ["700 VNĐ", "120", "50 USD", "999.999.999.999 VNĐ", "1Miễn phí"])
def test_amounts_that_lost_their_thousands_or_grew_are_not_told(cell: str) -> None:
    assert fees(cell) == []


@pytest.mark.parametrize("note", ["", "Không", "- Không có", "Miễn lệ phí.", "- Miễn phí"])
def test_free_is_told_where_nothing_contradicts(note: str) -> None:
    assert [fee.amount for fee in fees("Miễn phí", note)] == [0]


@pytest.mark.parametrize(
    "note",
    [
        "- Phí thi: 60.000 đồng/lần. - Lệ phí cấp thẻ: 135.000 đồng/lần.",
        "Miễn phí với người già; người khác 50.000đ",
        "Lệ phí theo quy định của Bộ Tài chính",
        "Miễn lệ phí từ ngày 01/01/2026 đến ngày 31/12/2026",
        "Phí 1,5 triệu",
        "Thu 0,1% giá trị",
    ],
)
def test_free_beside_a_note_about_a_fee_is_never_told(note: str) -> None:
    assert all(fee.amount != 0 for fee in fees("Miễn phí", note))


def test_what_the_note_states_is_told_instead_of_free() -> None:
    told = fees("Miễn phí", "Lệ phí cấp thẻ: 135.000 đồng/lần")
    assert [(fee.amount, fee.text) for fee in told] == [(None, "Lệ phí cấp thẻ: 135.000 đồng/lần")]


@pytest.mark.parametrize("cell", ["Miễn phí", "", "0 VNĐ"])
@pytest.mark.parametrize("note", ["Do Hội đồng nhân dân cấp tỉnh quyết định", "Theo nghị quyết của HĐND tỉnh"])
def test_a_fee_that_the_provincial_council_sets_has_no_sum(cell: str, note: str) -> None:
    assert fees(cell, note) == [Fee(label=LABEL, text=COUNCIL_SETS)]


def test_a_sentence_about_a_time_that_has_passed_is_left_out() -> None:
    note = "200.000đ/quyển. Nộp trực tuyến đến hết ngày 31/12/2023: 180.000đ/quyển."
    reading = read_fees("Miễn phí", f"({note})", TODAY)
    assert [fee.text for fee in reading.fees] == ["200.000đ/quyển."]
    assert reading.unclear


def test_before_its_end_the_same_sentence_is_told_with_its_end() -> None:
    note = "200.000đ/quyển. Nộp trực tuyến đến hết ngày 31/12/2023: 180.000đ/quyển."
    (fee,) = fees("Miễn phí", note, dt.date(2023, 12, 31))
    assert "180.000đ" in (fee.text or "")
    assert fee.end == dt.date(2023, 12, 31)
    assert not holds(fee, dt.date(2024, 1, 1))


REDUCTION = "Từ ngày 01/07/2025 đến hết ngày 31/12/2026 áp dụng mức thu 35.000 đồng"


@pytest.mark.parametrize(
    ("day", "amount"), [(dt.date(2026, 12, 31), 35_000), (dt.date(2027, 1, 1), 70_000), (dt.date(2030, 1, 1), 70_000)]
)
def test_a_reduction_has_its_days_and_the_full_fee_follows(day: dt.date, amount: int) -> None:
    assert [fee.amount for fee in fees("70.000 VNĐ", REDUCTION) if holds(fee, day)] == [amount]


def test_a_reduction_that_can_not_be_told_apart_from_other_sums_is_not_split() -> None:
    told = fees("70.000 VNĐ", f"{REDUCTION}; cấp lại 90.000 đồng")
    assert all(fee.amount is None for fee in told)


def test_a_unit_in_the_note_is_kept() -> None:
    assert fees("8.000 VNĐ", "/bản sao") == [Fee(label=LABEL, amount=8_000, per="bản sao")]


def test_a_note_that_names_another_sum_than_the_cell_is_told_in_its_words() -> None:
    (fee,) = fees("8.000 VNĐ", "Bản đầu 8.000 đồng, bản sau 3.000 đồng")
    assert fee.amount is None
    assert fee.text == "Bản đầu 8.000 đồng, bản sau 3.000 đồng"


@pytest.mark.parametrize("note", ["Phí 10.000.0000 đồng", "Phí 3000.000 đồng", "Phí 50.000 đồng. " * 40])
def test_mistyped_sums_and_endless_notes_are_not_told(note: str) -> None:
    assert read_fees("", f"({note})", TODAY) == NOTHING


def test_parentheses_that_do_not_close_make_the_note_unclear() -> None:
    assert read_fees("Miễn phí", "(Phí 50.000 đồng. Nộp tại xã", TODAY) == NOTHING


def test_the_note_is_what_stands_in_leading_parentheses() -> None:
    assert split_note("(a (b) c) Nộp tại xã") == ("a (b) c", "Nộp tại xã")
    assert split_note("Nộp tại xã (sáng)") == ("", "Nộp tại xã (sáng)")
    assert split_note("") == ("", "")


PIECES = st.sampled_from(
    ["Miễn phí", "miễn lệ phí", "70.000", "đồng", "VNĐ", "(", ")", "đến hết ngày", "từ ngày", "31/12/2026",
     "99/99/2026", "áp dụng mức thu", "HĐND", ". ", "; ", "- ", "1", "USD", "10000000000000", "/", "½", "٣"]
)  # fmt: skip
MONEY_TEXT = (
    st.text(max_size=80) | st.lists(PIECES, max_size=12).map(" ".join) | st.lists(PIECES, max_size=12).map("".join)
)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(MONEY_TEXT, MONEY_TEXT)
def test_reading_fees_is_total_and_tells_no_impossible_sum(cell: str, note: str) -> None:
    for fee in read_fees(cell, note, TODAY).fees:
        assert fee.amount is not None or fee.text
        assert fee.amount is None or fee.amount == 0 or 1_000 <= fee.amount <= LARGEST_AMOUNT
        assert fee.end is None or fee.end >= TODAY or fee.amount is not None
        assert fee.amount != 0 or "miễn phí" in cell.lower()


@settings(derandomize=True, max_examples=150, deadline=None)
@given(MONEY_TEXT | st.from_regex(r"\d{1,4} ?(ngày|Giờ|tháng|Ngày làm việc)?\.?", fullmatch=True))
def test_reading_a_time_is_total_and_never_tells_a_bare_number(cell: str) -> None:
    time = read_time(cell)
    assert time is None or (time.unit is not None and time.amount and not time.text.strip().isdigit())


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.text(alphabet="(a) 1", max_size=30))
def test_splitting_a_note_loses_nothing_but_parentheses(text: str) -> None:
    note, rest = split_note(text)
    assert f"{note}{rest}".replace(" ", "").replace("(", "").replace(")", "") == text.replace(" ", "").replace(
        "(", ""
    ).replace(")", "")
