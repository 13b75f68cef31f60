from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.search.variants import FLAGS, flags_of
from vietnamese.fold import fold


def flags(text: str) -> set[str]:
    return {name for name, here in zip(FLAGS, flags_of(text), strict=True) if here}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("em bị mất căn cước", {"reissue"}),
        ("Cấp lại giấy phép lái xe", {"reissue"}),
        ("mất bao nhiêu tiền", set()),
        ("mất mấy ngày", set()),
        ("đổi bằng lái xe", {"change"}),
        ("hộ chiếu sắp hết hạn", {"extend"}),
        ("Chấm dứt hoạt động hộ kinh doanh", {"end", "household"}),
        ("Tạm ngừng kinh doanh", {"pause"}),
        ("Đăng ký lại khai sinh", {"again"}),
        ("kết hôn với người nước ngoài", {"foreign"}),
        ("cấp căn cước cho bé dưới 14 tuổi", {"child"}),
        ("con em 9 tuổi làm căn cước", {"child"}),
        ("con em 14 tuổi làm căn cước", set()),
        ("nộp online được không", {"online"}),
        ("sang tên xe", {"transfer"}),
        ("Thủ tục khai sinh", set()),
    ],
)
def test_what_sets_variants_apart_is_seen_in_names_and_in_questions(text: str, expected: set[str]) -> None:
    assert flags(text) == expected


@settings(derandomize=True, max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["mất", "đổi", "cấp", "lại", "gia hạn", "ở", "nước ngoài", "bé", "xã", "Mỹ"]), max_size=8
    ).map(" ".join)
)
def test_diacritics_and_capitals_make_no_difference(text: str) -> None:
    assert flags(text) == flags(fold(text)) == flags(text.upper())


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_flags_are_total(text: str) -> None:
    assert flags_of(text).shape == (len(FLAGS),)
