"""Plan an import of the portal's JSON, and read our own, as a workbook's import is planned."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from pydantic import ValidationError
from sqlalchemy.engine import Connection

from knowledge import store
from knowledge.editing.reading import read_works
from knowledge.errors import ImportRefused
from knowledge.faults import told
from knowledge.importers.run import read_records, tell_format
from knowledge.layer import Layer
from knowledge.workbook.assemble import build
from knowledge.workbook.compare import compare
from knowledge.workbook.flatten import flatten
from knowledge.workbook.plan import Item, Plan, Status, in_order, rejected, row_counts
from knowledge.workbook.planning import plan_workbook
from knowledge.workbook.reading import Read
from knowledge.workbook.schema import SHEETS
from knowledge.workbook.table import Fault, SheetRow, Table

PROCEDURES = "procedures"
"""The key of our own JSON: {"procedures": [layer, …]}, a layer as in a content file."""


def write_layers(layers: list[Layer]) -> bytes:
    """Our own JSON: the same facts that a workbook holds."""
    entries = [store.payload_of(layer) for layer in layers]
    return (json.dumps({PROCEDURES: entries}, ensure_ascii=False, indent=1) + "\n").encode()


def plan_text(connection: Connection, text: str, name: str, *, today: dt.date) -> Plan:
    """Say what a JSON file would do.

    Args:
        connection: of the database as it is.
        text: of the file.
        name: of the file, for errors.
        today: decides which fees of the portal's records have run out.

    Raises:
        ImportRefused: it is in none of the known formats.
    """
    own = _own(text)
    if own is not None:
        return _plan_layers(connection, own)
    format_name = tell_format(text, name)
    if format_name == "doubts":
        raise ImportRefused(f"{name} là bảng nghi ngờ. Hãy nạp bằng lệnh motcua import.")
    return _plan_records(connection, text, format_name, today)


def is_ours(beginning: str) -> bool:
    """Say whether a text may be our own JSON, by its first characters."""
    return f'"{PROCEDURES}"' in beginning[:200]


def _own(text: str) -> list[Any] | None:
    """The entries of our own JSON; None where the text is something else."""
    if not is_ours(text):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    entries = value.get(PROCEDURES) if isinstance(value, dict) and len(value) == 1 else None
    return entries if isinstance(entries, list) else None


def _plan_layers(connection: Connection, entries: list[Any]) -> Plan:
    read = Read({sheet.key: Table(sheet) for sheet in SHEETS})
    for number, entry in enumerate(entries, 1):
        code = entry.get("code") if isinstance(entry, dict) else None
        try:
            layer = Layer.parse_obj(entry)
        except ValidationError as error:
            reason = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {told(fault)}" for fault in error.errors())
            read.faults.append((str(code)[:40] if code else None, Fault(None, f"dòng {number}", reason[:500])))
            continue
        for key, rows in flatten(layer).items():
            read.tables[key].rows += [SheetRow(number, row) for row in rows]
    planned = plan_workbook(connection, read)
    return Plan("layers", planned.items, planned.remarks)


def _plan_records(connection: Connection, text: str, format_name: str, today: dt.date) -> Plan:
    reading = read_records(connection, text, format_name, today=today)
    works = read_works(connection, [*reading.writes, *reading.unchanged])
    items = rejected([(entry.code, Fault(None, f"dòng {entry.line}", entry.reason)) for entry in reading.rejected], {})
    for code in reading.unchanged:
        items.append(Item(code, _name(works[code].official, code), Status.UNCHANGED))
    for code, write in reading.writes.items():
        official = works[code].official
        payload = store.payload_of(write.layer)
        if official == payload:
            items.append(Item(code, _name(payload, code), Status.UNCHANGED))
            continue
        # A new record of the portal is new in every row: nothing to compare it with.
        found = compare(flatten(Layer.parse_obj(official)), _rows(write.layer)) if official else None
        editorial = works[code].editorial or {}
        was = official or {}
        overridden = any(name in editorial and value != was.get(name) for name, value in payload.items())
        notes = ("Có phần đã được biên soạn lại: phần ấy giữ nguyên và vào danh sách cần xem lại.",)
        items.append(
            Item(
                code, _name(payload, code), Status.CHANGED if official else Status.NEW,
                row_counts(found.changes, found.unchanged) if found else {}, found.changes if found else (), (),
                notes if official and overridden else (), payload, store.digest_of(official),
            )
        )  # fmt: skip
    return Plan(format_name, in_order(items))


def _rows(layer: Layer) -> dict[str, list[SheetRow]]:
    tables = {sheet.key: Table(sheet, [SheetRow(None, row) for row in rows])
              for sheet in SHEETS for rows in [flatten(layer)[sheet.key]]}  # fmt: skip
    return build(layer.code, tables).rows


def _name(payload: dict[str, Any] | None, code: str) -> str:
    return str((payload or {}).get("name") or code)
