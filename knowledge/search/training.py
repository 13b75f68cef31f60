"""Learn the ranker's weights from the ways people ask, each hidden from the index in turn.

A hidden way to ask, dressed as a message (with a question tail, now and then
without diacritics), must find its procedure among the candidates by what is
left: a listwise logistic regression. Whether anything fits at all is learnt
from the same messages, the same with their procedure taken out, and examples
that are out of scope.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Optional

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from knowledge.search.index import SearchIndex
from knowledge.search.weights import FEATURES, MEASURES, Weights, transform
from vietnamese.embedding import SentenceEncoder, Vectors
from vietnamese.fold import fold
from vietnamese.understand import Understander

logger = logging.getLogger(__name__)

SEED = 20_261_124
_TAILS = (
    "", "", "", "thì làm sao", "cần giấy tờ gì ạ", "hết bao nhiêu tiền vậy", "mất mấy ngày", "nộp ở đâu vậy",
    "làm thế nào ạ", "có nộp online được không", "cần điều kiện gì", "xin mẫu đơn ở đâu", "bao lâu có kết quả",
    "hồ sơ gồm những gì", "phải làm thủ tục gì", "cho em hỏi với ạ",
)  # fmt: skip
_HEADS = ("", "", "", "", "cho em hỏi", "ad ơi", "anh chị cho hỏi", "mình muốn hỏi")
_WITHOUT_DIACRITICS = 0.3
_PENALTY = 2e-3


@dataclass(frozen=True)
class Example:
    """A message's candidates with their features, and which of them is right (-1: none)."""

    text: str
    vector: Vectors
    key: int
    places: NDArray[np.int64]
    features: NDArray[np.float32]
    right: int


@dataclass(frozen=True)
class Report:
    """How the ranker did on examples it was not fitted to."""

    examples: int
    candidate_recall: float
    first: float
    among_five: float


def dress(way: str, understander: Understander, chance: random.Random) -> str:
    """Make a message of a way to ask: with head and tail, sometimes without diacritics, as understood."""
    message = " ".join(filter(None, (chance.choice(_HEADS), way, chance.choice(_TAILS))))
    if chance.random() < _WITHOUT_DIACRITICS:
        message = fold(message)
    return understander.understand(message).text


def make_examples(
    index: SearchIndex,
    encoder: SentenceEncoder,
    understander: Understander,
    count: int,
    progress: Optional[Callable[[int, int], None]] = None,
) -> list[Example]:
    """Draw names and ways to ask and hide each in turn."""
    chance = random.Random(SEED)
    place = 0
    ways: list[tuple[int, int, str]] = []
    for owner, entry in enumerate(index.entries):
        ways += [(owner, place + at, key) for at, key in enumerate(entry.keys)]
        place += len(entry.keys)
    chance.shuffle(ways)
    examples = []
    for done, (owner, key, way) in enumerate(ways[:count], 1):
        text = dress(way, understander, chance)
        vector = encoder.query(text)
        query = index.queries(text)
        places, features = index.candidates(query, text, vector, left_out=key)
        right = np.flatnonzero(places == owner)
        examples.append(Example(text, vector, key, places, features, int(right[0]) if len(right) else -1))
        if progress and done % 100 == 0:
            progress(done, min(count, len(ways)))
    return examples


def _loss(weights: NDArray[np.float64], examples: Sequence[Example]) -> tuple[float, NDArray[np.float64]]:
    total, gradient = 0.0, np.zeros_like(weights)
    for example in examples:
        scores = example.features @ weights
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        total -= float(np.log(shares[example.right] + 1e-12))
        gradient -= example.features[example.right] - shares @ example.features
    size = len(examples)
    return total / size + _PENALTY * float(weights @ weights), gradient / size + 2 * _PENALTY * weights


