from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import Engine

from knowledge.editing import service
from knowledge.editing.history import Entry, history
from tests.knowledge.editing.conftest import LAN, REVIEWER, draft, with_fee
from tests.knowledge.made_up import CODE, import_entries, record


def entries(engine: Engine) -> list[Entry]:
    with engine.connect() as connection:
        return history(connection, CODE)


def test_everything_is_told_the_newest_first(published: Engine, tmp_path: Path) -> None:
    made = draft(published, with_fee(60_000), comment="nghị quyết mới")
    with service.writing(published) as connection:
        service.submit(connection, CODE, version=made.version, actor=LAN)
        service.publish(connection, CODE, version=made.version, actor=REVIEWER, comment="đúng")
        service.retire(connection, CODE, actor=REVIEWER, comment="bãi bỏ")
    import_entries(published, tmp_path / "cong.jsonl", record())
    found = entries(published)
    versions = [entry for entry in found if entry.revision is not None]
    assert {(entry.layer, entry.revision) for entry in versions} == {
        ("editorial", 1), ("editorial", 2), ("official", 1),
    }  # fmt: skip
    second = next(entry for entry in versions if entry.revision == 2)
    assert (second.actor, second.reason) == ("ha", "đúng")
    assert [(change.old, change.new) for change in second.changes] == [("50.000 đồng", "60.000 đồng")]
    steps = [(entry.actor, entry.step) for entry in reversed(found) if entry.step]
    assert steps[-4:] == [
        ("lan", ("(chưa có)", "bản nháp")),
        ("lan", ("bản nháp", "chờ duyệt")),
        ("ha", ("chờ duyệt", "công bố")),
        ("ha", ("công bố", "thôi áp dụng")),
    ]


def test_nothing_is_told_of_what_never_was(engine: Engine) -> None:
    assert entries(engine) == []
