from __future__ import annotations

import datetime as dt
import gzip
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.engine import Engine

from knowledge import store
from knowledge import tables as t
from knowledge.database import open_engine
from knowledge.errors import ImportRefused
from knowledge.importers import run
from knowledge.importers.doubts import HEADER
from knowledge.importers.run import Summary, find_files, import_file, read_text, tell_format
from tests.conftest import TODAY
from tests.knowledge.made_up import (
    CODE,
    audit_lines,
    channel,
    count,
    import_entries,
    interface_object,
    record,
    snapshot,
    told,
    write_lines,
)

MARKS = "\t".join(HEADER)


def figures(summary: Summary) -> tuple[int, int, int, int]:
    return summary.created, summary.changed, summary.unchanged, len(summary.rejected)


def test_an_import_writes_the_official_layer_and_says_so(engine: Engine, tmp_path: Path) -> None:
    summary = import_entries(engine, tmp_path / "a.jsonl", record(), record("9.000002"))
    assert (summary.format, *figures(summary)) == ("records", 2, 0, 0, 0)
    assert told(engine).name == "Cấp thẻ nuôi chim bồ câu"
    assert [(line["action"], line["actor"], line["code"], line["reason"]) for line in audit_lines(engine)] == [
        ("created", "import", CODE, "a.jsonl"),
        ("created", "import", "9.000002", "a.jsonl"),
    ]
    with engine.connect() as connection:
        (ran,) = connection.execute(select(t.import_runs)).all()
    assert (ran.file, ran.format, ran.created, ran.rejected) == ("a.jsonl", "records", 2, 0)


@pytest.mark.parametrize("entry", [record(), interface_object()], ids=["records", "interface"])
def test_a_repeated_import_changes_nothing_at_all(engine: Engine, tmp_path: Path, entry: dict[str, Any]) -> None:
    import_entries(engine, tmp_path / "a.jsonl", entry)
    before = snapshot(engine)
    assert figures(import_entries(engine, tmp_path / "again.jsonl", entry)) == (0, 0, 1, 0)
    assert snapshot(engine) == before


def test_another_spelling_of_the_same_facts_changes_no_fact(engine: Engine, tmp_path: Path) -> None:
    import_entries(engine, tmp_path / "a.jsonl", record())
    logged = audit_lines(engine)
    summary = import_entries(engine, tmp_path / "a.jsonl", record(ten_thu_tuc="  Thủ tục cấp thẻ nuôi chim bồ câu "))
    assert figures(summary) == (0, 0, 1, 0)
    assert audit_lines(engine) == logged


def test_a_changed_record_is_logged_field_by_field_with_old_and_new(engine: Engine, tmp_path: Path) -> None:
    import_entries(engine, tmp_path / "a.jsonl", record())
    summary = import_entries(engine, tmp_path / "b.jsonl", record(linh_vuc="Chim rừng", yeu_cau_dieu_kien="Yêu chim"))
    assert figures(summary) == (0, 1, 0, 0)
    lines = [line for line in audit_lines(engine) if line["action"] == "changed"]
    assert [(line["field"], line["old"], line["new"]) for line in lines] == [
        ("conditions", None, ["Yêu chim"]),
        ("field", "Chim cảnh", "Chim rừng"),
    ]


BAD_LINES = {
    "no JSON": "{oops",
    "no object": "[1, 2]",
    "a word": "xin chào",
    "no name": json.dumps(record("9.000009", ten_thu_tuc="")),
    "a wrong code": json.dumps(record("9.9")),
    "channels no list": json.dumps(record("9.000009", kenh_nop="x")),
    "a channel no object": json.dumps(record("9.000009", kenh_nop=["x"])),
    "results no list": json.dumps(record("9.000009", ket_qua=7)),
    "a broken character": '{"ma_thu_tuc": "9.00000\\ud800", "ten_thu_tuc": "x\\ud800", "detail_url": "x"}',
    "a deep nest": "[" * 100_000,
    "an endless number": "9" * 10_000,
}


@pytest.mark.parametrize("bad", BAD_LINES.values(), ids=BAD_LINES.keys())
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_bad_line_is_rejected_with_its_number_and_reason_and_stops_no_other(
    engine: Engine, tmp_path: Path, bad: str, place: int
) -> None:
    entries: list[Any] = [record("9.000001"), record("9.000002")]
    entries.insert(place, bad)
    summary = import_entries(engine, tmp_path / "a.jsonl", *entries)
    assert figures(summary) == (2, 0, 0, 1)
    assert summary.rejected[0].line == place + 1
    assert summary.rejected[0].reason
    with engine.connect() as connection:
        assert set(store.known_digests(connection, store.OFFICIAL)) == {"9.000001", "9.000002"}
        (kept,) = connection.execute(select(t.import_rejections)).all()
    assert (kept.line, kept.reason) == (place + 1, summary.rejected[0].reason)


