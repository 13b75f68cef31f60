"""What the ranking asks of an index, however large: candidates with their raw scores, and a closer look at one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.search.entry import Entry
from knowledge.search.terms import Query
from vietnamese.embedding import Vectors

Floats = NDArray[np.float32]
Places = NDArray[np.int64]

COSINE_FLOOR = 0.72
"""Cosine given to what has no vector: below any real one."""


class Rows(Protocol):
    """Vectors to be indexed, read block by block: an array, or something that makes or fetches its rows."""

    def __len__(self) -> int:
        """How many rows there are."""
        ...

    def __getitem__(self, rows: slice, /) -> Vectors:
        """A block of rows, shape (rows, dimensions); zeros where no vector was made."""
        ...


@dataclass(frozen=True)
class Pool:
    """Procedures that may be meant, with the raw scores that decide which are looked at closely.

    Attributes:
        places: of the procedures in the index; shape (n,).
        name: BM25 of the official and popular names; shape (n,), as the others.
        key: BM25 of the best key.
        name_meaning: cosine with the official name.
        key_meaning: cosine with the best key.
    """

    places: Places
    name: Floats
    key: Floats
    name_meaning: Floats
    key_meaning: Floats


class Lookup(Protocol):
    """Words and meaning of all procedures; ``exact.Exact`` and ``bounded.Bounded`` differ in what they leave unread."""

    @property
    def entries(self) -> Sequence[Entry]:
        """All procedures, in order."""
        ...

    def pool(self, query: Query, vector: Vectors, left_out: Optional[int] = None) -> Pool:
        """The procedures that may be meant; ``left_out`` hides one key, for training."""
        ...

    def details(self, query: Query, pool: Pool, rows: Places) -> tuple[Floats, Floats]:
        """Body and letters of some rows of a pool, each relative to the best known, 0 to 1."""
        ...

    def vector_of(self, text: str) -> Optional[Vectors]:
        """The vector of a name or key, as it was given; None where it has none, or none is kept as it was given."""
        ...

    def cover(self, words: dict[str, float], place: int, left_out: Optional[int] = None) -> float:
        """The share of the words' weight that stands in a procedure's record or keys, 0 to 1."""
        ...

    def cosines(self, vector: Vectors, place: int, left_out: Optional[int] = None) -> tuple[float, float]:
        """Cosines of a procedure's name and of its best key."""
        ...


def relative(scores: Floats) -> Floats:
    """Scores as parts of the best."""
    return scores / (float(scores.max()) + 1e-9)
