"""Made-up records in the shapes that the importers meet, and small ways to look at a database."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sqlalchemy import Table, func, select
from sqlalchemy.engine import Connection, Engine

from knowledge import store
from knowledge import tables as t
from knowledge.importers.run import Summary, import_file
from knowledge.layer import Layer, Source
from knowledge.procedure import Procedure, load_procedures
from tests.conftest import TODAY
from vietnamese.embedding import Vectors

CODE = "9.000001"
PAGE = "https://example.vn/thu-tuc/1"


def record(code: str = CODE, **changes: Any) -> dict[str, Any]:
    """A record of the portal's export; ``changes`` replace fields."""
    return {
        "ma_thu_tuc": code,
        "ten_thu_tuc": "Thủ tục cấp thẻ nuôi chim bồ câu",
        "detail_url": PAGE,
        "so_quyet_dinh": "12/QĐ-THU",
        "cap_thuc_hien": "Cấp xã",
        "loai_thu_tuc": "Loại khác",
        "linh_vuc": "Chim cảnh",
        "bo": "bo-tu-phap",
        "doi_tuong_thuc_hien": "Công dân Việt Nam",
        "co_quan_thuc_hien": "Ủy ban nhân dân cấp xã",
        "co_quan_co_tham_quyen": "",
        "dia_chi_tiep_nhan": "",
        "co_quan_phoi_hop": "",
        "trinh_tu_thuc_hien": "- Nộp hồ sơ.\n- Nhận thẻ.",
        "yeu_cau_dieu_kien": "Không",
        "kenh_nop": [channel()],
        "ho_so": [paper()],
        "ket_qua": ["Thẻ nuôi chim."],
        "can_cu_so_hieu": ["60/2014/QH13"],
        **changes,
    }


def channel(kind: str = "Trực tiếp", time: str = "3 Ngày làm việc", fee: str = "", note: str = "") -> dict[str, str]:
    """One way to hand in, as the export has it."""
    return {"kenh": kind, "thoi_gian": time, "phi": fee, "mo_ta": note}


def paper(name: str = "Tờ khai nuôi chim", case: str = "Hồ sơ", original: Any = 1, copies: Any = 0) -> dict[str, Any]:
    """One paper of the dossier, as the export has it."""
    return {"nhom": case, "ten": name, "ban_chinh": original, "ban_sao": copies}


def interface_object(code: str = CODE, **changes: Any) -> dict[str, Any]:
    """An object of the portal's interface; ``changes`` replace fields."""
    return {
        "id": "0000-1",
        "code": code,
        "name": "Thủ tục cấp thẻ nuôi chim bồ câu",
        "executionSteps": [{"name": "Bước 1", "description": "- Nộp hồ sơ.\n- Nhận thẻ."}],
        "executionMethods": [
            {"submissionMethod": "ONLINE", "processingTime": 3, "processingTimeUnit": "WORKING_DAY",
             "fees": [{"type": "FEE", "value": 50_000}]}
        ],
        "executionCases": [
            {"name": "", "profileComponents": [{"name": "Tờ khai nuôi chim", "originalQty": 1, "copyQty": 0}]}
        ],
        "isWard": True,
        "isProvince": False,
        "isMinistry": False,
        "isFullProcess": True,
        "isOfflineOnly": False,
        "categoriesDetails": [{"name": "Chim cảnh"}],
        "departmentsExecuting": [{"name": "Ủy ban nhân dân cấp xã"}],
        "departmentPromulgateName": "Bộ Chim",
        "legalBasisesDetails": [{"name": "Luật Hộ tịch", "code": "60/2014/QH13"}],
        "resultsDetails": [{"name": "Thẻ nuôi chim", "code": "K1"}],
        "subjectTypesDetails": [{"name": "Công dân Việt Nam"}],
        "requirementsAndConditions": "Không",
        "dossierReceivingAddresses": "Trung tâm Phục vụ hành chính công",
        "createdAt": 1_780_000_000_000,
        "updatedAt": 1_788_000_000_000,
        "procedureProposal": {"proposalNumber": "12/QĐ-THU"},
        **changes,
    }  # fmt: skip


