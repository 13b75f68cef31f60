from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import insert, update
from sqlalchemy.engine import Engine

from knowledge import store
from knowledge import tables as t
from knowledge.layer import Case, Document
from knowledge.search import build
from knowledge.search.background import read_examples
from knowledge.search.build import IndexKeeper, embed_all, make_queries, read_entries, texts_to_embed
from knowledge.search.index import SearchIndex
from tests.conftest import ROOT
from tests.knowledge.made_up import CODE, LetterEncoder, count, import_entries, layer, record, save
from vietnamese.embedding import Vectors


def version(engine: Engine) -> int:
    with engine.connect() as connection:
        return store.read_counter(connection, store.KNOWLEDGE)


def wait_for_index() -> None:
    for thread in threading.enumerate():
        if thread.name == "index":
            thread.join(timeout=60)


def found(index: SearchIndex, text: str) -> str:
    return index.search(text, LetterEncoder().query(text)).hits[0].code


def test_an_entry_holds_both_layers_and_search_keys(engine: Engine) -> None:
    papers = [Case(name="Hồ sơ", documents=[Document(name="Ảnh chim", original=1)])]
    with engine.begin() as connection:
        official = layer(official_name="Thủ tục cấp thẻ nuôi chim.", name="Cấp thẻ", level=["commune"], field="Chim")
        save(connection, store.OFFICIAL, official.copy(update={"cases": papers}))
        save(
            connection,
            store.EDITORIAL,
            layer(name="Thẻ chim", summary="Xin thẻ.", popular_names=["giấy chim"], ways_to_ask=["nuôi chim sao"],
                  group="khac"),
        )  # fmt: skip
        connection.execute(insert(t.search_keys), [
            {"code": CODE, "position": 0, "kind": "popular_name", "text": "sổ chim"},
            {"code": CODE, "position": 1, "kind": "way_to_ask", "text": "nuôi chim sao"},
        ])  # fmt: skip
        (entry,) = read_entries(connection)
    assert entry.name == "Cấp thẻ nuôi chim"
    assert entry.popular_names == ("Thẻ chim", "giấy chim", "sổ chim")
    assert entry.ways_to_ask == ("nuôi chim sao",)
    assert (entry.levels, entry.editorial, entry.area) == (("commune",), True, "khac")
    assert {"Xin thẻ.", "Chim", "Ảnh chim"} <= set(entry.body.split(" . "))
    assert list(texts_to_embed([entry])) == [entry.name, *entry.keys]


