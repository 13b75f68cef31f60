"""The checklist in the terminal: papers by case, gaps in words, the source with its day."""

from __future__ import annotations

import datetime as dt

import pytest

from knowledge.errors import ProcedureUnknown
from knowledge.layer import Layer, Source
from knowledge.procedure import Procedure
from motcua.checklist import checklist_lines
from tests.conftest import TODAY


def procedure(doubtful: frozenset[str] = frozenset(), **fields: object) -> Procedure:
    source = Source(name="Bản ghi thử", checked=TODAY)
    layer = Layer(**{"code": "9.000001", "name": "Nuôi chim", "sources": {"portal": source}, **fields})
    return Procedure("9.000001", layer, None, doubtful)


CASES = [
    {"name": "Một con", "documents": [{"name": "Tờ khai", "original": 1}]},
    {"name": "Cả đàn", "documents": [{"name": "Sơ đồ", "copy": 2}]},
]


def test_all_cases_or_the_one_asked_for() -> None:
    every = checklist_lines(procedure(cases=CASES), TODAY)
    assert every[0] == "Nuôi chim (9.000001)"
    assert every[2:7] == ["1. Một con:", "  ☐ Tờ khai (1 bản chính)", "", "2. Cả đàn:", "  ☐ Sơ đồ (2 bản sao)"]
    assert every[-1] == "Nguồn: Bản ghi thử, kiểm ngày 24/11/2026"
    assert "1. Một con:" not in checklist_lines(procedure(cases=CASES), TODAY, 2)


def test_a_code_that_is_not_sure_is_said_to_be_so() -> None:
    source = Source(name="Danh mục", checked=TODAY)
    listed = Layer(code="9.000001", name="Nuôi chim", sources={"portal": source}, code_listed=dt.date(2025, 4, 28))
    unknown = Layer(code="nuoi-chim", name="Nuôi chim", sources={"portal": source})
    assert "danh mục ngày 28/4/2025" in checklist_lines(Procedure("9.000001", None, listed), TODAY)[2]
    assert checklist_lines(Procedure("nuoi-chim", None, unknown), TODAY)[0] == "Nuôi chim"


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_case_that_does_not_exist_is_refused_with_those_that_do(number: int) -> None:
    with pytest.raises(ProcedureUnknown, match="1: Một con; 2: Cả đàn"):
        checklist_lines(procedure(cases=CASES), TODAY, number)


def test_each_source_of_what_is_told_is_named_once() -> None:
    sources = {"portal": {"name": "Bản ghi", "checked": TODAY}, "nq": {"name": "Nghị quyết thu phí", "checked": TODAY}}
    fees = [{"label": "Phí", "amount": 1_000, "source": "nq"}, {"label": "Lệ phí", "amount": 2_000, "source": "nq"}]
    told = checklist_lines(procedure(cases=CASES, sources=sources, channels=[{"kind": "direct", "fees": fees}]), TODAY)
    assert told[-2:] == ["Nguồn: Bản ghi, kiểm ngày 24/11/2026", "Nguồn: Nghị quyết thu phí, kiểm ngày 24/11/2026"]


def test_gaps_are_said_and_doubts_are_not_told() -> None:
    channels = [{"kind": "direct", "fees": [{"label": "Phí", "amount": 120_000}]}]
    told = checklist_lines(procedure(frozenset({"fees"}), channels=channels), TODAY + dt.timedelta(days=181))
    assert "Giấy tờ: bản ghi chưa nêu, xem trên Cổng." in told
    assert "Phí: bản ghi đang cần kiểm lại, xem trên Cổng." in told
    assert "hơn 180 ngày" in told[-1]
