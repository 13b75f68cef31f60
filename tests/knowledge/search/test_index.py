from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.search.entry import Entry
from knowledge.search.index import CANDIDATES, SearchIndex
from knowledge.search.terms import Background, QueryMaker
from knowledge.search.weights import FEATURES, Weights
from tests.knowledge.made_up import LetterEncoder
from tests.knowledge.search.conftest import Search, small_index
from vietnamese.embedding import SentenceEncoder
from vietnamese.fold import fold

POPULAR = {
    "làm giấy khai sinh cho con": "1.001193",
    "hôn thú": "1.000894",
    "giấy độc thân": "1.004873",
    "khai tử cho ba": "1.000656",
    "đăng ký tạm trú": "1.004194",
    "mất căn cước": "1.014064",
    "căn cước cho bé dưới 14 tuổi": "1.014062",
    "làm hộ chiếu": "1.001456",
    "sang tên xe máy cũ": "1.013076",
    "mất bằng lái xe": "3.000348",
    "mở quán tạp hóa": "1.001612",
    "sang tên sổ đỏ": "1.013831",
    "xin phép xây nhà": "1.013225",
    "lý lịch tư pháp": "3.000333",
    "công chứng bản sao": "2.000815",
}


@pytest.mark.parametrize(("message", "code"), POPULAR.items())
def test_popular_names_find_their_procedure_first(search: Search, message: str, code: str) -> None:
    found = search(message)
    assert found.hits[0].code == code
    assert found.known > 0.5


@pytest.mark.parametrize("message", POPULAR)
def test_missing_diacritics_find_the_same_first(search: Search, message: str) -> None:
    assert search(fold(message)).hits[0].code == search(message).hits[0].code
    assert search(fold(message).upper()).hits[0].code == search(message).hits[0].code


def test_official_names_find_their_own_procedure(content_index: SearchIndex, encoder: SentenceEncoder) -> None:
    ranks = []
    for entry in content_index.entries[::2]:
        found = content_index.search(entry.name, encoder.query(entry.name), limit=100)
        ranks.append([hit.code for hit in found.hits].index(entry.code))
    assert max(ranks) < 3
    assert ranks.count(0) >= 0.9 * len(ranks)


@pytest.mark.parametrize(
    "message", ["thời tiết hôm nay thế nào", "hát cho tôi nghe một bài", "kết quả bóng đá", "asdf"]
)
def test_what_no_procedure_answers_is_not_known(search: Search, message: str) -> None:
    assert search(message).known < 0.5


def test_a_question_without_a_subject_says_so(search: Search) -> None:
    assert search("hết bao nhiêu tiền vậy ạ").subject < search("hộ chiếu hết bao nhiêu tiền vậy ạ").subject


def test_shares_are_a_probability_in_falling_order(content_index: SearchIndex, encoder: SentenceEncoder) -> None:
    found = content_index.search("bằng lái", encoder.query("bằng lái"), limit=500)
    shares = [hit.share for hit in found.hits]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1, abs=1e-4)
    assert len({hit.code for hit in found.hits}) == len(found.hits) == min(CANDIDATES, len(content_index))
    assert len(content_index.search("bằng lái", encoder.query("bằng lái"), limit=3).hits) == 3


def test_what_the_conversation_is_about_gets_a_start(content_index: SearchIndex, encoder: SentenceEncoder) -> None:
    vector = encoder.query("bằng lái")
    plain = content_index.search("bằng lái", vector)
    second = plain.hits[1].code
    boosted = content_index.search("bằng lái", vector, boosts={second: 5.0, "9.999999": 50.0})
    assert boosted.hits[0].code == second
    assert content_index.search("bằng lái", vector) == plain  # nothing stays behind


def test_cover_counts_the_telling_words_of_a_record(content_index: SearchIndex) -> None:
    assert content_index.cover("đăng ký kết hôn", "1.000894") == 1.0
    assert content_index.cover("đăng ký kết hôn", "1.001456") < content_index.cover("đăng ký kết hôn", "1.000894")
    assert content_index.cover("đăng ký kết hôn", "9.999999") == 0.0


BIRDS = [
    Entry("9.000001", "Cấp thẻ nuôi chim", ("thẻ chim",), ("nuôi bồ câu cần gì", "xin nuôi chim")),
    Entry("9.000002", "Cấp lại thẻ nuôi chim do bị mất", ("mất thẻ chim",), ()),
    Entry("9.000003", "Đăng ký tàu bay", (), ()),
]


def first(index: SearchIndex, text: str) -> str:
    return index.search(text, LetterEncoder().query(text)).hits[0].code


def test_a_variants_own_word_decides_between_sisters() -> None:
    index = small_index(BIRDS)
    assert first(index, "cấp thẻ nuôi chim") == "9.000001"
    assert first(index, "mất thẻ nuôi chim") == "9.000002"
    assert first(index, "tàu bay") == "9.000003"


def test_a_key_finds_what_its_name_does_not_say() -> None:
    assert first(small_index(BIRDS), "nuôi bồ câu cần gì") == "9.000001"


def test_a_hidden_key_no_longer_helps() -> None:
    index = small_index(BIRDS)
    text = "nuôi bồ câu cần gì"
    query, vector = index.queries(text), LetterEncoder().query(text)
    key = FEATURES.index("key_meaning")
    for left_out, best in ((None, 0.0), (1, -0.1)):
        places, features = index.candidates(query, text, vector, left_out)
        row = int(np.flatnonzero(places == 0)[0])
        assert features[row, key] >= best if left_out is None else features[row, key] <= 0
    seen, hidden = (index.measures(query, vector, 0, 1.0, left_out) for left_out in (None, 1))
    assert hidden["cover"] < seen["cover"] == 1.0
    assert hidden["key_cosine"] < seen["key_cosine"]


def test_entries_without_vectors_are_found_by_their_words() -> None:
    index = SearchIndex(
        BIRDS,
        np.zeros((3, 64), np.float32),
        np.zeros((4, 64), np.float32),
        QueryMaker(Background(), {}),
        Weights.load(),
    )
    assert first(index, "đăng ký tàu bay") == "9.000003"


def test_an_empty_index_finds_nothing() -> None:
    found = small_index([]).search("khai sinh", LetterEncoder().query("khai sinh"))
    assert (found.hits, found.known) == ((), 0.0)


def test_an_index_without_any_key_works() -> None:
    assert first(small_index([Entry("9.000003", "Đăng ký tàu bay")]), "tàu bay") == "9.000003"


@settings(derandomize=True, max_examples=100, deadline=None)
@given(
    st.text(max_size=60) | st.lists(st.sampled_from(["thẻ", "chim", "mất", "\n", "😀", "_", "1.001193"])).map(" ".join)
)
def test_searching_is_total(text: str) -> None:
    found = small_index(BIRDS).search(text, LetterEncoder().query(text))
    assert {hit.code for hit in found.hits} == {entry.code for entry in BIRDS}
    assert sum(hit.share for hit in found.hits) == pytest.approx(1, abs=1e-4)
    assert 0 <= found.known <= 1
    assert 0 <= found.subject <= 1
