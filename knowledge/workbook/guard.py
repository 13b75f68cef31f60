"""What an uploaded workbook may be: looked at as a zip archive before anything is read of it.

An .xlsx is a zip of XML files. Each bound is checked first on what the archive says of itself and then on the bytes
that really come out, since an archive may lie.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO
from typing import Final

from knowledge.errors import WorkbookRefused

LARGEST_FILE: Final = 10 * 1024 * 1024
"""Bytes of an uploaded file."""
LARGEST_UNPACKED: Final = 250 * 1024 * 1024
"""Bytes of everything in the archive."""
MOST_ENTRIES: Final = 400
LARGEST_RATIO: Final = 150
"""Unpacked to packed bytes of one part; sheets of Excel stay below 40."""
_RATIO_FROM: Final = 1024 * 1024
"""Bytes: below, a part may be packed as tightly as it will."""
_CHUNK: Final = 256 * 1024
_OVERLAP: Final = 200
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']")
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MACRO = re.compile(r"vbaProject|macrosheets/|activeX/", re.IGNORECASE)
_OUTSIDE = re.compile(r"externalLinks/|embeddings/|connections\.xml", re.IGNORECASE)
_MOST_MERGED = 20


def inspect(data: bytes) -> dict[str, list[str]]:
    """Look an archive through.

    Args:
        data: the uploaded file.

    Returns:
        Merged ranges ('A2:A5') by the path of their sheet within the archive, at most 20 a sheet.

    Raises:
        WorkbookRefused: too large, packed beyond reason, damaged, encrypted, with macros, links to other files or
            XML declarations that a workbook doesn't need.
    """
    if len(data) > LARGEST_FILE:
        raise WorkbookRefused(f"File lớn quá {LARGEST_FILE // 2**20} MB. Hãy chia nhỏ rồi tải lên từng phần.")
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise WorkbookRefused(
            "File có mật khẩu hoặc là Excel đời cũ (.xls). Hãy bỏ mật khẩu, lưu lại dạng Excel Workbook (.xlsx)."
        )
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_directory(archive.infolist())
            return {info.filename: merged for info in archive.infolist() if (merged := _read_through(archive, info))}
    except (
        zlib.error,
        zipfile.BadZipFile,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
        zipfile.LargeZipFile,
    ) as error:
        raise _damaged() from error
    except RuntimeError as error:  # zipfile's word for a password
        raise WorkbookRefused("File có mật khẩu. Hãy bỏ mật khẩu rồi tải lên lại.") from error


def _damaged() -> WorkbookRefused:
    return WorkbookRefused("File không phải Excel (.xlsx) hoặc đã hỏng. Hãy mở bằng Excel, lưu lại rồi tải lên.")


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_ENTRIES or len(set(names)) != len(names):
        raise _bomb()
    if any(_MACRO.search(name) for name in names):
        raise WorkbookRefused("File có macro (.xlsm). Hãy lưu lại dạng Excel Workbook (.xlsx) không macro.")
    if any(_OUTSIDE.search(name) for name in names):
        raise WorkbookRefused("File có liên kết tới file khác. Trong Excel chọn Data → Edit Links → Break Link.")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise _damaged()
    if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise _bomb()
    for entry in entries:
        _check_ratio(entry.file_size, entry.compress_size)


def _check_ratio(unpacked: int, packed: int) -> None:
    if unpacked > _RATIO_FROM and unpacked > LARGEST_RATIO * max(packed, 1):
        raise _bomb()


def _bomb() -> WorkbookRefused:
    return WorkbookRefused(
        "File bung ra lớn bất thường nên không đọc. Hãy chép các dòng cần dùng sang file mẫu mới rồi tải lên."
    )


def _read_through(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> list[str]:
    """Read one part to its end in pieces, counting; returns its merged ranges."""
    merged: list[str] = []
    size, tail = 0, b""
    with archive.open(info) as part:
        while piece := part.read(_CHUNK):
            size += len(piece)
            if size > info.file_size:
                raise _bomb()
            window = tail + piece
            if _DECLARED.search(window):
                raise WorkbookRefused("File có khai báo XML lạ nên không đọc. Hãy mở bằng Excel, lưu lại rồi tải lên.")
            if info.filename.startswith("xl/worksheets/"):
                merged += [ref.decode() for ref in _MERGED.findall(window)]
            tail = window[-_OVERLAP:]
    return list(dict.fromkeys(merged))[:_MOST_MERGED]
