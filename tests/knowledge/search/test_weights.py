from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from knowledge.search.weights import FEATURES, FILE, MEASURES, Weights, transform


def test_the_learnt_weights_are_there_and_make_sense() -> None:
    weights = Weights.load()
    assert weights.rank.shape == (len(FEATURES),)
    rank = dict(zip(FEATURES, weights.rank, strict=True))
    for signal in ("name", "key", "name_meaning", "key_meaning"):
        assert rank[signal] > 0
    assert rank["has_reissue"] > rank["extra_reissue"]
    assert set(json.loads(FILE.read_text(encoding="utf-8"))["rank"]) <= set(FEATURES)


def test_saved_weights_come_back_rounded_and_small_ones_go(tmp_path: Path) -> None:
    rank = np.zeros(len(FEATURES), dtype=np.float32)
    rank[:3] = 1.23456, 0.0001, -2
    path = tmp_path / "weights.json"
    Weights(rank, np.array([1.0, 2.0, 3.0, 0.00049]), -0.5).save(path)
    assert set(json.loads(path.read_text(encoding="utf-8"))["rank"]) == {FEATURES[0], FEATURES[2]}
    back = Weights.load(path)
    assert back.rank[:3].tolist() == pytest.approx([1.235, 0, -2])
    assert back.known_weights.tolist() == [1, 2, 3, 0]
    assert back.known_bias == -0.5


def test_a_better_fit_is_a_higher_probability() -> None:
    weights = Weights.load()
    poor = dict(zip(MEASURES, (0.1, 0.84, 0.83, 0.05), strict=True))
    good = dict(zip(MEASURES, (1.0, 0.92, 0.93, 0.9), strict=True))
    assert 0 < weights.known({}) < 1
    assert weights.known(poor) < 0.5 < weights.known(good)


def test_cosines_are_brought_to_the_scale_of_the_others() -> None:
    assert transform("name_cosine", 0.85) == 0
    assert transform("name_cosine", 0.90) == pytest.approx(1)
    assert transform("cover", 0.5) == 0.5
