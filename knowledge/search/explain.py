"""What each feature and each measure gave to a search's result, for people who want to know why."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.search.index import Hit, SearchIndex
from knowledge.search.weights import FEATURES, MEASURES, Weights, transform
from vietnamese.embedding import Vectors


@dataclass(frozen=True)
class Fit:
    """One absolute measure of how well the best procedure fits.

    Attributes:
        name: one of ``MEASURES``.
        value: a share or a cosine.
        gave: what it added to the log-odds of ``Result.known``.
    """

    name: str
    value: float
    gave: float


def feature_shares(hit: Hit, weights: Weights) -> dict[str, float]:
    """What each feature added to a hit's score, the greatest first; with the boosts they add up to it.

    Args:
        hit: of a search with these weights.
        weights: what the ranker learnt.
    """
    rank = dict(zip(FEATURES, weights.rank.tolist(), strict=True))
    given = {name: value * rank[name] for name, value in hit.features.items() if rank[name]}
    return dict(sorted(given.items(), key=lambda item: -abs(item[1])))


def fit_of(index: SearchIndex, text: str, vector: Vectors, best: Hit) -> tuple[Fit, ...]:
    """How the probability that anything fits came about, but for the bias that all texts share.

    Args:
        index: that was searched.
        text: as understood.
        vector: its sentence vector.
        best: the first hit.
    """
    measures = index.measures(index.queries(text), vector, index.at[best.code], best.share)
    weights = dict(zip(MEASURES, index.weights.known_weights.tolist(), strict=True))
    return tuple(Fit(name, measures[name], transform(name, measures[name]) * weights[name]) for name in MEASURES)
