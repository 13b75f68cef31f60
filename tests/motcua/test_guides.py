"""``motcua guide`` as a staff member meets it at a terminal."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from knowledge.content import Problem
from knowledge.guides.model import Guide
from knowledge.guides.scenarios import Ran
from motcua import cli, guides


def command(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["guide", *arguments], catch_exceptions=False)


def test_the_guides_are_listed_with_their_size() -> None:
    lines = command("list").output.splitlines()
    assert len(lines) >= 30
    assert any(line.startswith("can-cuoc: Thẻ căn cước") and "5 câu hỏi" in line for line in lines)


def test_scenarios_of_one_guide_are_run() -> None:
    ended = command("test", "can-cuoc")
    assert ended.exit_code == 0
    assert ended.output.splitlines() == ["can-cuoc: 13 tình huống, 0 lỗi."]


def test_a_failed_scenario_is_told_and_ends_with_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(found: list[Guide]) -> list[tuple[Guide, Ran]]:
        return [(guide, Ran(1, (Problem(f"{guide.name}.scenarios.yml", 3, "không hiểu 'x'"),))) for guide in found]

    monkeypatch.setattr(guides, "run_all", broken)
    ended = command("test", "can-cuoc")
    assert ended.exit_code == 1
    assert "  can-cuoc.scenarios.yml:3: không hiểu 'x'" in ended.output


def test_a_guide_is_drawn_with_the_names_of_its_procedures(tmp_path: Path) -> None:
    out = tmp_path / "hinh.svg"
    ended = command("draw", "can-cuoc", "-o", str(out))
    assert ended.exit_code == 0
    assert f"Đã vẽ {out}." in ended.output
    text = " ".join(ET.fromstring(out.read_text(encoding="utf-8")).itertext())
    assert "Thẻ làm cho ai?" in text
    assert "1.014062" in text


def test_a_picture_lands_beside_the_caller_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert command("draw", "khai-tu").exit_code == 0
    assert (tmp_path / "khai-tu.svg").exists()


@pytest.mark.parametrize("verb", ["test", "draw"])
def test_an_unknown_name_says_where_to_look(verb: str) -> None:
    ended = command(verb, "khong-co")
    assert ended.exit_code == 1
    assert "Không có hướng dẫn 'khong-co'. Gõ 'motcua guide list'" in ended.output
