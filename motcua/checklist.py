"""A procedure's checklist for the terminal: what to bring, what it costs, where to go."""

from __future__ import annotations

import datetime as dt
from typing import Optional

from knowledge.errors import ProcedureUnknown
from knowledge.layer import CodeState
from knowledge.procedure import Procedure, long_unchecked
from knowledge.wording import CHANNELS, LONG_UNCHECKED, counter, dated, day, fee_text, paper_note, time_text

_GAP = "bản ghi chưa nêu, xem trên Cổng"
_DOUBTFUL = "bản ghi đang cần kiểm lại, xem trên Cổng"


def checklist_lines(procedure: Procedure, today: dt.date, number: Optional[int] = None) -> list[str]:
    """The checklist of one case, or of all.

    Args:
        procedure: the record.
        today: decides which fees and times hold.
        number: of the case, from 1.

    Raises:
        ProcedureUnknown: there is no such case; the text names those that there are.
    """
    cases = list(enumerate(procedure.cases, 1))
    if number is not None and not 1 <= number <= len(cases):
        known = "; ".join(f"{at}: {case.name}" for at, case in cases) or "không có trường hợp nào"
        raise ProcedureUnknown(f"Thủ tục này không có trường hợp số {number} ({known}).")
    has_code = procedure.code_state is not CodeState.UNKNOWN
    lines = [f"{procedure.name} ({procedure.code})" if has_code else procedure.name]
    if procedure.code_caution:
        lines += ["", procedure.code_caution]
    for at, case in cases if number is None else cases[number - 1 : number]:
        lines += ["", f"{at}. {case.name}:" if len(cases) > 1 else "Giấy tờ:"]
        for paper in case.documents:
            note = paper_note(paper)
            lines.append(f"  ☐ {dated(paper.name)}" + (f" ({note})" if note else ""))
    if not cases:
        lines += ["", f"Giấy tờ: {_gap(procedure, 'documents')}."]
    if procedure.documents_note:
        lines += ["", procedure.documents_note]
    return [*lines, "", *_facts(procedure, today), "", *_sources(procedure, today)]


def _facts(procedure: Procedure, today: dt.date) -> list[str]:
    ways = procedure.channels(today)
    times = [f"  {CHANNELS[way.kind]}: {dated(time_text(time))}" for way in ways for time in way.times]
    fees = [f"  {CHANNELS[way.kind]}: {dated(fee_text(fee))}" for way in ways for fee in way.fees]
    place = (procedure.agencies.receives if procedure.agencies else None) or counter(procedure.levels)
    return [
        *(["Thời hạn:", *times] if times else [f"Thời hạn: {_gap(procedure, 'times')}."]),
        *(["Phí:", *fees] if fees else [f"Phí: {_gap(procedure, 'fees')}."]),
        f"Nơi nhận: {dated(place) if place else _gap(procedure, 'agencies')}",
        f"Trên Cổng: {procedure.portal_url}",
    ]


def _gap(procedure: Procedure, field: str) -> str:
    return _DOUBTFUL if field in procedure.doubtful else _GAP


def _sources(procedure: Procedure, today: dt.date) -> list[str]:
    """The sources of what is told, each with its day."""
    ways = procedure.channels(today)
    told = [procedure.documents_source or procedure.source()]
    told += [procedure.time_source(time) for way in ways for time in way.times]
    told += [procedure.fee_source(fee) for way in ways for fee in way.fees]
    lines = []
    for source in filter(None, told):
        old = f" ({LONG_UNCHECKED})" if long_unchecked(source.checked, today) else ""
        lines.append(f"Nguồn: {source.name}, kiểm ngày {day(source.checked)}{old}")
    return list(dict.fromkeys(lines))