def test_the_second_line_of_a_code_is_rejected_and_names_the_first(engine: Engine, tmp_path: Path) -> None:
    summary = import_entries(engine, tmp_path / "a.jsonl", record(), record(linh_vuc="Khác"))
    assert [(one.line, one.code) for one in summary.rejected] == [(2, CODE)]
    assert "dòng 1" in summary.rejected[0].reason
    assert told(engine).official is not None
    assert told(engine).listed("steps").values
    with engine.connect() as connection:
        assert store.load_layers(connection, [CODE])[CODE, store.OFFICIAL].field == "Chim cảnh"


def test_procedures_of_one_name_stay_apart(engine: Engine, tmp_path: Path) -> None:
    same = "Hỗ trợ nuôi chim cộng đồng."
    codes = [f"9.00000{number}" for number in range(1, 6)]
    summary = import_entries(engine, tmp_path / "a.jsonl", *(record(code, ten_thu_tuc=same) for code in codes))
    assert summary.created == 5
    assert {told(engine, code).name for code in codes} == {"Hỗ trợ nuôi chim cộng đồng"}


def test_the_later_shape_replaces_the_earlier_as_a_change(engine: Engine, tmp_path: Path) -> None:
    import_entries(engine, tmp_path / "a.jsonl", record())
    assert figures(import_entries(engine, tmp_path / "b.json", interface_object())) == (0, 1, 0, 0)


@pytest.mark.parametrize(
    ("text", "format_name"),
    [
        (json.dumps(record()), "records"),
        (f"{json.dumps(record())}\n{json.dumps(record('9.000002'))}\n", "records"),
        (json.dumps([record()], indent=1), "records"),
        (json.dumps(interface_object(), indent=2), "interface"),
        (json.dumps({"data": [interface_object()]}), "interface"),
        (f"rác\n{json.dumps(interface_object())}", "interface"),
        (f"{MARKS}\n9.000001\tA\ttime cell\tx\thigh\n", "doubts"),
        (f"{MARKS}\r\n", "doubts"),
    ],
)
def test_formats_are_told_apart_by_what_they_hold(text: str, format_name: str) -> None:
    assert tell_format(text, "tên không nói gì.txt") == format_name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "không đúng dạng"),
        ("xin chào", "không đúng dạng"),
        ("{}", "không đúng dạng"),
        ("[" * 200_000, "không đúng dạng"),
        ("code\tname\n9.000001\tA", "không đúng dạng"),
        ('{"ma_so": "9.000001", "ten": "A"}', "chỉ có tên"),
    ],
)
def test_an_unknown_file_is_refused_in_words_and_writes_nothing(
    engine: Engine, tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    before = snapshot(engine)
    with pytest.raises(ImportRefused, match=f"a.json.*{words}"):
        import_file(engine, path, today=TODAY)
    assert snapshot(engine) == before


def test_packed_files_and_files_with_a_byte_order_mark_are_read(engine: Engine, tmp_path: Path) -> None:
    packed = tmp_path / "a.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps(record()).encode()))
    assert import_file(engine, packed, today=TODAY).created == 1
    marked = tmp_path / "b.jsonl"
    marked.write_text(json.dumps(record("9.000002")), encoding="utf-8-sig")
    assert import_file(engine, marked, today=TODAY).created == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.jsonl.gz", b"no gzip"), ("b.jsonl.gz", gzip.compress(b"{}" * 500, mtime=0)[:-9]), ("c.json", b"\xff\xfe{}")],
)
def test_damaged_files_are_refused_by_name(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ImportRefused, match=name):
        read_text(path)


def test_a_packed_file_that_grows_past_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LARGEST_FILE", 1_000)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b" " * 2_000, mtime=0))
    with pytest.raises(ImportRefused, match="lớn quá"):
        read_text(path)


