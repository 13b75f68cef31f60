from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.importers.clean import clean, lines, names_old_units, short_name, without_bullet, without_file_name

ANY_TEXT = st.text(max_size=300) | st.lists(
    st.sampled_from(["Tờ khai", ".docx", "\n", "- ", "(", "1.", "Mẫu", "ế"])
).map("".join)


def test_decomposed_letters_are_composed() -> None:
    assert clean(unicodedata.normalize("NFD", "Giấy khai sinh")) == "Giấy khai sinh"


def test_long_texts_are_cleaned_whole_without_breaking_a_word() -> None:
    words = "đề nghị cấp thẻ " * 400
    assert clean(unicodedata.normalize("NFD", words), 100_000) == " ".join(words.split())
    endless = unicodedata.normalize("NFD", "ế" * 3_000)
    assert unicodedata.is_normalized("NFC", clean(endless, 100_000))


def test_white_space_and_invisible_signs_go() -> None:
    assert clean("  Nộp\u00a0hồ\u200b sơ\r\n\ttại  xã ") == "Nộp hồ sơ tại xã"


@pytest.mark.parametrize("nothing", ["Không", "không có", "KHÔNG CÓ THÔNG TIN", "-", "  ", "(Không)", "."])
def test_ways_to_say_nothing_are_nothing(nothing: str) -> None:
    assert clean(nothing) == ""


def test_a_cut_text_ends_at_a_word_with_a_sign() -> None:
    assert clean("Nộp hồ sơ tại xã", 12) == "Nộp hồ sơ…"


@settings(derandomize=True, max_examples=150, deadline=None)
@given(ANY_TEXT, st.integers(10, 60))
def test_clean_is_total_and_keeps_its_promises(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == " ".join(cleaned.split())


@pytest.mark.parametrize(
    ("glued", "name"),
    [
        ("Đơn đề nghị cấp thẻ nuôi chim.Mau so 01.docx", "Đơn đề nghị cấp thẻ nuôi chim."),
        ("Tờ khai nuôi chim cảnhMẫu TK-01 mới.doc", "Tờ khai nuôi chim cảnh"),
        ("Tờ khai nuôi chim (theo mẫu)Phu luc 2.PDF", "Tờ khai nuôi chim (theo mẫu)"),
        ("Đơn theo Nghị định số 41/2026/NĐ-CPMẫu số 16.doc", "Đơn theo Nghị định số 41/2026/NĐ-CP"),
        ("Văn bản đề nghị theo Mẫu số 16.NT.docx", "Văn bản đề nghị theo Mẫu số 16.NT"),
        ("Tờ khai theo Thông tư ngày 30/6/2023.NA5 (1).doc", "Tờ khai theo Thông tư ngày 30/6/2023."),
        ("Đơn đề nghị cấp thẻ nuôi chim.Mau38.docxMau39.docx", "Đơn đề nghị cấp thẻ nuôi chim."),
        ("to khai.xlsx", "to khai"),
        ("Tờ khai nuôi chim", "Tờ khai nuôi chim"),
    ],
)
def test_names_of_form_files_come_off(glued: str, name: str) -> None:
    assert without_file_name(glued) == name


@settings(derandomize=True, max_examples=150, deadline=None)
@given(ANY_TEXT)
def test_taking_off_never_adds(text: str) -> None:
    assert text.startswith(without_file_name(text).strip() or "") or without_file_name(text) in text
    assert without_bullet(text) in text


@pytest.mark.parametrize("bullet", ["- ", "+ ", "* ", "• ", "1. ", "2.1) ", "a) ", "đ) ", "(i) ", "iv) "])
def test_bullets_and_numbers_come_off(bullet: str) -> None:
    assert without_bullet(f"{bullet}Nộp hồ sơ") == "Nộp hồ sơ"


def test_lines_skip_empty_ones_and_stop_at_the_limit() -> None:
    assert lines("- Một\r\n\n  + Hai\n- Không\nBa", limit=2) == ["Một", "Hai"]
    assert lines(None) == []


def test_the_short_name_is_without_the_word_procedure() -> None:
    assert short_name("Thủ tục đăng ký kết hôn.") == "Đăng ký kết hôn"
    assert short_name("Thủ tục hành chính về cấp thẻ") == "Cấp thẻ"
    assert short_name("Hỗ trợ sản xuất cộng đồng.") == "Hỗ trợ sản xuất cộng đồng"


@pytest.mark.parametrize(
    "text",
    ["UBND huyện nơi cư trú", "Phòng Tư pháp quận", "Ủy ban nhân dân xã, thị trấn", "Thị xã", "Chi cục Thuế khu vực",
     "Bộ phận một cửa cấp huyện"],
)  # fmt: skip
def test_words_of_the_abolished_district_level_are_recognised(text: str) -> None:
    assert names_old_units(text)


@pytest.mark.parametrize(
    "text", ["Ủy ban nhân dân xã, phường, đặc khu", "Công an cấp tỉnh", "Kể chuyện", "Quận7Shop", ""]
)
def test_todays_words_are_not_marked(text: str) -> None:
    assert not names_old_units(text)
