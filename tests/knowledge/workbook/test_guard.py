"""Files that were made to harm, and files that Excel saves otherwise than we need them: refused, with what to do."""

from __future__ import annotations

import contextlib
import struct
import time
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import WorkbookRefused
from knowledge.workbook import guard
from knowledge.workbook.files import read_file
from knowledge.workbook.reading import read_workbook
from knowledge.workbook.template import template
from tests.knowledge.workbook.books import edited, put, repacked

SHEET = "xl/worksheets/sheet2.xml"
TEMPLATE = template()


def part(name: str = SHEET, data: bytes = TEMPLATE) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return archive.read(name)


def lying(data: bytes, name: str, size: int) -> bytes:
    """The archive with another unpacked size of a part in its directory."""
    changed = bytearray(data)
    at = data.index(b"PK\x01\x02")
    while True:
        length, extra, comment = struct.unpack_from("<HHH", changed, at + 28)
        if bytes(changed[at + 46 : at + 46 + length]) == name.encode():
            struct.pack_into("<I", changed, at + 24, size)
            return bytes(changed)
        at += 46 + length + extra + comment


def missing_text() -> bytes:
    """The sheet with a cell that points at a shared text which isn't there."""
    return part().replace(b'<c r="A2"', b'<c r="A2" t="s"><v>9999</v></c><c r="A2"', 1)


HARMFUL: dict[str, tuple[Callable[[], bytes], str]] = {
    "no archive": (lambda: b"xin chao", "không phải Excel"),
    "empty": (lambda: b"", "không phải Excel"),
    "cut off": (lambda: TEMPLATE[: len(TEMPLATE) // 2], "không phải Excel"),
    "an archive of something else": (lambda: repacked(TEMPLATE, {"xl/workbook.xml": None}), "không phải Excel"),
    "old Excel or locked": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "mật khẩu"),
    "macros": (lambda: repacked(TEMPLATE, {"xl/vbaProject.bin": b"x"}), "macro"),
    "links to other files": (lambda: repacked(TEMPLATE, {"xl/externalLinks/externalLink1.xml": b"<x/>"}), "Break Link"),
    "embedded files": (lambda: repacked(TEMPLATE, {"xl/embeddings/a.bin": b"x"}), "Break Link"),
    "one part of nothing but zeros": (lambda: repacked(TEMPLATE, {"xl/media/a.xml": b" " * 30_000_000}), "bất thường"),
    "very many parts": (
        lambda: repacked(TEMPLATE, {f"xl/media/{number}.xml": b"x" for number in range(guard.MOST_ENTRIES)}),
        "bất thường",
    ),
    "a part larger than it says": (lambda: lying(TEMPLATE, SHEET, 100), "Excel"),
    "a part that says it is endless": (lambda: lying(TEMPLATE, SHEET, 2**31), "bất thường"),
    "entities": (
        lambda: repacked(TEMPLATE, {SHEET: b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'}),
        "khai báo XML",
    ),
    "entities in another encoding": (
        lambda: repacked(TEMPLATE, {SHEET: '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "a">]>'
                                           "<worksheet>&a;</worksheet>".encode("utf-16")}),
        "Excel",
    ),
    "an entity from outside": (
        lambda: repacked(TEMPLATE, {"xl/styles.xml": b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'}),
        "khai báo XML",
    ),
    "broken XML": (lambda: repacked(TEMPLATE, {SHEET: part()[:-200]}), "hỏng"),
    "a text that isn't there": (lambda: repacked(TEMPLATE, {SHEET: missing_text()}), "hỏng"),
    "a row without end": (lambda: repacked(TEMPLATE, {SHEET: part().replace(b'<row r="2"', b'<row r="x"')}), "hỏng"),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMFUL)
def test_a_harmful_file_is_refused_at_once_in_words(name: str) -> None:
    make, reason = HARMFUL[name]
    data = make()
    started = time.monotonic()
    with pytest.raises(WorkbookRefused, match=reason):
        read_workbook(data)
    assert time.monotonic() - started < 5


@pytest.mark.measured
def test_a_file_of_a_hundred_megabytes_is_refused_before_it_is_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("large") / "lon.xlsx"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)  # takes no room on the disk
    started = time.monotonic()
    with pytest.raises(WorkbookRefused, match="lớn quá 10 MB"):
        read_file(path)
    assert time.monotonic() - started < 0.5
    with pytest.raises(WorkbookRefused, match="lớn quá 10 MB"):
        guard.inspect(b"PK\x03\x04" + b"0" * guard.LARGEST_FILE)


def test_rows_beyond_all_bounds_cost_neither_time_nor_memory() -> None:
    far = part().replace(b"</sheetData>", b'<row r="999999999"><c r="A999999999"><v>1</v></c></row></sheetData>')
    started = time.monotonic()
    read = read_workbook(repacked(TEMPLATE, {SHEET: far}))
    assert time.monotonic() - started < 20
    assert len(read.tables["procedures"].rows) == 2


def test_the_size_that_a_sheet_tells_of_itself_hides_no_rows() -> None:
    told = part().replace(b"<sheetViews>", b'<dimension ref="A1:A1"/><sheetViews>', 1)
    assert b"dimension" in told
    read = read_workbook(repacked(TEMPLATE, {SHEET: told}))
    assert len(read.tables["procedures"].rows) == 2


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.workbook.reading.MOST_ROWS", 10)
    with pytest.raises(WorkbookRefused, match="hơn 10 dòng"):
        read_workbook(TEMPLATE)


def test_a_heading_that_is_a_formula_is_no_heading() -> None:
    with pytest.raises(WorkbookRefused, match="thiếu cột 'Tên dễ hiểu'"):
        read_workbook(edited(TEMPLATE, put("Thủ tục", "B1", '="Tên dễ hiểu"')))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, len(TEMPLATE) - 1), st.binary(min_size=1, max_size=40))
def test_a_damaged_file_is_read_or_refused_but_never_breaks(at: int, noise: bytes) -> None:
    # Any other error fails the test.
    damaged = TEMPLATE[:at] + noise + TEMPLATE[at + len(noise) :]
    with contextlib.suppress(WorkbookRefused):
        read_workbook(damaged)
