"""Plan a workbook's import against what is in the database now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

from sqlalchemy import select
from sqlalchemy.engine import Connection

from knowledge import store
from knowledge import tables as t
from knowledge.editing import payload as rules
from knowledge.editing.model import Work
from knowledge.editing.reading import read_works
from knowledge.layer import Layer
from knowledge.workbook.assemble import Built, build
from knowledge.workbook.compare import Change, compare
from knowledge.workbook.current import mark, shown
from knowledge.workbook.flatten import flatten
from knowledge.workbook.plan import Item, Plan, Status, in_order, rejected, row_counts
from knowledge.workbook.reading import Read
from knowledge.workbook.schema import EXAMPLES, FIELDS, PROCEDURES, RELATED, SHEETS
from knowledge.workbook.table import Fault, SheetRow, Table

_INNER = {"documents": "case", "times": "channel", "fees": "channel"}


def plan_workbook(connection: Connection, read: Read) -> Plan:
    """Say what a workbook would do.

    A procedure with a fault in any of its rows is rejected whole: written
    without that row it would lose what the row says.
    """
    remarks = list(read.remarks)
    if _drop_examples(read):
        remarks.append("Các dòng ví dụ của file mẫu được bỏ qua.")
    faults = list(read.faults)
    heads = read.tables[PROCEDURES.key]
    tables = _by_code(read, faults)
    lost = {fault.sheet: fault for code, fault in faults if code is None or code not in tables}
    faulty: dict[str, list[Fault]] = defaultdict(list)
    for code, fault in faults:
        if code in tables:
            faulty[code].append(fault)
    works = read_works(connection, list(tables))
    known = _known_codes(connection) | {*tables}
    names = {row.values["code"]: str(row.values["name"] or "") for row in heads.rows}
    items = rejected([(code, fault) for code, fault in faults if code not in tables], names)
    for code, mine in tables.items():
        built = build(code, mine)
        built.faults[:0] = faulty[code]
        items.append(_Judge(works[code], built, mine, known, lost).item())
    return Plan("workbook", in_order(items), tuple(remarks))


def _drop_examples(read: Read) -> bool:
    """Take out the rows of the template's examples; says whether there were any."""
    before = sum(len(table.rows) for table in read.tables.values())
    for table in read.tables.values():
        table.rows = [row for row in table.rows if row.values["code"] not in EXAMPLES]
    return before > sum(len(table.rows) for table in read.tables.values())


def _by_code(read: Read, faults: list[tuple[Optional[str], Fault]]) -> dict[str, dict[str, Table]]:
    """Each procedure's own tables; rows that belong to none become faults."""
    heads = read.tables[PROCEDURES.key]
    found: dict[str, dict[str, Table]] = {}
    first: dict[str, Optional[int]] = {}
    for row in heads.rows:
        code = row.values["code"]
        if code in found:
            faults.append((code, heads.fault(row, "code", f"mã {code} đã có ở dòng {first[code]}; hãy bỏ bớt")))
            continue
        first[code] = row.number
        found[code] = {
            key: Table(table.sheet, [row] if key == PROCEDURES.key else [], table.letters)
            for key, table in read.tables.items()
        }
    broken = {code for code, fault in read.faults if fault.sheet == PROCEDURES.title}
    for key, table in read.tables.items():
        if key == PROCEDURES.key:
            continue
        for row in table.rows:
            code = row.values["code"]
            if code in found:
                found[code][key].rows.append(row)
            elif code not in broken:
                reason = f"mã {code} chưa có ở trang '{PROCEDURES.title}'; hãy sửa mã hoặc thêm dòng ở trang ấy"
                faults.append((code, table.fault(row, "code", reason)))
    return found


def _known_codes(connection: Connection) -> set[str]:
    return {code for table in (t.procedures, t.search_keys, t.drafts)
            for code in connection.execute(select(table.c.code).distinct()).scalars()}  # fmt: skip


