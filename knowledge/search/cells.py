"""Vectors in eight bits, sorted into cells: a question is compared with the nearest cells only.

The vectors are turned so that their widest directions come first (principal
components). The first numbers place a vector in a cell (k-means) and give a
first score; the rest is read only of what may be among the best. A vector is
kept once, its two parts in two arrays, each in the cells' order, so that a
cell is one piece of memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans

from knowledge.search.lookup import COSINE_FLOOR, Floats, Places, Rows
from vietnamese.embedding import Vectors

CELL_NUMBERS = 64
"""Numbers of a vector that place it in a cell."""
COARSE_NUMBERS = 96
"""Numbers of a vector that give the first score."""
PROBES = 24
"""Cells that a question is compared with."""
_SAMPLE = 100_000
_BLOCK = 8_192
_RUN = 64
"""Neighbours drawn together for the sample: rows that are fetched come faster in runs."""
_SEED = 20_261_130


class Cells:
    """An index of the cosines of unit vectors.

    Args:
        sources: their rows are numbered through from the first source to the last.
        probes: cells that a question is compared with.
    """

    def __init__(self, sources: Sequence[Rows], probes: int = PROBES) -> None:
        self.size = sum(len(source) for source in sources)
        self._probes = probes
        sample = _sample(sources, self.size)
        self._empty = not len(sample)
        if self._empty:
            return
        self._mean: Vectors = sample.mean(axis=0)
        around = sample - self._mean
        _, directions = np.linalg.eigh(around.T @ around)
        self._turn: Vectors = np.ascontiguousarray(directions[:, ::-1], dtype=np.float32)
        turned = around @ self._turn
        self._scale: Vectors = np.maximum(np.abs(turned).max(axis=0), 1e-6) / 127
        self._middles = _middles(turned[:, :CELL_NUMBERS], self.size)
        labels = np.empty(self.size, dtype=np.int32)
        for start, block in _blocks(sources):
            labels[start : start + len(block)] = self._label(block)
        # Rows without a vector come last, in no cell.
        self._ends = np.cumsum(np.bincount(labels, minlength=len(self._middles) + 1))[:-1]
        self._held = int(self._ends[-1])
        self._row_at: NDArray[np.int32] = np.argsort(labels, kind="stable").astype(np.int32)
        self._position = np.empty(self.size, dtype=np.int32)
        self._position[self._row_at] = np.arange(self.size, dtype=np.int32)
        width = sample.shape[1]
        self._coarse = np.zeros((self.size, min(COARSE_NUMBERS, width)), dtype=np.int8)
        self._fine = np.zeros((self.size, width - self._coarse.shape[1]), dtype=np.int8)
        for start, block in _blocks(sources):
            eight = np.clip(np.rint((block - self._mean) @ self._turn / self._scale), -127, 127).astype(np.int8)
            at = self._position[start : start + len(block)]
            self._coarse[at] = eight[:, :COARSE_NUMBERS]
            self._fine[at] = eight[:, COARSE_NUMBERS:]

    def _label(self, block: Vectors) -> NDArray[np.int32]:
        turned = (block - self._mean) @ self._turn[:, :CELL_NUMBERS]
        distances = (self._middles**2).sum(axis=1) - 2 * (turned @ self._middles.T)
        labels = distances.argmin(axis=1).astype(np.int32)
        labels[~block.any(axis=1)] = len(self._middles)
        return labels

    def nearest(self, vector: Vectors, split: int, count: int) -> tuple[Places, Places]:
        """Rows near to a vector: ``count`` of those before ``split``, and ``count`` of the others.

        Args:
            vector: unit length, shape (dimensions,).
            split: the first row of the second kind.
            count: rows of each kind.
        """
        nothing = np.zeros(0, dtype=np.int64)
        if self._empty:
            return nothing, nothing
        coarse, fine, _ = self._weights(vector)
        here = (vector - self._mean) @ self._turn[:, :CELL_NUMBERS]
        distances = (self._middles**2).sum(axis=1) - 2 * (self._middles @ here)
        probes = min(self._probes, len(distances))
        found, scores = [], []
        for cell in np.argpartition(distances, probes - 1)[:probes]:
            start, end = (self._ends[cell - 1] if cell else 0), self._ends[cell]
            scores.append(self._coarse[start:end].astype(np.float32) @ coarse)
            found.append(np.arange(start, end))
        positions, score = np.concatenate(found), np.concatenate(scores)
        first = self._row_at[positions] < split
        kinds = []
        for mine in (np.flatnonzero(first), np.flatnonzero(~first)):
            # Three times as many by the first score, then the best of them by the whole.
            some = mine[_top(score[mine], 3 * count)]
            whole = score[some] + self._fine[positions[some]].astype(np.float32) @ fine
            kinds.append(self._row_at[positions[some[_top(whole, count)]]].astype(np.int64))
        return kinds[0], kinds[1]

    def cosines(self, rows: Places, vector: Vectors) -> Floats:
        """Cosines of some rows with a vector, to some 1/1000; the floor where a row has no vector."""
        out = np.full(len(rows), COSINE_FLOOR, dtype=np.float32)
        if self._empty:
            return out
        coarse, fine, base = self._weights(vector)
        positions = self._position[rows]
        there = np.flatnonzero(positions < self._held)
        at = positions[there]
        out[there] = base + self._coarse[at].astype(np.float32) @ coarse + self._fine[at].astype(np.float32) @ fine
        return out

    def _weights(self, vector: Vectors) -> tuple[Vectors, Vectors, float]:
        """A question in the turned directions, so that products with the eight bits are cosines less a base."""
        turned = (vector @ self._turn * self._scale).astype(np.float32)
        return turned[:COARSE_NUMBERS], turned[COARSE_NUMBERS:], float(vector @ self._mean)


def _top(scores: Floats, count: int) -> Places:
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.argpartition(-scores, count - 1)[:count]


def _blocks(sources: Sequence[Rows]) -> Iterator[tuple[int, Vectors]]:
    """Number of the first row, and rows, block by block."""
    before = 0
    for source in sources:
        for start in range(0, len(source), _BLOCK):
            yield before + start, np.asarray(source[start : min(start + _BLOCK, len(source))], dtype=np.float32)
        before += len(source)


def _sample(sources: Sequence[Rows], size: int) -> Vectors:
    """Rows with a vector, drawn evenly from all."""
    step = max(1, size // _SAMPLE)
    runs = [
        np.asarray(source[start : min(start + _RUN, len(source))], dtype=np.float32)
        for source in sources
        for start in range(0, len(source), _RUN * step)
    ]
    if not runs:
        return np.zeros((0, 0), dtype=np.float32)
    drawn: Vectors = np.concatenate(runs)
    drawn = drawn[drawn.any(axis=1)]
    return drawn


def _middles(sample: Vectors, size: int) -> Vectors:
    """Middles of the cells: twice as many as the root of the size, so cells and rows in a cell grow alike."""
    count = max(1, min(int(2 * np.sqrt(size)), len(sample) // 8))
    means = MiniBatchKMeans(
        count, init="random", n_init=1, batch_size=4 * _BLOCK, max_iter=6, max_no_improvement=None,
        compute_labels=False, random_state=_SEED,
    )  # fmt: skip
    middles: Vectors = means.fit(sample).cluster_centers_.astype(np.float32)
    return middles
