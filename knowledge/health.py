"""What staff should look at: facts long unchecked, values about to end, gaps, doubts, links that lead nowhere."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Optional

from sqlalchemy import Table, func, select
from sqlalchemy.engine import Connection

from knowledge import store
from knowledge import tables as t
from knowledge.links import broken
from knowledge.procedure import LONG_UNCHECKED
from knowledge.wording import day

SOON = dt.timedelta(days=60)
"""Days before its last day from which a value counts as about to end."""
_FIELD_WORDS = {
    "fees": "phí", "times": "thời hạn", "documents": "giấy tờ", "agencies": "cơ quan", "legal_bases": "căn cứ pháp lý",
    "forms": "biểu mẫu", "conditions": "điều kiện",
}  # fmt: skip
_COVERED = {
    "fees": t.fees, "times": t.processing_times, "documents": t.documents, "agencies": t.procedure_agencies,
    "legal_bases": t.procedure_legal_bases, "forms": t.forms,
}  # fmt: skip
"""Where an editor's own words on a field stand, which end the doubt about the portal's."""


class Trouble(str, Enum):
    """What is the matter."""

    GAP = "gap"
    ENDING = "ending"
    LINK = "link"
    DOUBT = "doubt"
    MISSING = "missing"
    UNCHECKED = "unchecked"
    UNASKED = "unasked"


@dataclass(frozen=True)
class Finding:
    """One thing to look at.

    Attributes:
        code: of the procedure.
        name: what people call it.
        details: what exactly, in Vietnamese.
        since: the day by which findings are ordered, the most pressing first; None where there is none.
    """

    code: str
    name: str
    details: str
    since: Optional[dt.date] = None


_Found = Iterator[tuple[str, str, Any]]
"""Codes with what is the matter and the day that it is about."""


def find(connection: Connection, trouble: Trouble, today: dt.date, asked: Collection[str] = ()) -> list[Finding]:
    """Everything of one kind, the most pressing first.

    Args:
        connection: of the database.
        trouble: the kind.
        today: decides what is old, over or about to end.
        asked: codes that were found for somebody lately, for ``UNASKED``.
    """
    names = _names(connection)
    looks: dict[Trouble, Callable[[], _Found]] = {
        Trouble.UNCHECKED: lambda: _unchecked(connection, today),
        Trouble.ENDING: lambda: (item for item in _ends(connection, today) if item[2] >= today),
        Trouble.GAP: lambda: (item for item in _ends(connection, today) if item[2] < today),
        Trouble.LINK: lambda: ((code, told, None) for code, told in broken(connection)),
        Trouble.DOUBT: lambda: _doubts(connection),
        Trouble.MISSING: lambda: _missing(connection),
        Trouble.UNASKED: lambda: ((code, "", None) for code in names if code not in asked),
    }
    findings = [
        Finding(code, names[code], details, since) for code, details, since in looks[trouble]() if code in names
    ]
    return sorted(findings, key=lambda item: (item.since or dt.date.max, item.name, item.code))


def _names(connection: Connection) -> dict[str, str]:
    """Published procedures with the name that wins."""
    query = (
        select(t.layers.c.code, t.layers.c.name)
        .join(t.procedures, t.procedures.c.code == t.layers.c.code)
        .where(t.procedures.c.state == "published")
        .order_by(t.layers.c.layer.desc())  # 'official' first, so that 'editorial' overwrites it
    )
    names: dict[str, str] = {}
    for row in connection.execute(query):
        names[row.code] = row.name or names.get(row.code) or row.code
    return names


def _unchecked(connection: Connection, today: dt.date) -> _Found:
    query = select(t.sources.c.code, func.min(t.sources.c.checked_on).label("checked")).group_by(t.sources.c.code)
    for row in connection.execute(query):
        if today - row.checked > LONG_UNCHECKED:
            yield row.code, f"đối chiếu lần cuối {day(row.checked)}", row.checked


def _ends(connection: Connection, today: dt.date) -> _Found:
    """Values that have ended or soon will, with nothing of the same kind behind them.

    Fees of one label, case and area are one row of periods; so are times of one case. The layer that is told counts:
    the editorial one where it speaks of fees or times at all.
    """
    told: tuple[tuple[Table, str, tuple[str, ...]], ...] = (
        (t.fees, "label", ("label", "condition", "area")),
        (t.processing_times, "text", ("condition",)),
    )
    for table, text, key in told:
        edited = set(
            connection.execute(select(table.c.code).where(table.c.layer == store.EDITORIAL).distinct()).scalars()
        )
        series: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        # Most records have no end anywhere: only those that may be told are read.
        ending = select(table.c.code).where(table.c.valid_to <= today + SOON)
        for row in connection.execute(select(table).where(table.c.code.in_(ending))):
            if row.layer == store.EDITORIAL or row.code not in edited:
                same = tuple(getattr(row, name) for name in key)
                series[row.code, row.channel_position, same].append(row)
        seen = set()
        for rows in series.values():
            if any(row.valid_to is None for row in rows):
                continue
            last = max(rows, key=lambda row: row.valid_to)
            told_once = (last.code, getattr(last, text), last.valid_to)
            if last.valid_to <= today + SOON and told_once not in seen:
                seen.add(told_once)
                yield last.code, f"{getattr(last, text)}: áp dụng đến {day(last.valid_to)}", last.valid_to


def _edited(connection: Connection, table: Table) -> set[str]:
    """Codes on which an editor has written rows of a table."""
    query = select(table.c.code).where(table.c.layer == store.EDITORIAL).distinct()
    return set(connection.execute(query).scalars())


def _doubts(connection: Connection) -> _Found:
    covered = {
        (code, name)
        for name, table in _COVERED.items()
        for code in connection.execute(
            select(table.c.code).where(table.c.layer == store.EDITORIAL).distinct()
        ).scalars()
    }
    fields: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(select(t.doubts.c.code, t.doubts.c.field).distinct()):
        if (row.code, row.field) not in covered:
            fields[row.code].append(_FIELD_WORDS.get(row.field, row.field))
    for code, names in fields.items():
        yield code, ", ".join(sorted(names)), None


def _missing(connection: Connection) -> _Found:
    query = select(t.related.c.code, t.related.c.to_code).where(
        ~select(t.procedures.c.code).where(t.procedures.c.code == t.related.c.to_code).exists()
    )
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(query):
        wanted[row.code].add(row.to_code)
    for code, others in wanted.items():
        yield code, f"dẫn sang {', '.join(sorted(others))}", None
