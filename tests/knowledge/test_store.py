from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.engine import Engine

from knowledge import store
from knowledge import tables as t
from knowledge.layer import Agencies, Channel, Fee, LegalBasis
from knowledge.rows import LAYER_TABLES
from tests.knowledge.made_up import CODE, audit_lines, count, layer, save, snapshot, write

OTHER = "9.000002"


def version(engine: Engine) -> int:
    with engine.connect() as connection:
        return store.read_counter(connection, store.KNOWLEDGE)


def payloads(engine: Engine, code: str = CODE) -> list[tuple[int, str, Any]]:
    query = select(t.revisions).where(t.revisions.c.code == code).order_by(t.revisions.c.revision)
    with engine.connect() as connection:
        return [(row.revision, row.actor, row.payload) for row in connection.execute(query)]


def test_a_first_write_is_logged_versioned_and_published(engine: Engine) -> None:
    with time_machine.travel("2026-11-24T09:00:00+07:00", tick=False), engine.begin() as connection:
        outcome = save(connection, store.OFFICIAL, layer(summary="Một"))
    assert outcome == store.Outcome(created=[CODE])
    (line,) = audit_lines(engine)
    assert (line["action"], line["actor"], line["code"], line["layer"], line["reason"]) == (
        "created", "test", CODE, "official", "thử",
    )  # fmt: skip
    assert line["at"] == dt.datetime(2026, 11, 24, 2, 0)
    assert version(engine) == 1
    with engine.connect() as connection:
        procedure = connection.execute(select(t.procedures)).one()
        assert store.count_procedures(connection) == 1
    assert (procedure.state, procedure.revision) == ("published", 1)


def test_writing_the_same_facts_changes_only_the_fingerprint(engine: Engine) -> None:
    with engine.begin() as connection:
        save(connection, store.OFFICIAL, layer(summary="Một"))
    before = snapshot(engine)
    with engine.begin() as connection:
        outcome = store.save_layers(
            connection, store.OFFICIAL, [store.Write(layer(summary="Một"), "khác")], actor="test"
        )
    assert outcome == store.Outcome(unchanged=[CODE])
    after = snapshot(engine)
    assert {name for name in after if after[name] != before[name]} == {"procedure_layers"}
    with engine.connect() as connection:
        assert store.known_digests(connection, store.OFFICIAL) == {CODE: "khác"}


def test_a_change_is_logged_by_field_and_kept_as_a_revision(engine: Engine) -> None:
    for summary, steps in (("Một", ["a"]), ("Hai", ["a"]), ("Hai", ["b", "c"])):
        with engine.begin() as connection:
            save(connection, store.EDITORIAL, layer(summary=summary, steps=steps))
    changes = [(line["field"], line["old"], line["new"]) for line in audit_lines(engine)[1:]]
    assert changes == [("summary", "Một", "Hai"), ("steps", ["a"], ["b", "c"])]
    assert [(number, payload["summary"], payload["steps"]) for number, _, payload in payloads(engine)] == [
        (1, "Một", ["a"]), (2, "Hai", ["a"]), (3, "Hai", ["b", "c"]),
    ]  # fmt: skip
    assert version(engine) == 3


def test_rows_of_a_layer_are_replaced_whole_and_the_other_layer_stays(engine: Engine) -> None:
    with engine.begin() as connection:
        save(connection, store.OFFICIAL, layer(steps=["a", "b", "c"]), layer(OTHER, steps=["x"]))
        save(connection, store.EDITORIAL, layer(steps=["tự viết"]))
        save(connection, store.OFFICIAL, layer(steps=["d"]))
        loaded = store.load_layers(connection, [CODE, OTHER])
    assert {key: found.steps for key, found in loaded.items()} == {
        (CODE, store.OFFICIAL): ["d"],
        (CODE, store.EDITORIAL): ["tự viết"],
        (OTHER, store.OFFICIAL): ["x"],
    }


def test_the_life_area_belongs_to_the_procedure(engine: Engine) -> None:
    with engine.begin() as connection:
        save(connection, store.EDITORIAL, layer(group="ho_tich"))
        assert connection.execute(select(t.procedures.c.area)).scalar() == "ho_tich"


