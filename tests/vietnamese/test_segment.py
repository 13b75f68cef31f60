from __future__ import annotations

import itertools

import pytest
from hypothesis import given

from tests.vietnamese.strategies import ANY_TEXT, PROPERTY
from vietnamese.normalise import normalise
from vietnamese.segment import words


@pytest.mark.parametrize("compound", ["kết hôn", "lệ phí", "hộ chiếu", "căn cước"])
def test_compounds_are_one_word(compound: str) -> None:
    assert compound in [word.text for word in words(f"tôi hỏi về {compound}")]


@given(ANY_TEXT)
@PROPERTY
def test_words_cover_every_visible_character_in_order(text: str) -> None:
    normal = normalise(text)
    found = words(normal)
    assert all(normal[word.start : word.end] == word.text != "" for word in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    assert "".join("".join(word.text.split()) for word in found) == normal.replace(" ", "")


def test_white_space_inside_a_compound_is_allowed() -> None:
    found = words("đăng ký  kết \n hôn")
    assert "".join("".join(word.text.split()) for word in found) == "đăngkýkếthôn"
    assert found[-1].end == len("đăng ký  kết \n hôn")


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_has_no_words(text: str) -> None:
    assert words(text) == []
