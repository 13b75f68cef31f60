"""The bounded look beside the exact one: the same where it can see all, nearly the same where it can't."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.search import bounded
from knowledge.search.entry import Entry
from knowledge.search.index import SearchIndex
from knowledge.search.terms import Background, QueryMaker
from knowledge.search.weights import FEATURES, Weights
from tests.knowledge.made_up import LetterEncoder

SUBJECTS = ("nuôi chim", "tàu bay", "thuyền buồm", "xe ngựa", "khinh khí cầu", "vườn hoa", "ao cá", "trại ong")
VERBS = ("Cấp", "Cấp lại", "Gia hạn", "Thu hồi")
WORDS = st.sampled_from([*" ".join(SUBJECTS).split(), "cấp", "lại", "mất", "thẻ", "con", "hạn", "lạ"])
QUESTIONS = st.lists(WORDS, max_size=8).map(" ".join)


def entries_of(copies: int = 1) -> list[Entry]:
    """Procedures on all subjects; with more copies, each in several places."""
    return [
        Entry(
            f"9.{number:06d}",
            f"{verb} giấy phép {subject} tại khu {copy}",
            (f"giấy {subject} {copy}",) if number % 3 else (),
            (f"em muốn {verb.lower()} {subject} {copy}", f"{subject} {copy} thì sao")[: number % 3],
            f"Lĩnh vực {subject}",
            ("commune",) if number % 2 else ("province",),
        )
        for number, (copy, verb, subject) in enumerate(
            (copy, verb, subject) for copy in range(copies) for verb in VERBS for subject in SUBJECTS
        )
    ]


def index_of(entries: Sequence[Entry], exact_texts: int, weights: Optional[Weights] = None) -> SearchIndex:
    encoder = LetterEncoder()
    return SearchIndex(
        entries,
        encoder.passages([entry.name for entry in entries]),
        encoder.passages([key for entry in entries for key in entry.keys]),
        QueryMaker(Background(), {"sổ chim": "giấy phép nuôi chim"}),
        weights or Weights.load(),
        exact_texts=exact_texts,
    )


@pytest.fixture(scope="module")
def both() -> tuple[SearchIndex, SearchIndex]:
    """One knowledge, looked at exactly and with bounds that it fits into."""
    entries = entries_of()
    exact, limited = index_of(entries, 10_000), index_of(entries, 0)
    assert (exact.exact, limited.exact) == (True, False)
    return exact, limited


def found(index: SearchIndex, text: str) -> dict[str, float]:
    return {hit.code: hit.share for hit in index.search(text, LetterEncoder().query(text), 60).hits}


@settings(derandomize=True, max_examples=80, deadline=None)
@given(QUESTIONS)
def test_where_all_fits_into_the_bounds_both_find_the_same(
    both: tuple[SearchIndex, SearchIndex], question: str
) -> None:
    exact, limited = (found(index, question) for index in both)
    assert set(exact) == set(limited)
    assert [limited[code] for code in exact] == pytest.approx(list(exact.values()), abs=0.03)
    vector = LetterEncoder().query(question)
    known = [index.search(question, vector).known for index in both]
    assert known[0] == pytest.approx(known[1], abs=0.05)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(QUESTIONS, st.integers(0, 31))
def test_a_record_covers_a_question_alike(both: tuple[SearchIndex, SearchIndex], question: str, place: int) -> None:
    code = both[0].codes[place]
    assert both[1].cover(question, code) == pytest.approx(both[0].cover(question, code))
    assert both[1].is_name(question) == both[0].is_name(question)


def test_a_key_can_be_hidden_in_either(both: tuple[SearchIndex, SearchIndex]) -> None:
    key = int(np.flatnonzero(both[0].key_owner == 5)[0])
    assert both[1].key_owner.tolist() == both[0].key_owner.tolist()
    text = both[0].entries[5].keys[0]
    vector, column = LetterEncoder().query(text), FEATURES.index("key_meaning")
    for index in both:
        query = index.queries(text)
        values = []
        for left_out in (None, key):
            places, features = index.candidates(query, text, vector, left_out)
            values.append(float(features[places.tolist().index(5), column]))
        assert values[1] < values[0]
        seen, hidden = (index.measures(query, vector, 5, 1.0, left_out) for left_out in (None, key))
        assert hidden["key_cosine"] < seen["key_cosine"]
        assert hidden["cover"] <= seen["cover"]


def test_a_procedure_is_found_among_more_than_the_bounds_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "FOUND", 20)
    monkeypatch.setattr(bounded, "BUDGET", 300)
    entries = entries_of(copies=40)
    exact, limited = index_of(entries, 10_000), index_of(entries, 0)
    assert len(limited.entries) == 1_280
    asked = [entry.name for entry in entries[::29]]
    same = [next(iter(found(limited, text))) == next(iter(found(exact, text))) for text in asked]
    assert sum(same) >= 0.95 * len(same)
    assert len(found(limited, "giấy phép")) >= 20  # every name has these words


def test_without_vectors_words_find_and_without_known_words_something_is_offered() -> None:
    entries = entries_of()
    keys = sum(len(entry.keys) for entry in entries)
    vectors = (np.zeros((len(entries), 64), np.float32), np.zeros((keys, 64), np.float32))
    exact, limited = (
        SearchIndex(entries, *vectors, QueryMaker(Background(), {}), Weights.load(), exact_texts=bound)
        for bound in (10_000, 0)
    )
    for text in ("gia hạn giấy phép thuyền buồm", "thu hồi giấy trại ong"):
        assert next(iter(found(limited, text))) == next(iter(found(exact, text)))
    assert len(found(limited, "zzz")) == len(entries)


def test_an_empty_index_finds_nothing() -> None:
    empty = index_of([], -1)
    assert not empty.exact
    assert empty.search("khai sinh", LetterEncoder().query("khai sinh")).hits == ()