def test_only_what_is_published_is_found_and_keys_of_unknown_codes_wait(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(insert(t.search_keys).values(code=CODE, position=0, kind="way_to_ask", text="nuôi chim"))
        assert read_entries(connection) == []
    import_entries(engine, tmp_path / "a.jsonl", record(), record("9.000002"))
    with engine.begin() as connection:
        connection.execute(update(t.procedures).where(t.procedures.c.code == "9.000002").values(state="draft"))
        (entry,) = read_entries(connection)
    assert entry.ways_to_ask == ("nuôi chim",)


def test_the_index_follows_the_database_without_a_restart(engine: Engine, tmp_path: Path) -> None:
    import_entries(engine, tmp_path / "a.jsonl", record(ten_thu_tuc="Cấp thẻ nuôi chim"))
    keeper = IndexKeeper(engine, LetterEncoder())
    before = keeper.index
    assert keeper.version == version(engine)
    keeper.follow(keeper.version)
    wait_for_index()
    assert keeper.index is before  # nothing new, nothing built
    import_entries(engine, tmp_path / "b.jsonl", record("9.000002", ten_thu_tuc="Đăng ký tàu bay"))
    keeper.follow(version(engine))
    wait_for_index()
    assert found(keeper.index, "tàu bay") == "9.000002"
    assert keeper.version == version(engine)
    assert len(before) == 1  # who still holds the old index goes on with it


def test_an_editors_popular_name_is_found_after_the_change(engine: Engine, tmp_path: Path) -> None:
    import_entries(engine, tmp_path / "a.jsonl", record(ten_thu_tuc="Cấp thẻ nuôi chim"), record("9.000002"))
    keeper = IndexKeeper(engine, LetterEncoder())
    with engine.begin() as connection:
        save(connection, store.EDITORIAL, layer("9.000002", popular_names=["giấy quắc quắc"]))
    keeper.follow(version(engine))
    wait_for_index()
    assert found(keeper.index, "quắc quắc") == "9.000002"


def test_a_new_alias_grows_the_version_and_is_found(engine: Engine, tmp_path: Path) -> None:
    entries = [record(ten_thu_tuc="Cấp thẻ nuôi chim"), record("9.000002", ten_thu_tuc="Đăng ký tàu bay")]
    import_entries(engine, tmp_path / "a.jsonl", *entries)
    with engine.begin() as connection:
        connection.execute(insert(t.aliases).values(alias="con sắt", term="đăng ký tàu bay"))
        store.grow(connection, store.KNOWLEDGE)
    assert found(IndexKeeper(engine, LetterEncoder()).index, "con sắt") == "9.000002"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_build_that_fails_leaves_the_old_index_and_the_next_turn_tries_again(engine: Engine, tmp_path: Path) -> None:
    class Fragile(LetterEncoder):
        broken = False

        def passages(self, texts: Sequence[str]) -> Vectors:
            if self.broken:
                raise RuntimeError("no memory")
            return super().passages(texts)

    import_entries(engine, tmp_path / "a.jsonl", record())
    encoder = Fragile()
    keeper = IndexKeeper(engine, encoder)
    import_entries(engine, tmp_path / "b.jsonl", record("9.000002", ten_thu_tuc="Đăng ký tàu bay"))
    for encoder.broken, size in ((True, 1), (False, 2)):
        keeper.follow(version(engine))
        wait_for_index()
        assert len(keeper.index) == size


def test_a_large_import_is_searchable_by_its_words_before_its_vectors_are_made(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "_EMBED_ON_THE_SPOT", 1)
    names = ["Cấp thẻ nuôi chim", "Đăng ký tàu bay", "Mua bán thuyền buồm"]
    import_entries(
        engine, tmp_path / "a.jsonl", *(record(f"9.00000{at}", ten_thu_tuc=name) for at, name in enumerate(names))
    )
    encoder = LetterEncoder()
    assert found(IndexKeeper(engine, encoder).index, "thuyền buồm") == "9.000002"
    with engine.connect() as connection:
        assert count(connection, t.vectors) == 0
    assert embed_all(engine, encoder) == 3
    assert embed_all(engine, encoder) == 0


def test_example_questions_are_read_by_intent(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: ask_fee\n  examples: |\n    - hết bao nhiêu\n    - mấy tiền\n',
        encoding="utf-8",
    )
    (tmp_path / "b.yml").write_text("", encoding="utf-8")
    assert read_examples(tmp_path) == {"ask_fee": ["hết bao nhiêu", "mấy tiền"]}
    assert read_examples(tmp_path / "nowhere") == {}
    assert len(read_examples(ROOT / "data" / "nlu")) > 20


def test_examples_and_aliases_make_the_queries(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(t.aliases).values(alias="sổ đỏ", term="giấy chứng nhận"))
        make = make_queries(connection, {"ask_fee": ["hết bao nhiêu tiền"] * 50})
    query = make("sổ đỏ bao nhiêu")
    assert query.weights["chung"] > 0
    assert query.weights["nhieu"] < 0.2 < query.weights["so"]


def test_the_national_names_find_themselves_by_words_alone(national_engine: Engine) -> None:
    index = IndexKeeper(national_engine, LetterEncoder("none")).index
    assert len(index) == 2_642
    asked = index.entries[::60]
    first = sum(
        entry.name in [index.entries[index.at[hit.code]].name for hit in
                       index.search(entry.name, LetterEncoder().query(entry.name), limit=5).hits]
        for entry in asked
    )  # fmt: skip
    assert first >= 0.95 * len(asked)


def test_an_empty_database_has_an_empty_index(engine: Engine) -> None:
    keeper = IndexKeeper(engine, LetterEncoder())
    assert keeper.index.search("khai sinh", LetterEncoder().query("khai sinh")).hits == ()


def test_an_index_built_upon_an_earlier_one_ranks_like_a_fresh_one(content_engine: Engine) -> None:
    encoder = LetterEncoder()
    embed_all(content_engine, encoder)
    keeper = IndexKeeper(content_engine, encoder)
    with content_engine.begin() as connection:
        new = layer("9.000001", name="Đăng ký tàu bay", popular_names=["giấy máy bay"])
        save(connection, store.EDITORIAL, new)
        store.remove_layers(connection, store.EDITORIAL, ["1.001193"], actor="test", reason="thử")
    keeper.follow(version(content_engine))
    wait_for_index()
    fresh = IndexKeeper(content_engine, encoder).index
    for asked in ("giấy máy bay", "khai sinh cho con", "sang tên sổ đỏ", "đăng ký kết hôn"):
        vector = encoder.query(asked)
        upon, anew = keeper.index.search(asked, vector), fresh.search(asked, vector)
        assert [hit.code for hit in upon.hits] == [hit.code for hit in anew.hits]
        assert [hit.score for hit in upon.hits] == pytest.approx([hit.score for hit in anew.hits], abs=1e-3)
        assert upon.known == pytest.approx(anew.known, abs=1e-3)


def test_above_the_bound_vectors_are_fetched_block_by_block_and_changes_are_followed(
    content_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = LetterEncoder()
    embed_all(content_engine, encoder)
    exact = IndexKeeper(content_engine, encoder).index
    monkeypatch.setattr(build, "EXACT_TEXTS", 100)
    keeper = IndexKeeper(content_engine, encoder)
    assert (exact.exact, keeper.index.exact) == (True, False)
    asked = [entry.keys[0] for entry in exact.entries[::10]]
    same = [found(keeper.index, text) == found(exact, text) for text in asked]
    assert sum(same) >= 0.9 * len(same)
    with content_engine.begin() as connection:
        save(connection, store.EDITORIAL, layer("9.000001", name="Đăng ký tàu bay", popular_names=["giấy máy bay"]))
    embed_all(content_engine, encoder)
    keeper.follow(version(content_engine))
    wait_for_index()
    assert found(keeper.index, "giấy máy bay") == "9.000001"
