"""Any file that staff hand in: which kind it is, what it would do, and doing it."""

from __future__ import annotations

import datetime as dt
import gzip
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Optional

from sqlalchemy.engine import Connection

from knowledge import store
from knowledge.editing import service
from knowledge.editing.model import Actor
from knowledge.editing.reading import read_works
from knowledge.errors import EditRefused, ImportRefused, WorkbookRefused
from knowledge.importers.run import import_text
from knowledge.workbook.current import mark
from knowledge.workbook.guard import LARGEST_FILE
from knowledge.workbook.plan import Plan
from knowledge.workbook.planning import plan_workbook
from knowledge.workbook.portal import plan_text
from knowledge.workbook.reading import read_workbook

LARGEST_TEXT = 150 * 1024 * 1024
"""Bytes of a packed JSON file, unpacked."""
OFFICIAL = ("records", "interface")
"""Formats of the portal: what they say goes into the official layer, at once."""


@dataclass(frozen=True)
class Written:
    """What an import did.

    Attributes:
        created: procedures that weren't there.
        changed: those that were.
        published: citizens see it; otherwise it waits as drafts.
    """

    created: int
    changed: int
    published: bool


def read_file(path: Path) -> bytes:
    """The file's bytes; its size is looked at first.

    Raises:
        WorkbookRefused: it is too large or can't be read.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise WorkbookRefused(f"{path.name} lớn quá {LARGEST_FILE // 2**20} MB nên không đọc. Hãy chia nhỏ.")
        return path.read_bytes()
    except OSError as error:
        raise WorkbookRefused(f"Không đọc được {path.name}. Hãy xem lại đường dẫn và quyền đọc.") from error


def is_workbook(data: bytes) -> bool:
    """Say whether the bytes are a zip archive, or an old or locked Excel file, whatever the file is called."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")


def plan_file(connection: Connection, data: bytes, name: str, *, today: dt.date) -> Plan:
    """Say what a file would do: an Excel workbook, the portal's JSON or our own.

    Args:
        connection: of the database as it is.
        data: the file.
        name: what it is called, for errors.
        today: decides which fees of the portal's records have run out.

    Raises:
        ImportRefused: it can't be read as a whole.
    """
    if len(data) > LARGEST_FILE:
        raise WorkbookRefused(f"{name} lớn quá {LARGEST_FILE // 2**20} MB. Hãy chia nhỏ.")
    if is_workbook(data) or name.lower().endswith((".xlsx", ".xlsm", ".xls")):
        return plan_workbook(connection, read_workbook(data))
    return plan_text(connection, _text_of(data, name), name, today=today)


def _text_of(data: bytes, name: str) -> str:
    try:
        if data[:2] == b"\x1f\x8b":
            with gzip.open(BytesIO(data)) as packed:
                data = packed.read(LARGEST_TEXT + 1)
            if len(data) > LARGEST_TEXT:
                raise ImportRefused(f"{name} bung ra lớn quá {LARGEST_TEXT // 2**20} MB. Hãy chia nhỏ.")
        return data.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error) as error:
        raise ImportRefused(f"{name} không đọc được (file hỏng?).") from error
    except UnicodeDecodeError as error:
        raise ImportRefused(f"{name} không phải file Excel (.xlsx) hay JSON.") from error


def still_so(connection: Connection, plan: Plan) -> bool:
    """Say whether everything that would be written would still be written over what it was planned over."""
    items = plan.writes
    works = read_works(connection, [item.code for item in items])
    if plan.format in OFFICIAL:
        return all(store.digest_of(works[item.code].official) == item.base for item in items)
    return all((mark(works[item.code]) or "") == item.base for item in items)


def write_plan(
    connection: Connection, plan: Plan, data: bytes, name: str, *, actor: Actor, publish: bool, today: dt.date,
    comment: Optional[str] = None,
) -> Written:  # fmt: skip
    """Write what was planned, in the caller's transaction.

    Args:
        connection: in ``knowledge.editing.service.writing``; ``still_so`` must hold.
        plan: what to write.
        data: the file it was made from.
        name: of the file.
        actor: who writes.
        publish: at once; otherwise as drafts. The portal's records are always published.
        today: as in ``plan_file``.
        comment: why, for the history.

    Raises:
        EditRefused: the actor may not; nothing is written when the transaction is rolled back.
    """
    if plan.format in OFFICIAL:
        if not actor.may_publish:
            raise EditRefused("Chỉ người duyệt mới nạp được bản ghi của Cổng, vì nạp xong là người dân thấy ngay.")
        done = import_text(connection, _text_of(data, name), name, today=today, actor=actor.name)
        return Written(done.created, done.changed, True)
    if publish and not actor.may_publish:
        raise EditRefused("Chỉ người duyệt mới công bố được. Bạn hãy ghi thành bản nháp rồi gửi duyệt.")
    reason = comment or f"Nạp từ {name}"
    works = read_works(connection, [item.code for item in plan.writes])
    versions: dict[str, int] = {}
    for item in plan.writes:
        assert item.payload is not None
        draft = service.save_draft(connection, item.payload, base=works[item.code].base, actor=actor, comment=reason)
        versions[item.code] = draft.version
    if publish and versions:
        service.publish_all(connection, versions, actor=actor, comment=reason)
    created = sum(works[code].live is None and works[code].draft is None for code in versions)
    return Written(created, len(versions) - created, publish)
