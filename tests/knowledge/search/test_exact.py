"""The exact look held against the plainest way to compute the same, on our own content."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from knowledge.search.exact import Exact
from knowledge.search.index import CANDIDATES, SearchIndex
from knowledge.search.terms import Query, characters, pairs
from knowledge.search.weights import FEATURES, SIGNALS
from vietnamese.embedding import SentenceEncoder
from vietnamese.understand import Understander, folded_words

QUESTIONS = (
    "làm giấy khai sinh cho con hết bao nhiêu tiền", "mat bang lai xe", "sang tên sổ đỏ", "cấp lại căn cước",
    "đăng ký kết hôn với người nước ngoài", "mở quán ăn", "trời hôm nay đẹp quá", "ba tôi mất", "giấy độc thân",
)  # fmt: skip


def plain_bm25(documents: Sequence[Sequence[str]], query: dict[str, float], b: float) -> list[float]:
    """BM25 as its formula says, document by document."""
    counts = [Counter(document) for document in documents]
    frequency = Counter(term for count in counts for term in count)
    average = sum(map(len, documents)) / len(documents)
    return [
        sum(
            weight
            * math.log(1 + (len(documents) - frequency[term] + 0.5) / (frequency[term] + 0.5))
            * count[term] * 2.2 / (count[term] + 1.2 * (1 - b + b * len(document) / average))
            for term, weight in query.items()
            if term in count
        )
        for document, count in zip(documents, counts, strict=True)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def texts(content_index: SearchIndex) -> dict[str, list[list[str]]]:
    """The words of names, keys, bodies and letters, as decision 004 names them."""
    names = [folded_words(" . ".join((entry.name, *entry.popular_names))) for entry in content_index.entries]
    return {
        "name": [pairs(words) for words in names],
        "key": [pairs(folded_words(key)) for entry in content_index.entries for key in entry.keys],
        "body": [folded_words(entry.body) for entry in content_index.entries],
        "letters": [characters(words) for words in names],
    }


def plain_signals(index: SearchIndex, texts: dict[str, list[list[str]]], query: Query) -> dict[str, list[float]]:
    single = {term: weight for term, weight in query.weights.items() if "_" not in term}
    of_keys = plain_bm25(texts["key"], dict(query.weights), 0.5)
    best, at = [], 0
    for entry in index.entries:
        best.append(max(of_keys[at : at + len(entry.keys)], default=0.0))
        at += len(entry.keys)
    return {
        "name": plain_bm25(texts["name"], dict(query.weights), 0.5),
        "key": best,
        "body": plain_bm25(texts["body"], single, 0.75),
        "letters": plain_bm25(texts["letters"], dict(query.characters), 0.5),
    }


@pytest.mark.parametrize("typed", QUESTIONS)
def test_our_own_content_is_looked_up_exactly(
    content_index: SearchIndex,
    encoder: SentenceEncoder,
    understander: Understander,
    texts: dict[str, list[list[str]]],
    typed: str,
) -> None:
    assert isinstance(content_index.lookup, Exact)
    text = understander.understand(typed).text
    query, vector = content_index.queries(text), encoder.query(text)
    pool = content_index.lookup.pool(query, vector)
    assert pool.places.tolist() == list(range(len(content_index)))
    signals = plain_signals(content_index, texts, query)
    places, features = content_index.candidates(query, text, vector)
    parts = {name: np.array(scores) / (max(scores) + 1e-9) for name, scores in signals.items()}
    rough = parts["name"] + parts["key"]
    for cosines in (pool.name_meaning, pool.key_meaning):
        rough += np.clip((cosines - 0.8) * 8, 0, None)
    bound = np.sort(rough)[-CANDIDATES]
    assert len({*places.tolist()}) == CANDIDATES
    assert rough[places].min() == pytest.approx(bound, abs=1e-4)
    for name in ("name", "key", "body", "letters"):
        assert features[:, FEATURES.index(name)] == pytest.approx(parts[name][places], abs=1e-4)
    assert FEATURES[: len(SIGNALS)] == SIGNALS
    # What is found is ranked by the weights, and the shares are their softmax.
    scores = features @ content_index.weights.rank
    shares = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
    order = np.argsort(-scores, kind="stable")
    hits = content_index.search(text, vector, CANDIDATES).hits
    assert [hit.code for hit in hits] == [content_index.codes[place] for place in places[order]]
    assert [hit.share for hit in hits] == pytest.approx(shares[order].tolist())
