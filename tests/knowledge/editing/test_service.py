from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from knowledge import store
from knowledge import tables as t
from knowledge.editing import reading, service
from knowledge.editing.model import Base, EditConflict, PayloadInvalid, State
from knowledge.errors import EditRefused
from knowledge.layer import ChannelKind
from knowledge.procedure import load_procedures
from tests.conftest import TODAY
from tests.knowledge.editing.conftest import LAN, MINH, REVIEWER, VIEWER, draft, publish, with_fee, work_of
from tests.knowledge.made_up import CODE, audit_lines, content_of, layer, save, snapshot, told


def fee(engine: Engine) -> int:
    (channel,) = told(engine).channels(TODAY)
    assert channel.kind is ChannelKind.DIRECT
    amount = channel.fees[0].amount
    assert amount is not None
    return amount


def version(engine: Engine) -> int:
    with engine.connect() as connection:
        return store.read_counter(connection, store.KNOWLEDGE)


def unknown(engine: Engine) -> bool:
    with engine.connect() as connection:
        return not load_procedures(connection, [CODE])


def test_a_new_procedure_is_unknown_to_citizens_until_it_is_published(engine: Engine) -> None:
    made = draft(engine, with_fee(50_000))
    assert made.state is State.DRAFT
    assert unknown(engine)
    assert version(engine) == 0
    with service.writing(engine) as connection:
        handed = service.submit(connection, CODE, version=made.version, actor=LAN, comment="mới")
    assert handed.state is State.IN_REVIEW
    assert unknown(engine)
    publish(engine, handed, "đã xem")
    assert fee(engine) == 50_000
    assert work_of(engine).draft is None
    assert work_of(engine).live is State.PUBLISHED


def test_a_draft_of_a_published_procedure_changes_nothing_for_citizens(published: Engine) -> None:
    before = version(published)
    made = draft(published, with_fee(60_000))
    assert fee(published) == 50_000
    assert version(published) == before
    publish(published, made, "nghị quyết mới")
    assert fee(published) == 60_000
    assert version(published) > before


def test_who_what_and_why_are_kept(published: Engine) -> None:
    publish(published, draft(published, with_fee(60_000)), "nghị quyết mới")
    changed = [line for line in audit_lines(published) if line["field"] == "channels"]
    assert [(line["actor"], line["reason"]) for line in changed] == [("ha", "nghị quyết mới")]
    assert changed[0]["old"][0]["fees"][0]["amount"] == 50_000
    states = [(line["old"], line["new"]) for line in audit_lines(published) if line["action"] == "state"]
    assert states == [(None, "draft"), ("draft", "published")] * 2


def test_two_editors_never_overwrite_each_other(published: Engine) -> None:
    seen = work_of(published).base
    draft(published, with_fee(60_000), LAN, seen)
    mine = with_fee(50_000, summary="Lời của Minh.")
    before = snapshot(published)
    with pytest.raises(EditConflict, match="lan đã sửa") as caught:
        draft(published, mine, MINH, seen)
    assert snapshot(published) == before
    conflict = caught.value
    assert conflict.base["summary"] == content_of()["summary"]
    assert [str(each) for each in conflict.merge.theirs] == [
        "Cách nộp, thời hạn, phí › Nộp trực tiếp › Phí, lệ phí › “Lệ phí” › Số tiền: 50.000 đồng → 60.000 đồng"
    ]
    assert [each.new for each in conflict.merge.mine] == ["Lời của Minh."]
    assert conflict.merge.clashing == ()
    # Joined, both changes go in.
    joined = draft(published, conflict.merge.joined, MINH, conflict.now)
    publish(published, joined)
    assert (fee(published), told(published).summary) == (60_000, "Lời của Minh.")


def test_both_changed_the_same_field(published: Engine) -> None:
    seen = work_of(published).base
    draft(published, with_fee(60_000), LAN, seen)
    with pytest.raises(EditConflict) as caught:
        draft(published, with_fee(70_000), MINH, seen)
    assert caught.value.merge.clashing == ("channels",)


