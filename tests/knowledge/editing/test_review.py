from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from knowledge.content import load_content
from knowledge.editing import review, service
from knowledge.editing.model import Actor
from knowledge.editing.review import Item, ItemState, Origin
from knowledge.errors import EditRefused
from tests.conftest import TODAY
from tests.knowledge.editing.conftest import LAN, REVIEWER, draft, publish, work_of
from tests.knowledge.made_up import CODE, channel, content_of, import_entries, record, told, write_content


def items(engine: Engine, state: ItemState = ItemState.OPEN) -> list[Item]:
    with engine.connect() as connection:
        return review.read_items(connection, state=state)


def import_fee(engine: Engine, folder: Path, fee: str, **changes: Any) -> None:
    import_entries(engine, folder / "cong.jsonl", record(kenh_nop=[channel(fee=fee)], **changes))


@pytest.fixture
def corrected(engine: Engine, tmp_path: Path) -> Engine:
    """The portal's record with a fee, and an editor's other fee over it."""
    import_fee(engine, tmp_path, "50.000 VNĐ")
    over = [{"kind": "direct", "fees": [{"label": "Lệ phí", "amount": 60_000}]}]
    publish(engine, draft(engine, {**work_of(engine).payload, "channels": over, "summary": "Lời của cán bộ."}))
    return engine


def fee(engine: Engine) -> int | None:
    return told(engine).channels(TODAY)[0].fees[0].amount


def test_an_import_that_changes_a_corrected_value_waits_for_somebody(corrected: Engine, tmp_path: Path) -> None:
    import_fee(corrected, tmp_path, "70.000 VNĐ", ket_qua=["Thẻ mới"])
    # The result was never corrected: it counts at once. The fee stays as staff wrote it.
    assert told(corrected).listed("results").values == ("Thẻ mới",)
    assert fee(corrected) == 60_000
    (item,) = items(corrected)
    assert (item.code, item.origin, item.field) == (CODE, Origin.OFFICIAL, "channels")
    assert [(each.old, each.new) for each in item.change] == [("50.000 đồng", "70.000 đồng")]
    assert any("60.000 đồng" in str(each) for each in item.against_staff)


def test_the_same_import_again_raises_nothing_and_another_replaces_the_entry(corrected: Engine, tmp_path: Path) -> None:
    import_fee(corrected, tmp_path, "70.000 VNĐ")
    import_fee(corrected, tmp_path, "70.000 VNĐ")
    import_fee(corrected, tmp_path, "80.000 VNĐ")
    (item,) = items(corrected)
    assert item.change[0].new == "80.000 đồng"
    assert len(items(corrected, ItemState.OUTDATED)) == 1


def test_an_import_that_says_what_staff_say_already_is_no_matter(corrected: Engine, tmp_path: Path) -> None:
    import_fee(corrected, tmp_path, "70.000 VNĐ")
    layer = work_of(corrected).official
    assert layer is not None
    publish(corrected, draft(corrected, {**work_of(corrected).payload, "channels": layer["channels"]}))
    before = len(items(corrected))
    import_fee(corrected, tmp_path, "70.000 VNĐ", trinh_tu_thuc_hien="- Khác.")
    assert len(items(corrected)) == before


def test_keeping_leaves_the_answer_and_says_who(corrected: Engine, tmp_path: Path) -> None:
    import_fee(corrected, tmp_path, "70.000 VNĐ")
    (item,) = items(corrected)
    with service.writing(corrected) as connection:
        review.keep(connection, item.id, actor=REVIEWER, comment="Cổng ghi nhầm")
    assert fee(corrected) == 60_000
    assert items(corrected) == []
    with pytest.raises(EditRefused, match="có người giải quyết"), service.writing(corrected) as connection:
        review.accept(connection, item.id, actor=REVIEWER)


def test_accepting_lets_the_portal_speak_again(corrected: Engine, tmp_path: Path) -> None:
    import_fee(corrected, tmp_path, "70.000 VNĐ")
    (item,) = items(corrected)
    with service.writing(corrected) as connection:
        review.accept(connection, item.id, actor=REVIEWER)
    assert fee(corrected) == 70_000
    assert told(corrected).summary == "Lời của cán bộ."
    assert "channels" not in (work_of(corrected).editorial or {})


