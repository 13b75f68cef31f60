from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from knowledge import store
from knowledge import tables as t
from knowledge.content import load_content, read_content, read_yaml
from knowledge.database import open_engine
from knowledge.errors import ContentInvalid
from tests.knowledge.made_up import (
    CODE,
    audit_lines,
    content_of,
    count,
    import_entries,
    layer,
    record,
    save,
    snapshot,
    told,
    write_content,
)

OTHER = "9.000002"


def problems(folder: Path) -> list[str]:
    return [str(problem) for problem in read_content(folder).problems]


def test_our_own_content_has_no_problem() -> None:
    content = read_content()
    assert content.problems == []
    assert len(content.procedures) >= 40
    assert content.keys
    assert content.aliases


def test_our_own_content_names_only_procedures_that_say_how_they_are_called() -> None:
    for procedure in read_content().procedures:
        assert procedure.popular_names, procedure.code
        assert len(procedure.ways_to_ask) >= 3, procedure.code
        assert all(source.checked.year >= 2026 for source in procedure.sources.values()), procedure.code


HEAD = """code: "9.000001"
name: Cấp thẻ nuôi chim
official_name: Thủ tục cấp thẻ
group: khac
level: [commune]
summary: Xin thẻ.
portal_url: https://example.vn
sources:
  portal:
    name: Bản ghi thử
    checked: 2026-11-24
"""


