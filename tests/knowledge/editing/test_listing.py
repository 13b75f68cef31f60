from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from knowledge.database import migrate
from knowledge.editing import review, service
from knowledge.editing.history import history
from knowledge.editing.listing import Order, Wanted, list_procedures
from knowledge.editing.model import State
from knowledge.layer import Group, Level
from tests.knowledge.editing.conftest import REVIEWER, draft, publish, work_of
from tests.knowledge.made_up import channel, content_of, import_entries, record


@pytest.fixture(params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """Four procedures in four states, on both kinds of databases."""
    engine: Engine = request.getfixturevalue("engine" if request.param == "sqlite" else "postgres")
    migrate(engine)
    import_entries(engine, tmp_path / "a.jsonl", record("9.000001", kenh_nop=[channel(fee="50.000 VNĐ")]))
    over = [{"kind": "direct", "fees": [{"label": "Lệ phí", "amount": 60_000}]}]
    publish(engine, draft(engine, {**work_of(engine, "9.000001").payload, "channels": over}))
    import_entries(engine, tmp_path / "b.jsonl", record("9.000001", kenh_nop=[channel(fee="70.000 VNĐ")]))
    publish(engine, draft(engine, content_of("9.000002", name="Đăng ký tàu bay", group="giao_thong",
                                             level=["province"], popular_names=["giấy máy bay"])))  # fmt: skip
    draft(engine, content_of("9.000002", name="Tàu bay mới"))
    publish(engine, draft(engine, content_of("9.000003", name="Bãi bỏ rồi")))
    with service.writing(engine) as connection:
        service.retire(connection, "9.000003", actor=REVIEWER, comment="bãi bỏ")
    made = draft(engine, content_of("9.000004", name="Chưa có ai thấy"))
    with service.writing(engine) as connection:
        service.submit(connection, "9.000004", version=made.version, actor=REVIEWER)
    return engine


def test_every_filter_on_both_databases(filled: Engine) -> None:
    def codes(wanted: Wanted, limit: int = 50, offset: int = 0) -> list[str]:
        with filled.connect() as connection:
            rows, count = list_procedures(connection, wanted, limit=limit, offset=offset)
        assert count >= len(rows)
        return [row.code[-1] for row in rows]

    assert sorted(codes(Wanted())) == ["1", "2", "3", "4"]
    assert len(codes(Wanted(), limit=3, offset=2)) == 2
    assert codes(Wanted(words="giay may bay")) == codes(Wanted(group=Group.TRANSPORT)) == ["2"]
    assert codes(Wanted(words="chưa có ai")) == codes(Wanted(state=State.IN_REVIEW)) == ["4"]
    assert codes(Wanted(words="9.000003")) == codes(Wanted(state=State.RETIRED)) == ["3"]
    assert codes(Wanted(state=State.DRAFT)) == codes(Wanted(level=Level.PROVINCE)) == ["2"]
    assert sorted(codes(Wanted(state=State.PUBLISHED))) == ["1", "2"]
    assert codes(Wanted(codes=())) == []
    assert codes(Wanted(checked_before=dt.date(2026, 11, 24))) == ["1"]
    for order in Order:
        assert sorted(codes(Wanted(order=order))) == ["1", "2", "3", "4"]


def test_the_review_list_and_history_on_both_databases(filled: Engine) -> None:
    with service.writing(filled) as connection:
        (item,) = review.read_items(connection)
        review.accept(connection, item.id, actor=REVIEWER)
    assert "channels" not in work_of(filled, "9.000001").payload
    with filled.connect() as connection:
        assert review.count_open(connection) == 0
        assert [entry.revision for entry in history(connection, "9.000001") if entry.layer == "editorial"][:1] == [2]
