from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.search.cells import Cells
from knowledge.search.lookup import COSINE_FLOOR
from vietnamese.embedding import Vectors


def crowd(size: int, dimensions: int = 128, seed: int = 0) -> Vectors:
    """Unit vectors in groups, all close to one direction, as a sentence encoder's are."""
    chance = np.random.default_rng(seed)
    groups = chance.standard_normal((max(size // 20, 1), dimensions))
    rows = groups[chance.integers(0, len(groups), size)] + 0.5 * chance.standard_normal((size, dimensions))
    rows += 20 * np.eye(dimensions)[0]
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def test_the_nearest_of_each_kind_are_found() -> None:
    vectors = crowd(4_000)
    cells = Cells((vectors[:1_500], vectors[1_500:]))
    missed = 0
    for question in crowd(4_000, seed=0)[::100]:
        names, keys = cells.nearest(question, 1_500, 10)
        assert (names < 1_500).all()
        assert (keys >= 1_500).all()
        cosines = vectors @ question
        missed += 10 - len({*names} & {*np.argsort(-cosines[:1_500])[:10]})
        missed += 10 - len({*keys} & {*(1_500 + np.argsort(-cosines[1_500:])[:10])})
    assert missed < 0.05 * 40 * 20


@settings(derandomize=True, max_examples=25, deadline=None)
@given(st.integers(1, 300), st.sampled_from([8, 64, 130]), st.integers(0, 5))
def test_eight_bits_are_enough_for_a_cosine(size: int, dimensions: int, seed: int) -> None:
    vectors = crowd(size, dimensions, seed)
    question = crowd(1, dimensions, seed + 10)[0]
    cells = Cells((vectors,))
    rows = np.arange(size)[::-1]
    assert cells.cosines(rows, question) == pytest.approx(vectors[rows] @ question, abs=5e-3)


def test_what_has_no_vector_is_never_near_and_gets_the_floor() -> None:
    vectors = crowd(200)
    vectors[::2] = 0
    cells = Cells((vectors[:100], vectors[100:]))
    names, keys = cells.nearest(vectors[1], 100, 200)
    assert sorted(names) == list(range(1, 100, 2))
    assert sorted(keys) == list(range(101, 200, 2))
    assert cells.cosines(np.array([0, 1]), vectors[1]) == pytest.approx([COSINE_FLOOR, 1.0], abs=5e-3)


@pytest.mark.parametrize("size", [0, 3])
def test_without_any_vector_nothing_is_near(size: int) -> None:
    cells = Cells((np.zeros((size, 8), np.float32), np.zeros((0, 8), np.float32)))
    names, keys = cells.nearest(crowd(1, 8)[0], size, 5)
    assert (len(names), len(keys)) == (0, 0)
    assert cells.cosines(np.arange(size), crowd(1, 8)[0]).tolist() == pytest.approx([COSINE_FLOOR] * size)


def test_the_same_vectors_make_the_same_cells() -> None:
    vectors = crowd(1_000)
    found = [Cells((vectors,)).nearest(vectors[7], 1_000, 20)[0].tolist() for _ in range(2)]
    assert found[0] == found[1]
