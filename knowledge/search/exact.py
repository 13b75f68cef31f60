"""Every procedure scored for every question: exact, and cheap up to some tens of thousands of names and keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Optional

import numpy as np

from knowledge.search.bm25 import Bm25, Counts, Presence
from knowledge.search.entry import Entry
from knowledge.search.lookup import COSINE_FLOOR, Floats, Places, Pool, Rows, relative
from knowledge.search.terms import Query, characters, pairs
from vietnamese.embedding import Vectors
from vietnamese.understand import folded_words


class Exact:
    """Dense vectors and whole posting lists.

    Args:
        entries: one for each procedure.
        name_vectors: one row for each entry.
        key_vectors: one row for each key, entries in order.
        earlier: the one before; what it knows of texts that haven't changed is taken over.
    """

    def __init__(
        self, entries: Sequence[Entry], name_vectors: Rows, key_vectors: Rows, earlier: Optional[Exact] = None
    ) -> None:
        self.entries = tuple(entries)
        keys = self._key_texts = [key for entry in entries for key in entry.keys]
        counts = np.array([len(entry.keys) for entry in entries], dtype=np.int64)
        # Where each procedure's keys begin; those without any are left out of the reduction.
        self._with_keys = np.flatnonzero(counts)
        self._key_starts = (np.cumsum(counts) - counts)[self._with_keys]
        self._key_owner = np.repeat(np.arange(len(entries)), counts)
        names = [" . ".join(entry.names) for entry in entries]
        bodies = [entry.body for entry in entries]
        whole = [" ".join((entry.name, *entry.keys, entry.body)) for entry in entries]
        before = earlier
        self._names: Bm25 = Bm25(Counts(names, _word_pairs, before._names.counted if before else None))
        self._keys: Bm25 = Bm25(Counts(keys, _word_pairs, before._keys.counted if before else None))
        self._bodies: Bm25 = Bm25(Counts(bodies, folded_words, before._bodies.counted if before else None), b=0.75)
        self._letters: Bm25 = Bm25(Counts(names, _letters_of, before._letters.counted if before else None))
        self._presence: Presence = Presence(folded_words, whole, before._presence if before else None)
        self._vectors_at: dict[str, tuple[str, int]] = {
            **{entry.name: ("name", row) for row, entry in enumerate(entries)},
            **{key: ("key", row) for row, key in enumerate(keys)},
        }
        self._name_vectors = np.ascontiguousarray(name_vectors[:], dtype=np.float32)
        self._key_vectors = np.ascontiguousarray(key_vectors[:], dtype=np.float32)

    def vector_of(self, text: str) -> Optional[Vectors]:
        """The vector of a name or key; None where it has none."""
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

    def pool(self, query: Query, vector: Vectors, left_out: Optional[int] = None) -> Pool:
        """All procedures."""
        key_scores = self._keys.scores(query.weights)
        key_cosines = self._key_vectors @ vector if len(self._key_vectors) else np.zeros(0, dtype=np.float32)
        key_cosines[key_cosines == 0] = COSINE_FLOOR
        if left_out is not None:
            key_scores[left_out], key_cosines[left_out] = 0, COSINE_FLOOR
        name_cosines = self._name_vectors @ vector
        name_cosines[name_cosines == 0] = COSINE_FLOOR
        return Pool(
            np.arange(len(self.entries)),
            self._names.scores(query.weights),
            self._best_of_keys(key_scores, 0.0),
            name_cosines,
            self._best_of_keys(key_cosines, COSINE_FLOOR),
        )

    def details(self, query: Query, pool: Pool, rows: Places) -> tuple[Floats, Floats]:
        """Relative to the best of all procedures."""
        body = self._bodies.scores(query.single)
        letters = self._letters.scores(query.characters)
        places = pool.places[rows]
        return relative(body)[places], relative(letters)[places]

    def cover(self, words: dict[str, float], place: int, left_out: Optional[int] = None) -> float:
        """By the counts of the procedure's words."""
        hidden = dict(Counter(folded_words(self._key_texts[left_out]))) if left_out is not None else None
        return self._presence.cover(words, place, hidden)

    def cosines(self, vector: Vectors, place: int, left_out: Optional[int] = None) -> tuple[float, float]:
        """By the procedure's own rows."""
        mine = self._key_owner == place
        if left_out is not None:
            mine[left_out] = False
        of_keys = self._key_vectors[mine] @ vector
        best = float(of_keys.max()) if len(of_keys) else COSINE_FLOOR
        return float(self._name_vectors[place] @ vector) or COSINE_FLOOR, best


def _word_pairs(text: str) -> list[str]:
    return pairs(folded_words(text))


def _letters_of(text: str) -> list[str]:
    return characters(folded_words(text))
