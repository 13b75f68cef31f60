"""Names and keys of a million procedures in one piece of memory; an entry is made when it is looked at."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Optional, Union, overload

from knowledge.search.entry import Entry

_Kind = tuple[tuple[str, ...], bool, Optional[str]]


class PackedEntries(Sequence[Entry]):
    """Entries without their bodies, added one by one, in order."""

    def __init__(self) -> None:
        self._codes: list[str] = []
        self._texts = bytearray()
        self._ends = array("q", [0])
        self._first = array("q", [0])
        self._popular = array("i")
        self._kinds: dict[_Kind, int] = {}
        self._kind_list: list[_Kind] = []
        self._kind_of = array("i")

    def add(self, entry: Entry) -> None:
        """Take in the next entry."""
        self._codes.append(entry.code)
        for text in (entry.name, *entry.keys):
            self._texts += text.encode("utf-8", "surrogatepass")
            self._ends.append(len(self._texts))
        self._first.append(len(self._ends) - 1)
        self._popular.append(len(entry.popular_names))
        kind = (entry.levels, entry.editorial, entry.area)
        if kind not in self._kinds:
            self._kinds[kind] = len(self._kind_list)
            self._kind_list.append(kind)
        self._kind_of.append(self._kinds[kind])

    def __len__(self) -> int:
        return len(self._codes)

    @overload
    def __getitem__(self, place: int) -> Entry: ...
    @overload
    def __getitem__(self, place: slice) -> list[Entry]: ...
    def __getitem__(self, place: Union[int, slice]) -> Union[Entry, list[Entry]]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        at = range(len(self))[place]  # from the end too, and IndexError beyond
        name, *keys = (
            self._texts[self._ends[text] : self._ends[text + 1]].decode("utf-8", "surrogatepass")
            for text in range(self._first[at], self._first[at + 1])
        )
        popular = self._popular[at]
        levels, editorial, area = self._kind_list[self._kind_of[at]]
        return Entry(self._codes[at], name, tuple(keys[:popular]), tuple(keys[popular:]), "", levels, editorial, area)
