from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given

from tests.vietnamese.strategies import ANY_TEXT, PROPERTY
from vietnamese.normalise import MAX_CHARACTERS, normalise


@given(ANY_TEXT)
@PROPERTY
def test_any_text_has_one_normal_form(text: str) -> None:
    normal = normalise(text)
    assert normalise(normal) == normal
    assert len(normal) <= 2 * len(text)
    assert unicodedata.is_normalized("NFC", normal)
    assert normal == " ".join(normal.split())
    assert not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn") for letter in normal)


def test_every_single_character_of_the_first_planes_has_one_normal_form() -> None:
    odd = [code for code in range(0x20000) if normalise(once := normalise(f"a{chr(code)}")) != once]
    assert odd == []


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("Hoà bình", "Hòa bình"),
        ("THUỶ LỢI", "THỦY LỢI"),
        ("khoẻ", "khỏe"),
        ("quý", "quý"),
        ("gia\u0300y", "giày"),
        ("Đa\u0306ng ky\u0301", "Đăng ký"),
        ("  lệ   phí\u00a0bao\tnhiêu\n", "lệ phí bao nhiêu"),
        ("“sổ đỏ”", '"sổ đỏ"'),
        ("sổ\u200b đỏ\ufeff", "sổ đỏ"),
        ("ĐƯỜNG Ðà Nẵng", "ĐƯỜNG Đà Nẵng"),
        ("ＣＣＣＤ １２", "CCCD 12"),
        ("a \u1fef b｀ c", "a ' b' c"),
    ],
)
def test_one_spelling_is_left_of_several(typed: str, normal: str) -> None:
    assert normalise(typed) == normal


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("chào em ơiiiii", "chào em ơi"),
        ("đẹpppp", "đẹp"),
        ("Saooo", "Sao"),
        ("gấp!!!!!!!!", "gấp!!!"),
        ("xoong", "xoong"),
        ("cấp III", "cấp III"),
    ],
)
def test_drawn_out_letters_are_shortened_and_double_ones_stay(typed: str, normal: str) -> None:
    assert normalise(typed) == normal


@pytest.mark.parametrize("short", ["cccd", "CCCD", "pccc", "PCCC", "đăng ký cccd", "nnn"])
def test_abbreviations_with_three_equal_letters_are_not_drawn_out(short: str) -> None:
    assert normalise(short) == short


@pytest.mark.parametrize(("typed", "normal"), [("kkkk", "kk"), ("hhhhhhhh", "hh"), ("Aaaaa", "Aa"), ("ơiiii", "ơi")])
def test_a_run_of_one_letter_never_becomes_an_abbreviation(typed: str, normal: str) -> None:
    assert normalise(typed) == normal


def test_a_very_long_text_is_cut() -> None:
    assert len(normalise("ký " * 5_000)) <= MAX_CHARACTERS
