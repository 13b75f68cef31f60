from __future__ import annotations

import gzip
import time

import pytest
from hypothesis import given

from tests.vietnamese.strategies import ANY_TEXT, PROPERTY
from vietnamese.fold import fold
from vietnamese.restore import Restorer, lacks_diacritics, marked_share


@pytest.mark.parametrize(
    "text",
    [
        "đăng ký khai sinh cho con",
        "lệ phí làm căn cước bao nhiêu",
        "thủ tục đăng ký kết hôn cần giấy tờ gì",
        "tôi muốn làm sổ đỏ",
        "làm hộ chiếu mất bao lâu",
        "sang tên xe máy ở đâu",
    ],
)
def test_lost_diacritics_come_back(restorer: Restorer, text: str) -> None:
    assert restorer.restore(fold(text)) == text


def test_a_text_with_diacritics_is_left_alone(restorer: Restorer) -> None:
    text = "tôi muốn đổi tên cho bé Na, le phi thế nào"
    assert restorer.restore(text) == text


def test_the_caller_may_decide_what_is_restored(restorer: Restorer) -> None:
    assert restorer.restore("le phi", whole=False) == "le phi"
    assert restorer.restore("đăng ký tại phường, le phi thế nào", whole=True) == "đăng ký tại phường, lệ phí thế nào"


def test_numbers_signs_and_unknown_words_stay(restorer: Restorer) -> None:
    assert restorer.restore("ma 1.001193, zzqq?").endswith("1.001193, zzqq?")


def test_an_untrained_model_restores_nothing() -> None:
    assert Restorer().restore("dang ky khai sinh") == "dang ky khai sinh"


@given(ANY_TEXT)
@PROPERTY
def test_only_marks_and_case_ever_change(restorer: Restorer, text: str) -> None:
    assert fold(restorer.restore(text, whole=True).lower()) == fold(text.lower())


def test_the_neighbours_decide_between_spellings() -> None:
    model = Restorer.train([("hồ sơ đầy đủ", 3), ("sổ hộ khẩu của hộ", 3)])
    assert model.restore("ho so day du") == "hồ sơ đầy đủ"
    assert model.restore("so ho khau") == "sổ hộ khẩu"


def test_texts_typed_without_diacritics_teach_nothing() -> None:
    model = Restorer.train([("dang ky khai sinh", 9), ("đăng ký kết hôn", 1)])
    assert not model.knows("dang")
    assert model.knows("đăng")


def test_a_stored_model_restores_alike(restorer: Restorer) -> None:
    again = Restorer.load(restorer.dump())
    assert again.dump() == restorer.dump()
    for text in ("thu tuc cap ho chieu", "xin giay phep xay dung nha o"):
        assert again.restore(text) == restorer.restore(text) != text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no gzip",
        gzip.compress(b"{}", mtime=0),
        gzip.compress(b"nonsense", mtime=0),
        gzip.compress(b"[]", mtime=0),
        gzip.compress(b"{}", mtime=0)[:-9] + b"\xff" * 9,
    ],
)
def test_other_bytes_are_no_model(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a diacritics model"):
        Restorer.load(data)


def test_a_long_message_is_restored_in_a_moment(restorer: Restorer) -> None:
    started = time.process_time()
    restorer.restore("thu tuc dang ky thuong tru cho con " * 55)
    assert time.process_time() - started < 2


def test_the_share_of_marks() -> None:
    assert marked_share("đăng ký xe máy") == 0.75
    assert marked_share("123 ?!") == 1.0
    assert lacks_diacritics("dang ky xe may")
    assert not lacks_diacritics("đăng ký xe máy")
