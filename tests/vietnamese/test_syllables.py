from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vietnamese.strategies import ANY_TEXT, PROPERTY
from vietnamese.fold import fold
from vietnamese.syllables import ONSETS, RHYMES, TONES, Syllable, decode_keystrokes, parse, respell, respell_text

SENTENCES = (
    "đăng ký kết hôn và giấy chứng nhận quyền sử dụng đất cho người nước ngoài",
    "lệ phí làm hộ chiếu ở tỉnh của tôi là bao nhiêu tiền ạ",
    "xin trích lục khai tử của ông nội thường trú tại xã bị sáp nhập",
)
_TELEX = {"đ": "dd", "ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw"}
_VNI = {"đ": "d9", "ă": "a8", "â": "a6", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7"}
_VNI_TONE = {"s": "1", "f": "2", "r": "3", "x": "4", "j": "5", "": ""}


def _typed(word: str, letters: dict[str, str], tones: dict[str, str]) -> str:
    syllable = parse(word)
    assert syllable is not None, word
    keys = "".join(letters.get(letter, letter) for letter in syllable.onset + syllable.rhyme)
    return keys + tones[syllable.tone]


@pytest.mark.parametrize("tone", ["", *TONES.values()])
def test_every_spelt_syllable_is_read_back(tone: str) -> None:
    # 'gi' and 'qu' share a letter with the vowels; they have examples of their own below.
    for onset in set(ONSETS) - {"g", "gi", "qu"}:
        for rhyme in RHYMES:
            syllable = Syllable(onset, rhyme, tone)
            assert parse(syllable.spell()) == syllable


@pytest.mark.parametrize("word", ["", "xyz", "cccd", "facebook", "đđ", "quuy", "123", "hoàà"])
def test_other_strings_are_no_syllables(word: str) -> None:
    assert parse(word) is None


@pytest.mark.parametrize(
    ("typed", "spelt"),
    [
        ("hoà", "hòa"), ("hoá", "hóa"), ("thuỷ", "thủy"), ("loè", "lòe"), ("toàn", "toàn"), ("tòan", "toàn"),
        ("qúy", "quý"), ("quý", "quý"), ("gìa", "già"), ("gì", "gì"), ("uỷ", "ủy"), ("khuỷu", "khuỷu"),
        ("giêng", "giêng"), ("gịêt", "giệt"), ("thuế", "thuế"), ("muà", "mùa"), ("hoài", "hoài"), ("facè", "facè"),
    ],
)  # fmt: skip
def test_tone_marks_go_to_their_place(typed: str, spelt: str) -> None:
    assert respell(typed) == spelt


@given(ANY_TEXT)
@PROPERTY
def test_putting_tones_in_place_changes_nothing_else(text: str) -> None:
    fixed = respell_text(text)
    assert respell_text(fixed) == fixed
    assert len(fixed) == len(text)
    assert fold(fixed) == fold(text)


def test_letter_case_survives_a_moved_tone() -> None:
    assert respell_text("HOÀ Hoà, THUỶ") == "HÒA Hòa, THỦY"


@pytest.mark.parametrize("word", sorted({word for line in SENTENCES for word in line.split() if fold(word) != word}))
def test_telex_and_vni_keys_left_behind_are_undone(word: str) -> None:
    assert decode_keystrokes(_typed(word, _TELEX, {tone: tone for tone in _VNI_TONE})) == word
    assert decode_keystrokes(_typed(word, _VNI, _VNI_TONE)) == word


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lafm", "làm"), ("dduwowngf", "đường"), ("duongwf", None), ("dangd", "đang"), ("tooi", "tôi"), ("toio", "tôi"),
        ("dduongf", None), ("duong72", "dường"), ("d9ang8", "đăng"), ("mo65t", "một"), ("nguoi72", "người"),
    ],
)  # fmt: skip
def test_keys_may_stand_elsewhere(typed: str, meant: str | None) -> None:
    assert decode_keystrokes(typed) == meant


@pytest.mark.parametrize("word", ["khai", "xe", "2025", "a1b2c3", "http", "facebook", "làmf", "b2b", "a", "aa" * 8])
def test_what_no_input_method_left_stays(word: str) -> None:
    assert decode_keystrokes(word) is None


@given(st.one_of(ANY_TEXT, st.text(st.sampled_from("abcdeghiklmnopqrstuvxyfjwz123456789"), max_size=11)))
@PROPERTY
def test_undone_keystrokes_are_always_a_syllable(word: str) -> None:
    decoded = decode_keystrokes(word)
    assert decoded is None or parse(decoded) is not None
