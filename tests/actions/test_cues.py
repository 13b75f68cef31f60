from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.cues import carries_over, core_name, corrected, option_name, recalls
from knowledge.wording import day, lower_first, money
from tests.conftest import TODAY


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("không phải nhận con nuôi, ý em là làm giám hộ", "làm giám hộ"),
        ("tạm trú chứ không phải thường trú", "tạm trú"),
        ("nhầm rồi, cấp lại thẻ", "cấp lại thẻ"),
        ("sai rồi ạ", ""),
    ],
)
def test_a_correction_is_reduced_to_what_is_wanted(said: str, wanted: str) -> None:
    assert corrected(said) == wanted


@given(st.text(max_size=200))
@settings(deadline=None, max_examples=100)
def test_any_text_can_be_read_as_a_correction(said: str) -> None:
    assert len(corrected(said)) <= len(said)
    assert recalls(said) in (True, False)
    assert carries_over(said) in (True, False)


def test_twins_at_other_levels_share_their_core_name() -> None:
    commune = core_name("Cấp đổi thẻ căn cước (thực hiện tại cấp tỉnh)")
    assert (
        commune == core_name("Cấp đổi thẻ căn cước") == core_name("Cấp đổi thẻ căn cước (thực hiện tại cấp trung ương)")
    )
    assert core_name("Cấp lại thẻ căn cước") != commune


def test_an_option_is_short_and_bare_of_levels() -> None:
    assert option_name("Cấp đổi thẻ căn cước (thực hiện tại cấp tỉnh)") == "Cấp đổi thẻ căn cước"
    assert len(option_name("Cấp giấy phép " * 20)) <= 90


def test_money_days_and_names_are_written_as_people_do() -> None:
    assert money(0) == "miễn phí"
    assert money(1_350_000) == "1.350.000 đồng"
    assert day(TODAY) == "24/11/2026"
    assert lower_first("Nộp trực tuyến") == "nộp trực tuyến"
    assert lower_first("Cục Cảnh sát giao thông") == "Cục Cảnh sát giao thông"
    assert lower_first("UBND xã") == "UBND xã"


def test_social_benefits_are_no_remark_on_levels() -> None:
    assert option_name("Mai táng phí cho người hưởng trợ cấp xã hội") == "Mai táng phí cho người hưởng trợ cấp xã hội"
    assert option_name("Đăng ký khai tử (cấp xã)") == "Đăng ký khai tử"
