"""``motcua export`` and the part of ``motcua import`` that shows what a file would do before it writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Optional

from sqlalchemy.engine import Engine

from knowledge.editing.model import Actor
from knowledge.errors import WorkbookRefused
from knowledge.layer import Group
from knowledge.workbook import previews
from knowledge.workbook.compare import Change, RowChange
from knowledge.workbook.current import codes_of, read_shown
from knowledge.workbook.files import read_file
from knowledge.workbook.plan import Item, Plan, Status
from knowledge.workbook.portal import is_ours, write_layers
from knowledge.workbook.template import template
from knowledge.workbook.writing import write_workbook
from motcua.training import Tell

ACTOR = Actor("terminal", may_edit=True, may_publish=True)
"""Whoever may run commands on the machine may publish."""
WORDS = {
    Status.NEW: "mới",
    Status.CHANGED: "đổi",
    Status.UNCHANGED: "giữ nguyên",
    Status.REJECTED: "loại",
}
ROW_WORDS = {
    Change.NEW: "thêm",
    Change.CHANGED: "sửa",
    Change.MOVED: "đổi chỗ",
    Change.REMOVED: "bỏ",
}
_MOST_ITEMS, _MOST_ROWS = 50, 20
"""Procedures, and rows of each, that a terminal is told of."""


def export(engine: Engine, file: Path, codes: list[str], group: Optional[Group], empty: bool) -> str:
    """Write procedures, or the empty template, into a file; says what was written.

    Args:
        engine: the database.
        file: ends in .xlsx or .json.
        codes: which procedures; all where none and no group is given.
        group: those of a life area.
        empty: the template with its examples instead.

    Raises:
        WorkbookRefused: another ending, or the file can't be written.
        ProcedureUnknown: a code is none of ours.
    """
    kind = file.suffix.lower()
    if kind not in (".xlsx", ".json"):
        raise WorkbookRefused(f"{file.name} phải có đuôi .xlsx hoặc .json.")
    if empty:
        data, told = template(), "file mẫu"
    else:
        with engine.connect() as connection:
            chosen = read_shown(connection, codes or codes_of(connection, group))
        layers = [layer for layer, _ in chosen]
        data = write_workbook(chosen) if kind == ".xlsx" else write_layers(layers)
        told = f"{len(layers)} thủ tục"
    try:
        file.write_bytes(data)
    except OSError as error:
        raise WorkbookRefused(f"Không ghi được {file}. Hãy xem lại thư mục và quyền ghi.") from error
    return f"Đã ghi {told} ra {file}."


def has_preview(path: Path) -> bool:
    """Say whether a file is one that is looked through before it is written: Excel, or our own JSON."""
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xls"):
        return True
    with path.open("rb") as opened:
        return is_ours(opened.read(200).decode("utf-8", "replace"))


def bring_in(
    engine: Engine, path: Path, today: dt.date, tell: Tell, agreed: Callable[[str], bool], draft: bool
) -> bool:
    """Show what a file would do, ask, and write it.

    Args:
        engine: the database.
        path: the file.
        today: the real day.
        tell: prints a line.
        agreed: asks a question, says whether the answer is yes.
        draft: write drafts instead of publishing.

    Returns:
        Whether anything was written, or nothing had to be.
    """
    data = read_file(path)
    token = previews.begin(engine, data, path.name, actor=ACTOR, today=today)
    while True:
        with engine.connect() as connection:
            preview = previews.read_preview(connection, token, actor=ACTOR)
        tell_plan(path.name, preview.plan, tell)
        count = preview.plan.counts[Status.NEW] + preview.plan.counts[Status.CHANGED]
        if not count:
            previews.drop(engine, token, actor=ACTOR)
            return not preview.plan.counts[Status.REJECTED]
        if not agreed(f"Ghi {count} thủ tục {'thành bản nháp' if draft else 'và công bố'}?"):
            previews.drop(engine, token, actor=ACTOR)
            tell("Không ghi gì.")
            return False
        done = previews.confirm(engine, token, actor=ACTOR, publish=not draft, today=today)
        if done.written is not None:
            tell(f"Đã ghi: mới {done.written.created}, đổi {done.written.changed}.")
            return True
        assert done.token is not None
        token = done.token
        tell("Kho vừa đổi trong lúc bạn xem. Hãy xem lại:")


def tell_plan(name: str, plan: Plan, tell: Tell) -> None:
    """Print what a file would do."""
    counts = ", ".join(f"{word} {plan.counts[status]}" for status, word in WORDS.items())
    tell(f"{name}: {counts}")
    for remark in plan.remarks:
        tell(f"  {remark}")
    told = [item for item in plan.items if item.status is not Status.UNCHANGED]
    for item in told[:_MOST_ITEMS]:
        _tell_item(item, tell)
    if len(told) > _MOST_ITEMS:
        tell(f"  … và {len(told) - _MOST_ITEMS} thủ tục nữa.")


def _tell_item(item: Item, tell: Tell) -> None:
    tell(f"  {item.code or '(không rõ mã)'} {item.name if item.name != item.code else ''}: {WORDS[item.status]}")
    for line in [*map(str, item.faults), *item.notes][:_MOST_ROWS]:
        tell(f"    {line}")
    if item.status is Status.CHANGED:
        for change in item.changes[:_MOST_ROWS]:
            tell(f"    {_row(change)}")
        if len(item.changes) > _MOST_ROWS:
            tell(f"    … và {len(item.changes) - _MOST_ROWS} dòng nữa.")


def _row(change: RowChange) -> str:
    where = f"{change.sheet}, dòng {change.row}" if change.row else change.sheet
    cells = "; ".join(f"{heading}: {old or '(trống)'} → {new or '(trống)'}" for heading, old, new in change.cells)
    told = f": {cells}" if change.change is Change.CHANGED else ""
    return f"{where}: {ROW_WORDS[change.change]} '{change.label}'{told}"
