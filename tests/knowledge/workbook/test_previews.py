"""Preview and confirmation: what was looked through is what is written, whole or not at all, by whoever may."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from knowledge import store
from knowledge import tables as t
from knowledge.editing.model import Actor, State
from knowledge.editing.reading import read_work
from knowledge.errors import EditRefused, ImportRefused, PreviewGone, WorkbookRefused
from knowledge.workbook import previews
from knowledge.workbook.files import Written
from knowledge.workbook.plan import Status
from knowledge.workbook.portal import plan_text, write_layers
from tests.conftest import TODAY
from tests.knowledge.made_up import CODE, count, interface_object, record, snapshot, told
from tests.knowledge.workbook.books import OTHER, edited, exported, pigeons, put, stored

EDITOR = Actor("anna")
REVIEWER = Actor("duyet", may_publish=True)
KNOWLEDGE = tuple(table for table in t.metadata.sorted_tables if table is not t.import_previews)


@pytest.fixture
def changed(engine: Engine) -> bytes:
    """An edited download of two procedures."""
    stored(engine, pigeons(), pigeons(OTHER))
    book = exported(engine, CODE, OTHER)
    return edited(book, put("Thủ tục", "F2", "Câu mới."), put("Phí, lệ phí", "D4", 40_000))


def begin(engine: Engine, data: bytes, actor: Actor = EDITOR, name: str = "sua.xlsx") -> str:
    return previews.begin(engine, data, name, actor=actor, today=TODAY)


def look(engine: Engine, token: str, actor: Actor = EDITOR) -> previews.Preview:
    with engine.connect() as connection:
        return previews.read_preview(connection, token, actor=actor)


def confirm(engine: Engine, token: str, actor: Actor = EDITOR, publish: bool = False) -> previews.Confirmed:
    return previews.confirm(engine, token, actor=actor, publish=publish, today=TODAY)


def test_nothing_is_written_before_it_is_confirmed(engine: Engine, changed: bytes) -> None:
    before = snapshot(engine, KNOWLEDGE)
    token = begin(engine, changed)
    preview = look(engine, token)
    assert preview.plan.counts == {Status.CHANGED: 2}
    assert [change.cells for item in preview.plan.items for change in item.changes] == [
        (("Tóm tắt", "Xin thẻ để nuôi chim bồ câu.", "Câu mới."),),
        (("Số tiền (đồng)", "25.000", "40.000"),),
    ]
    previews.drop(engine, token, actor=EDITOR)
    assert snapshot(engine, KNOWLEDGE) == before
    with pytest.raises(PreviewGone):
        confirm(engine, token)


def test_an_editors_file_becomes_drafts_and_citizens_see_nothing_of_it(engine: Engine, changed: bytes) -> None:
    done = confirm(engine, begin(engine, changed))
    assert done.written == Written(0, 2, False)
    assert told(engine).summary == "Xin thẻ để nuôi chim bồ câu."
    with engine.connect() as connection:
        work = read_work(connection, CODE)
    assert work.draft
    assert (work.draft.state, work.draft.author, work.draft.comment) == (State.DRAFT, "anna", "Nạp từ sua.xlsx")
    assert work.draft.payload["summary"] == "Câu mới."


def test_a_reviewers_file_is_published_at_once_with_its_history(engine: Engine, changed: bytes) -> None:
    done = confirm(engine, begin(engine, changed, REVIEWER), REVIEWER, publish=True)
    assert done.written == Written(0, 2, True)
    assert told(engine).summary == "Câu mới."
    assert [fee.amount for fee in told(engine, OTHER).channels(TODAY)[0].fees] == [40_000]
    with engine.connect() as connection:
        assert count(connection, t.drafts) == 0
        written = connection.execute(select(t.revisions).where(t.revisions.c.actor == "duyet")).all()
    assert [(row.code, row.reason) for row in written] == [(CODE, "Nạp từ sua.xlsx"), (OTHER, "Nạp từ sua.xlsx")]


def test_who_may_not_publish_writes_nothing(engine: Engine, changed: bytes) -> None:
    before = snapshot(engine, KNOWLEDGE)
    viewer = Actor("xem", may_edit=False)
    for actor, publish in ((EDITOR, True), (viewer, False)):
        token = begin(engine, changed, actor)
        with pytest.raises(EditRefused):
            confirm(engine, token, actor, publish)
    assert snapshot(engine, KNOWLEDGE) == before


def test_what_changed_in_between_is_shown_again_and_nothing_is_written(engine: Engine, changed: bytes) -> None:
    token = begin(engine, changed, REVIEWER)
    stored(engine, pigeons(summary="Người khác vừa sửa."))
    before = snapshot(engine, KNOWLEDGE)
    done = confirm(engine, token, REVIEWER, publish=True)
    assert done.written is None
    assert done.token
    assert snapshot(engine, KNOWLEDGE) == before
    again = look(engine, done.token, REVIEWER)
    assert again.again == {CODE}
    assert again.plan.counts == {Status.REJECTED: 1, Status.CHANGED: 1}
    assert "đã được người khác sửa" in again.plan.items[0].faults[0].reason
    # What is left may be confirmed.
    assert confirm(engine, done.token, REVIEWER, publish=True).written == Written(0, 1, True)
    assert told(engine).summary == "Người khác vừa sửa."


def test_two_clicks_write_once(engine: Engine, changed: bytes) -> None:
    token = begin(engine, changed, REVIEWER)
    assert confirm(engine, token, REVIEWER, publish=True).written
    with pytest.raises(PreviewGone, match="tải file lên lại"):
        confirm(engine, token, REVIEWER, publish=True)
    with engine.connect() as connection:
        assert count(connection, t.import_previews) == 0


def test_a_preview_is_its_owners_and_grows_old(engine: Engine, changed: bytes) -> None:
    with time_machine.travel("2026-11-24T09:00:00+07:00", tick=False) as clock:
        token = begin(engine, changed)
        with pytest.raises(PreviewGone):
            look(engine, token, REVIEWER)
        previews.drop(engine, token, actor=REVIEWER)
        assert look(engine, token).file == "sua.xlsx"
        clock.shift(2 * 3600 + 1)
        with pytest.raises(PreviewGone):
            look(engine, token)


def test_only_a_few_previews_of_one_person_are_kept(engine: Engine, changed: bytes) -> None:
    tokens = []
    for _ in range(4):
        tokens.append(begin(engine, changed))
        with engine.begin() as connection:  # an hour apart would be too old
            connection.execute(update(t.import_previews).values(at=t.import_previews.c.at))
    with engine.connect() as connection:
        assert count(connection, t.import_previews) == 3
    assert look(engine, tokens[-1])


def test_the_token_itself_is_not_in_the_database(engine: Engine, changed: bytes) -> None:
    token = begin(engine, changed)
    assert token not in str(snapshot(engine, (t.import_previews,)))


def test_our_own_json_changes_nothing_when_it_comes_back(engine: Engine) -> None:
    stored(engine, pigeons(), pigeons(OTHER))
    text = write_layers([pigeons(), pigeons(OTHER)]).decode()
    with engine.connect() as connection:
        assert plan_text(connection, text, "kho.json", today=TODAY).counts == {Status.UNCHANGED: 2}
    entries = json.loads(text)
    entries["procedures"][0]["summary"] = "Câu mới."
    entries["procedures"][1]["steps"] = [""]
    token = begin(engine, json.dumps(entries).encode(), REVIEWER, "kho.json")
    items = look(engine, token, REVIEWER).plan.items
    assert [(item.code, item.status) for item in items] == [(OTHER, Status.REJECTED), (CODE, Status.CHANGED)]
    assert "dòng 2: steps.0: không được để trống" in str(items[0].faults[0]).lower()
    assert confirm(engine, token, REVIEWER, publish=True).written == Written(0, 1, True)
    assert told(engine).summary == "Câu mới."


@pytest.mark.parametrize("make", [record, interface_object])
def test_the_portals_json_is_looked_through_in_the_same_way(engine: Engine, make: type) -> None:
    nameless = {**make(OTHER), "ten_thu_tuc": "", "name": ""}
    data = json.dumps([make(), nameless], ensure_ascii=False).encode()
    before = snapshot(engine, KNOWLEDGE)
    token = begin(engine, data, REVIEWER, "cong.json")
    preview = look(engine, token, REVIEWER)
    assert preview.plan.counts == {Status.NEW: 1, Status.REJECTED: 1}
    assert "thiếu" in preview.plan.items[0].faults[0].reason
    assert snapshot(engine, KNOWLEDGE) == before
    assert confirm(engine, token, REVIEWER, publish=True).written == Written(1, 0, True)
    renamed = {**make(), "trinh_tu_thuc_hien": "- Nộp.", "executionSteps": [{"name": "Bước 1", "description": "Nộp."}]}
    token = begin(engine, json.dumps([renamed], ensure_ascii=False).encode(), REVIEWER, "cong.json")
    (item,) = look(engine, token, REVIEWER).plan.items
    assert item.status is Status.CHANGED
    assert {change.sheet for change in item.changes} == {"Các bước"}
    with pytest.raises(EditRefused, match="người duyệt"):
        confirm(engine, begin(engine, json.dumps([renamed]).encode(), EDITOR, "cong.json"), EDITOR)


def test_the_portals_record_that_changes_in_between_is_shown_again(engine: Engine) -> None:
    data = json.dumps([record()], ensure_ascii=False).encode()
    token = begin(engine, data, REVIEWER, "cong.json")
    stored(engine, pigeons(), which=store.OFFICIAL)
    done = confirm(engine, token, REVIEWER, publish=True)
    assert done.written is None
    assert done.token
    assert look(engine, done.token, REVIEWER).again == {CODE}


def test_what_is_neither_excel_nor_json_is_refused(engine: Engine) -> None:
    for data, name, reason in (
        (b"\xff\xfe\x00", "x.json", "không phải file Excel"),
        (b"[1, 2]", "x.json", "không đúng dạng nào"),
        (b"{}", "x.xlsx", "không phải Excel"),
        (b"\x1f\x8b\x08 broken", "x.json.gz", "file hỏng"),
    ):
        with pytest.raises(ImportRefused, match=reason):
            begin(engine, data, name=name)
    with engine.connect() as connection:
        assert count(connection, t.import_previews) == 0


def test_a_packed_bomb_of_json_is_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import gzip

    monkeypatch.setattr("knowledge.workbook.files.LARGEST_TEXT", 1_000_000)
    with pytest.raises(ImportRefused, match="bung ra lớn quá"):
        begin(engine, gzip.compress(b" " * 2_000_000), name="x.json.gz")
    with pytest.raises(WorkbookRefused, match="lớn quá 10 MB"):
        begin(engine, b" " * (10 * 2**20 + 1), name="x.json")