@pytest.mark.parametrize("actor", [LAN, Actor("xem", may_edit=False)], ids=["editor", "viewer"])
def test_only_a_reviewer_settles(corrected: Engine, tmp_path: Path, actor: Actor) -> None:
    import_fee(corrected, tmp_path, "70.000 VNĐ")
    (item,) = items(corrected)
    for settle in (review.keep, review.accept):
        with pytest.raises(EditRefused, match="Chỉ người duyệt"), service.writing(corrected) as connection:
            settle(connection, item.id, actor=actor)
    assert len(items(corrected)) == 1


def test_nobodys_draft_is_pushed_aside(corrected: Engine, tmp_path: Path) -> None:
    import_fee(corrected, tmp_path, "70.000 VNĐ")
    (item,) = items(corrected)
    draft(corrected, {**work_of(corrected).payload, "summary": "Đang viết dở."})
    with pytest.raises(EditRefused, match="bản nháp đang soạn của lan"), service.writing(corrected) as connection:
        review.accept(connection, item.id, actor=REVIEWER)
    assert fee(corrected) == 60_000


def test_what_staff_changed_survives_a_new_release_and_its_changes_are_shown(engine: Engine, tmp_path: Path) -> None:
    folder = write_content(tmp_path, content_of(warnings=["Cũ."]), content_of("9.000002"))
    load_content(engine, folder)
    publish(engine, draft(engine, content_of(summary="Lời của cán bộ.", warnings=["Cũ."])))
    load_content(engine, folder)
    assert items(engine) == []
    write_content(tmp_path, content_of(summary="Lời của bản mới.", warnings=["Mới."]),
                  content_of("9.000002", summary="Bản mới."))  # fmt: skip
    load_content(engine, folder)
    assert (told(engine).summary, told(engine).listed("warnings").values) == ("Lời của cán bộ.", ("Cũ.",))
    assert told(engine, "9.000002").summary == "Bản mới."
    found = {item.field: item for item in items(engine)}
    assert set(found) == {"summary", "warnings"}
    assert {item.origin for item in found.values()} == {Origin.CONTENT}
    with service.writing(engine) as connection:
        review.accept(connection, found["warnings"].id, actor=REVIEWER)
    assert (told(engine).summary, told(engine).listed("warnings").values) == ("Lời của cán bộ.", ("Mới.",))
    # Nor does any later start of the same release raise it again, or overwrite.
    write_content(tmp_path, content_of("9.000003"))
    load_content(engine, folder)
    assert [item.field for item in items(engine)] == ["summary"]
    assert told(engine).summary == "Lời của cán bộ."


def test_what_staff_retired_stays_retired_whatever_is_loaded_and_imported(engine: Engine, tmp_path: Path) -> None:
    folder = write_content(tmp_path, content_of())
    load_content(engine, folder)
    with service.writing(engine) as connection:
        service.retire(connection, CODE, actor=REVIEWER, comment="bãi bỏ")
    write_content(tmp_path, content_of(summary="Bản mới."))
    load_content(engine, folder)
    import_fee(engine, tmp_path, "")
    assert work_of(engine).live is not None
    assert work_of(engine).live.value == "retired"  # type: ignore[union-attr]


def test_the_layers_stand_side_by_side(corrected: Engine) -> None:
    work = work_of(corrected)
    assert work.official is not None
    assert work.editorial is not None
    assert work.official["channels"][0]["fees"][0]["amount"] == 50_000
    assert work.editorial["channels"][0]["fees"][0]["amount"] == 60_000


def test_a_change_that_is_taken_back_leaves_the_list_and_may_come_again(engine: Engine, tmp_path: Path) -> None:
    folder = write_content(tmp_path, content_of(warnings=["Cũ."]))
    load_content(engine, folder)
    publish(engine, draft(engine, content_of(warnings=["Của cán bộ."])))
    for warning, waiting in (("Mới.", 1), ("Cũ.", 0), ("Mới.", 1), ("Mới.", 1)):
        write_content(tmp_path, content_of(warnings=[warning]))
        load_content(engine, folder)
        assert len(items(engine)) == waiting
    with service.writing(engine) as connection:
        review.keep(connection, items(engine)[0].id, actor=REVIEWER)
    write_content(tmp_path, content_of(warnings=["Mới."], summary="Khác."))
    load_content(engine, folder)
    assert "warnings" not in {item.field for item in items(engine)}
