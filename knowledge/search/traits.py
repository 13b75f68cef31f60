"""What is known of each procedure before any question: what sets it apart, its level, its names."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.search.entry import Entry
from knowledge.search.terms import words_once
from knowledge.search.variants import FLAGS, flags_of_words
from knowledge.search.weights import STATIC
from vietnamese.understand import accented_words


class Traits:
    """Collected while the entries go by once (``watch``), then fixed (``finish``).

    Attributes:
        codes: of the procedures, in the entries' order.
        flags: what sets each apart; shape (n, len(FLAGS)).
        static: features that no question changes; shape (n, len(STATIC)).
        named_pairs: neighbouring words of any name, with their diacritics.
    """

    def __init__(self) -> None:
        self.codes: tuple[str, ...] = ()
        self.flags: NDArray[np.bool_] = np.zeros((0, len(FLAGS)), dtype=np.bool_)
        self.static: NDArray[np.float32] = np.zeros((0, len(STATIC)), dtype=np.float32)
        self.named_pairs: set[tuple[str, str]] = set()
        self._names: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._codes: list[str] = []
        self._flags = bytearray()
        self._static = array("f")
        self._hashes = array("q")

    def watch(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Pass the entries on, noting each."""
        for entry in entries:
            self._codes.append(entry.code)
            self._flags += _flags(entry.name)
            self._static.extend(_static(entry))
            for name in entry.names:
                self.named_pairs.update(itertools.pairwise(accented_words(name)))
                self._hashes.append(hash(" ".join(words_once(name))))
            yield entry

    def finish(self) -> None:
        """Fix what was noted, in arrays."""
        size = len(self._codes)
        self.codes = tuple(self._codes)
        self.flags = np.frombuffer(bytes(self._flags), dtype=np.bool_).reshape(size, len(FLAGS))
        self.static = np.array(self._static, dtype=np.float32).reshape(size, len(STATIC))
        self._names = np.unique(np.array(self._hashes, dtype=np.int64))
        self._codes, self._flags, self._static, self._hashes = [], bytearray(), array("f"), array("q")

    def is_name(self, folded: str) -> bool:
        """Say whether folded words are a whole name; by 64-bit hashes, a million of which meet by chance never."""
        wanted = hash(folded)
        at = int(np.searchsorted(self._names, wanted))
        return at < len(self._names) and bool(self._names[at] == wanted)


@lru_cache(maxsize=10_000)
def _flags(name: str) -> bytes:
    """Flags of a procedure's name; names seldom change, and there are as many patterns as letters."""
    return flags_of_words(words_once(name)).tobytes()


def _static(entry: Entry) -> list[float]:
    levels = set(entry.levels)
    return [
        float(np.log1p(len(entry.ways_to_ask))),
        float(entry.editorial),
        float("commune" in levels),
        float(levels == {"province"}),
        float(levels == {"ministry"}),
    ]
