"""Which passwords are accepted."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import PasswordRefused
from accounts.password_rules import LONGEST, SHORTEST, check_password, fold

COMMON = (
    "password1234", "Password2026!", "P@ssw0rd1234", "admin1234567", "Administrator1", "qwertyuiop12", "1qaz2wsx3edc",
    "iloveyou2026", "letmein12345", "welcome12345", "abcdefghijkl", "zyxwvutsrqpo", "aaaaaaaaaaaa", "abababababab",
    "abc123abc123", "112233445566", "090123456789", "0123456789012", "12345678901234567890",
    # What people in Vietnam take first.
    "matkhau12345", "Mật khẩu 12345", "MatKhau@2026", "matkhaumatkhau", "anhyeuem1234", "Anh yêu em nhiều",
    "emyeuanh@123", "vietnam123456", "Việt Nam vô địch", "saigon123456", "hanoi1234567", "khongbiet123", "motcua@12345",
    "Một cửa 123456", "canbo1234567", "ubnd@2026!!!", "yeuemmaimai1", "giadinhtoi123", "01/01/1990 0000",
)  # fmt: skip
GOOD = (
    "con mèo trèo cây cau", "sáng nay mưa to quá", "xe đạp màu xanh lá", "correct horse battery", "T7x!mQ2#vL9p",
    "ba con vịt và một cái ao", "🐈 trèo cây cau hỏi", "wkzpthvaqmrn",
)  # fmt: skip


@pytest.mark.parametrize("password", COMMON)
def test_what_everybody_guesses_first_is_refused(password: str) -> None:
    assert len(password) >= SHORTEST, "the length alone would refuse it"
    with pytest.raises(PasswordRefused, match="dễ bị đoán"):
        check_password(password, "hoa.nguyen")


@pytest.mark.parametrize("password", GOOD)
def test_a_long_password_is_accepted_whatever_it_is_made_of(password: str) -> None:
    check_password(password, "hoa.nguyen")


def test_the_length_is_bounded_on_both_sides() -> None:
    with pytest.raises(PasswordRefused, match="ít nhất 12"):
        check_password("xe đạp xanh"[:11], "hoa")
    long = "xe đạp màu xanh lá " * 10
    check_password(long[:LONGEST], "hoa")
    with pytest.raises(PasswordRefused, match="dài nhất 128"):
        check_password(long[: LONGEST + 1], "hoa")


def test_letters_are_counted_as_people_count_them() -> None:
    typed_in_parts = "e\u0302\u0301" * 11  # 'ế' as three characters each
    with pytest.raises(PasswordRefused, match="ít nhất"):
        check_password(typed_in_parts, "hoa")


@pytest.mark.parametrize("password", ["hoa.nguyen yêu mèo", "MÈO CỦA HOA.NGUYEN", "mèo hoa.nguyễn nâu"])
def test_the_own_name_is_no_secret(password: str) -> None:
    with pytest.raises(PasswordRefused, match="tên đăng nhập"):
        check_password(password, "hoa.nguyen")


def test_folding_takes_away_what_makes_no_other_word() -> None:
    assert fold("Mật Khẩu Đỏ") == "matkhaudo"


@given(st.text(max_size=200))
def test_any_text_is_either_accepted_or_refused_in_words(password: str) -> None:
    try:
        check_password(password, "hoa")
    except PasswordRefused:
        return
    assert SHORTEST <= len(unicodedata.normalize("NFC", password)) <= LONGEST