@dataclass(frozen=True)
class _Judge:
    """Says what becomes of one procedure."""

    work: Work
    built: Built
    tables: Mapping[str, Table]
    known: set[str]
    lost: Mapping[Optional[str], Fault]

    def item(self) -> Item:
        current = shown(self.work)
        before = flatten(current) if current else {}
        found = compare(before, self.built.rows)
        head = self.tables[PROCEDURES.key].rows[0].values
        name = head["name"] or (current.name if current else None) or self.work.code
        faults = list(self.built.faults)
        if current is not None and not faults and not found.changes:
            return Item(self.work.code, name, Status.UNCHANGED, row_counts((), found.unchanged))
        faults += self._stale(head.get("version"))
        faults += self._lost_rows({change.sheet for change in found.changes if change.change is Change.REMOVED})
        faults += self._unknown_codes(current)
        payload = None
        if not faults:
            payload = self._payload(current)
            faults += self._against_the_rules(payload)
        if faults:
            return Item(self.work.code, name, Status.REJECTED, row_counts(found.changes, found.unchanged),
                        found.changes, tuple(dict.fromkeys(faults)))  # fmt: skip
        if current is not None and payload == store.payload_of(current):
            # Other cells, the same facts: an order that says nothing, say.
            return Item(self.work.code, name, Status.UNCHANGED, row_counts((), found.unchanged))
        status = Status.NEW if current is None else Status.CHANGED
        return Item(self.work.code, name, status, row_counts(found.changes, found.unchanged), found.changes, (),
                    self._notes(), payload, mark(self.work) or "")  # fmt: skip

    def _stale(self, version: Optional[str]) -> list[Fault]:
        """A file that was made from what is no longer so must not undo what others did since."""
        if not version or version == mark(self.work):
            return []
        table = self.tables[PROCEDURES.key]
        reason = (
            "thủ tục này đã được người khác sửa sau khi bạn tải file về; hãy tải lại để sửa trên bản mới, "
            "hoặc xóa ô này nếu vẫn muốn ghi đè"
        )
        return [table.fault(table.rows[0], "version", reason)]

    def _lost_rows(self, removed: set[str]) -> list[Fault]:
        """A row whose code can't be read may be one of ours: removing it would be a guess."""
        return [
            Fault(fault.sheet, fault.cell, f"dòng này không rõ của thủ tục nào, mà thủ tục {self.work.code} lại thiếu "
                  "dòng ở trang này; hãy sửa dòng ấy trước")
            for title, fault in self.lost.items()
            if title in removed
        ]  # fmt: skip

    def _unknown_codes(self, current: Optional[Layer]) -> list[Fault]:
        table = self.tables.get(RELATED.key)
        if table is None:
            return []
        before = {*current.related, *(other.code for other in current.instead)} if current else set()
        return [
            table.fault(row, "to", f"trong kho không có thủ tục {row.values['to']}; hãy xem lại mã")
            for row in table.rows
            if row.values["to"] not in self.known | before
        ]

    def _payload(self, current: Optional[Layer]) -> dict[str, Any]:
        """What is to be written: the current facts with those that the file has otherwise.

        Over a record of the portal alone only what differs is written, with
        its sources, so that the rest goes on following the portal.
        """
        fields = {"code": self.work.code, **self.built.fields}
        if current is None:
            return store.payload_of(Layer(**fields))
        tables = {sheet.key: Table(sheet, [SheetRow(None, row) for row in rows])
                  for sheet in SHEETS for rows in [flatten(current)[sheet.key]]}  # fmt: skip
        canonical = build(self.work.code, tables).fields
        fresh = store.payload_of(Layer(**fields))
        old = store.payload_of(Layer(**{"code": self.work.code, **canonical}))
        kept = store.payload_of(current)
        differing = {name for name in self.built.fields if fresh.get(name) != old.get(name)}
        if "group" not in fresh:
            differing.discard("group")  # a life area, once given, can be another but not none
        if self.work.draft is None and self.work.editorial is None:
            written = {name: fresh[name] for name in differing if name in fresh}
            sources = fresh.get("sources") if "sources" in differing else kept.get("sources")
            return {"code": self.work.code, **written, **({"sources": sources} if sources else {})}
        return {
            name: value
            for name in Layer.__fields__
            if (value := fresh.get(name) if name in differing else kept.get(name)) is not None
        }

    def _against_the_rules(self, payload: Mapping[str, Any]) -> list[Fault]:
        _, found = rules.read_payload(payload, over_official=self.work.official is not None)
        return [self._located(fault) for fault in found]

    def _located(self, fault: rules.Fault) -> Fault:
        """A fault of the payload at its cell."""
        name = str(fault.place[0]) if fault.place else ""
        sheet = FIELDS.get(name)
        head = self.tables[PROCEDURES.key]
        if sheet is None or sheet is PROCEDURES or sheet.key not in self.tables:
            reason = fault.reason if name and sheet is PROCEDURES else str(fault)
            return head.fault(head.rows[0], name if sheet is PROCEDURES else None, reason)
        table, rows = self.tables[sheet.key], self.built.rows[sheet.key]
        if name == "sources":
            at = next((index for index, row in enumerate(rows) if row.values["key"] in fault.place), None)
        else:
            at = next((part for part in fault.place if isinstance(part, int)), None)
        if at is None or at >= len(rows) or _INNER.keys() & set(fault.place):
            return head.fault(head.rows[0], None, str(fault))
        return table.fault(rows[at], str(fault.place[-1]), fault.reason)

    def _notes(self) -> tuple[str, ...]:
        if self.work.draft is None:
            return ()
        return (f"Đang có bản nháp của {self.work.draft.author}; file này sửa tiếp trên bản nháp ấy.",)
