from __future__ import annotations

import numpy as np
import pytest

from bench.search_scale import questions_of, recall
from bench.synthetic import Made, MadeVectors, Parts
from knowledge.search.entry import Entry
from knowledge.search.index import SearchIndex
from knowledge.search.terms import Background, QueryMaker
from knowledge.search.weights import Weights
from tests.knowledge.made_up import LetterEncoder
from vietnamese.fold import fold

REAL = [
    Entry("9.000001", "Cấp thẻ nuôi chim cho hộ gia đình", ("thẻ chim",), ("nuôi bồ câu cần gì",), "Chim cảnh"),
    Entry("9.000002", "Gia hạn giấy phép tàu bay trong nước", ("giấy tàu bay",), ("xin bay thêm",), "Hàng không"),
    Entry("9.000003", "Thu hồi đăng ký thuyền buồm do bị mất", ("thuyền mất",), ("trả giấy thuyền",), "Thuyền"),
    Entry("9.000004", "Sang tên xe ngựa của cá nhân", (), ("bán xe ngựa",), "Xe"),
]
SIZE = 300


@pytest.fixture(scope="module")
def parts() -> Parts:
    encoder = LetterEncoder()
    names = encoder.passages([entry.name for entry in REAL])
    return Parts(REAL, names, encoder.passages([key for entry in REAL for key in entry.keys]))


def test_made_up_records_have_names_levels_and_two_to_four_keys_of_real_words(parts: Parts) -> None:
    made = Made(parts, SIZE)
    real = {word for entry in REAL for text in (entry.name, *entry.keys) for word in text.lower().split()}
    for entry in made:
        assert 2 <= len(entry.keys) <= 4
        assert all(entry.keys)
        words = entry.name.lower().replace("(", "").replace(")", "").split()
        assert set(words) <= real | {"cấp", "tỉnh", "xã", "trung", "ương"}
    assert len({entry.code for entry in made}) == SIZE
    assert len({entry.name for entry in made}) > 100
    assert made.seconds > 0


def test_every_run_makes_the_same(parts: Parts) -> None:
    first, second = Made(parts, SIZE), Made(parts, SIZE)
    assert list(first) == list(second)
    assert first[5:8] == [first[5], first[6], first[7]]
    for of_keys in (False, True):
        vectors, again = MadeVectors(first, of_keys), MadeVectors(second, of_keys)
        whole = vectors[0 : len(vectors)]
        assert np.array_equal(whole, again[0 : len(again)])
        assert np.array_equal(whole[10:20], vectors[10:20])
        assert np.linalg.norm(whole, axis=1) == pytest.approx(1)
        assert len(np.unique(whole.round(6), axis=0)) == len(vectors)
    assert len(MadeVectors(first, of_keys=True)) == sum(len(entry.keys) for entry in first)


def test_questions_are_about_the_entries_and_the_same_in_every_run(parts: Parts) -> None:
    made = Made(parts, SIZE)
    asked = questions_of(made, 40)
    assert asked == questions_of(made, 40)
    assert any(text.isascii() for text in asked)
    assert any(not text.isascii() for text in asked)
    (told,) = questions_of([Entry("9.000009", "Tên thôi")], 1)
    assert "ten thoi" in fold(told.lower())


def test_recall_is_held_against_a_search_that_reads_everything(parts: Parts) -> None:
    made = Made(parts, SIZE)
    sources = (MadeVectors(made, of_keys=False), MadeVectors(made, of_keys=True))
    index = SearchIndex(made, *sources, QueryMaker(Background(), {}), Weights.load(), exact_texts=0)
    texts = [(text, LetterEncoder().query(text)) for text in questions_of(made, 20)]
    found, same_first = recall(index, sources, texts)
    assert found > 0.9
    assert same_first > 0.8
