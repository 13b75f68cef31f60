"""What was read of a workbook: tables of rows, and what was wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Optional

from knowledge.workbook.schema import Row, Sheet


@dataclass(frozen=True)
class Fault:
    """Something that keeps a procedure from being written.

    Attributes:
        sheet: the sheet's title; None where the file has no sheets.
        cell: 'C12', or 'dòng 12' where it is about a row or a line.
        reason: why, and what to do, in Vietnamese.
    """

    sheet: Optional[str]
    cell: str
    reason: str

    def __str__(self) -> str:
        place = f"Trang '{self.sheet}', {_place(self.cell)}" if self.sheet else _place(self.cell).capitalize()
        return f"{place}: {self.reason}"


def _place(cell: str) -> str:
    return cell if cell.startswith("dòng") else f"ô {cell}"


@dataclass(frozen=True)
class SheetRow:
    """One row: its number in the sheet (None for one that comes from the database), and its values."""

    number: Optional[int]
    values: Row


@dataclass
class Table:
    """The rows of one sheet, and under which letter each column was found."""

    sheet: Sheet
    rows: list[SheetRow] = field(default_factory=list)
    letters: Mapping[str, str] = field(default_factory=dict)

    def fault(self, row: SheetRow, key: Optional[str], reason: str) -> Fault:
        """A fault in a cell of a row, or in the row."""
        letter = self.letters.get(key) if key else None
        if letter is None:
            return Fault(self.sheet.title, f"dòng {row.number}", reason)
        return Fault(self.sheet.title, f"{letter}{row.number}", reason)
