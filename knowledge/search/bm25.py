"""BM25 over a sparse matrix: one column a term, so a query touches only its own terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix

Scores = NDArray[np.float32]


class Bm25:
    """An index of documents given as lists of terms.

    Args:
        documents: terms of each document.
        k1: how fast repeats of a term stop counting.
        b: how much long documents are held back, 0 to 1.
    """

    def __init__(self, documents: Sequence[Sequence[str]], k1: float = 1.2, b: float = 0.5) -> None:
        self.size = len(documents)
        self._terms: dict[str, int] = {}
        rows: list[int] = []
        columns: list[int] = []
        counts: list[int] = []
        for row, document in enumerate(documents):
            for term, count in Counter(document).items():
                rows.append(row)
                columns.append(self._terms.setdefault(term, len(self._terms)))
                counts.append(count)
        column = np.asarray(columns, dtype=np.int32)
        row_of = np.asarray(rows, dtype=np.int32)
        value = np.asarray(counts, dtype=np.float32)
        frequency = np.bincount(column, minlength=len(self._terms)).astype(np.float32)
        self.idf = np.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        length = np.bincount(row_of, weights=value, minlength=self.size)
        average = float(length.mean()) if self.size else 1.0
        norm = k1 * (1 - b + b * length / (average or 1.0))
        weight = value * (k1 + 1) / (value + norm[row_of]) * self.idf[column]
        matrix = coo_matrix(
            (weight.astype(np.float32), (row_of, column)), shape=(self.size, max(len(self._terms), 1))
        ).tocsc()
        self._starts, self._rows, self._weights = matrix.indptr, matrix.indices, matrix.data

    def __contains__(self, term: str) -> bool:
        return term in self._terms

    def scores(self, query: Mapping[str, float]) -> Scores:
        """Score every document for weighted terms; shape (size,)."""
        out = np.zeros(self.size, dtype=np.float32)
        for term, weight in query.items():
            column = self._terms.get(term)
            if column is not None:
                start, end = self._starts[column], self._starts[column + 1]
                out[self._rows[start:end]] += weight * self._weights[start:end]
        return out


class Presence:
    """How often each term stands in each document; tells how much of a query a document covers.

    Args:
        documents: terms of each document.
    """

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._counts: list[dict[str, int]] = [dict(Counter(document)) for document in documents]
        totals: Counter[str] = Counter()
        for counts in self._counts:
            totals.update(counts.keys())
        size = len(documents)
        self._idf = {term: float(np.log(1 + size / count)) for term, count in totals.items()}
        self._unseen = float(np.log(1 + size)) if size else 1.0

    def cover(self, query: Mapping[str, float], document: int, without: Mapping[str, int] | None = None) -> float:
        """The share of a query's weight whose terms stand in a document, 0 to 1.

        Args:
            query: weights of single words.
            document: its place.
            without: counts to take off first (a key that is hidden).
        """
        counts = self._counts[document]
        total = covered = 0.0
        for term, weight in query.items():
            value = weight * self._idf.get(term, self._unseen)
            total += value
            if counts.get(term, 0) > (without or {}).get(term, 0):
                covered += value
        return covered / total if total else 0.0
