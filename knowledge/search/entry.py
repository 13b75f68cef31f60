"""What the index is given of each procedure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Entry:
    """What the index knows of one procedure.

    Attributes:
        code: its code.
        name: official name without 'Thủ tục'.
        popular_names: what people call it.
        ways_to_ask: how people ask for it.
        body: other words of the record: field, applicants, results, documents, conditions.
            Empty in the entries that a large index gives back: it keeps their words, not their text.
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

    @property
    def names(self) -> tuple[str, ...]:
        """The official name and the popular ones."""
        return (self.name, *self.popular_names)
