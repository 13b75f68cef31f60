"""Workbooks as somebody at Excel would change them, and what their import would do."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from sqlalchemy.engine import Engine

from knowledge import store
from knowledge.layer import Layer
from knowledge.workbook.current import read_shown
from knowledge.workbook.plan import Item, Plan
from knowledge.workbook.planning import plan_workbook
from knowledge.workbook.reading import read_workbook
from knowledge.workbook.writing import write_workbook
from tests.knowledge.made_up import CODE, content_of, save

OTHER = "9.000002"
Edit = Callable[[Workbook], None]


def pigeons(code: str = CODE, **changes: Any) -> Layer:
    """A whole procedure that may be published."""
    facts = content_of(
        code,
        cases=[
            {
                "name": "Nuôi một con",
                "documents": [{"name": "Tờ khai", "original": 1}, {"name": "Ảnh chim", "copy": 2}],
            },
            {"name": "Nuôi cả đàn", "when": "Từ mười con", "documents": [{"name": "Sơ đồ chuồng", "show_only": True}]},
        ],
        channels=[
            {
                "kind": "online",
                "times": [{"text": "3 ngày làm việc", "amount": 3, "unit": "working_day"}],
                "fees": [
                    {"label": "Lệ phí", "amount": 25_000, "to": "2026-12-31"},
                    {"label": "Lệ phí", "amount": 50_000, "from": "2027-01-01"},
                ],
            },
            {"kind": "direct", "place": "Phường"},
        ],
        steps=["Nộp.", "Nhận."],
        warnings=["Không nuôi chim quý."],
        agencies={"decides": "Ủy ban nhân dân phường"},
        legal_bases=[{"number": "60/2014/QH13", "title": "Luật Chim"}],
        popular_names=["giấy chim"],
        ways_to_ask=["nuôi chim cần gì", "xin giấy chim"],
    )
    return Layer.parse_obj({**facts, **changes})


def stored(engine: Engine, *layers: Layer, which: str = store.EDITORIAL) -> None:
    """Write layers into the database."""
    with engine.begin() as connection:
        save(connection, which, *layers)


def exported(engine: Engine, *codes: str) -> bytes:
    """What staff download."""
    with engine.connect() as connection:
        return write_workbook(read_shown(connection, codes or (CODE,)))


def edited(data: bytes, *edits: Edit) -> bytes:
    """The workbook after somebody has changed it and saved it again."""
    workbook = load_workbook(BytesIO(data))
    for edit in edits:
        edit(workbook)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def put(sheet: str, cell: str, value: Any) -> Edit:
    """Type a value into a cell."""

    def edit(workbook: Workbook) -> None:
        workbook[sheet][cell] = value

    return edit


def add(sheet: str, **values: Any) -> Edit:
    """Add a row, values by heading with '_' for blanks."""

    def edit(workbook: Workbook) -> None:
        worksheet = workbook[sheet]
        headings = [str(cell.value or "") for cell in worksheet[1]]
        named = {heading.replace(" ", "_"): heading for heading in headings if heading}
        row: dict[str, Any] = dict.fromkeys(headings)
        row.update({named[name]: value for name, value in values.items()})
        worksheet.append(list(row.values()))

    return edit


def cut(sheet: str, row: int) -> Edit:
    """Delete a row."""

    def edit(workbook: Workbook) -> None:
        workbook[sheet].delete_rows(row)

    return edit


def planned(engine: Engine, data: bytes) -> Plan:
    """What the file would do."""
    with engine.connect() as connection:
        return plan_workbook(connection, read_workbook(data))


def only(plan: Plan) -> Item:
    """The plan's one procedure."""
    (item,) = plan.items
    return item


def repacked(data: bytes, changes: dict[str, bytes | None], **more: bytes) -> bytes:
    """The archive with some parts replaced (None: left out) and others added."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = changes.get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in {**{key: value for key, value in changes.items() if value}, **more}.items():
            if name not in old.namelist():
                new.writestr(name, content)
    return out.getvalue()
