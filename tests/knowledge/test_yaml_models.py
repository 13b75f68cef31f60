"""What content files share: references, places of mistakes, sentences that stay readable."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from knowledge.content import Problem
from knowledge.review import LONGEST_SENTENCE, long_sentences
from knowledge.yaml_models import Known, plain_code, read_model


class Bird(BaseModel):
    name: str
    eggs: list[int]


def test_a_file_is_read_into_its_model_with_the_lines_of_its_nodes(tmp_path: Path) -> None:
    path = tmp_path / "chim.yml"
    path.write_text("name: bồ câu\neggs:\n  - 1\n  - 2\n", encoding="utf-8")
    problems: list[Problem] = []
    read = read_model(path, Bird, problems)
    assert read is not None
    bird, lines = read
    assert (bird.name, bird.eggs, problems) == ("bồ câu", [1, 2], [])
    assert str(lines.problem(("eggs", 1), "vỡ")) == "chim.yml:4: vỡ"
    # A node that isn't written is placed at the one around it.
    assert lines.problem(("eggs", 9, "x"), "vỡ").line == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: a\neggs: [1, x]\n", "chim.yml:2: eggs.1: "),
        ("name: a\n", "chim.yml:1: eggs: "),
        ("- 1\n", "chim.yml:1: file: "),
        ("name: [\n", "chim.yml:2: YAML không đọc được"),
        ("", "chim.yml:1: file: "),
    ],
)
def test_a_mistake_is_collected_not_raised(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "chim.yml"
    path.write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    assert read_model(path, Bird, problems) is None
    assert str(problems[0]).startswith(told)


@pytest.mark.parametrize(
    ("code", "case", "fault"),
    [
        ("1.000001", None, None),
        ("1.000002", "Một", None),
        ("1.000003", None, None),
        ("1.000009", None, "chưa có thủ tục 1.000009"),
        ("1.000002", None, "có 2 trường hợp, phải ghi case"),
        ("1.000002", "Ba", "không có trường hợp 'Ba'"),
    ],
)
def test_references_are_checked(code: str, case: str | None, fault: str | None) -> None:
    known = Known({"1.000001": ("Một",), "1.000002": ("Một", "Hai")}, frozenset({"1.000001", "1.000002", "1.000003"}))
    told = known.fault(code, case)
    assert told is None if fault is None else fault in (told or "")


@settings(derandomize=True, max_examples=100)
@given(st.integers(1_000_000, 9_999_999))
def test_a_code_written_without_quotes_is_the_code_that_was_meant(number: int) -> None:
    code = f"{number // 1_000_000}.{number % 1_000_000:06}"
    assert plain_code(float(code)) == code
    assert plain_code(code) == code


def test_sentences_that_are_too_long_are_told_by_their_first_words() -> None:
    word = "chim "
    fine = f"{(word * LONGEST_SENTENCE).strip()}. {word * LONGEST_SENTENCE}"
    assert long_sentences([fine]) == []
    assert long_sentences([f"Ngắn thôi. {word * (LONGEST_SENTENCE + 1)}"]) == ["chim chim chim chim chim chim…"]
