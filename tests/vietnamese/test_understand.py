from __future__ import annotations

import pytest
from hypothesis import given

from tests.vietnamese.strategies import ANY_TEXT, PROPERTY
from vietnamese.normalise import normalise
from vietnamese.restore import Restorer
from vietnamese.understand import Understander, accented_words, folded_words


@given(ANY_TEXT)
@PROPERTY
def test_any_text_is_understood_somehow(understander: Understander, typed: str) -> None:
    understood = understander.understand(typed)
    assert understood.typed == typed
    assert understood.normal == normalise(typed)
    assert understood.empty or understood.text
    assert all(word.split() for word in understood.tokens)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("dang ky khai sinh cho con", "đăng ký khai sinh cho con"),
        ("le phi lam can cuoc bao nhieu", "lệ phí làm căn cước bao nhiêu"),
        ("Làm CCCD ở đâuuuu", "Làm căn cước công dân ở đâu"),
        ("cccd hết hạn thì sao", "căn cước công dân hết hạn thì sao"),
        ("hkd cần gì", "hộ kinh doanh cần gì"),
        ("ddawng kys xe", "đăng ký xe"),
        ("d9ang8 ky1 xe", "đăng ký xe"),
        ("mở ct tnhh", "mở công ty trách nhiệm hữu hạn"),
        ("mất 50 k phải k", "mất 50 nghìn phải không"),
        ("Hoà giải  ở xã", "Hòa giải ở xã"),
        ("facebook của phường", "facebook của phường"),
    ],
)
def test_what_was_typed_becomes_what_was_meant(understander: Understander, typed: str, text: str) -> None:
    assert understander.understand(typed).text == text


@pytest.mark.parametrize("code", ["H29.12-250610-0034", "000.00.18.G22-240105-0001", "1.001193"])
def test_codes_come_through_whole(understander: Understander, code: str) -> None:
    assert code in understander.understand(f"ho so {code} den dau roi").text


def test_keystrokes_are_undone_only_to_known_words() -> None:
    understander = Understander(Restorer.train([("hồ sơ đầy đủ", 1)]))
    assert understander.understand("hoof ddur").text == "hồ đủ"
    assert understander.understand("đầy test").text == "đầy test"


@pytest.mark.parametrize(
    ("typed", "empty"), [("", True), ("  \n", True), ("?!…", True), ("👍", True), ("ừ", False), ("1", False)]
)
def test_messages_without_letters_are_empty(typed: str, empty: bool) -> None:
    assert Understander().understand(typed).empty is empty


def test_words_with_and_without_diacritics() -> None:
    assert folded_words("Đăng_ký XE, số 2") == ["dang", "ky", "xe", "so", "2"]
    assert accented_words("Đăng_ký XE, số 2") == ["đăng", "ký", "xe", "số", "2"]
