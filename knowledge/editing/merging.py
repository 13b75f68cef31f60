"""Two people changed the same thing: what each did, and what can be joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.editing.differences import Difference, differences
from knowledge.editing.labels import FIELDS


@dataclass(frozen=True)
class Merge:
    """Three versions of a layer, compared.

    Attributes:
        joined: both sides' changes; where both changed a field, mine.
        clashing: fields that both changed, to different values, in the form's order.
        theirs: what the others changed since the base.
        mine: what I changed since the base.
    """

    joined: dict[str, Any]
    clashing: tuple[str, ...]
    theirs: tuple[Difference, ...]
    mine: tuple[Difference, ...]


def merge(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> Merge:
    """Compare three versions, field by field."""
    names = [*FIELDS, *sorted({*base, *theirs, *mine} - {*FIELDS})]
    joined: dict[str, Any] = {}
    clashing = []
    for name in names:
        before, other, own = base.get(name), theirs.get(name), mine.get(name)
        value = other if own == before else own
        if own != before and other not in (before, own):
            clashing.append(name)
        if value is not None:
            joined[name] = value
    return Merge(joined, tuple(clashing), tuple(differences(base, theirs)), tuple(differences(base, mine)))
