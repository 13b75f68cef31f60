"""The index: every key of every procedure, by words and by meaning, and the ranking over them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Optional

import numpy as np

from knowledge.search.bounded import Bounded
from knowledge.search.entry import Entry
from knowledge.search.exact import Exact
from knowledge.search.lookup import Floats, Lookup, Places, Rows, relative
from knowledge.search.terms import Query, QueryMaker
from knowledge.search.traits import Traits
from knowledge.search.variants import APPLICANTS, flags_of
from knowledge.search.weights import FEATURES, Weights
from vietnamese.embedding import Vectors
from vietnamese.fold import fold
from vietnamese.understand import accented_words, folded_words

CANDIDATES = 60
"""Procedures that are looked at closely; the right one is among them in 98 % of held-out questions."""
EXACT_TEXTS = 60_000
"""Names and keys up to which a dense search costs less than a bounded one (docs/figures.md)."""
SAME_APPLICANT = 1.5
"""Added to the score of procedures for whom the one at hand is for ('hợp tác xã', then 'tạm ngừng thì sao')."""
_COSINE_REACH = 0.12
"""Cosines further than this from the best are all the same to the ranker."""


@dataclass(frozen=True)
class Hit:
    """A ranked procedure.

    Attributes:
        code: its code.
        score: the ranker's score; only differences mean something.
        share: its part of the probability among the candidates, 0 to 1.
        features: values by feature name, for explaining.
    """

    code: str
    score: float
    share: float
    features: dict[str, float]


@dataclass(frozen=True)
class Result:
    """What a search found.

    Attributes:
        hits: procedures, best first.
        known: probability that any of them is what was asked for.
        subject: how far the message names a subject at all, 0 to 1; 'còn bao nhiêu tiền' names none.
    """

    hits: tuple[Hit, ...]
    known: float
    subject: float


class SearchIndex:
    """An immutable index; a new version of the knowledge gets a new one.

    Args:
        entries: one for each procedure; read once, in order.
        name_vectors: shape (len(entries), dimensions); zero rows where none was made.
        key_vectors: one row for each key, entries in order; zero rows where none was made.
        queries: makes terms of texts.
        weights: what the ranker learnt.
        earlier: the index before; what it knows of texts that haven't changed is taken over.
        exact_texts: up to so many names and keys every one is compared with every question;
            above, only those that a bounded look finds worth it (decision 008).
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        name_vectors: Rows,
        key_vectors: Rows,
        queries: QueryMaker,
        weights: Weights,
        earlier: Optional[SearchIndex] = None,
        exact_texts: int = EXACT_TEXTS,
    ) -> None:
        self.queries = queries
        self.weights = weights
        self.exact = len(name_vectors) + len(key_vectors) <= exact_texts
        self.traits = Traits()
        watched = self.traits.watch(entries)
        before = earlier.lookup if earlier else None
        self.lookup: Lookup = (
            Exact(tuple(watched), name_vectors, key_vectors, before if isinstance(before, Exact) else None)
            if self.exact
            else Bounded(watched, name_vectors, key_vectors)
        )
        self.traits.finish()
        self.entries = self.lookup.entries
        self.codes = self.traits.codes
        self.at = {code: place for place, code in enumerate(self.codes)}

    def __len__(self) -> int:
        return len(self.codes)

    def vector_of(self, text: str) -> Optional[Vectors]:
        """The vector of a name or key that is in the index; None where it has none, or the index holds too many."""
        return self.lookup.vector_of(text)

    @cached_property
    def key_owner(self) -> Places:
        """The place of each key's procedure, entries in order."""
        return np.repeat(np.arange(len(self)), [len(entry.keys) for entry in self.entries])

    def candidates(
        self, query: Query, text: str, vector: Vectors, left_out: Optional[int] = None
    ) -> tuple[Places, Floats]:
        """The procedures worth a closer look.

        Args:
            query: the question in terms.
            text: the same, as understood.
            vector: its sentence vector.
            left_out: a key to hide, for training.

        Returns:
            Their places in ``entries``, and features of shape (n, len(FEATURES)); the
            last columns but those of SIGNALS are relative to the best, so only
            ``measures`` tells how well anything fits at all.
        """
        if not len(self):
            return np.zeros(0, dtype=np.int64), np.zeros((0, len(FEATURES)), dtype=np.float32)
        pool = self.lookup.pool(query, vector, left_out)
        name, key = relative(pool.name), relative(pool.key)
        rough = name + key
        for cosines in (pool.name_meaning, pool.key_meaning):
            rough += np.clip((cosines - 0.8) * 8, 0, None)
        count = min(CANDIDATES, len(rough))
        rows = np.argpartition(-rough, count - 1)[:count]
        body, letters = self.lookup.details(query, pool, rows)
        name_meaning, key_meaning = (
            (np.clip(cosines - cosines.max(), -_COSINE_REACH, 0) * 20)[rows]
            for cosines in (pool.name_meaning, pool.key_meaning)
        )
        places = pool.places[rows]
        asked = flags_of(text)
        here = self.traits.flags[places]
        matched = here & asked
        extra = here & ~asked
        signals = (name[rows], key[rows], body, letters, name_meaning, key_meaning)
        features = np.hstack(
            [
                np.array(signals, dtype=np.float32).T.reshape(len(places), -1),
                matched.astype(np.float32),
                extra.astype(np.float32),
                self.traits.static[places],
            ]
        )
        return places, features

    def subject(self, text: str) -> float:
        """The most telling word of a text, or pair of words that stands in a name; 0 to 1.

        Pairs count with their diacritics: folded, 'phí bao' would stand in 'phí bảo trì'.
        """
        weight = self.queries.background.weight
        words = accented_words(text)
        singles = (weight(fold(word)) for word in words if len(word) > 1)
        named = (
            weight(fold(f"{first}_{second}"))
            for first, second in itertools.pairwise(words)
            if (first, second) in self.traits.named_pairs
        )
        return max(itertools.chain(singles, named), default=0.0)

    def is_name(self, text: str) -> bool:
        """Say whether a text is nothing but a name or a popular name of some procedure, diacritics aside."""
        return self.traits.is_name(" ".join(folded_words(text)))

    def cover(self, text: str, code: str) -> float:
        """The share of a text's telling words that stand in a procedure's record or keys, 0 to 1."""
        return self.lookup.cover(self.queries(text).said, self.at[code]) if code in self.at else 0.0

    def measures(
        self, query: Query, vector: Vectors, place: int, share: float, left_out: Optional[int] = None
    ) -> dict[str, float]:
        """How well one procedure fits a question, in absolute terms.

        Args:
            query: the question in terms.
            vector: its sentence vector.
            place: the procedure's place in ``entries``.
            share: its part of the probability among the candidates.
            left_out: a key of its own to hide, for training.
        """
        name_cosine, key_cosine = self.lookup.cosines(vector, place, left_out)
        return {
            "cover": self.lookup.cover(query.said, place, left_out),
            "name_cosine": name_cosine,
            "key_cosine": key_cosine,
            "share": share,
        }

    def search(
        self,
        text: str,
        vector: Vectors,
        limit: int = 10,
        boosts: Optional[dict[str, float]] = None,
        talked_of: Optional[str] = None,
    ) -> Result:
        """Rank procedures for an understood text.

        Args:
            text: the message as understood.
            vector: its sentence vector, unit length.
            limit: hits to return.
            boosts: added to the scores of some codes (what the conversation is about).
            talked_of: code of the procedure at hand; who applies for it applies still, unless the text names another.
        """
        query = self.queries(text)
        places, features = self.candidates(query, text, vector)
        if not len(places):
            return Result((), 0.0, self.subject(text))
        scores = features @ self.weights.rank
        for code, boost in (boosts or {}).items():
            scores[places == self.at.get(code, -1)] += boost
        if talked_of in self.at and not (flags_of(text) & APPLICANTS).any():
            applicant = self.traits.flags[self.at[talked_of]] & APPLICANTS
            theirs = self.traits.flags[places] & APPLICANTS
            same = (theirs & applicant).any(axis=1)
            if applicant.any():
                scores += SAME_APPLICANT * (same.astype(np.float32) - (theirs.any(axis=1) & ~same))
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        order = np.argsort(-scores, kind="stable")[:limit]
        hits = tuple(
            Hit(self.codes[places[row]], float(scores[row]), float(shares[row]),
                {name: float(value) for name, value in zip(FEATURES, features[row], strict=True) if value})
            for row in order
        )  # fmt: skip
        known = self.weights.known(self.measures(query, vector, int(places[order[0]]), hits[0].share))
        return Result(hits, known, self.subject(text))