def test_a_real_title_of_a_legal_text_beats_its_number_in_any_order(engine: Engine) -> None:
    bare, titled = LegalBasis(number="1/2020/QH14", title="1/2020/QH14"), LegalBasis(number="1/2020/QH14", title="Luật")
    for first, second in ((bare, titled), (titled, bare)):
        with engine.begin() as connection:
            save(connection, store.OFFICIAL, layer(legal_bases=[first]))
            save(connection, store.OFFICIAL, layer(OTHER, legal_bases=[second]))
            loaded = store.load_layers(connection, [CODE, OTHER])
            assert {found.legal_bases[0].title for found in loaded.values()} == {"Luật"}
            store.remove_layers(connection, store.OFFICIAL, [CODE, OTHER], actor="test", reason="lại")


def test_removing_the_last_layer_removes_the_procedure_but_not_its_log(engine: Engine) -> None:
    with engine.begin() as connection:
        save(connection, store.OFFICIAL, layer(), layer(OTHER))
        save(connection, store.EDITORIAL, layer())
        store.remove_layers(connection, store.OFFICIAL, [CODE, OTHER], actor="test", reason="hết")
        assert set(store.load_layers(connection, [CODE, OTHER])) == {(CODE, store.EDITORIAL)}
        assert connection.execute(select(t.procedures.c.code)).scalars().all() == [CODE]
    assert [line["code"] for line in audit_lines(engine) if line["action"] == "removed"] == [CODE, OTHER]
    assert version(engine) == 3


def test_a_removed_layer_that_comes_back_unchanged_is_written_again(engine: Engine) -> None:
    with engine.begin() as connection:
        save(connection, store.OFFICIAL, layer())
        save(connection, store.EDITORIAL, layer(summary="Lời"))
        store.remove_layers(connection, store.EDITORIAL, [CODE], actor="test", reason="hết")
        outcome = save(connection, store.EDITORIAL, layer(summary="Lời"))
        assert outcome.created == [CODE]
        assert store.load_layers(connection, [CODE])[CODE, store.EDITORIAL].summary == "Lời"
    assert [number for number, _, payload in payloads(engine) if payload.get("summary")] == [1, 2]


def test_removing_nothing_changes_nothing(engine: Engine) -> None:
    before = snapshot(engine)
    with engine.begin() as connection:
        store.remove_layers(connection, store.OFFICIAL, [], actor="test", reason="")
    assert snapshot(engine) == before


def test_a_write_that_fails_half_way_leaves_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.begin() as connection:
        save(connection, store.OFFICIAL, layer(summary="Một", steps=["a"]))
    before = snapshot(engine)
    monkeypatch.setattr(store, "grow", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        save(connection, store.OFFICIAL, layer(summary="Hai", steps=["b"]))
    assert snapshot(engine) == before


def test_many_layers_in_one_write(engine: Engine) -> None:
    many = [layer(f"9.{number:06}", steps=["a"]) for number in range(1_001)]
    with engine.begin() as connection:
        assert len(save(connection, store.OFFICIAL, *many).created) == 1_001
        assert len(save(connection, store.OFFICIAL, *many).unchanged) == 1_001
        assert len(store.load_layers(connection, [one.code for one in many])) == 1_001
        assert count(connection, t.steps) == 1_001


def test_every_table_of_a_layer_is_emptied_with_it(engine: Engine) -> None:
    full = layer(
        agencies=Agencies(decides="A"), channels=[Channel(kind="online", fees=[Fee(label="x", amount=0)])],
        steps=["a"], results=["b"], conditions=["c"], related=[OTHER], popular_names=["d"], ways_to_ask=["e"],
    )  # fmt: skip
    with engine.begin() as connection:
        save(connection, store.OFFICIAL, full)
        store.remove_layers(connection, store.OFFICIAL, [CODE], actor="test", reason="hết")
        assert [table.name for table in LAYER_TABLES if count(connection, table)] == []


def test_fingerprints_do_not_depend_on_the_order_of_keys() -> None:
    assert store.digest_of({"a": 1, "b": [2]}) == store.digest_of({"b": [2], "a": 1})
    assert store.digest_of([1, 2]) != store.digest_of([2, 1])
    assert write(layer()).digest == write(layer()).digest


def test_batches_hold_everything_once() -> None:
    assert list(store.batches(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(store.batches([], 2)) == []
