from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.content import read_content
from tests.vietnamese.strategies import PROPERTY
from vietnamese.fold import fold
from vietnamese.restore import Restorer
from vietnamese.spelling import Speller
from vietnamese.understand import Understander

WORDS = st.lists(st.text(max_size=20), max_size=12)


@pytest.fixture(scope="session")
def speller(restorer: Restorer) -> Speller:
    return Speller(restorer)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hộ chếu hết hạn", "hộ chiếu hết hạn"),  # a letter missing
        ("đăng kýy tạm trú", "đăng ký tạm trú"),  # one too many
        ("giấy phép kinh daonh", "giấy phép kinh doanh"),  # two swapped
        ("làm giấy khai simh cho con", "làm giấy khai sinh cho con"),  # the key beside
        ("ho chieeu het han", "ho chiếu het han"),
    ],
)
def test_slips_of_the_finger_are_mended(speller: Speller, typed: str, meant: str) -> None:
    assert " ".join(speller.correct(typed.split())) == meant


def test_a_missing_space_is_put_back(speller: Speller) -> None:
    assert speller.correct(["làm", "khaisinh", "cho", "con"]) == ["làm", "khai sinh", "cho", "con"]


@pytest.mark.parametrize(
    "text", ["đi du lịch canada", "mua iphone ở shopee", "facebook của phường", "anh kennedy hỏi", "mở spa và nail"]
)
def test_names_and_foreign_words_stay(speller: Speller, text: str) -> None:
    assert " ".join(speller.correct(text.split())) == text


def test_where_two_words_are_as_likely_the_typed_one_stays() -> None:
    speller = Speller(Restorer.train([("bán nhà riêng đẹp", 5), ("bán nhè riêng đẹp", 5)]))
    assert speller.correct(["bán", "nhx", "riêng"]) == ["bán", "nhx", "riêng"]


def test_an_untrained_speller_corrects_nothing() -> None:
    assert Speller(Restorer()).correct(["hộ", "chếu"]) == ["hộ", "chếu"]


@given(WORDS)
@PROPERTY
def test_any_words_come_back_one_for_each_and_hardly_longer(speller: Speller, words: list[str]) -> None:
    mended = speller.correct(words)
    assert len(mended) == len(words)
    assert all(len(after) <= len(before) + 1 for before, after in zip(words, mended, strict=True))


def test_three_slips_in_four_are_mended_and_hardly_any_made_worse(speller: Speller, understander: Understander) -> None:
    """One slip in a word of four letters or more, in ways people ask; drawn with a fixed seed."""
    chance = random.Random(20_261_130)
    ways = [way for procedure in read_content().procedures for way in procedure.ways_to_ask]
    slips = mended = worse = 0
    for way in chance.sample(ways, 400):
        words = understander.understand(way).text.lower().split()
        long = [at for at, word in enumerate(words) if word.isalpha() and len(word) >= 4]
        if not long:
            continue
        at = chance.choice(long)
        typed = _slip(words[at], chance)
        if typed == words[at]:
            continue
        after = speller.correct([*words[:at], typed, *words[at + 1 :]])[at]
        slips += 1
        mended += fold(after) == fold(words[at])
        worse += fold(after) not in (fold(words[at]), fold(typed))
    assert slips > 300
    assert mended / slips >= 0.65
    assert worse / slips <= 0.04


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[: at + 1] + word[at] + word[at + 1 :],
            word[:at] + chance.choice("abcdeghiklmnopqrstuvxy") + word[at + 1 :],
        ]
    )
