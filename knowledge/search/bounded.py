"""A bounded look at very many procedures: cells of vectors, and postings read up to a budget (decision 008).

What it finds is nearly what ``exact`` finds; what it costs hardly grows with
the number of procedures.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable
from typing import Optional

import numpy as np

from knowledge.search.bm25 import Bm25, Gathered
from knowledge.search.cells import Cells
from knowledge.search.entry import Entry
from knowledge.search.lookup import COSINE_FLOOR, Floats, Places, Pool, Rows, relative
from knowledge.search.packed import PackedEntries
from knowledge.search.terms import Query, characters, pairs, words_once
from vietnamese.embedding import Vectors
from vietnamese.understand import folded_words

BUDGET = 150_000
"""Postings of each word index that a question may read."""
FOUND = 150
"""Names, and keys, that words and meaning each put into the pool."""
_LETTERS_OF = 50_000
"""Names from which it is learnt how rare each run of letters is."""
_K1, _B = 1.2, 0.5


class Letters:
    """BM25 over runs of letters of a few names at a time; only how rare a run is, is kept."""

    def __init__(self) -> None:
        self._documents = self._length = 0
        self._frequency: Counter[str] = Counter()

    def add(self, words: list[str]) -> None:
        """Learn from a name."""
        runs = characters(words)
        self._documents += 1
        self._length += len(runs)
        self._frequency.update(set(runs))

    def scores(self, names: list[list[str]], query: Query) -> Floats:
        """Score names given as words; shape (len(names),)."""
        average = self._length / max(self._documents, 1) or 1.0
        asked = {
            run: weight * math.log(1 + (self._documents - seen + 0.5) / (seen + 0.5))
            for run, weight in query.characters.items()
            if (seen := self._frequency.get(run, 0)) or self._documents
        }
        out = np.zeros(len(names), dtype=np.float32)
        for row, words in enumerate(names):
            runs = characters(words)
            norm = _K1 * (1 - _B + _B * len(runs) / average)
            counts = Counter(run for run in runs if run in asked)
            out[row] = sum(asked[run] * count * (_K1 + 1) / (count + norm) for run, count in counts.items())
        return out


class Bounded:
    """Cells and postings in compact arrays.

    Attributes:
        names: words of official and popular names, a document for each procedure.
        keys: words of keys, a document for each.
        bodies: other words, a document for each procedure.

    Args:
        entries: one for each procedure; read once.
        name_vectors: one row for each entry.
        key_vectors: one row for each key, entries in order.
    """

    def __init__(self, entries: Iterable[Entry], name_vectors: Rows, key_vectors: Rows) -> None:
        packed = self.entries = PackedEntries()
        names, keys, bodies = Gathered(), Gathered(), Gathered()
        self._letters = Letters()
        every = max(1, len(name_vectors) // _LETTERS_OF)
        seen_in: Counter[str] = Counter()
        ends = array("q", [0])
        for place, entry in enumerate(entries):
            packed.add(entry)
            name_words = [word for name in entry.names for word in words_once(name)]
            names.add(pairs(name_words))
            if place % every == 0:
                self._letters.add(name_words)
            body_words = folded_words(entry.body)
            bodies.add(body_words)
            all_words = {*name_words, *body_words}
            for key in entry.keys:
                key_words = words_once(key)
                keys.add(pairs(key_words))
                all_words.update(key_words)
            seen_in.update(all_words)
            ends.append(ends[-1] + len(entry.keys))
        self._key_ends = np.array(ends, dtype=np.int64)
        size = len(packed)
        self._idf = {word: math.log(1 + size / count) for word, count in seen_in.items()}
        self._unseen = math.log(1 + size)
        self.names = Bm25(names.counts(), compact=True)
        del names
        self.keys = Bm25(keys.counts(), compact=True)
        del keys
        self.bodies = Bm25(bodies.counts(), b=0.75, compact=True)
        del bodies
        self._cells = Cells((name_vectors, key_vectors))

    def best_of_keys(self, scores: Floats, absent: float) -> Floats:
        """The best of every procedure's keys, given scores of all keys; shape (len(entries),)."""
        return _best(scores, np.diff(self._key_ends), absent)

    def _owners(self, keys: Places) -> Places:
        return np.searchsorted(self._key_ends, keys, side="right") - 1

    def _keys_of(self, places: Places) -> tuple[Places, Places]:
        """All keys of some places, rising, and how many each has."""
        starts, counts = self._key_ends[places], self._key_ends[places + 1] - self._key_ends[places]
        before = np.cumsum(counts) - counts
        keys: Places = np.repeat(starts - before, counts) + np.arange(int(counts.sum()))
        return keys, counts

    def pool(self, query: Query, vector: Vectors, left_out: Optional[int] = None) -> Pool:
        """What words and meaning find, each by names and by keys."""
        size = len(self.entries)
        near_names, near_keys = self._cells.nearest(vector, size, FOUND)
        places = np.unique(
            np.concatenate(
                [
                    near_names,
                    self._owners(near_keys - size),
                    self.names.best(query.weights, FOUND, BUDGET).astype(np.int64),
                    self._owners(self.keys.best(query.weights, FOUND, BUDGET).astype(np.int64)),
                ]
            )
        )
        if not len(places):
            places = np.arange(min(FOUND, size))
        keys, counts = self._keys_of(places)
        key_scores, key_cosines = self.keys.scores_of(keys, query.weights), self._cells.cosines(size + keys, vector)
        if left_out is not None:
            hidden = keys == left_out
            key_scores[hidden], key_cosines[hidden] = 0, COSINE_FLOOR
        return Pool(
            places,
            self.names.scores_of(places, query.weights),
            _best(key_scores, counts, 0.0),
            self._cells.cosines(places, vector),
            _best(key_cosines, counts, COSINE_FLOOR),
        )

    def details(self, query: Query, pool: Pool, rows: Places) -> tuple[Floats, Floats]:
        """Body relative to the best of the pool; letters to the best of the rows."""
        body = relative(self.bodies.scores_of(pool.places, query.single))[rows]
        names = [folded_words(" . ".join(self.entries[int(place)].names)) for place in pool.places[rows]]
        return body, relative(self._letters.scores(names, query))

    def vector_of(self, text: str) -> Optional[Vectors]:
        """None for any: a text isn't looked up by itself among so many."""
        return None

    def cover(self, words: dict[str, float], place: int, left_out: Optional[int] = None) -> float:
        """By the entry's texts, and the postings of its body."""
        entry = self.entries[place]
        first = int(self._key_ends[place])
        texts = [entry.name, *(key for at, key in enumerate(entry.keys, first) if at != left_out)]
        there = set(folded_words(" ".join(texts)))
        total = covered = 0.0
        for word, weight in words.items():
            value = weight * self._idf.get(word, self._unseen)
            total += value
            if word in there or self.bodies.scores_of(np.array([place]), {word: 1.0})[0] > 0:
                covered += value
        return covered / total if total else 0.0

    def cosines(self, vector: Vectors, place: int, left_out: Optional[int] = None) -> tuple[float, float]:
        """From the cells' eight bits."""
        keys, _ = self._keys_of(np.array([place]))
        if left_out is not None:
            keys = keys[keys != left_out]
        of_keys = self._cells.cosines(len(self.entries) + keys, vector)
        (of_name,) = self._cells.cosines(np.array([place]), vector)
        return float(of_name), float(of_keys.max()) if len(of_keys) else COSINE_FLOOR


def _best(scores: Floats, counts: Places, absent: float) -> Floats:
    """The best score of each run of ``counts``."""
    out = np.full(len(counts), absent, dtype=np.float32)
    some = np.flatnonzero(counts)
    if len(some):
        out[some] = np.maximum.reduceat(scores, (np.cumsum(counts) - counts)[some])
    return out
