"""Scenarios that staff write: every guide's are run, and a wrong one is told in plain words."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.guides.model import Guide, read_guides
from knowledge.guides.scenarios import run_file

GUIDES = read_guides().guides


@pytest.mark.parametrize("name", GUIDES)
def test_the_scenarios_of_each_guide_pass(name: str) -> None:
    ran = run_file(GUIDES[name], list(GUIDES.values()))
    assert [str(problem) for problem in ran.problems] == []
    assert ran.count >= 4


def test_sound_scenarios_pass(pigeons: Guide, folder: Path) -> None:
    ran = run_file(pigeons, [pigeons], folder)
    assert (ran.count, ran.problems) == (3, ())


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("[vài con]", "[mười mấy]", 1, "không hiểu 'mười mấy' (Bạn nuôi mấy con?)"),
        ("hỏi: nuôi chim trong nhà", "hỏi: nuôi gà trong nhà", 1, "không dẫn vào hướng dẫn này"),
        ("/ Trại nhỏ", "/ Trại lớn", 4, "ra '1.000002 / Trại nhỏ', mong '1.000002 / Trại lớn'"),
        ('["1", sân]', '["1"]', 4, "chưa tới kết quả, còn hỏi: Chuồng ở đâu?"),
        ('["1", sân]', '["1", sân, nhà]', 4, "không hiểu 'nhà' (đã tới kết quả)"),
        ("[cả trăm con]", "[ít, sân]", 1, "chưa tình huống nào đi tới 'Từ 10 con'"),
        ("kết quả: 1.000002 / Trại lớn", "ket qua: x", 7, "ket qua"),
    ],
)
def test_a_scenario_that_ends_elsewhere_is_told(
    pigeons: Guide, folder: Path, old: str, new: str, line: int, reason: str
) -> None:
    path = folder / "guides" / "nuoi-chim.scenarios.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    problems = run_file(pigeons, [pigeons], folder).problems
    found = [problem for problem in problems if reason in problem.reason]
    assert found, problems
    assert found[0].file == "nuoi-chim.scenarios.yml"
    assert line in {problem.line for problem in found}
