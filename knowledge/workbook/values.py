"""One cell: from what Excel holds to a value of ours, with the reason in words where it can't be, and back."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from typing import Any

from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

from knowledge.importers.money import SMALLEST_AMOUNT
from knowledge.layer import CODE_PATTERN, LARGEST_AMOUNT, OWN_KEY_PATTERN
from knowledge.wording import day
from knowledge.workbook.schema import Column, Kind
from vietnamese.fold import fold

LONGEST_TEXT = 32_767
"""Characters that a cell of Excel holds."""
_SERIALS = range(20_000, 80_000)
"""Numbers that are days when they stand in a column of dates: from 1954 to 2119."""
_YEARS = range(1900, 2201)
_YES = frozenset({"co", "x", "1", "true", "yes", "dung"})
_NO = frozenset({"khong", "0", "false", "no", "sai", ""})
_DMY = re.compile(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})$")
_YMD = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?$")
_GROUPED = re.compile(r"^\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*$")
_CURRENCY = re.compile(r"\s*(?:đồng|đ|vnđ|vnd|₫)\.?$", re.IGNORECASE)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


class Unfit(ValueError):
    """A cell that can't be read; the text says why and what to write instead."""


def clean_text(text: str) -> str:
    """One Unicode form, plain spaces and line ends, no invisible signs, nothing at either end."""
    if text.isprintable() and "_x000D_" not in text:  # nearly all: neither strange spaces nor invisible signs
        return unicodedata.normalize("NFC", text).strip()
    text = text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE)
    text = "".join(
        " " if unicodedata.category(sign) == "Zs" or sign == "\t" else sign
        for sign in unicodedata.normalize("NFC", text)
        if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
    )
    return "\n".join(line.strip() for line in text.strip().split("\n"))


def parse(raw: Any, column: Column, epoch: dt.datetime = WINDOWS_EPOCH) -> Any:
    """Read one cell.

    Args:
        raw: what openpyxl gives: text, number, bool, date or None.
        column: says what is wanted.
        epoch: day 0 of the workbook's dates.

    Returns:
        str, int, bool, date, list of str (``CHOICES``), or None for an empty cell; a flag is False then.

    Raises:
        Unfit: it can't be read as that.
    """
    if isinstance(raw, str):
        raw = clean_text(raw)
        if len(raw) > LONGEST_TEXT:
            raise Unfit(f"dài quá {LONGEST_TEXT} chữ; hãy viết gọn lại")
    if raw is None or raw == "":
        return False if column.kind is Kind.FLAG else [] if column.kind is Kind.CHOICES else None
    return _READERS[column.kind](raw, column, epoch)


def _text(raw: Any, _column: Column, _epoch: dt.datetime) -> str:
    if isinstance(raw, bool):
        raise Unfit("đang là giá trị đúng/sai của Excel; hãy định dạng ô là Text rồi gõ lại bằng chữ")
    if isinstance(raw, (dt.datetime, dt.date, dt.time, dt.timedelta)):
        raise Unfit("đang là ngày giờ của Excel; hãy định dạng ô là Text rồi gõ lại")
    if isinstance(raw, float):
        if not math.isfinite(raw):
            raise Unfit("không phải chữ")
        return str(int(raw)) if raw.is_integer() else repr(raw)
    return str(raw)


def _code(raw: Any, _column: Column, _epoch: dt.datetime) -> str:
    # Excel reads a code typed into a plain cell as a number and drops its last zeros.
    if isinstance(raw, float) and math.isfinite(raw) and float(f"{raw:.6f}") == raw:
        raw = f"{raw:.6f}"
    if not isinstance(raw, str) or not (CODE_PATTERN.match(raw) or OWN_KEY_PATTERN.match(raw)):
        raise Unfit(f"mã thủ tục '{_short(raw)}' không đúng dạng 1.001193; hãy định dạng ô là Text rồi gõ lại")
    return raw


def _number(raw: Any, _column: Column, _epoch: dt.datetime) -> int:
    if isinstance(raw, str) and raw.isascii() and raw.isdecimal() and len(raw) < 10:
        raw = int(raw)
    if isinstance(raw, float) and math.isfinite(raw) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 0:
        raise Unfit(f"'{_short(raw)}' không phải số nguyên; hãy ghi như 1, 2, 3")
    return raw