@pytest.mark.parametrize(
    ("tail", "line", "words"),
    [
        ("nmae: x\n", 12, "nmae"),
        ("channels:\n  - kind: online\n    times:\n      - text: Nhanh\n        amount: 3\n", 15, "đơn vị (unit)"),
        ("channels:\n  - kind: bồ câu\n", 13, "channels.0.kind"),
        ("cases:\n  - name: A\n    documents: []\n", 14, "documents"),
        ("legal_bases:\n  - number: Luật\n    title: x\n", 13, "60/2014/QH13"),
        ("related: 'x\nsteps: [a]\n", 12, "YAML không đọc được"),
        ("steps: [a]\nsteps: [b]\n", 13, "'steps' viết hai lần"),
        ("steps:\n  - {a: 1, a: 2}\n", 13, "'a' viết hai lần"),
        ("channels:\n  - kind: online\n    fees:\n      - label: x\n        amount: 0\n        to: 2026-02-30\n", 17,
         "ngày '2026-02-30'"),
        ("summary2: !!python/object:os.system x\n", 12, "YAML không đọc được"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, tail: str, line: int, words: str) -> None:
    folder = write_content(tmp_path)
    (folder / "procedures" / "9.000001-thu.yml").write_text(HEAD + tail, encoding="utf-8")
    (problem,) = problems(folder)
    assert problem.startswith(f"9.000001-thu.yml:{line}: ")
    assert words in problem


@pytest.mark.parametrize("data", [b"", b"xin chao", b"- 1\n- 2\n", b"7", b"\xff\xfe", b"a: \x00"])
def test_a_file_that_is_no_procedure_is_a_problem_of_that_file(tmp_path: Path, data: bytes) -> None:
    folder = write_content(tmp_path)
    (folder / "procedures" / "9.000001-thu.yml").write_bytes(data)
    assert problems(folder)
    assert all(problem.startswith("9.000001-thu.yml:1: ") for problem in problems(folder))


def test_a_file_bears_its_code_and_a_code_has_one_file(tmp_path: Path) -> None:
    folder = write_content(tmp_path, content_of())
    path = folder / "procedures" / f"{CODE}-thu.yml"
    (folder / "procedures" / "9.000002-khac.yml").write_bytes(path.read_bytes())
    assert problems(folder) == [
        f"9.000002-khac.yml:1: tên file phải bắt đầu bằng '{CODE}-'",
        f"9.000002-khac.yml:1: mã {CODE} đã có trong {CODE}-thu.yml",
    ]


@pytest.mark.parametrize(
    ("keys", "line", "words"),
    [
        ("- code: '9.000001'\n  popular_names: [a]\n- code: chim\n", 3, "'chim'"),
        ("- code: '9.000001'\n  names: [a]\n", 1, "gồm code"),
        ("- code: '9.000001'\n  ways_to_ask: [a, 7]\n", 1, "chuỗi chữ"),
        ("- code: '9.000001'\n  ways_to_ask: a\n", 1, "chuỗi chữ"),
        ("- a: [\n", 2, "YAML"),
        ("code: '9.000001'\n", 1, "danh sách"),
        ("7", 1, "danh sách"),
    ],
)
def test_mistakes_in_search_keys_are_told_with_their_line(tmp_path: Path, keys: str, line: int, words: str) -> None:
    (problem,) = problems(write_content(tmp_path, keys=keys))
    assert problem.startswith(f"thu.yml:{line}: ")
    assert words in problem


@pytest.mark.parametrize(
    ("aliases", "line"), [("sổ đỏ: giấy chứng nhận\nsổ: 7\n", 2), ("- sổ đỏ\n", 1), ("a: b\na: c\n", 2), ("x", 1)]
)
def test_mistakes_in_aliases_are_told_with_their_line(tmp_path: Path, aliases: str, line: int) -> None:
    (problem,) = problems(write_content(tmp_path, aliases=aliases))
    assert problem.startswith(f"aliases.yml:{line}: ")


def test_lines_are_known_for_every_node(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_text("a:\n  - b: 1\n    c: 2\n", encoding="utf-8")
    value, lines = read_yaml(path)
    assert value == {"a": [{"b": 1, "c": 2}]}
    assert (lines["a",], lines["a", 0], lines["a", 0, "c"]) == (1, 2, 3)


def test_a_mistake_stops_the_load_before_anything_is_written(engine: Engine, tmp_path: Path) -> None:
    folder = write_content(tmp_path / "c", content_of(), content_of(OTHER, nmae="x", mane="y"))
    before = snapshot(engine)
    with pytest.raises(ContentInvalid, match=rf"{OTHER}-thu.yml:\d+: .*và 1 lỗi nữa"):
        load_content(engine, folder)
    assert snapshot(engine) == before


def test_content_is_loaded_once_and_an_unchanged_load_reads_no_file(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_content(
        tmp_path / "c", content_of(), keys="- code: '9.000003'\n  popular_names: [thẻ mèo]\n", aliases="Sổ: giấy\n"
    )
    assert load_content(engine, folder).created == [CODE]
    assert told(engine).summary == "Xin thẻ để nuôi chim bồ câu."
    before = snapshot(engine)
    monkeypatch.setattr("knowledge.content.read_content", lambda _: pytest.fail("read although nothing changed"))
    assert load_content(engine, folder) == store.Outcome()
    assert snapshot(engine) == before
    with engine.connect() as connection:
        assert connection.execute(select(t.aliases)).all() == [("sổ", "giấy")]
        assert count(connection, t.search_keys) == 1


def test_a_changed_file_is_one_change_and_grows_the_version(engine: Engine, tmp_path: Path) -> None:
    folder = write_content(tmp_path / "c", content_of(), content_of(OTHER))
    load_content(engine, folder)
    with engine.connect() as connection:
        before = store.read_counter(connection, store.KNOWLEDGE)
    outcome = load_content(engine, write_content(folder, content_of(summary="Xin thẻ.")))
    assert (outcome.created, outcome.changed) == ([], [CODE])
    changes = [line for line in audit_lines(engine) if line["action"] == "changed"]
    assert [(line["field"], line["new"], line["actor"]) for line in changes] == [("summary", "Xin thẻ.", "content")]
    with engine.connect() as connection:
        assert store.read_counter(connection, store.KNOWLEDGE) == before + 1


def test_what_staff_edited_is_left_alone(engine: Engine, tmp_path: Path) -> None:
    folder = write_content(tmp_path / "c", content_of())
    load_content(engine, folder)
    with engine.begin() as connection:
        save(connection, store.EDITORIAL, layer(summary="Lời của cán bộ."))
    load_content(engine, write_content(folder, content_of(summary="Lời mới trong file.")))
    assert told(engine).summary == "Lời của cán bộ."
    (folder / "procedures" / f"{CODE}-thu.yml").unlink()
    load_content(engine, folder)
    assert told(engine).summary == "Lời của cán bộ."


def test_a_file_that_is_gone_takes_its_layer_and_brings_it_back(engine: Engine, tmp_path: Path) -> None:
    import_entries(engine, tmp_path / "a.jsonl", record())
    folder = write_content(tmp_path / "c", content_of(), content_of(OTHER))
    load_content(engine, folder)
    for code in (CODE, OTHER):
        (folder / "procedures" / f"{code}-thu.yml").unlink()
    load_content(engine, folder)
    assert told(engine).editorial is None
    with engine.connect() as connection:
        assert count(connection, t.procedures) == 1
    assert load_content(engine, write_content(folder, content_of(), content_of(OTHER))).created == [CODE, OTHER]
    assert told(engine).summary == told(engine, OTHER).summary == "Xin thẻ để nuôi chim bồ câu."
    history = [line["action"] for line in audit_lines(engine) if line["code"] == CODE and line["layer"] == "editorial"]
    assert history == ["created", "removed", "created"]


def test_processes_that_start_at_once_load_it_once(engine: Engine, tmp_path: Path) -> None:
    folder = write_content(tmp_path / "c", *(content_of(f"9.00000{number}") for number in range(1, 6)))
    failures: list[BaseException] = []

    def work() -> None:
        mine = open_engine(str(engine.url))
        try:
            load_content(mine, folder)
        except BaseException as error:
            failures.append(error)
        finally:
            mine.dispose()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    assert [line["action"] for line in audit_lines(engine)] == ["created"] * 5
