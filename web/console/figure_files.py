"""Tables as files to take away: CSV and Excel, in which no cell is ever a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

from web.console.figure_tables import Share, Table

_RISKY = ("=", "+", "-", "@", "\t", "\r")
_WIDEST = 60


def as_csv(made: Sequence[Table]) -> bytes:
    """The tables below each other, UTF-8 with its mark, so that Excel reads Vietnamese."""
    out = io.StringIO()
    writer = csv.writer(out)
    for table in made:
        writer.writerow([_safe(table.title)])
        writer.writerow([_safe(head) for head in table.columns])
        writer.writerows([_safe(_plain(value)) for value in row] for row in table.rows)
        writer.writerow([])
    return out.getvalue().encode("utf-8-sig")


def as_excel(made: Sequence[Table]) -> bytes:
    """A workbook with a sheet for each table."""
    book = Workbook()
    del book[book.sheetnames[0]]
    for table in made:
        sheet = book.create_sheet(table.title[:31])
        for at, head in enumerate(table.columns, 1):
            _put(sheet.cell(1, at), head)
            sheet.cell(1, at).font = Font(bold=True)
        for down, row in enumerate(table.rows, 2):
            for across, value in enumerate(row, 1):
                _put(sheet.cell(down, across), _plain(value))
                if isinstance(value, Share):
                    sheet.cell(down, across).number_format = "0.0%"
        sheet.freeze_panes = "A2"
        for at in range(1, len(table.columns) + 1):
            longest = max(len(str(sheet.cell(down, at).value or "")) for down in range(1, len(table.rows) + 2))
            sheet.column_dimensions[sheet.cell(1, at).column_letter].width = min(_WIDEST, longest + 3)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Share) else value


def _put(cell: Any, value: Any) -> None:
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl takes '=…' for a formula


def _safe(value: Any) -> Any:
    """A text that a spreadsheet can't take for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value