def fit_rank(examples: Sequence[Example]) -> NDArray[np.float32]:
    """Fit the listwise regression."""
    usable = [example for example in examples if example.right >= 0]
    found = minimize(
        _loss, np.zeros(len(FEATURES)), args=(usable,), jac=True, method="L-BFGS-B", options={"maxiter": 300}
    )
    return np.asarray(found.x, dtype=np.float32)


def report_on(weights: NDArray[np.float32], examples: Sequence[Example]) -> Report:
    """Measure on examples that were held out."""
    firsts = fives = found = 0
    for example in examples:
        found += example.right >= 0
        order = np.argsort(-(example.features @ weights))
        firsts += bool(len(order)) and order[0] == example.right
        fives += example.right in order[:5]
    size = max(len(examples), 1)
    return Report(len(examples), found / size, firsts / size, fives / size)


def cross_validate(examples: Sequence[Example], folds: int = 5) -> Report:
    """Fit on all folds but one, measure on that one, five times."""
    reports = []
    for fold_number in range(folds):
        held_out = [example for at, example in enumerate(examples) if at % folds == fold_number]
        rest = [example for at, example in enumerate(examples) if at % folds != fold_number]
        reports.append(report_on(fit_rank(rest), held_out))
    return Report(
        len(examples),
        float(np.mean([report.candidate_recall for report in reports])),
        float(np.mean([report.first for report in reports])),
        float(np.mean([report.among_five for report in reports])),
    )


def _shares(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    shares = np.exp(scores - scores.max())
    out: NDArray[np.float32] = shares / shares.sum()
    return out


def _row(measures: dict[str, float]) -> list[float]:
    return [transform(name, measures[name]) for name in MEASURES]


def fit_known(
    examples: Sequence[Example],
    rank: NDArray[np.float32],
    index: SearchIndex,
    encoder: SentenceEncoder,
    outside: Sequence[str],
) -> tuple[NDArray[np.float64], float]:
    """Learn from the absolute fit of the best candidate whether it is a likely answer at all.

    Args:
        examples: messages about procedures that are held; as negatives, the best of the others stands in.
        rank: weights of the ranker.
        index: to measure with.
        encoder: to embed the messages outside with.
        outside: understood messages that no procedure answers.
    """
    rows: list[list[float]] = []
    labels: list[int] = []
    weights: list[float] = []
    for example in examples:
        if example.right < 0:
            continue
        query = index.queries(example.text)
        scores = example.features @ rank
        place, share = int(example.places[example.right]), float(_shares(scores)[example.right])
        rows.append(_row(index.measures(query, example.vector, place, share, example.key)))
        scores[example.right] = -np.inf
        best = int(np.argmax(scores))
        rows.append(
            _row(index.measures(query, example.vector, int(example.places[best]), float(_shares(scores)[best])))
        )
        labels += [1, 0]
        # A sister procedure often fits nearly as well; the messages outside are what must be told apart.
        weights += [1.0, 0.2]
    for text in outside:
        vector = encoder.query(text)
        query = index.queries(text)
        places, features = index.candidates(query, text, vector)
        shares = _shares(features @ rank)
        best = int(np.argmax(shares))
        rows.append(_row(index.measures(query, vector, int(places[best]), float(shares[best]))))
        labels.append(0)
        weights.append(0.8 * len(examples) / max(len(outside), 1))
    model = LogisticRegression(C=10.0, max_iter=500, random_state=0)
    model.fit(np.array(rows), np.array(labels), sample_weight=np.array(weights))
    return model.coef_[0], float(model.intercept_[0])


def train(
    index: SearchIndex,
    encoder: SentenceEncoder,
    understander: Understander,
    outside: Sequence[str],
    count: int = 6_000,
    progress: Optional[Callable[[int, int], None]] = None,
) -> tuple[Weights, Report]:
    """Learn all weights; the report is cross-validated."""
    examples = make_examples(index, encoder, understander, count, progress)
    report = cross_validate(examples)
    rank = fit_rank(examples)
    known, bias = fit_known(examples, rank, index, encoder, [understander.understand(text).text for text in outside])
    return Weights(rank, known, bias), report
