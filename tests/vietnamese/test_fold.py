from __future__ import annotations

import pytest
from hypothesis import given

from tests.vietnamese.strategies import ANY_TEXT, PROPERTY
from vietnamese.fold import fold, has_diacritics
from vietnamese.normalise import normalise


@given(ANY_TEXT)
@PROPERTY
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert not has_diacritics(fold(text))


@given(ANY_TEXT)
@PROPERTY
def test_folding_a_normal_text_never_makes_it_longer(text: str) -> None:
    normal = normalise(text)
    assert len(fold(normal)) <= len(normal)


def test_every_vietnamese_letter_folds_to_one_plain_letter() -> None:
    marked = (
        "àáảãạăằắẳẵặâầấẩẫậ", "èéẻẽẹêềếểễệ", "ìíỉĩị", "òóỏõọôồốổỗộơờớởỡợ", "ùúủũụưừứửữự", "ỳýỷỹỵ", "đ",
    )  # fmt: skip
    for plain, letters in zip("aeiouyd", marked, strict=True):
        assert fold(letters) == plain * len(letters)
        assert fold(letters.upper()) == plain.upper() * len(letters)
        assert all(map(has_diacritics, letters))


@pytest.mark.parametrize("text", ["", "Dang ky", "50.000", "日本", "1 – 2"])
def test_what_carries_no_mark_stays(text: str) -> None:
    assert fold(text) == text
    assert not has_diacritics(text)
