"""The page of content health: a count for each kind of trouble, one list at a time, anew when the knowledge changes."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.engine import Engine

from tests.knowledge.workbook.books import OTHER, pigeons, stored
from tests.web.console.conftest import ROOT, Browser

FRESH = {"portal": {"name": "Mới", "checked": dt.date(2200, 1, 1)}}
OLD = {"portal": {"name": "Bản ghi cũ", "checked": dt.date(2020, 1, 1)}}


def test_what_is_old_and_what_nobody_asks_is_listed_with_a_way_to_it(viewer: Browser, staff_engine: Engine) -> None:
    stored(staff_engine, pigeons(OTHER, sources=OLD, name="Nuôi <b>gà</b>"))
    page = viewer.get(f"{ROOT}/suc-khoe?loai=unchecked").text
    assert f'href="{ROOT}/thu-tuc/{OTHER}"' in page
    assert "đối chiếu lần cuối 1/1/2020" in page
    assert "Nuôi &lt;b&gt;gà&lt;/b&gt;" in page
    assert "chưa có lượt hỏi nào" in viewer.get(f"{ROOT}/suc-khoe?loai=unasked").text
    stored(staff_engine, pigeons(OTHER, sources=FRESH))
    assert "Không có chỗ nào" in viewer.get(f"{ROOT}/suc-khoe?loai=unchecked").text


def test_an_unknown_kind_shows_the_first_that_has_anything(viewer: Browser, staff_engine: Engine) -> None:
    stored(staff_engine, pigeons(OTHER, sources=FRESH))
    assert "<h2>Không ai hỏi</h2>" in viewer.get(f"{ROOT}/suc-khoe?loai=<script>").text


def test_links_are_tried_after_the_page_was_sent_and_only_where_the_setting_says_so(
    viewer: Browser, staff_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr("web.console.health.check_links", lambda engine, hosts: asked.append(hosts))
    viewer.get(f"{ROOT}/suc-khoe")
    assert asked == []
    monkeypatch.setenv("MOTCUA_LINK_HOSTS", "gov.vn, Example.vn")
    assert viewer.get(f"{ROOT}/suc-khoe").status_code == 200
    assert asked == [("gov.vn", "example.vn")]
