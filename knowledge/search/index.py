"""The index: every key of every procedure, by words and by meaning, and the ranking over them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Optional

import numpy as np
from numpy.typing import NDArray

from knowledge.search.bm25 import Bm25, Counts, Presence
from knowledge.search.terms import Query, QueryMaker, characters, pairs
from knowledge.search.variants import FLAGS, flags_of
from knowledge.search.weights import FEATURES, STATIC, Weights
from vietnamese.embedding import Vectors
from vietnamese.fold import fold
from vietnamese.understand import accented_words, folded_words

Floats = NDArray[np.float32]

CANDIDATES = 60
"""Procedures that are looked at closely; the right one is among them in 98 % of held-out questions."""
_COSINE_FLOOR = 0.72
"""Cosine given to what has no vector: below any real one."""
_COSINE_REACH = 0.12
"""Cosines further than this from the best are all the same to the ranker."""


@dataclass(frozen=True)
class Entry:
    """What the index knows of one procedure.

    Attributes:
        code: its code.
        name: official name without 'Thủ tục'.
        popular_names: what people call it.
        ways_to_ask: how people ask for it.
        body: other words of the record: field, applicants, results, documents, conditions.
        levels: 'commune', 'province', ... .
        editorial: our own content exists.
        area: life area, where known.
    """

    code: str
    name: str
    popular_names: tuple[str, ...] = ()
    ways_to_ask: tuple[str, ...] = ()
    body: str = ""
    levels: tuple[str, ...] = ()
    editorial: bool = False
    area: Optional[str] = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Popular names and ways to ask, each a key of its own."""
        return (*self.popular_names, *self.ways_to_ask)


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
        entries: one for each procedure.
        name_vectors: shape (len(entries), dimensions); zero rows where none was made.
        key_vectors: one row for each key, entries in order; zero rows where none was made.
        queries: makes terms of texts.
        weights: what the ranker learnt.
        earlier: the index before; what it knows of texts that haven't changed is taken over.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        name_vectors: Vectors,
        key_vectors: Vectors,
        queries: QueryMaker,
        weights: Weights,
        earlier: Optional[SearchIndex] = None,
    ) -> None:
        self.entries = tuple(entries)
        self.codes = tuple(entry.code for entry in entries)
        self.at = {code: place for place, code in enumerate(self.codes)}
        self.queries = queries
        self.weights = weights
        keys = self._key_texts = [key for entry in entries for key in entry.keys]
        counts = np.array([len(entry.keys) for entry in entries], dtype=np.int64)
        # Where each procedure's keys begin; those without any are left out of the reduction.
        self._with_keys = np.flatnonzero(counts)
        self._key_starts = (np.cumsum(counts) - counts)[self._with_keys]
        self.key_owner = np.repeat(np.arange(len(entries)), counts)
        all_names = [" . ".join((entry.name, *entry.popular_names)) for entry in entries]
        bodies = [entry.body for entry in entries]
        whole = [" ".join((entry.name, *entry.keys, entry.body)) for entry in entries]
        self._named_pairs = {
            pair
            for entry in entries
            for name in (entry.name, *entry.popular_names)
            for pair in itertools.pairwise(accented_words(name))
        }
        self._names = {" ".join(folded_words(name)) for entry in entries for name in (entry.name, *entry.popular_names)}
        before = earlier
        self.names: Bm25 = Bm25(Counts(all_names, _word_pairs, before.names.counted if before else None))
        self.keys: Bm25 = Bm25(Counts(keys, _word_pairs, before.keys.counted if before else None))
        self.bodies: Bm25 = Bm25(Counts(bodies, folded_words, before.bodies.counted if before else None), b=0.75)
        self.letters: Bm25 = Bm25(Counts(all_names, _letters, before.letters.counted if before else None))
        self.presence: Presence = Presence(folded_words, whole, before.presence if before else None)
        self._vectors_at: dict[str, tuple[str, int]] = {
            **{entry.name: ("name", row) for row, entry in enumerate(entries)},
            **{key: ("key", row) for row, key in enumerate(keys)},
        }
        self._name_vectors = np.ascontiguousarray(name_vectors, dtype=np.float32)
        self._key_vectors = np.ascontiguousarray(key_vectors, dtype=np.float32)
        self._flags = np.array([_flags(entry.name) for entry in entries]).reshape(len(entries), len(FLAGS))
        static = [_static(entry) for entry in entries]
        self._static = np.array(static, dtype=np.float32).reshape(len(entries), len(STATIC))

    def __len__(self) -> int:
        return len(self.entries)

    def vector_of(self, text: str) -> Optional[Vectors]:
        """The vector of a name or key that is in the index; None where it has none."""
        kind, row = self._vectors_at.get(text, ("", 0))
        if not kind:
            return None
        vector: Vectors = (self._name_vectors if kind == "name" else self._key_vectors)[row]
        return vector if vector.any() else None

    def _best_of_keys(self, scores: Floats, absent: float) -> Floats:
        out = np.full(len(self.entries), absent, dtype=np.float32)
        if len(self._with_keys):
            out[self._with_keys] = np.maximum.reduceat(scores, self._key_starts)
        return out

    def _signals(self, query: Query, vector: Vectors, left_out: Optional[int] = None) -> dict[str, Floats]:
        """Raw scores of every procedure by kind; ``left_out`` hides one key, for training."""
        key_scores = self.keys.scores(query.weights)
        key_cosines = self._key_vectors @ vector if len(self._key_vectors) else np.zeros(0, dtype=np.float32)
        key_cosines[key_cosines == 0] = _COSINE_FLOOR
        if left_out is not None:
            key_scores[left_out], key_cosines[left_out] = 0, _COSINE_FLOOR
        name_cosines = self._name_vectors @ vector
        name_cosines[name_cosines == 0] = _COSINE_FLOOR
        single = {term: weight for term, weight in query.weights.items() if "_" not in term}
        return {
            "name": self.names.scores(query.weights),
            "key": self._best_of_keys(key_scores, 0.0),
            "body": self.bodies.scores(single),
            "letters": self.letters.scores(query.characters),
            "name_meaning": name_cosines,
            "key_meaning": self._best_of_keys(key_cosines, _COSINE_FLOOR),
        }

    def candidates(
        self, query: Query, text: str, vector: Vectors, left_out: Optional[int] = None
    ) -> tuple[NDArray[np.int64], Floats]:
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
        if not self.entries:
            return np.zeros(0, dtype=np.int64), np.zeros((0, len(FEATURES)), dtype=np.float32)
        signals = self._signals(query, vector, left_out)
        rough = np.zeros(len(self.entries), dtype=np.float32)
        columns = []
        for name, scores in signals.items():
            if name.endswith("meaning"):
                relative = np.clip(scores - scores.max(), -_COSINE_REACH, 0) * 20
                rough += np.clip((scores - 0.8) * 8, 0, None)
            else:
                relative = scores / (float(scores.max()) + 1e-9)
                if name in ("name", "key"):
                    rough += relative
            columns.append(relative)
        count = min(CANDIDATES, len(self.entries))
        places = np.argpartition(-rough, count - 1)[:count]
        asked = flags_of(text)
        here = self._flags[places]
        matched = here & asked
        extra = here & ~asked
        features = np.hstack(
            [
                np.array([column[places] for column in columns], dtype=np.float32).T.reshape(len(places), -1),
                matched.astype(np.float32),
                extra.astype(np.float32),
                self._static[places],
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
            if (first, second) in self._named_pairs
        )
        return max(itertools.chain(singles, named), default=0.0)

    def is_name(self, text: str) -> bool:
        """Say whether a text is nothing but a name or a popular name of some procedure, diacritics aside."""
        return " ".join(folded_words(text)) in self._names

    def cover(self, text: str, code: str) -> float:
        """The share of a text's telling words that stand in a procedure's record or keys, 0 to 1."""
        query = self.queries(text)
        single = {term: weight for term, weight in query.weights.items() if "_" not in term and term in query.words}
        return self.presence.cover(single, self.at[code]) if code in self.at else 0.0

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
        single = {term: weight for term, weight in query.weights.items() if "_" not in term and term in query.words}
        hidden = dict(Counter(folded_words(self._key_texts[left_out]))) if left_out is not None else None
        mine = self.key_owner == place
        if left_out is not None:
            mine[left_out] = False
        cosines = self._key_vectors[mine] @ vector
        return {
            "cover": self.presence.cover(single, place, hidden),
            "name_cosine": float(self._name_vectors[place] @ vector) or _COSINE_FLOOR,
            "key_cosine": float(cosines.max()) if len(cosines) else _COSINE_FLOOR,
            "share": share,
        }

    def search(self, text: str, vector: Vectors, limit: int = 10, boosts: Optional[dict[str, float]] = None) -> Result:
        """Rank procedures for an understood text.

        Args:
            text: the message as understood.
            vector: its sentence vector, unit length.
            limit: hits to return.
            boosts: added to the scores of some codes (what the conversation is about).
        """
        query = self.queries(text)
        places, features = self.candidates(query, text, vector)
        if not len(places):
            return Result((), 0.0, self.subject(text))
        scores = features @ self.weights.rank
        for code, boost in (boosts or {}).items():
            scores[places == self.at.get(code, -1)] += boost
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


def _word_pairs(text: str) -> list[str]:
    return pairs(folded_words(text))


def _letters(text: str) -> list[str]:
    return characters(folded_words(text))


@lru_cache(maxsize=10_000)
def _flags(name: str) -> NDArray[np.bool_]:
    """Flags of a procedure's name; names seldom change, and there are as many patterns as letters."""
    return flags_of(name)


def _static(entry: Entry) -> list[float]:
    levels = set(entry.levels)
    return [
        float(np.log1p(len(entry.ways_to_ask))),
        float(entry.editorial),
        float("commune" in levels),
        float(levels == {"province"}),
        float(levels == {"ministry"}),
    ]