def _money(raw: Any, _column: Column, _epoch: dt.datetime) -> int:
    amount = raw
    if isinstance(raw, str):
        digits = _CURRENCY.sub("", raw)
        if grouped := _GROUPED.match(digits):
            digits = digits.replace(grouped.group(1), "")
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 14):
            raise Unfit(f"'{_short(raw)}' không phải số tiền; hãy ghi như 50000, còn lời thì ghi ở cột Bằng lời")
        amount = int(digits)
    elif isinstance(raw, float) and math.isfinite(raw) and raw.is_integer():
        amount = int(raw)
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
        raise Unfit(f"'{_short(raw)}' không phải số tiền; hãy ghi như 50000")
    if 0 < amount < SMALLEST_AMOUNT:
        # An Excel set to English reads '50.000' as fifty.
        raise Unfit(f"{amount} đồng nhỏ quá, có phải Excel đã mất ba số 0 không? Hãy ghi đủ, ví dụ {amount}000")
    if amount > LARGEST_AMOUNT:
        raise Unfit(f"số tiền lớn quá {LARGEST_AMOUNT:,} đồng".replace(",", "."))
    return amount


def _date(raw: Any, _column: Column, epoch: dt.datetime) -> dt.date:
    found: Any = raw
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        if raw not in _SERIALS:
            raise Unfit(f"'{_short(raw)}' không phải ngày; hãy ghi như 25/12/2026")
        found = from_excel(raw, epoch)
    if isinstance(found, str):
        found = _written_date(found)
    if isinstance(found, dt.datetime):
        if found.time() != dt.time(0):
            raise Unfit("có cả giờ; hãy chỉ ghi ngày, như 25/12/2026")
        found = found.date()
    if not isinstance(found, dt.date) or found.year not in _YEARS:
        raise Unfit(f"'{_short(raw)}' không phải ngày; hãy ghi như 25/12/2026")
    return found


def _written_date(text: str) -> dt.date:
    if match := _DMY.match(text):
        date, month, year = (int(part) for part in match.groups())
    elif match := _YMD.match(text):
        year, month, date = (int(part) for part in match.groups())
    else:
        raise Unfit(f"'{_short(text)}' không rõ là ngày nào; hãy ghi đủ ngày/tháng/năm, như 25/12/2026")
    try:
        return dt.date(year, month, date)
    except ValueError:
        raise Unfit(f"ngày '{_short(text)}' không có trong lịch; hãy ghi theo thứ tự ngày/tháng/năm") from None


def _flag(raw: Any, _column: Column, _epoch: dt.datetime) -> bool:
    if isinstance(raw, bool):
        return raw
    word = fold(str(raw)).lower()
    if word not in _YES | _NO:
        raise Unfit(f"'{_short(raw)}' không rõ; hãy ghi 'có' hoặc để trống")
    return word in _YES


def _choice(raw: Any, column: Column, _epoch: dt.datetime) -> str:
    choices = column.choices or {}
    word = _plain(raw)
    for value, label in choices.items():
        if word in (_plain(value), _plain(label)):
            return value
    raise Unfit(f"'{_short(raw)}' không có trong danh sách; hãy chọn một trong: {'; '.join(choices.values())}")


def _choices(raw: Any, column: Column, epoch: dt.datetime) -> list[str]:
    parts = [part for part in re.split(r"[;\n]", str(raw)) if part.strip()]
    return list(dict.fromkeys(_choice(part, column, epoch) for part in parts))


def _plain(raw: Any) -> str:
    return " ".join(fold(str(raw)).lower().split())


def _short(raw: Any) -> str:
    text = str(raw)
    return text if len(text) <= 40 else text[:39] + "…"


_READERS = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
}


def to_cell(value: Any, column: Column) -> Any:
    """What is written into a cell: the other way of ``parse``."""
    if value is None or value == []:
        return None
    choices = column.choices or {}
    if column.kind is Kind.FLAG:
        return "có" if value else None
    if column.kind is Kind.CHOICE:
        return choices[value]
    if column.kind is Kind.CHOICES:
        return "; ".join(choices[item] for item in value)
    return value


def shown(value: Any, column: Column) -> str:
    """A value as a preview tells it; empty for none."""
    if isinstance(value, dt.date):
        return day(value)
    cell = to_cell(value, column)
    if cell is None:
        return ""
    return f"{cell:,}".replace(",", ".") if column.kind is Kind.MONEY else str(cell)
