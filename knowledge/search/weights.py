"""What the ranker learnt, and how a score becomes a probability.

Learnt by ``motcua search train`` from the ways people ask (each held out in
turn); see docs/decisions/004-search.md. Never from the evaluation set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.search.variants import FLAGS

FILE = Path(__file__).parent / "weights.json"
SIGNALS = ("name", "key", "body", "letters", "name_meaning", "key_meaning")
STATIC = ("ways", "editorial", "commune", "province", "ministry")
FEATURES = (
    *SIGNALS,
    *(f"has_{flag}" for flag in FLAGS),
    *(f"extra_{flag}" for flag in FLAGS),
    *STATIC,
)
"""Names of the ranker's features, in order."""
MEASURES = ("cover", "name_cosine", "key_cosine", "share")
"""Absolute measures of fit, in order."""


@dataclass(frozen=True)
class Weights:
    """Weights of the ranker, and of the question whether any procedure fits at all."""

    rank: NDArray[np.float32]
    known_weights: NDArray[np.float64]
    known_bias: float

    @classmethod
    def load(cls, path: Path = FILE) -> Weights:
        """Read the learnt weights; features the file doesn't name weigh nothing."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            np.array([data["rank"].get(name, 0.0) for name in FEATURES], dtype=np.float32),
            np.array([data["known"].get(name, 0.0) for name in MEASURES]),
            float(data["known"]["bias"]),
        )

    def save(self, path: Path = FILE) -> None:
        """Write the weights, rounded, zeros left out."""
        rank = {name: round(float(w), 3) for name, w in zip(FEATURES, self.rank, strict=True) if abs(w) > 5e-4}
        known = {name: round(float(w), 3) for name, w in zip(MEASURES, self.known_weights, strict=True)}
        data = {"rank": rank, "known": {**known, "bias": round(self.known_bias, 3)}}
        path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")

    def known(self, measures: Mapping[str, float]) -> float:
        """Probability that any procedure of the knowledge base is what was asked for."""
        total = float(self.known_weights @ np.array([transform(name, measures.get(name, 0.0)) for name in MEASURES]))
        return 1 / (1 + float(np.exp(-(total + self.known_bias))))


def transform(name: str, value: float) -> float:
    """Bring a measure to a scale of about one."""
    if name.endswith("cosine"):
        return (value - 0.85) * 20
    return value