def test_a_form_that_was_open_while_others_published_is_stopped(published: Engine) -> None:
    seen = work_of(published).base
    publish(published, draft(published, with_fee(60_000), LAN, seen))
    with pytest.raises(EditConflict, match="ha đã sửa") as caught:
        draft(published, with_fee(50_000, summary="Cũ."), MINH, seen)
    assert caught.value.theirs["channels"][0]["fees"][0]["amount"] == 60_000


def test_a_draft_over_what_has_changed_since_must_be_joined_before_it_is_published(published: Engine) -> None:
    made = draft(published, with_fee(50_000, summary="Lời mới."))
    with published.begin() as connection:
        save(connection, store.EDITORIAL, layer(**_fields(with_fee(60_000))))
    assert work_of(published).outdated
    # Saving again keeps what it was written over.
    again = draft(published, with_fee(50_000, summary="Lời mới hơn."))
    assert again.base_revision == made.base_revision
    with pytest.raises(EditConflict) as caught:
        publish(published, again)
    assert fee(published) == 60_000
    joined = draft(published, caught.value.merge.joined, LAN, caught.value.now)
    publish(published, joined)
    assert (fee(published), told(published).summary) == (60_000, "Lời mới hơn.")


def _fields(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name != "code"}


def test_a_reviewer_publishes_only_what_they_looked_at(published: Engine) -> None:
    looked_at = draft(published, with_fee(60_000))
    draft(published, with_fee(70_000))
    with pytest.raises(EditConflict):
        publish(published, looked_at)
    assert fee(published) == 50_000


def test_a_form_of_a_draft_that_was_thrown_away_is_stopped(published: Engine) -> None:
    made = draft(published, with_fee(60_000))
    seen = work_of(published).base
    with service.writing(published) as connection:
        service.discard(connection, CODE, version=made.version, actor=LAN)
    assert work_of(published).payload == work_of(published).editorial
    with pytest.raises(EditConflict) as caught:
        draft(published, with_fee(65_000), MINH, seen)
    assert caught.value.now == Base(1, 0)


def test_what_breaks_the_rules_can_be_a_draft_but_is_not_published(published: Engine) -> None:
    wrong = {**with_fee(50_000), "summary": "", "portal_url": "javascript:alert(1)"}
    wrong["channels"] = [{"kind": "direct", "fees": [{"label": "Lệ phí", "amount": "nhiều"}]}]
    made = draft(published, wrong)
    for step in (service.submit, service.publish):
        with pytest.raises(PayloadInvalid) as caught, service.writing(published) as connection:
            step(connection, CODE, version=made.version, actor=REVIEWER)
        assert {fault.path for fault in caught.value.faults} == {"summary", "channels.0.fees.0.amount", "portal_url"}
    told_as = [str(fault) for fault in caught.value.faults]
    assert "Cách nộp, thời hạn, phí, mục 1, Phí, lệ phí, mục 1, Số tiền: phải là số nguyên" in told_as
    assert fee(published) == 50_000


def test_one_bad_draft_stops_all_of_them(engine: Engine) -> None:
    good, bad = draft(engine, content_of()), draft(engine, content_of("9.000002", summary=""))
    before = snapshot(engine)
    versions = {good.code: good.version, bad.code: bad.version}
    with pytest.raises(PayloadInvalid), service.writing(engine) as connection:
        service.publish_all(connection, versions, actor=REVIEWER)
    assert snapshot(engine) == before


def test_a_correction_of_a_portal_record_says_only_what_it_corrects(engine: Engine) -> None:
    with engine.begin() as connection:
        save(connection, store.OFFICIAL, layer(name="Tên của Cổng", steps=["Nộp đơn."]))
    began = work_of(engine).payload
    assert set(began) == {"code", "sources"}
    publish(engine, draft(engine, {**began, "warnings": ["Chỉ nhận buổi sáng."]}))
    record = told(engine)
    assert (record.name, record.listed("steps").values) == ("Tên của Cổng", ("Nộp đơn.",))
    assert record.listed("warnings").values == ("Chỉ nhận buổi sáng.",)


