"""BM25 over a sparse matrix: one column a term, so a query touches only its own terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Optional

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix

Scores = NDArray[np.float32]
Integers = NDArray[np.int32]


class Counts:
    """How often each term stands in each text, as three flat arrays.

    Args:
        texts: the documents.
        terms_of: takes a text apart.
        earlier: counts of the same kind; a text that it holds isn't taken apart again, so that a change of one
            procedure among thousands costs next to nothing.
    """

    def __init__(
        self,
        texts: Sequence[str],
        terms_of: Callable[[str], Sequence[str]],
        earlier: Optional[Counts] = None,
    ) -> None:
        # A copy: questions go on being answered with the earlier one.
        self.terms: dict[str, int] = dict(earlier.terms) if earlier else {}
        self.at = {text: row for row, text in enumerate(texts)}
        columns: list[Integers] = []
        counts: list[Scores] = []
        for text in texts:
            place = earlier.at.get(text) if earlier else None
            if earlier is not None and place is not None:
                inside = slice(earlier.starts[place], earlier.starts[place + 1])
                columns.append(earlier.columns[inside])
                counts.append(earlier.counts[inside])
            else:
                counter = Counter(terms_of(text))
                known = [self.terms.setdefault(term, len(self.terms)) for term in counter]
                columns.append(np.array(known, dtype=np.int32))
                counts.append(np.array(list(counter.values()), dtype=np.float32))
        self.starts: NDArray[np.int64] = np.concatenate([[0], np.cumsum([len(each) for each in columns])]).astype(
            np.int64
        )
        self.columns: Integers = np.concatenate([np.zeros(0, dtype=np.int32), *columns])
        self.counts: Scores = np.concatenate([np.zeros(0, dtype=np.float32), *counts])

    def __len__(self) -> int:
        return len(self.starts) - 1


class Bm25:
    """An index of documents given as lists of terms.

    Args:
        documents: terms of each document, or their counts.
        k1: how fast repeats of a term stop counting.
        b: how much long documents are held back, 0 to 1.
    """

    def __init__(self, documents: Sequence[Sequence[str]] | Counts, k1: float = 1.2, b: float = 0.5) -> None:
        counted = documents if isinstance(documents, Counts) else _counted(documents)
        self.counted = counted
        self.size = len(counted)
        self._terms = counted.terms
        column, value = counted.columns, counted.counts
        row_of = np.repeat(np.arange(self.size, dtype=np.int32), np.diff(counted.starts))
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


def _counted(documents: Sequence[Sequence[str]]) -> Counts:
    return Counts([str(row) for row in range(len(documents))], lambda row: documents[int(row)])


class Presence:
    """How often each term stands in each document; tells how much of a query a document covers.

    Args:
        documents: terms of each document.
        texts: the documents themselves, if ``earlier`` may hold some of them.
        earlier: another one over ``texts``; what it holds isn't counted again, and ``documents`` isn't asked for it.
    """

    def __init__(
        self,
        documents: Sequence[Sequence[str]] | Callable[[str], Sequence[str]],
        texts: Sequence[str] = (),
        earlier: Optional[Presence] = None,
    ) -> None:
        if callable(documents):
            known = earlier.at if earlier else {}
            self._counts = [known.get(text) or dict(Counter(documents(text))) for text in texts]
        else:
            self._counts = [dict(Counter(document)) for document in documents]
        self.at: dict[str, dict[str, int]] = dict(zip(texts, self._counts, strict=False))
        totals: Counter[str] = Counter()
        for counts in self._counts:
            totals.update(counts.keys())
        size = len(self._counts)
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
