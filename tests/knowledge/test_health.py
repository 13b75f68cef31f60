"""What is reported to staff as old, ending, doubtful, missing or never asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.engine import Engine

from knowledge import store
from knowledge import tables as t
from knowledge.health import Trouble, find
from tests.conftest import TODAY
from tests.knowledge.made_up import layer, save

A, B = "9.000001", "9.000002"


def found(engine: Engine, trouble: Trouble, asked: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        return [(item.code, item.details) for item in find(connection, trouble, TODAY, asked)]


def put(engine: Engine, which: str = store.EDITORIAL, code: str = A, **facts: Any) -> None:
    with engine.begin() as connection:
        save(connection, which, layer(code, **facts))


def with_fees(*fees: dict[str, Any]) -> dict[str, Any]:
    return {"channels": [{"kind": "direct", "fees": [{"label": "Lệ phí", "amount": 10_000, **fee} for fee in fees]}]}


@pytest.mark.parametrize(("age", "told"), [(180, []), (181, [(A, "đối chiếu lần cuối 27/5/2026")])])
def test_facts_are_old_after_half_a_year(engine: Engine, age: int, told: list[tuple[str, str]]) -> None:
    put(engine, sources={"portal": {"name": "Cũ", "checked": TODAY - dt.timedelta(days=age)}})
    assert found(engine, Trouble.UNCHECKED) == told


@pytest.mark.parametrize(
    ("fees", "ending", "gap"),
    [
        ([{"to": "2026-12-31"}], True, False),
        ([{"to": "2026-11-24"}], True, False),
        ([{"to": "2026-11-23"}], False, True),
        ([{"to": "2027-01-24"}], False, False),
        ([{"to": "2026-12-31"}, {"from": "2027-01-01", "amount": 20_000}], False, False),
        ([{"to": "2026-06-30"}, {"from": "2026-07-01", "to": "2026-12-31"}], True, False),
        ([{"to": "2026-12-31"}, {"when": "Làm lại"}], True, False),
        ([{}], False, False),
    ],
)
def test_a_fee_that_ends_without_another_behind_it_is_told(
    engine: Engine, fees: list[dict[str, Any]], ending: bool, gap: bool
) -> None:
    put(engine, **with_fees(*fees))
    assert bool(found(engine, Trouble.ENDING)) is ending
    assert bool(found(engine, Trouble.GAP)) is gap


def test_the_portals_fee_counts_only_where_no_editor_has_written_fees(engine: Engine) -> None:
    put(engine, store.OFFICIAL, **with_fees({"to": "2026-10-01"}))
    assert found(engine, Trouble.GAP) == [(A, "Lệ phí: áp dụng đến 1/10/2026")]
    put(engine, **with_fees({"from": "2026-10-02"}))
    assert found(engine, Trouble.GAP) == []


def test_a_doubt_is_over_when_an_editor_has_written_the_field(engine: Engine) -> None:
    put(engine, store.OFFICIAL, **with_fees({}))
    with engine.begin() as connection:
        for field in ("fees", "times"):
            row = {"code": A, "field": field, "position": 0, "what": "cũ"}
            connection.execute(insert(t.doubts).values(**row))
    assert found(engine, Trouble.DOUBT) == [(A, "phí, thời hạn")]
    put(engine, **with_fees({}))
    assert found(engine, Trouble.DOUBT) == [(A, "thời hạn")]


def test_procedures_that_others_lead_to_and_that_are_not_there_are_told(engine: Engine) -> None:
    put(engine, related=[B, "9.000009"], instead=[{"when": "Nuôi gà", "code": "9.000008"}])
    put(engine, code=B)
    assert found(engine, Trouble.MISSING) == [(A, "dẫn sang 9.000008, 9.000009")]


def test_what_nobody_asks_is_told_and_what_is_retired_is_not(engine: Engine) -> None:
    put(engine)
    put(engine, code=B)
    assert found(engine, Trouble.UNASKED, (A,)) == [(B, "")]
    with engine.begin() as connection:
        connection.execute(t.procedures.update().where(t.procedures.c.code == B).values(state="retired"))
    assert found(engine, Trouble.UNASKED) == [(A, "")]
