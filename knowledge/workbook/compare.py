"""What changes between the rows of a procedure as they are and as a file has them, row by row and value by value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Optional

from rapidfuzz import fuzz

from knowledge.workbook.schema import SHEETS, Row, Sheet
from knowledge.workbook.table import SheetRow
from knowledge.workbook.values import shown

_ALIKE = 55.0
"""Likeness (0 to 100) from which a row is the old one, edited."""
_OWN = ("code", "version")
"""Columns that are no facts."""


class Change(str, Enum):
    """What happens to a row."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    REMOVED = "removed"


@dataclass(frozen=True)
class RowChange:
    """One row that doesn't stay as it is.

    Attributes:
        sheet: title of its sheet.
        row: its number in the file; None where it isn't in it.
        change: what happens.
        label: what the row is about, for people.
        cells: (heading, old, new) for each value that differs; '' for none.
    """

    sheet: str
    row: Optional[int]
    change: Change
    label: str
    cells: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Rows that change, and how many stay."""

    changes: tuple[RowChange, ...]
    unchanged: int


def compare(old: Mapping[str, Sequence[Row]], new: Mapping[str, Sequence[SheetRow]]) -> Comparison:
    """Compare the rows of one procedure; sheets that ``new`` hasn't stay as they are."""
    changes: list[RowChange] = []
    unchanged = 0
    for sheet in SHEETS:
        if sheet.key in new:
            found = _compare_sheet(sheet, old.get(sheet.key, ()), new[sheet.key])
            changes += found
            touched = sum(change.row is not None and change.change is not Change.REMOVED for change in found)
            unchanged += max(0, len(new[sheet.key]) - touched)
    return Comparison(tuple(changes), unchanged)


def _facts(sheet: Sheet, values: Row) -> tuple[Any, ...]:
    return tuple(
        tuple(value) if isinstance(value, list) else value
        for column in sheet.columns
        if column.key not in _OWN
        for value in [values.get(column.key)]
    )


def _compare_sheet(sheet: Sheet, old: Sequence[Row], new: Sequence[SheetRow]) -> list[RowChange]:
    pairs = _pair(sheet, old, new)
    changes: list[RowChange] = []
    furthest = -1
    for at, row in enumerate(new):
        match = pairs.get(at)
        if match is None:
            changes.append(RowChange(sheet.title, row.number, Change.NEW, _label(sheet, row.values),
                                     _cells(sheet, {}, row.values)))  # fmt: skip
            continue
        cells = _cells(sheet, old[match], row.values)
        if cells:
            changes.append(RowChange(sheet.title, row.number, Change.CHANGED, _label(sheet, old[match]), cells))
        elif match < furthest:
            changes.append(RowChange(sheet.title, row.number, Change.MOVED, _label(sheet, row.values)))
        furthest = max(furthest, match)
    kept = set(pairs.values())
    changes += [
        RowChange(sheet.title, None, Change.REMOVED, _label(sheet, values), _cells(sheet, values, {}))
        for at, values in enumerate(old)
        if at not in kept
    ]
    return changes


def _pair(sheet: Sheet, old: Sequence[Row], new: Sequence[SheetRow]) -> dict[int, int]:
    """Indexes of new rows with those of the old rows that they were: the same, else named the same, else alike."""
    pairs: dict[int, int] = {}
    keys: tuple[Callable[[Row], Any], ...] = (
        lambda row: _facts(sheet, row),
        lambda row: tuple(row.get(name) for name in sheet.identity),
    )
    for key in keys:
        waiting: dict[Any, list[int]] = defaultdict(list)
        taken = set(pairs.values())
        for index, values in enumerate(old):
            if index not in taken:
                waiting[key(values)].append(index)
        for at, row in enumerate(new):
            if at not in pairs and waiting[key(row.values)]:
                pairs[at] = waiting[key(row.values)].pop(0)
    taken = set(pairs.values())
    left = [index for index in range(len(old)) if index not in taken]
    for at, row in enumerate(new):
        if at in pairs or not left:
            continue
        likeness = [(_likeness(sheet, old[index], row.values), -index) for index in left]
        best, negative = max(likeness)
        if best >= _ALIKE:
            pairs[at] = -negative
            left.remove(-negative)
    return pairs


def _likeness(sheet: Sheet, old: Row, new: Row) -> float:
    if len(sheet.identity) > 1 and old.get(sheet.identity[0]) != new.get(sheet.identity[0]):
        return 0.0  # of another case, channel or kind
    return float(fuzz.ratio(_words(sheet, old), _words(sheet, new)))


def _words(sheet: Sheet, values: Row) -> str:
    return " ".join(str(fact) for fact in _facts(sheet, values) if isinstance(fact, str))


def _label(sheet: Sheet, values: Row) -> str:
    parts = [shown(values.get(key), sheet.column(key)) for key in sheet.identity]
    told = [
        f"{sheet.column(key).heading.lower()} {part}" if key in ("case", "channel") else part
        for key, part in zip(sheet.identity, parts, strict=True)
        if part
    ]
    return ", ".join(told)


def _cells(sheet: Sheet, old: Row, new: Row) -> tuple[tuple[str, str, str], ...]:
    cells = []
    for column in sheet.columns:
        if column.key in _OWN:
            continue
        before, after = shown(old.get(column.key), column), shown(new.get(column.key), column)
        if before != after:
            cells.append((column.heading, before, after))
    return tuple(cells)
