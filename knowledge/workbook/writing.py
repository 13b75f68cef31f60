"""Write procedures into a workbook: headings that explain themselves, lists to choose from, no formulas."""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from knowledge.errors import WorkbookRefused
from knowledge.layer import Layer
from knowledge.workbook.flatten import flatten
from knowledge.workbook.schema import GUIDE_TITLE, LISTS_TITLE, SHEETS, Column, Kind, Sheet
from knowledge.workbook.values import LONGEST_TEXT, to_cell

_GUIDE = (
    "Cách dùng file này",
    "1. Mỗi trang là một phần của thủ tục. Trang 'Thủ tục' có mỗi thủ tục một dòng; các trang khác nối với nó bằng mã.",
    "2. Rê chuột lên tên cột để xem cột ấy ghi gì. Cột có danh sách thì bấm vào ô để chọn.",
    "3. Thêm dòng, sửa dòng, xóa dòng đều được. Đổi thứ tự cột, thêm cột riêng của bạn cũng được; đừng đổi tên cột.",
    "4. Thủ tục không có trong file thì giữ nguyên. Dòng bị xóa khỏi file thì phần ấy của thủ tục sẽ bị bỏ.",
    "5. Ngày ghi như 25/12/2026. Số tiền ghi như 50000 hoặc 50.000. Không dùng công thức, không gộp ô.",
    "6. Trang nào không sửa thì xóa cả trang đi cũng được, phần ấy giữ nguyên. Giữ lại trang 'Thủ tục'.",
    "   Các trang đi cùng nhau: 'Trường hợp' với 'Giấy tờ'; 'Cách nộp' với 'Thời hạn' và 'Phí, lệ phí'.",
    "7. Tải file lên: bạn được xem trước từng dòng mới, đổi hay lỗi. Bấm xác nhận thì mới ghi.",
)
_HEADING = PatternFill("solid", fgColor="1F4E79")
_REQUIRED = PatternFill("solid", fgColor="8A3B12")
_HEADING_FONT = Font(bold=True, color="FFFFFF")
_WRAP = Alignment(wrap_text=True, vertical="top")
_EVALUATED = ("=", "+", "-", "@", "\t", "\r")
"""First letters by which a spreadsheet takes a text for a formula."""
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORMATS = {Kind.DATE: "dd/mm/yyyy", Kind.MONEY: "#,##0"}
_VALIDATED_ROWS = 5_000
"""Rows below the heading in which lists to choose from appear."""


def write_workbook(layers: Iterable[tuple[Layer, str | None]]) -> bytes:
    """Write procedures into a workbook.

    Args:
        layers: the facts of each procedure, and the mark of its version (None for an example).

    Raises:
        WorkbookRefused: a text is longer than a cell can be.
    """
    workbook = Workbook(write_only=True)
    _write_guide(workbook)
    rows: dict[str, list[dict[str, Any]]] = {sheet.key: [] for sheet in SHEETS}
    for layer, version in layers:
        for key, entries in flatten(layer).items():
            rows[key] += entries
        rows["procedures"][-1]["version"] = version
    spans = _lists()
    for sheet in SHEETS:
        _write_sheet(workbook, sheet, rows[sheet.key], spans)
    _write_lists(workbook)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def _write_guide(workbook: Workbook) -> None:
    guide = workbook.create_sheet(GUIDE_TITLE)
    guide.column_dimensions["A"].width = 120
    for number, line in enumerate(_GUIDE):
        cell = WriteOnlyCell(guide, line)
        cell.font = Font(bold=number == 0, size=14 if number == 0 else 11)
        cell.alignment = _WRAP
        guide.append([cell])


def _closed() -> list[Column]:
    """One column for each different list of closed values."""
    found: dict[tuple[str, ...], Column] = {}
    for sheet in SHEETS:
        for column in sheet.columns:
            if column.choices:
                found.setdefault(tuple(column.choices.values()), column)
    return list(found.values())


