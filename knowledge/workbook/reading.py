"""Read an uploaded workbook: sheets by their titles, columns by their headings, every bad cell by its name."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from rapidfuzz import process

from knowledge.errors import WorkbookRefused
from knowledge.workbook import guard
from knowledge.workbook.schema import GUIDE_TITLE, LISTS_TITLE, PROCEDURES, SHEETS, Column, Row, Sheet
from knowledge.workbook.table import Fault, SheetRow, Table
from knowledge.workbook.values import Unfit, clean_text, parse
from vietnamese.fold import fold

MOST_ROWS = 100_000
"""Rows with something in them, in all sheets together."""
_LAST_ROW = 1_048_576
_LAST_COLUMN = 60
"""Columns looked at; the widest sheet has 15."""


@dataclass
class Read:
    """A workbook as it was read.

    Attributes:
        tables: by sheet key; rows with a fault in them are left out.
        faults: by the code of their row; None where the code itself can't be read.
        remarks: what was passed over, for the person to know.
    """

    tables: dict[str, Table] = field(default_factory=dict)
    faults: list[tuple[str | None, Fault]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_workbook(data: bytes) -> Read:
    """Read an .xlsx file.

    Raises:
        WorkbookRefused: it can't be read as a whole: see ``guard.inspect``; a sheet or a column is missing, cells
            are merged, or there are too many rows. The text says what to do.
    """
    merged = guard.inspect(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of styles and extensions that it passes over
            workbook = load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)
            try:
                return _read(workbook, merged)
            finally:
                workbook.close()
    except (
        InvalidFileException, ParseError, KeyError, IndexError, ValueError, TypeError,
        AttributeError, OverflowError, RecursionError, EOFError, OSError,
    ) as error:  # fmt: skip
        # openpyxl meets damaged parts with whatever its own code raises; defusedxml says no with a ValueError.
        raise WorkbookRefused(
            "File Excel có phần bị hỏng nên không đọc được. Hãy mở bằng Excel, lưu lại rồi tải lên."
        ) from error


def _read(workbook: Any, merged: dict[str, list[str]]) -> Read:
    read = Read()
    found: dict[str, Any] = {}
    known = {_plain(sheet.title): sheet for sheet in SHEETS}
    for worksheet in workbook.worksheets:
        sheet = known.get(_plain(worksheet.title))
        if sheet is None:
            if worksheet.title not in (GUIDE_TITLE, LISTS_TITLE):
                read.remarks.append(f"Trang '{worksheet.title[:60]}' không thuộc mẫu nên không đọc.")
        elif sheet.key in found:
            raise WorkbookRefused(f"Có hai trang '{sheet.title}'. Hãy bỏ bớt một trang.")
        else:
            found[sheet.key] = worksheet
            if worksheet.sheet_state != "visible":
                read.remarks.append(f"Trang '{sheet.title}' đang ẩn nhưng vẫn được đọc.")
            # The path within the archive is all that ties a sheet to what the guard has seen.
            if ranges := merged.get(worksheet._worksheet_path.lstrip("/")):
                raise WorkbookRefused(
                    f"Trang '{sheet.title}' có ô gộp: {', '.join(ranges)}. Hãy bỏ gộp ô (Home → Unmerge Cells), "
                    "điền đủ từng dòng rồi tải lên lại."
                )
    _check_sheets(set(found))
    count = 0
    for sheet in SHEETS:
        if sheet.key in found:
            table = _read_sheet(sheet, found[sheet.key], read, workbook.epoch, MOST_ROWS - count)
            read.tables[sheet.key] = table
            count += len(table.rows)
    return read


def _check_sheets(found: set[str]) -> None:
    needed = {PROCEDURES.key} | {
        sheet.key
        for sheet in SHEETS
        for name in sheet.fields
        if found & {other.key for other in SHEETS if name in other.fields}
    }
    missing = [f"'{sheet.title}'" for sheet in SHEETS if sheet.key in needed - found]
    if missing:
        raise WorkbookRefused(
            f"Thiếu trang {', '.join(missing)} (bị xóa hoặc đổi tên?). Hãy dùng file mẫu hay file tải về từ đây."
        )


def _plain(text: Any) -> str:
    return " ".join(fold(clean_text(str(text))).lower().split())


def _rows(worksheet: Any, room: int) -> Iterator[tuple[int, Sequence[Any]]]:
    """Row numbers and cells of the rows that hold anything, in bounds whatever the file says of its size."""
    worksheet.reset_dimensions()
    seen = 0
    blank: Sequence[Any] = ()
    for number, cells in enumerate(worksheet.iter_rows(max_col=_LAST_COLUMN), 1):
        if number > _LAST_ROW:
            break
        if cells is blank:
            continue  # a stray row at the end of the sheet may have a million of these before it
        if any(cell.value not in (None, "") or cell.data_type == "f" for cell in cells):
            seen += 1
            if seen > room + 1:
                raise WorkbookRefused(f"File có hơn {MOST_ROWS:,} dòng. Hãy chia nhỏ.".replace(",", "."))
            yield number, cells
        else:
            blank = cells  # openpyxl gives one and the same for all rows that aren't there


def _read_sheet(sheet: Sheet, worksheet: Any, read: Read, epoch: dt.datetime, room: int) -> Table:
    rows = _rows(worksheet, room)
    _, headings = next(rows, (1, ()))
    places = _places(sheet, headings, read)
    letters = {column.key: get_column_letter(at + 1) for column, at in places}
    table = Table(sheet, [], letters)
    for number, cells in rows:
        values: Row = {}
        faults = []
        for column, at in places:
            try:
                values[column.key] = _value(cells[at], column, epoch)
            except Unfit as unfit:
                faults.append(Fault(sheet.title, f"{letters[column.key]}{number}", str(unfit)))
        if not faults and all(value in (None, False, []) for value in values.values()):
            continue  # blanks, or something in a column of the person's own
        faults += [
            Fault(sheet.title, f"{letters[column.key]}{number}", f"'{column.heading}' còn trống; hãy điền")
            for column, _ in places
            if column.required and column.key in values and values[column.key] is None
        ]
        if faults:
            read.faults += [(values.get("code"), fault) for fault in faults]
        else:
            table.rows.append(SheetRow(number, values))
    return table


def _value(cell: Any, column: Column, epoch: dt.datetime) -> Any:
    if cell.data_type == "f":
        raise Unfit("là công thức; hãy chép rồi dán giá trị (Paste Values) vào ô này")
    if cell.data_type == "e":
        raise Unfit(f"đang báo lỗi {str(cell.value)[:12]}; hãy gõ lại giá trị")
    return parse(cell.value, column, epoch)


def _places(sheet: Sheet, cells: Sequence[Any], read: Read) -> list[tuple[Column, int]]:
    """Where each column stands; other headings are told of."""
    headings = {_plain(column.heading): column for column in sheet.columns}
    places: dict[str, tuple[Column, int]] = {}
    strange: list[str] = []
    for at, cell in enumerate(cells):
        if cell.value in (None, ""):
            continue
        column = headings.get(_plain(cell.value))
        if column is None:
            strange.append(clean_text(str(cell.value))[:60])
        elif column.key in places:
            raise WorkbookRefused(f"Trang '{sheet.title}' có hai cột '{column.heading}'. Hãy bỏ bớt một cột.")
        else:
            places[column.key] = (column, at)
    missing = [column for column in sheet.columns if column.key not in places and column.key != "version"]
    if missing:
        told = ", ".join(f"'{column.heading}'{_like(column, strange)}" for column in missing)
        raise WorkbookRefused(
            f"Trang '{sheet.title}' thiếu cột {told}. Dòng 1 phải là tên cột đúng như mẫu; thứ tự thì tùy bạn."
        )
    read.remarks += [f"Trang '{sheet.title}': cột '{heading}' không thuộc mẫu nên không đọc." for heading in strange]
    return list(places.values())


def _like(column: Column, strange: list[str]) -> str:
    best = process.extractOne(column.heading, strange, score_cutoff=60)
    return f" (có phải là cột '{best[0]}'?)" if best else ""
