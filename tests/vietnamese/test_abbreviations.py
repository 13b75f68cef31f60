from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vietnamese.strategies import ANY_TEXT, PROPERTY
from vietnamese.abbreviations import expand, load_table, parse_table
from vietnamese.normalise import normalise


def _expand(text: str) -> str:
    return " ".join(expand(text.split()))


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("làm cccd", "làm căn cước công dân"),
        ("xin gpxd", "xin giấy phép xây dựng"),
        ("mở hkd", "mở hộ kinh doanh"),
        ("sổ bhxh", "sổ bảo hiểm xã hội"),
        ("hồ sơ ntn", "hồ sơ như thế nào"),
    ],
)
def test_abbreviations_are_written_out(typed: str, full: str) -> None:
    assert _expand(typed) == full


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("mở ct mới", "mở công ty mới"),
        ("đề ct", "đề ct"),
        ("làm lại cc bị mất", "làm lại căn cước bị mất"),
        ("cc hợp đồng", "công chứng hợp đồng"),
        ("mua cc", "mua chung cư"),
        ("cc hành nghề", "chứng chỉ hành nghề"),
        ("đăng ký tt", "đăng ký tạm trú"),
        ("ra ca phường", "ra công an phường"),
        ("ca sĩ", "ca sĩ"),
        ("lên ca mau", "lên ca mau"),
        ("ra quán ca phe", "ra quán ca phe"),
        ("nộp ở cap", "nộp ở công an phường"),
        ("nộp ở cap tinh", "nộp ở cap tinh"),
        ("so hong", "so hong"),
        ("được hong", "được không"),
        ("nhà trong hem", "nhà trong hem"),
        ("cần chi", "cần gì"),
        ("can nha chi hai", "can nha chi hai"),
        ("nộp ở đâu a", "nộp ở đâu ạ"),
        ("bao lâu vậy a ?", "bao lâu vậy ạ ?"),
        ("cảm ơn a", "cảm ơn anh"),
        ("a ơi", "anh ơi"),
        ("k cần", "không cần"),
        ("hạng k", "hạng k"),
        ("50 k", "50 nghìn"),
        ("k lấy 50 k", "không lấy 50 nghìn"),
        ("con em 10t", "con em 10 tuổi"),
        ("xe tải 10t", "xe tải 10t"),
    ],
)
def test_context_decides_the_ambiguous_ones(typed: str, full: str) -> None:
    assert _expand(typed) == full


def test_a_context_word_counts_without_its_diacritics() -> None:
    assert _expand("lam lai cc bi mat") == "lam lai căn cước bi mat"


def test_a_context_word_too_far_away_decides_nothing() -> None:
    assert _expand("ct do bạn tôi vừa mở") == "ct do bạn tôi vừa mở"


@given(st.lists(ANY_TEXT, max_size=20))
@PROPERTY
def test_each_word_gives_one_entry(words: list[str]) -> None:
    assert len(expand(words)) == len(words)


def test_all_lines_of_the_table_can_be_reached() -> None:
    for short, readings in load_table().items():
        assert short == normalise(short).lower(), f"{short}: nobody's message looks like this once normalised"
        always = [not reading.near and not reading.unless for reading in readings]
        assert not any(always[:-1]), f"{short}: a line after one without context is never read"
        assert all(reading.full == normalise(reading.full) for reading in readings)


@pytest.mark.parametrize("line", ["cccd", "cccd\t", "a\tb\tc\td\te"])
def test_a_broken_line_is_told_with_its_number(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        parse_table(["# comment\n", line + "\n"])


def test_comments_and_empty_lines_are_skipped() -> None:
    assert list(parse_table(["# x\ty\n", "\n", "hkd\thộ kinh doanh\n"])) == ["hkd"]
