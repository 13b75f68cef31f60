"""What a file would do: for each procedure new, changed, unchanged or rejected, row by row. Nothing is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, Optional

from knowledge import store
from knowledge.workbook.compare import RowChange
from knowledge.workbook.table import Fault


class Status(str, Enum):
    """What becomes of a procedure."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Item:
    """One procedure of the file.

    Attributes:
        code: its code; '' for what can't be read.
        name: what people call it; the code where that isn't known.
        status: what becomes of it.
        rows: number of rows that change, by kind, and 'unchanged'.
        changes: the rows that don't stay as they are.
        faults: why it is rejected.
        notes: what the person should know before confirming.
        payload: what would be written; None where nothing would.
        base: fingerprint of what it would be written over.
    """

    code: str
    name: str
    status: Status
    rows: Mapping[str, int] = field(default_factory=dict)
    changes: tuple[RowChange, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    payload: Optional[dict[str, Any]] = None
    base: str = ""

    @property
    def digest(self) -> str:
        """Fingerprint of what would happen to it."""
        return store.digest_of([self.code, self.status.value, self.payload, self.base])


@dataclass(frozen=True)
class Plan:
    """A whole file.

    Attributes:
        format: 'workbook', 'layers', 'records' or 'interface'.
        items: what is to be looked at first stands first.
        remarks: what was passed over in the file.
    """

    format: str
    items: tuple[Item, ...]
    remarks: tuple[str, ...] = ()

    @cached_property
    def counts(self) -> Counter[Status]:
        """Procedures by what becomes of them."""
        return Counter(item.status for item in self.items)

    @property
    def writes(self) -> list[Item]:
        """The procedures that would be written."""
        return [item for item in self.items if item.payload is not None]

    def differing(self, seen: Collection[str]) -> frozenset[str]:
        """Codes with which something else would happen now than was seen (the digests of the items then)."""
        return frozenset(item.code for item in self.items if item.digest not in seen)


def in_order(items: Sequence[Item]) -> tuple[Item, ...]:
    """Rejected first, then changed, new and unchanged; by code."""
    order = (Status.REJECTED, Status.CHANGED, Status.NEW, Status.UNCHANGED)
    return tuple(sorted(items, key=lambda item: (order.index(item.status), item.code)))


def rejected(faults: Sequence[tuple[Optional[str], Fault]], names: Mapping[str, str]) -> list[Item]:
    """An item for each code with faults of the reading; one without a code for the rest."""
    by_code: dict[str, list[Fault]] = defaultdict(list)
    for code, fault in faults:
        by_code[code or ""].append(fault)
    return [Item(code, names.get(code, code), Status.REJECTED, faults=tuple(found)) for code, found in by_code.items()]


def row_counts(changes: Sequence[RowChange], unchanged: int) -> dict[str, int]:
    """Rows by what becomes of them."""
    return {**Counter(change.change.value for change in changes), "unchanged": unchanged}
