"""Guides as staff write them: every mistake with its file, line and reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.check import check
from knowledge.content import read_content
from knowledge.guides.model import read_guides
from knowledge.yaml_models import Known

KNOWN = Known({"1.000001": (), "1.000002": ("Trại nhỏ", "Trại lớn")}, frozenset({"1.000001", "1.000002"}))


def test_a_sound_guide_is_read_with_its_first_question_and_its_leaves(folder: Path) -> None:
    read = read_guides(KNOWN, folder)
    assert read.problems == ()
    guide = read.guides["nuoi-chim"]
    assert guide.first == "how_many_birds"
    assert [leaf.label for leaf in guide.leaves()] == ["Trong nhà", "Ngoài vườn", "Từ 10 con"]
    assert guide.codes("where_do_they_live") == ["1.000001", "1.000002"]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("next: where_do_they_live", "next: nowhere", 9, "không có câu hỏi 'nowhere'"),
        ("next: where_do_they_live", 'code: "1.000001"', 11, "không lựa chọn nào dẫn tới câu hỏi 'where_do_they_live'"),
        ('code: "1.000001"', "next: how_many_birds", 5, "dẫn vòng về chính nó"),
        ('code: "1.000001"', 'code: "1.999999"', 14, "chưa có thủ tục 1.999999"),
        ("case: Trại nhỏ", "case: Trại vừa", 15, "không có trường hợp 'Trại vừa'"),
        (", case: Trại nhỏ", "", 15, "có 2 trường hợp, phải ghi case"),
        ("label: Ngoài vườn", "label: trong nhà", 13, "hai lựa chọn cùng tên"),
        ("name: nuoi-chim", "name: nuoi-ga", 1, "name phải là tên file: 'nuoi-chim'"),
        ("title: Nuôi", "titel: Nuôi", 2, "titel"),
        ("Đếm cả chim non.", "Đếm " + "cả chim non " * 10, 5, "câu quá dài"),
        ('code: "1.000001"}', 'code: "1.000001", next: how_many_birds}', 14, "chỉ một trong hai"),
        ("text: Chuồng ở đâu?", "text: a\n    text: b", 13, "khóa 'text' viết hai lần"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_reason(
    change: Callable[[str, str], Path], old: str, new: str, line: int, reason: str
) -> None:
    read = read_guides(KNOWN, change(old, new))
    assert read.guides == {}
    assert any(str(problem).startswith("nuoi-chim.yml:") and reason in str(problem) for problem in read.problems)
    assert line in {problem.line for problem in read.problems if reason in problem.reason}


def test_a_code_that_yaml_takes_for_a_number_is_read_as_the_code_it_was(change: Callable[[str, str], Path]) -> None:
    known = Known({**KNOWN.cases, "1.000010": ()}, frozenset({"1.000010", *KNOWN.codes}))
    read = read_guides(known, change('code: "1.000001"', "code: 1.000010"))
    assert "1.000010" in read.guides["nuoi-chim"].codes()


def test_a_guide_without_scenarios_is_not_finished(folder: Path) -> None:
    (folder / "guides" / "nuoi-chim.scenarios.yml").unlink()
    (problem,) = read_guides(KNOWN, folder).problems
    assert "thiếu file tình huống" in problem.reason


def test_all_our_guides_events_and_questions_are_sound() -> None:
    checked = check()
    assert [str(problem) for problem in checked.problems] == []
    assert len(checked.guides.guides) >= 30
    assert len(checked.events.events) >= 16
    assert len(checked.faqs.faqs) >= 42


def test_every_leaf_of_ours_ends_in_a_case_where_the_procedure_has_any() -> None:
    known = Known.of(read_content())
    for guide in read_guides(known).guides.values():
        for leaf in guide.leaves():
            assert leaf.code
            assert (leaf.case is not None) == bool(known.cases[leaf.code]), f"{guide.name}: {leaf.label}"
