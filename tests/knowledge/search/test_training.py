from __future__ import annotations

import random

import numpy as np
import pytest

from knowledge.search.entry import Entry
from knowledge.search.index import SearchIndex
from knowledge.search.training import Example, dress, fit_rank, make_examples, report_on, train
from knowledge.search.weights import FEATURES
from tests.knowledge.made_up import LetterEncoder
from tests.knowledge.search.conftest import small_index
from vietnamese.understand import Understander

SUBJECTS = ["nuôi chim", "tàu bay", "thuyền buồm", "xe ngựa", "khinh khí cầu", "vườn hoa", "ao cá", "trại ong"]


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return small_index(
        [
            Entry(
                f"9.00000{at}",
                f"Cấp giấy phép {subject}",
                (f"giấy {subject}",),
                (f"muốn có {subject}", f"làm {subject}"),
            )
            for at, subject in enumerate(SUBJECTS)
        ]
    )


def example(rows: list[list[float]], right: int) -> Example:
    features = np.zeros((len(rows), len(FEATURES)), dtype=np.float32)
    features[:, : len(rows[0])] = rows
    return Example("x", np.zeros(1, np.float32), 0, np.arange(len(rows)), features, right)


def test_the_ranker_learns_which_feature_tells() -> None:
    telling = [example([[1, 0], [0, 1]], 0), example([[0, 1], [1, 0], [0, 0]], 1)] * 20
    rank = fit_rank(telling)
    assert rank[0] > 0.5 > -0.5 > rank[1]
    report = report_on(rank, telling)
    assert (report.first, report.among_five, report.candidate_recall) == (1.0, 1.0, 1.0)


def test_an_example_without_its_procedure_teaches_nothing_but_counts_as_missed() -> None:
    good = example([[1, 0], [0, 1]], 0)
    assert fit_rank([good, example([[0, 1]], -1)]).tolist() == fit_rank([good]).tolist()
    report = report_on(fit_rank([good]), [good, example([[0, 1]], -1)])
    assert (report.examples, report.candidate_recall, report.first) == (2, 0.5, 0.5)


def test_a_dressed_message_keeps_its_words_and_is_the_same_every_time() -> None:
    messages = [dress("sổ đỏ", Understander(), random.Random(seed)) for seed in range(40)]
    assert messages == [dress("sổ đỏ", Understander(), random.Random(seed)) for seed in range(40)]
    assert all("sổ đỏ" in text or "so do" in text for text in messages)
    assert {"so do" in text for text in messages} == {True, False}
    assert len(set(messages)) > 10


def test_each_example_hides_the_key_it_is_made_of(index: SearchIndex) -> None:
    examples = make_examples(index, LetterEncoder(), Understander(), 12)
    assert len(examples) == 12
    for one in examples:
        assert one.places[one.right] == index.key_owner[one.key]


def test_training_tells_sisters_apart_and_knows_what_is_outside(index: SearchIndex) -> None:
    outside = ["trời hôm nay đẹp quá", "hát đi", "bóng đá tối qua", "kể chuyện cười"] * 3
    steps: list[tuple[int, int]] = []
    weights, report = train(index, LetterEncoder(), Understander(), outside, 24, lambda *step: steps.append(step))
    assert report.examples == 24
    assert report.first > 0.8
    assert weights.rank.shape == (len(FEATURES),)
    again, _ = train(index, LetterEncoder(), Understander(), outside, 24)
    assert again.rank.tolist() == weights.rank.tolist()