def test_folders_give_their_files_in_order_and_what_is_not_there_is_refused(tmp_path: Path) -> None:
    inner = tmp_path / "in"
    inner.mkdir()
    for name in ("b.jsonl", "a.tsv", "c.json.gz", "readme.md"):
        (inner / name).touch()
    assert [path.name for path in find_files([tmp_path, inner / "readme.md"])] == [
        "a.tsv", "b.jsonl", "c.json.gz", "readme.md",
    ]  # fmt: skip
    with pytest.raises(ImportRefused, match="Không thấy"):
        find_files([tmp_path / "nowhere"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(ImportRefused, match="không có file"):
        find_files([tmp_path / "empty"])


def test_one_transaction_a_file_a_failure_leaves_nothing(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(engine)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(run, "_record_run", fail)
    with pytest.raises(OSError, match="disk full"):
        import_entries(engine, tmp_path / "a.jsonl", record())
    assert snapshot(engine) == before


def test_two_imports_at_once_both_arrive_whole(engine: Engine, tmp_path: Path) -> None:
    paths = [
        write_lines(tmp_path / f"{name}.jsonl", [record(f"9.{name}0000{at}") for at in range(8)]) for name in "1234"
    ]
    shared = write_lines(tmp_path / "shared.jsonl", [record("9.500000", linh_vuc="Chung")])
    failures: list[BaseException] = []

    def work(path: Path) -> None:
        mine = open_engine(str(engine.url))
        try:
            import_file(mine, path, today=TODAY)
            import_file(mine, shared, today=TODAY)
        except BaseException as error:
            failures.append(error)
        finally:
            mine.dispose()

    threads = [threading.Thread(target=work, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    with engine.connect() as connection:
        assert count(connection, t.layers) == count(connection, t.procedures) == count(connection, t.revisions) == 33
        assert count(connection, t.audit_log) == 33
        assert count(connection, t.import_runs) == 5


def test_progress_is_told_to_the_end(engine: Engine, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", [record(f"9.{number:06}") for number in range(250)])
    seen: list[tuple[str, int, int]] = []
    import_file(engine, path, today=TODAY, progress=lambda *step: seen.append(step))
    assert seen == [("a.jsonl", 100, 250), ("a.jsonl", 200, 250), ("a.jsonl", 250, 250)]


def marks(*lines: str) -> str:
    return "\n".join([MARKS, *lines])


def test_a_doubtful_field_is_not_told_as_a_fact(engine: Engine, tmp_path: Path) -> None:
    import_entries(engine, tmp_path / "a.jsonl", record(kenh_nop=[channel(fee="50,000 VNĐ")]))
    assert told(engine).channels(TODAY)[0].fees
    import_entries(engine, tmp_path / "d.tsv", marks(f"{CODE}\tA\tfee cell shows nonsense\tx\thigh"))
    procedure = told(engine)
    assert procedure.doubtful == {"fees"}
    assert procedure.channels(TODAY)[0].fees == ()
    assert procedure.channels(TODAY)[0].times


def test_marks_are_repeatable_replaceable_and_may_come_before_the_record(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "d.tsv"
    time, fee = f"{CODE}\tA\ttime cell\tx\thigh", f"{CODE}\tA\tfee cell\tx\thigh"
    assert figures(import_entries(engine, path, marks(time, "9.1\tB\tfee"))) == (1, 0, 0, 1)
    before = snapshot(engine)
    assert figures(import_entries(engine, path, marks(time))) == (0, 0, 1, 0)
    assert snapshot(engine) == before
    import_entries(engine, tmp_path / "a.jsonl", record())
    assert told(engine).doubtful == {"times"}
    assert figures(import_entries(engine, path, marks(fee))) == (0, 1, 0, 0)
    assert told(engine).doubtful == {"fees"}


def test_the_search_follows_what_an_import_changed(engine: Engine, tmp_path: Path) -> None:
    def version() -> int:
        with engine.connect() as connection:
            return store.read_counter(connection, store.KNOWLEDGE)

    versions = [version()]
    for entry in (record(), record(), record(linh_vuc="Khác")):
        import_entries(engine, tmp_path / "a.jsonl", entry)
        versions.append(version())
    assert versions[0] < versions[1] == versions[2] < versions[3]


def test_a_fee_whose_time_is_over_on_the_day_of_import_does_not_enter(engine: Engine, tmp_path: Path) -> None:
    note = "(Nộp trực tuyến đến hết ngày 31/12/2025: 115.000 đồng)"
    entry = record(kenh_nop=[channel(fee="Miễn phí", note=note)])
    import_entries(engine, tmp_path / "a.jsonl", entry, today=dt.date(2026, 1, 1))
    with engine.connect() as connection:
        assert count(connection, t.fees) == 0


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(derandomize=True, max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.sampled_from(sorted(record())), value=JSON_VALUES, kind=st.sampled_from([record, interface_object]))
def test_whatever_a_field_holds_the_line_enters_or_is_rejected(
    engine: Engine, tmp_path: Path, field: str, value: Any, kind: Any
) -> None:
    names = sorted(kind())
    name = field if field in names else names[len(field) % len(names)]
    entries = [kind("9.000001", **{name: value}), kind("9.000002")]
    path = tmp_path / "any.jsonl"
    path.write_text("\n".join(map(json.dumps, entries)), encoding="utf-8")
    summary = import_file(engine, path, today=TODAY)
    assert sum(figures(summary)) == 2
    assert all(one.line == 1 for one in summary.rejected)
