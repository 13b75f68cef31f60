"""BM25 over a sparse matrix: one column a term, so a query touches only its own terms."""

from __future__ import annotations

import threading
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Optional

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Scores = NDArray[np.float32]
Integers = NDArray[np.int32]

_BLOCK = 4_000_000
"""Postings weighed at a time, so that a large index needs little more memory than its own."""


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


class Gathered:
    """Terms of documents, collected one document at a time in flat arrays."""

    def __init__(self) -> None:
        # A term that is new gets the next number.
        self.terms: defaultdict[str, int] = defaultdict()
        self.terms.default_factory = self.terms.__len__
        self._columns = array("i")
        self._counts = array("f")
        self._ends = array("q", [0])

    def add(self, document: Iterable[str]) -> None:
        """Take in the terms of the next document."""
        counts = Counter(document)
        self._columns.extend(map(self.terms.__getitem__, counts))
        self._counts.extend(counts.values())
        self._ends.append(len(self._columns))

    def counts(self) -> Counts:
        """What was gathered, in the arrays of ``Counts``; nothing can be added afterwards."""
        counts = Counts((), str.split)
        counts.terms = dict(self.terms)
        counts.columns = np.frombuffer(self._columns or b"", dtype=np.int32)
        counts.counts = np.frombuffer(self._counts or b"", dtype=np.float32)
        counts.starts = np.frombuffer(self._ends, dtype=np.int64)
        return counts


class Bm25:
    """An index of documents given as lists of terms.

    Args:
        documents: terms of each document, or their counts.
        k1: how fast repeats of a term stop counting.
        b: how much long documents are held back, 0 to 1.
        compact: keep weights in 16 bits; they lose 1 part in 2,000.
    """

    def __init__(
        self, documents: Sequence[Sequence[str]] | Counts, k1: float = 1.2, b: float = 0.5, compact: bool = False
    ) -> None:
        counted = documents if isinstance(documents, Counts) else _counted(documents)
        # A compact index is never built upon, so it lets the counts go.
        self.counted = None if compact else counted
        self.size = len(counted)
        self._terms = counted.terms
        column, value, ends = counted.columns, counted.counts, counted.starts
        frequency = np.bincount(column, minlength=len(self._terms)).astype(np.float32)
        self.idf = np.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        total = np.concatenate([[0.0], np.cumsum(value, dtype=np.float64)])
        length = total[ends[1:]] - total[ends[:-1]]
        del total
        average = float(length.mean()) if self.size else 1.0
        norm = k1 * (1 - b + b * length / (average or 1.0))
        weight = np.empty(len(column), dtype=np.float32)
        for start in range(0, len(column), _BLOCK):
            block = slice(start, start + _BLOCK)
            row_of = np.searchsorted(ends, np.arange(start, min(start + _BLOCK, len(column))), side="right") - 1
            weight[block] = value[block] * (k1 + 1) / (value[block] + norm[row_of]) * self.idf[column[block]]
        matrix: Any = csr_matrix((weight, column, ends), shape=(self.size, max(len(self._terms), 1))).tocsc()
        self._starts = matrix.indptr
        self._rows: Integers = matrix.indices.astype(np.int32, copy=False)
        # The most that a document can get for each term.
        self._most = np.zeros(max(len(self._terms), 1), dtype=np.float32)
        used = np.flatnonzero(np.diff(self._starts))
        if len(used):
            self._most[used] = np.maximum.reduceat(matrix.data, self._starts[used])
        self._weights = matrix.data.astype(np.float16) if compact else matrix.data
        self._sums = threading.local()

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

    def scores_of(self, rows: NDArray[np.integer[Any]], query: Mapping[str, float]) -> Scores:
        """Score some documents only; shape (len(rows),).

        Each term's list is searched by halves: the cost hardly grows with the index.

        Args:
            rows: places of the documents, rising.
            query: weights of terms.
        """
        out = np.zeros(len(rows), dtype=np.float32)
        wanted = rows.astype(np.int32, copy=False)
        for term, weight in query.items():
            column = self._terms.get(term)
            if column is None:
                continue
            start, end = self._starts[column], self._starts[column + 1]
            listed = self._rows[start:end]
            at = np.minimum(np.searchsorted(listed, wanted), len(listed) - 1)
            found = np.flatnonzero(listed[at] == wanted)
            out[found] += weight * self._weights[start:end][at[found]].astype(np.float32)
        return out

    def best(self, query: Mapping[str, float], count: int, budget: int) -> Integers:
        """Places of documents that score high, rising; bounded work, so some may be missed.

        The terms that can add most are read first, and whole, until ``budget`` postings
        are read; a list that no longer fits is left for the second look, which scores the
        best of what was found by all terms. If not even one list fits, the documents for
        which the most telling one counts most stand in for it.

        Args:
            query: weights of terms.
            count: documents to return.
            budget: postings to read.
        """
        lists = []
        for term, weight in query.items():
            column = self._terms.get(term)
            if column is not None and weight > 0:
                start, end = int(self._starts[column]), int(self._starts[column + 1])
                lists.append((weight * float(self._most[column]), weight, start, end))
        lists.sort(key=lambda one: (-one[0], one[2]))
        sums = self._accumulator()
        touched = []
        for _, weight, start, end in lists:
            if end - start > budget:
                continue
            budget -= end - start
            rows = self._rows[start:end]
            touched.append(rows[sums[rows] == 0])
            sums[rows] += weight * self._weights[start:end].astype(np.float32)
        if not touched and lists:
            _, weight, start, end = lists[0]
            most = np.argpartition(-self._weights[start:end].astype(np.float32), budget)[:budget] + start
            rows = self._rows[most]
            sums[rows] += weight * self._weights[most].astype(np.float32)
            touched.append(rows)
        if not touched:
            return np.zeros(0, dtype=np.int32)
        found = np.concatenate(touched)
        partial = sums[found]
        sums[found] = 0
        return self._second_look(query, found, partial, count)

    def _second_look(self, query: Mapping[str, float], found: Integers, partial: Scores, count: int) -> Integers:
        for looked_at, again in ((4 * count, True), (count, False)):
            if len(found) > looked_at:
                keep = np.argpartition(-partial, looked_at - 1)[:looked_at]
                found, partial = found[keep], partial[keep]
            if again:
                found = np.sort(found)
                partial = self.scores_of(found, query)
        return np.sort(found)

    def _accumulator(self) -> Scores:
        """Zeros of shape (size,), kept for each thread: making them anew would cost more than what is read."""
        sums: Scores | None = getattr(self._sums, "held", None)
        if sums is None:
            sums = self._sums.held = np.zeros(self.size, dtype=np.float32)
        return sums


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
