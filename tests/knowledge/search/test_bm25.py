from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.search.bm25 import Bm25, Counts, Presence

DOCUMENTS = [["khai", "sinh"], ["khai", "tu"], ["ket", "hon", "khai", "khai"], []]
TERMS = st.sampled_from(["a", "b", "c", "d"])


def test_a_document_scores_only_for_the_terms_it_has() -> None:
    scores = Bm25(DOCUMENTS).scores({"sinh": 1.0, "lạ": 5.0})
    assert scores[0] > 0
    assert scores[1:].tolist() == [0, 0, 0]


def test_a_rare_term_tells_more_than_a_common_one() -> None:
    index = Bm25(DOCUMENTS)
    assert index.scores({"sinh": 1.0})[0] > index.scores({"khai": 1.0})[0]


def test_a_repeat_counts_less_than_the_first_and_length_holds_back() -> None:
    index = Bm25([["a"], ["a", "a"], ["a", "x", "y", "z"]], b=0.5)
    once, twice, long = index.scores({"a": 1.0})
    assert long < once < twice < 2 * once


def test_weights_scale_a_terms_score() -> None:
    index = Bm25(DOCUMENTS)
    assert index.scores({"khai": 0.5}) == pytest.approx(0.5 * index.scores({"khai": 1.0}))


def test_the_score_is_that_of_the_formula() -> None:
    score = Bm25([["a", "b"], ["b"]], k1=1.2, b=0.5).scores({"a": 1.0})[0]
    idf = math.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    norm = 1.2 * (1 - 0.5 + 0.5 * 2 / 1.5)
    assert score == pytest.approx(idf * 2.2 / (1 + norm), rel=1e-5)


def test_an_empty_index_answers_with_nothing() -> None:
    assert Bm25([]).scores({"a": 1.0}).shape == (0,)
    assert Bm25([[], []]).scores({"a": 1.0}).tolist() == [0, 0]
    assert "a" not in Bm25([])
    assert "sinh" in Bm25(DOCUMENTS)


@settings(derandomize=True, max_examples=80, deadline=None)
@given(st.lists(st.lists(TERMS, max_size=6), min_size=1, max_size=6), st.dictionaries(TERMS, st.floats(0.01, 1)))
def test_scores_are_never_negative_and_positive_exactly_where_a_term_stands(
    documents: list[list[str]], query: dict[str, float]
) -> None:
    scores = Bm25(documents).scores(query)
    assert np.isfinite(scores).all()
    assert [bool(score > 0) for score in scores] == [bool(set(document) & set(query)) for document in documents]


def test_cover_is_the_weighted_share_of_the_query() -> None:
    presence = Presence(DOCUMENTS)
    assert presence.cover({"khai": 1.0, "sinh": 1.0}, 0) == 1.0
    assert presence.cover({"lạ": 1.0}, 0) == 0.0
    assert 0 < presence.cover({"khai": 1.0, "sinh": 1.0}, 1) < 0.5  # the common word covers less
    assert presence.cover({}, 0) == 0.0
    assert presence.cover({"khai": 1.0}, 3) == 0.0


def test_a_hidden_key_does_not_cover_with_its_own_words() -> None:
    presence = Presence([["khai", "sinh", "khai"]])
    assert presence.cover({"khai": 1.0}, 0, {"khai": 1}) == 1.0
    assert presence.cover({"khai": 1.0}, 0, {"khai": 2}) == 0.0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("ab ", max_size=6)), st.lists(st.text("abc ", max_size=6)), st.dictionaries(TERMS, st.just(1.0))
)
def test_what_is_taken_over_from_an_earlier_index_changes_no_score(
    before: list[str], after: list[str], query: dict[str, float]
) -> None:
    earlier = Counts(before, str.split)
    fresh, reused = Bm25(Counts(after, str.split)), Bm25(Counts(after, str.split, earlier))
    assert reused.scores(query) == pytest.approx(fresh.scores(query))
    assert Bm25(earlier).scores(query) == pytest.approx(Bm25([text.split() for text in before]).scores(query))
    presence = Presence(str.split, after, Presence(str.split, before))
    plain = Presence([text.split() for text in after])
    assert [presence.cover(query, at) for at in range(len(after))] == [
        plain.cover(query, at) for at in range(len(after))
    ]


DOCUMENT_LISTS = st.lists(st.lists(TERMS, max_size=6), min_size=1, max_size=12)
QUERIES = st.dictionaries(TERMS, st.floats(0.01, 1))


@settings(derandomize=True, max_examples=80, deadline=None)
@given(DOCUMENT_LISTS, QUERIES, st.booleans())
def test_scores_of_some_documents_are_those_of_all(
    documents: list[list[str]], query: dict[str, float], compact: bool
) -> None:
    rows = np.arange(0, len(documents), 2)
    expected = Bm25(documents).scores(query)[rows]
    assert Bm25(documents, compact=compact).scores_of(rows, query) == pytest.approx(expected, rel=2e-3)


@settings(derandomize=True, max_examples=80, deadline=None)
@given(DOCUMENT_LISTS, QUERIES, st.integers(1, 5))
def test_with_budget_enough_the_best_are_the_best(
    documents: list[list[str]], query: dict[str, float], count: int
) -> None:
    index = Bm25(documents)
    for _ in range(2):  # what one question leaves behind must not help the next
        best = index.best(query, count, 1_000)
        scores = index.scores(query)
        assert len(best) == min(count, int((scores > 0).sum()))
        assert best.tolist() == sorted(set(best.tolist()))
        assert sorted(scores[best]) == pytest.approx(sorted(scores)[len(scores) - len(best) :])


def test_a_list_over_budget_is_left_for_the_second_look() -> None:
    documents = [["chung"] for _ in range(50)] + [["chung", "hiếm"], ["khác", "hiếm"]]
    index = Bm25(documents)
    assert index.best({"chung": 1.0, "hiếm": 1.0}, 1, 10).tolist() == [50]
    assert len(index.best({"chung": 1.0}, 3, 10)) == 3
    assert len(index.best({"lạ": 1.0}, 3, 10)) == 0
