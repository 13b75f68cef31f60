"""Life events: their files, and one checklist without repeats."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.content import read_content
from knowledge.layer import Case, Document
from knowledge.life_events import LifeEvent, checklist, read_life_events
from knowledge.yaml_models import Known

PIGEONS = """\
name: nuoi-chim
title: Nuôi chim
names: [nuôi chim, mua chim, có chim, được cho chim, bắt chim, xin chim]
summary: Báo chuồng trước, rồi mua chim.
steps:
  - code: "1.000001"
    why: Báo chuồng.
    deadline: {text: Trong 5 ngày, fine: bị phạt, source: luat}
    together: chung
  - {code: "1.000002", case: Trại lớn, why: Tiêm chim., when: Có trên 10 con, together: chung}
together: {chung: Báo chuồng và tiêm chim nộp một lần.}
sources:
  luat: {name: Luật Chim, dated: 2020-01-01, checked: 2026-11-24}
"""
KNOWN = Known({"1.000001": (), "1.000002": ("Trại nhỏ", "Trại lớn")}, frozenset({"1.000001", "1.000002"}))


def _folder(tmp_path: Path, text: str = PIGEONS) -> Path:
    (tmp_path / "life_events").mkdir()
    (tmp_path / "life_events" / "nuoi-chim.yml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_sound_event_is_read(tmp_path: Path) -> None:
    read = read_life_events(KNOWN, _folder(tmp_path))
    assert read.problems == ()
    assert read.events["nuoi-chim"].codes == ["1.000001", "1.000002"]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("source: luat", "source: khac", 1, "nguồn 'khac' chưa khai trong sources"),
        ("Có trên 10 con, together: chung", "Có trên 10 con, together: rieng", 1, "'rieng' chưa khai trong together"),
        ('code: "1.000001"', 'code: "1.999999"', 6, "chưa có thủ tục 1.999999"),
        ("case: Trại lớn", "case: Trại vừa", 10, "không có trường hợp 'Trại vừa'"),
        ('code: "1.000002", case: Trại lớn', 'code: "1.000001"', 1, "một thủ tục đứng hai lần"),
        (", xin chim]", "]", 3, "names"),
        ("why: Báo chuồng.", "why: " + "rất dài " * 15, 6, "câu quá dài"),
        ("name: nuoi-chim", "name: nuoi-ga", 1, "name phải là tên file"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_reason(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    assert old in PIGEONS
    read = read_life_events(KNOWN, _folder(tmp_path, PIGEONS.replace(old, new)))
    assert read.events == {}
    found = [problem for problem in read.problems if reason in problem.reason]
    assert found, read.problems
    assert (found[0].file, found[0].line) == ("nuoi-chim.yml", line)


def _event(tmp_path: Path) -> LifeEvent:
    return read_life_events(KNOWN, _folder(tmp_path)).events["nuoi-chim"]


def test_the_checklist_names_each_paper_once_and_adds_up_copies(tmp_path: Path) -> None:
    cases = {
        "1.000001": [
            Case(
                name="Báo",
                documents=[Document(name="Đơn nuôi chim", original=1, copies=1), Document(name="Ảnh chuồng")],
            )
        ],
        "1.000002": [
            Case(name="Trại nhỏ", documents=[Document(name="Giấy khác")]),
            Case(name="Trại lớn", documents=[Document(name="đơn nuôi chim", original=1, copies=2, if_any=True)]),
        ],
    }
    taken = checklist(_event(tmp_path), lambda code: cases[code])
    assert [(entry.paper.name, entry.codes) for entry in taken] == [
        ("Đơn nuôi chim", ("1.000001", "1.000002")),
        ("Ảnh chuồng", ("1.000001",)),
    ]
    assert (taken[0].paper.original, taken[0].paper.copies, taken[0].paper.if_any) == (1, 3, False)


def test_a_procedure_without_papers_adds_none(tmp_path: Path) -> None:
    assert checklist(_event(tmp_path), lambda code: ()) == []


def test_no_checklist_of_ours_repeats_a_paper() -> None:
    cases = {procedure.code: procedure.cases for procedure in read_content().procedures}
    for event in read_life_events().events.values():
        names = [entry.paper.name.lower() for entry in checklist(event, lambda code: cases[code])]
        assert names
        assert len(names) == len(set(names)), event.name


def test_every_deadline_of_ours_has_a_dated_source() -> None:
    for event in read_life_events().events.values():
        for step in event.steps:
            if step.deadline:
                assert event.sources[step.deadline.source].dated, f"{event.name} {step.code}"