def _lists() -> dict[tuple[str, ...], str]:
    """Where the list sheet keeps each list of closed values."""
    spans = {}
    for at, column in enumerate(_closed(), 1):
        labels = tuple((column.choices or {}).values())
        letter = get_column_letter(at)
        spans[labels] = f"'{LISTS_TITLE}'!${letter}$2:${letter}${len(labels) + 1}"
    return spans


def _write_lists(workbook: Workbook) -> None:
    lists = workbook.create_sheet(LISTS_TITLE)
    columns = _closed()
    for at in range(1, len(columns) + 1):
        lists.column_dimensions[get_column_letter(at)].width = 34
    lists.append([_heading(lists, column.heading, required=False) for column in columns])
    labels = [list((column.choices or {}).values()) for column in columns]
    for line in range(max(map(len, labels))):
        lists.append([entries[line] if line < len(entries) else None for entries in labels])


def _heading(worksheet: Any, text: str, required: bool) -> Cell:
    cell = WriteOnlyCell(worksheet, text)
    cell.font, cell.fill, cell.alignment = _HEADING_FONT, _REQUIRED if required else _HEADING, _WRAP
    return cell


def _write_sheet(
    workbook: Workbook, sheet: Sheet, rows: list[dict[str, Any]], spans: dict[tuple[str, ...], str]
) -> None:
    worksheet = workbook.create_sheet(sheet.title)
    worksheet.freeze_panes = "B2"
    headings = []
    for at, column in enumerate(sheet.columns, 1):
        worksheet.column_dimensions[get_column_letter(at)].width = column.width
        heading = _heading(worksheet, column.heading, column.required)
        needed = "Phải có. " if column.required else ""
        heading.comment = Comment(f"{needed}{column.note}", "Một Cửa", height=90, width=280)
        headings.append(heading)
    worksheet.append(headings)
    for row in rows:
        worksheet.append([_cell(worksheet, sheet, column, row) for column in sheet.columns])
    last = len(rows) + 1 + _VALIDATED_ROWS
    for column in sheet.columns:
        if validation := _validation(column, spans):
            validation.add(f"{sheet.letter(column.key)}2:{sheet.letter(column.key)}{last}")
            worksheet.data_validations.append(validation)


def _validation(column: Column, spans: dict[tuple[str, ...], str]) -> DataValidation | None:
    if column.choices:
        several = column.kind is Kind.CHOICES
        return DataValidation(
            type="list", formula1=spans[tuple(column.choices.values())], allow_blank=True,
            # Several values in one cell are typed; the list helps with the first.
            showErrorMessage=not several, errorTitle=column.heading, error="Hãy chọn trong danh sách.",
        )  # fmt: skip
    if column.kind is Kind.FLAG:
        return DataValidation(
            type="list", formula1='"có,không"', allow_blank=True, showErrorMessage=True,
            errorTitle=column.heading, error="Hãy chọn 'có' hoặc để trống.",
        )  # fmt: skip
    return None


def _cell(worksheet: Any, sheet: Sheet, column: Column, row: dict[str, Any]) -> Cell | None:
    value = to_cell(row[column.key], column)
    if value is None:
        return None
    cell = WriteOnlyCell(worksheet)
    if not isinstance(value, str):
        cell.value = value
        if column.kind in _FORMATS:
            cell.number_format = _FORMATS[column.kind]
        return cell
    value = _UNWRITABLE.sub("", value)
    if len(value) > LONGEST_TEXT:
        raise WorkbookRefused(
            f"Thủ tục {row['code']}, '{column.heading}' ở trang '{sheet.title}' dài quá {LONGEST_TEXT} chữ cái, "
            "Excel không chứa hết. Hãy sửa thủ tục này bằng biểu mẫu."
        )
    cell.value = value
    cell.data_type = "s"  # a text stays one, whatever it begins with
    if value.startswith(_EVALUATED):
        cell.quotePrefix = True  # and after somebody has edited it
    if column.kind is Kind.CODE:
        cell.number_format = "@"  # typed anew, it doesn't become a number
    elif len(value) > column.width:
        cell.alignment = _WRAP
    return cell
