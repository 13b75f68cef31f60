"""Read marks of doubt: fields of imported records that must not be shown as facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.importers.clean import clean
from knowledge.layer import CODE_PATTERN

HEADER = ("code", "name", "what is stale", "say instead / check", "confidence")

# What a mark speaks of -> the fields it makes doubtful. A reduction that still
# runs is no doubt: the importer gives it its end.
_FIELDS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"fee reduced until|fee note refers to a period that ended", re.I), ()),
    (re.compile(r"\bfee\b", re.I), ("fees",)),
    (re.compile(r"\btime cell\b", re.I), ("times",)),
    (re.compile(r"district|chi cục thuế", re.I), ("agencies",)),
    (re.compile(r"175/2024", re.I), ("times", "documents", "legal_bases", "conditions")),
    (re.compile(r"^cites", re.I), ("legal_bases", "forms")),
)


@dataclass(frozen=True)
class Doubt:
    """One doubtful field of one procedure."""

    code: str
    field: str
    what: str
    instead: str
    confidence: str


def doubtful_fields(what: str) -> tuple[str, ...]:
    """The fields a remark makes doubtful; one that can't be placed makes all of them so."""
    for pattern, fields in _FIELDS:
        if pattern.search(what):
            return fields
    return ("fees", "times", "documents", "agencies", "legal_bases")


def read_marks(rows: Iterable[str]) -> Iterator[tuple[int, str, list[Doubt] | ValueError]]:
    """Read the table of marks, line by line.

    Yields:
        Line number (from 1, the header included), code, and the doubts or what is wrong.
    """
    for number, line in enumerate(rows, 1):
        row = line.rstrip("\r\n").split("\t")
        if number == 1 or not any(row):
            continue
        code = clean(row[0], 40)
        if len(row) < 3 or not CODE_PATTERN.match(code):
            yield number, code, ValueError("dòng cần mã thủ tục và ít nhất ba cột")
            continue
        cells = [clean(cell, 500) for cell in [*row, "", ""]]
        sure = next((level for level in ("high", "medium", "low") if cells[4].startswith(level)), "medium")
        marks = [Doubt(code, field, cells[2], cells[3], sure) for field in doubtful_fields(row[2])]
        yield number, code, marks