def write_lines(path: Path, entries: Iterable[Any]) -> Path:
    """Write one JSON value a line; a string is written as it is."""
    lines = (entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False) for entry in entries)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def import_entries(engine: Engine, path: Path, *entries: Any, today: dt.date = TODAY) -> Summary:
    """Write a file of entries and import it."""
    return import_file(engine, write_lines(path, entries), today=today)


def told(engine: Engine, code: str = CODE) -> Procedure:
    """The procedure as it is told."""
    with engine.connect() as connection:
        return load_procedures(connection, [code])[code]


def layer(code: str = CODE, **fields: Any) -> Layer:
    """A layer with a name and a source."""
    given = {"name": "Cấp thẻ nuôi chim", "sources": {"portal": Source(name="Nguồn thử", url=PAGE, checked=TODAY)}}
    return Layer(code=code, **{**given, **fields})


def write(made: Layer) -> store.Write:
    """What the store takes."""
    return store.Write(made, store.digest_of(store.payload_of(made)))


def save(connection: Connection, which: str, *layers: Layer) -> store.Outcome:
    """Save layers as a test."""
    return store.save_layers(connection, which, [write(made) for made in layers], actor="test", reason="thử")


def count(connection: Connection, table: Table) -> int:
    """Rows of a table."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar() or 0)


def snapshot(engine: Engine, tables: Sequence[Table] = tuple(t.metadata.sorted_tables)) -> dict[str, list[Any]]:
    """Every row of some tables, for comparing before and after."""
    with engine.connect() as connection:
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}


def audit_lines(engine: Engine) -> list[Mapping[str, Any]]:
    """The audit log in order."""
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(t.audit_log).order_by(t.audit_log.c.id)).mappings()]


def content_of(code: str = CODE, **changes: Any) -> dict[str, Any]:
    """A content file's value; ``changes`` replace fields."""
    return {
        "code": code,
        "name": "Cấp thẻ nuôi chim",
        "official_name": "Thủ tục cấp thẻ nuôi chim bồ câu",
        "group": "khac",
        "level": ["commune"],
        "summary": "Xin thẻ để nuôi chim bồ câu.",
        "sources": {"portal": {"name": "Bản ghi thử", "url": PAGE, "checked": "2026-11-24"}},
        "portal_url": PAGE,
        **changes,
    }


def write_content(folder: Path, *entries: Mapping[str, Any], keys: str = "", aliases: str = "") -> Path:
    """A content folder with a file for each entry, and search keys and aliases as YAML text."""
    for name in ("procedures", "keys"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for entry in entries:
        text = yaml.safe_dump(dict(entry), allow_unicode=True, sort_keys=False)
        (folder / "procedures" / f"{entry['code']}-thu.yml").write_text(text, encoding="utf-8")
    for path, text in ((folder / "keys" / "thu.yml", keys), (folder / "aliases.yml", aliases)):
        if text:
            path.write_text(text, encoding="utf-8")
    return folder


class LetterEncoder:
    """A stand-in encoder that costs nothing: counts letter pairs, so like texts are close."""

    dimensions = 64

    def __init__(self, name: str = "letters") -> None:
        self.name = name
        self.embedded: list[str] = []

    def query(self, text: str) -> Vectors:
        return self._rows([text])[0]

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return self._rows(texts)

    def _rows(self, texts: Sequence[str]) -> Vectors:
        out = np.full((len(texts), self.dimensions), 0.05, dtype=np.float32)
        for row, text in enumerate(texts):
            for pair in itertools.pairwise(text):
                out[row, zlib.crc32("".join(pair).encode()) % self.dimensions] += 1
        rows: Vectors = out / np.linalg.norm(out, axis=1, keepdims=True)
        return rows