def test_retired_procedures_leave_the_answers_and_can_come_back(published: Engine) -> None:
    with service.writing(published) as connection:
        service.retire(connection, CODE, actor=REVIEWER, comment="bãi bỏ theo 12/QĐ")
    assert unknown(published)
    assert work_of(published).live is State.RETIRED
    with pytest.raises(EditRefused, match="không ở trạng thái"), service.writing(published) as connection:
        service.retire(connection, CODE, actor=REVIEWER, comment="nữa")
    with service.writing(published) as connection:
        service.reinstate(connection, CODE, actor=REVIEWER)
    assert fee(published) == 50_000


def test_publishing_a_draft_of_a_retired_procedure_brings_it_back(published: Engine) -> None:
    with service.writing(published) as connection:
        service.retire(connection, CODE, actor=REVIEWER, comment="bãi bỏ")
    publish(published, draft(published, with_fee(50_000)))
    assert fee(published) == 50_000


def test_an_earlier_version_comes_back_as_a_new_one(published: Engine) -> None:
    publish(published, draft(published, with_fee(60_000)))
    with service.writing(published) as connection:
        base = reading.read_work(connection, CODE).base
        made = service.restore(connection, CODE, 1, base=base, actor=LAN)
    assert fee(published) == 60_000
    publish(published, made)
    assert fee(published) == 50_000
    with published.connect() as connection:
        numbers = connection.execute(select(t.revisions.c.revision).where(t.revisions.c.code == CODE)).scalars().all()
    assert numbers == [1, 2, 3]
    with pytest.raises(EditRefused, match="không có bản biên soạn số 9"), service.writing(published) as connection:
        service.restore(connection, CODE, 9, base=base, actor=LAN)


def test_the_draft_goes_back_with_a_word(published: Engine) -> None:
    made = draft(published, with_fee(60_000))
    with pytest.raises(EditRefused, match="chờ duyệt"), service.writing(published) as connection:
        service.send_back(connection, CODE, version=made.version, actor=REVIEWER, comment="thiếu nguồn")
    with service.writing(published) as connection:
        service.submit(connection, CODE, version=made.version, actor=LAN)
        back = service.send_back(connection, CODE, version=made.version, actor=REVIEWER, comment="thiếu nguồn")
    assert (back.state, back.comment, back.author) == (State.DRAFT, "thiếu nguồn", "lan")


def test_editing_what_is_in_review_makes_it_a_draft_again(published: Engine) -> None:
    made = draft(published, with_fee(60_000))
    with service.writing(published) as connection:
        service.submit(connection, CODE, version=made.version, actor=LAN)
    assert draft(published, with_fee(61_000), MINH).state is State.DRAFT


@pytest.mark.parametrize("actor", [VIEWER, LAN], ids=["viewer", "editor"])
def test_everybody_does_only_what_they_may(published: Engine, actor: Any) -> None:
    made = draft(published, with_fee(60_000))
    with service.writing(published) as connection:
        service.submit(connection, CODE, version=made.version, actor=LAN)
    before = snapshot(published)
    kept = {"version": made.version, "actor": actor}
    steps: list[tuple[Any, dict[str, Any]]] = [
        (service.publish, kept),
        (service.send_back, {**kept, "comment": "x"}),
        (service.retire, {"actor": actor, "comment": "x"}),
        (service.reinstate, {"actor": actor}),
    ]
    if actor is VIEWER:
        steps += [(service.submit, kept), (service.discard, kept)]
        with pytest.raises(EditRefused, match="quyền"):
            draft(published, with_fee(1), actor)
    for step, given in steps:
        with pytest.raises(EditRefused, match=r"quyền|người duyệt"), service.writing(published) as connection:
            step(connection, CODE, **given)
    assert snapshot(published) == before


@pytest.mark.parametrize("code", ["", "1.1", "../../x", "9.000001'; DROP TABLE drafts"])
def test_what_is_no_code_is_refused(engine: Engine, code: str) -> None:
    with pytest.raises(EditRefused, match="không đúng dạng"):
        draft(engine, content_of(code), base=Base())


def test_a_payload_without_end_is_refused(engine: Engine) -> None:
    with pytest.raises(EditRefused, match="dài quá"):
        draft(engine, content_of(summary="a" * 400_001))


def test_versions_of_drafts_are_never_used_twice(published: Engine) -> None:
    first = draft(published, with_fee(60_000))
    publish(published, first)
    assert draft(published, with_fee(61_000)).version > first.version
