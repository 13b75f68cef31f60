"""Rows of the workbook's sheets put together into one procedure's facts, with every fault and its cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Optional, TypeVar

from pydantic import BaseModel, ValidationError

from knowledge.faults import told
from knowledge.layer import Agencies, Case, Channel, Document, Fee, Form, Instead, LegalBasis, ProcessingTime, Source
from knowledge.workbook.schema import KEYS, NOTES, RELATIONS, ROLES, SHEETS
from knowledge.workbook.table import Fault, SheetRow, Table

_Model = TypeVar("_Model", bound=BaseModel)
_ALIASES = {"copy": "copies", "from": "start", "to": "end"}


def _by(column: str, kinds: Mapping[str, str]) -> Callable[[SheetRow], Any]:
    order = list(kinds)
    return lambda row: order.index(row.values[column])


def _as_written(_row: SheetRow) -> Any:
    return 0


# Sheets whose rows mean the same in any order, or belong to several fields: read in one order.
_PLACES: Mapping[str, Callable[[SheetRow], Any]] = {
    "sources": lambda row: row.values["key"],
    "notes": _by("kind", NOTES),
    "names": _by("kind", KEYS),
    "agencies": _by("role", ROLES),
    "related": _by("relation", RELATIONS),
}


@dataclass
class Built:
    """The facts that the present sheets tell of one procedure.

    Attributes:
        fields: values of ``Layer``'s fields; a field whose sheet is missing is missing too.
        rows: by sheet, in the facts' order, cases and channels counted 1, 2, 3, …
        faults: what is wrong; the fields aren't to be used then.
    """

    code: str
    fields: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[SheetRow]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def build(code: str, tables: Mapping[str, Table]) -> Built:
    """Put the rows of one procedure together.

    Args:
        code: the procedure's.
        tables: by sheet key, with rows of this code only. The sheets of one field
            ('cases' and 'documents') are there together or not at all.
    """
    return _Builder(code, tables).build()


class _Builder:
    def __init__(self, code: str, tables: Mapping[str, Table]) -> None:
        self.tables = tables
        self.built = Built(code)

    def build(self) -> Built:
        built, fields = self.built, self.built.fields
        for sheet in SHEETS:
            if sheet.key in self.tables:
                built.rows[sheet.key] = sorted(self.tables[sheet.key].rows, key=_PLACES.get(sheet.key, _as_written))
        if rows := built.rows.get("procedures"):
            fields.update({key: value for key, value in rows[0].values.items() if key not in ("code", "version")})
        if "sources" in self.tables:
            fields["sources"] = self._sources()
        if "cases" in self.tables:
            fields["cases"] = self._cases()
        if "channels" in self.tables:
            fields["channels"] = self._channels()
        for key, kinds in (("notes", NOTES), ("names", KEYS)):
            if key in self.tables:
                fields.update({kind: [row.values["text"] for row in self._of(key, "kind", kind)] for kind in kinds})
        if "steps" in self.tables:
            fields["steps"] = [row.values["text"] for row in built.rows["steps"]]
        if "results" in self.tables:
            fields["results"] = [row.values["name"] for row in built.rows["results"]]
        if "forms" in self.tables:
            fields["forms"] = self._all("forms", Form)
        if "legal_bases" in self.tables:
            fields["legal_bases"] = self._legal_bases()
        if "agencies" in self.tables:
            fields["agencies"] = self._agencies()
        if "related" in self.tables:
            fields.update(self._related())
        self._check_sources()
        return built

    def _of(self, key: str, column: str, value: Any) -> list[SheetRow]:
        return [row for row in self.built.rows.get(key, ()) if row.values[column] == value]

    def _make(self, key: str, row: SheetRow, model: type[_Model], **more: Any) -> Optional[_Model]:
        values = {name: row.values[name] for name in model.__fields__ if row.values.get(name) is not None}
        try:
            return model(**{**values, **more})
        except ValidationError as error:
            for problem in error.errors():
                name = str(problem["loc"][0])
                self._fault(key, row, _ALIASES.get(name, name), told(problem))
            return None

    def _all(self, key: str, model: type[_Model]) -> list[_Model]:
        made = (self._make(key, row, model) for row in self.built.rows[key])
        return [item for item in made if item is not None]

    def _fault(self, key: str, row: SheetRow, column: Optional[str], reason: str) -> None:
        self.built.faults.append(self.tables[key].fault(row, column, reason))

    def _sources(self) -> dict[str, Source]:
        sources: dict[str, Source] = {}
        for row in self.built.rows["sources"]:
            name = row.values["key"]
            if name in sources:
                self._fault("sources", row, "key", f"mã nguồn '{name}' đã có ở dòng trên; mỗi nguồn một mã")
            elif source := self._make("sources", row, Source):
                sources[name] = source
        return sources

    def _counted(self, key: str, column: str, inner: tuple[str, ...], what: str) -> list[SheetRow]:
        """The rows of cases or channels in their order, counted anew, and the rows that belong to them likewise."""
        rows = sorted(self.built.rows[key], key=lambda row: row.values[column])
        count: dict[int, int] = {}
        for row in rows:
            number = row.values[column]
            if number in count:
                self._fault(key, row, column, f"{what} số {number} có hai lần; mỗi {what} một số")
            count.setdefault(number, len(count) + 1)
        self.built.rows[key] = [SheetRow(row.number, {**row.values, column: count[row.values[column]]}) for row in rows]
        for other in inner:
            found = []
            for row in self.built.rows.get(other, ()):
                number = row.values[column]
                if number in count:
                    found.append(SheetRow(row.number, {**row.values, column: count[number]}))
                else:
                    self._fault(other, row, column, f"thủ tục này không có {what} số {number}; hãy ghi số có ở trang "
                                f"'{self.tables[key].sheet.title}'")  # fmt: skip
            self.built.rows[other] = sorted(found, key=lambda row: row.values[column])
        return self.built.rows[key]

    def _cases(self) -> list[Case]:
        cases = []
        for row in self._counted("cases", "case", ("documents",), "trường hợp"):
            papers = [self._make("documents", paper, Document)
                      for paper in self._of("documents", "case", row.values["case"])]  # fmt: skip
            sound = [paper for paper in papers if paper is not None]
            if not papers:
                self._fault("cases", row, "name", "trường hợp chưa có giấy tờ nào; hãy thêm ở trang 'Giấy tờ'")
            elif len(sound) == len(papers) and (case := self._make("cases", row, Case, documents=sound)):
                cases.append(case)
        return cases

    def _channels(self) -> list[Channel]:
        channels: list[Channel] = []
        for row in self._counted("channels", "channel", ("times", "fees"), "cách nộp"):
            number = row.values["channel"]
            times = [self._make("times", time, ProcessingTime) for time in self._of("times", "channel", number)]
            fees = [self._make("fees", fee, Fee) for fee in self._of("fees", "channel", number)]
            made = self._make(
                "channels", row, Channel, times=[time for time in times if time], fees=[fee for fee in fees if fee]
            )
            if made is None:
                continue
            if any(channel.kind is made.kind for channel in channels):
                self._fault("channels", row, "kind", "cách nộp này đã có ở dòng trên; mỗi cách nộp một dòng")
            channels.append(made)
        return channels

    def _legal_bases(self) -> list[LegalBasis]:
        seen: set[str] = set()
        for row in self.built.rows["legal_bases"]:
            number = row.values["number"]
            if number in seen:
                self._fault("legal_bases", row, "number", f"văn bản {number} đã có ở dòng trên; hãy bỏ bớt một dòng")
            seen.add(number)
        return self._all("legal_bases", LegalBasis)

    def _agencies(self) -> Optional[Agencies]:
        rows = self.built.rows["agencies"]
        if not rows:
            return None
        values: dict[str, str] = {}
        for row in rows:
            if row.values["role"] in values:
                self._fault("agencies", row, "role", "vai trò này đã có ở dòng trên; mỗi vai trò một cơ quan")
            if row.values["source"] != rows[0].values["source"]:
                self._fault("agencies", row, "source", "các cơ quan của một thủ tục phải cùng một nguồn")
            values[row.values["role"]] = row.values["agency"]
        return Agencies(**values, source=rows[0].values["source"])

    def _related(self) -> dict[str, Any]:
        instead = [self._make("related", row, Instead, code=row.values["to"])
                   for row in self._of("related", "relation", "instead")]  # fmt: skip
        return {
            "instead": [other for other in instead if other],
            "related": [row.values["to"] for row in self._of("related", "relation", "related")],
        }

    def _check_sources(self) -> None:
        if "sources" not in self.built.fields:
            return
        known = self.built.fields["sources"]
        for key, rows in self.built.rows.items():
            for row in rows:
                name = row.values.get("source")
                if name and name not in known:
                    self._fault(key, row, "source", f"nguồn '{name}' chưa có ở trang 'Nguồn' của thủ tục này")
