"""The review list in the browser: what changed underneath, kept or taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from knowledge.editing import review
from tests.conftest import TODAY
from tests.knowledge.editing.conftest import draft, publish, work_of
from tests.knowledge.made_up import CODE, channel, import_entries, record, told
from tests.web.console.conftest import ROOT, Browser


@pytest.fixture
def item(staff_engine: Engine, tmp_path: Path) -> int:
    """A corrected fee that the portal then changed; the entry's number."""
    import_entries(staff_engine, tmp_path / "a.jsonl", record(kenh_nop=[channel(fee="50.000 VNĐ")]))
    over = [{"kind": "direct", "fees": [{"label": "Lệ phí", "amount": 60_000}]}]
    publish(staff_engine, draft(staff_engine, {**work_of(staff_engine).payload, "channels": over}))
    import_entries(staff_engine, tmp_path / "b.jsonl", record(kenh_nop=[channel(fee="70.000 VNĐ")]))
    with staff_engine.connect() as connection:
        return review.read_items(connection)[0].id


def fee(engine: Engine) -> int | None:
    return told(engine).channels(TODAY)[0].fees[0].amount


def test_the_change_is_shown_beside_what_staff_wrote(viewer: Browser, reviewer: Browser, item: int) -> None:
    page = viewer.get(f"{ROOT}/can-xem-lai").text
    for amount in ("50.000 đồng", "60.000 đồng", "70.000 đồng"):
        assert amount in page
    assert "Giữ lời của cán bộ" not in page
    assert f"/can-xem-lai/{item}/giu" in reviewer.get(f"{ROOT}/can-xem-lai").text
    assert "1 chỗ cần xem lại" in viewer.get(f"{ROOT}/thu-tuc").text
    assert "Cần xem lại" in viewer.get(f"{ROOT}/thu-tuc/{CODE}").text


def test_both_layers_stand_side_by_side(viewer: Browser, item: int) -> None:
    page = viewer.get(f"{ROOT}/thu-tuc/{CODE}").text
    assert item
    assert page.index("70.000 đồng") < page.rindex("60.000 đồng")


@pytest.mark.parametrize(("verb", "amount"), [("giu", 60_000), ("nhan", 70_000)])
def test_a_reviewer_settles(reviewer: Browser, staff_engine: Engine, item: int, verb: str, amount: int) -> None:
    assert reviewer.submit(f"/can-xem-lai/{item}/{verb}", {"loi": "đã xem"}).status_code == 303
    assert fee(staff_engine) == amount
    assert "Không có gì cần xem lại" in reviewer.get(f"{ROOT}/can-xem-lai").text
    assert reviewer.submit(f"/can-xem-lai/{item}/{verb}").status_code == 422
