"""Reading questions and dialogues, and writing what came of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluation.items import Answer, EvaluationInvalid, read_dialogues, read_questions


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "items.jsonl"


def _write(file: Path, *lines: object) -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    file.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return file


QUESTION = {"id": "q1", "text": "làm hộ chiếu bao nhiêu", "aspect": "fee", "codes": ["1.001456"]}


def test_questions_are_read_with_what_is_expected(file: Path) -> None:
    more = {**QUESTION, "style": "short", "group": "xnc", "ask_back": True}
    first, second = read_questions(_write(file, QUESTION, "", more))
    assert (first.id, first.text, first.expected.aspect) == ("q1", "làm hộ chiếu bao nhiêu", "fee")
    assert first.expected.codes == frozenset({"1.001456"})
    assert (first.style, first.group, first.turn, first.expected.ask_back) == ("", "", None, False)
    assert (second.style, second.group, second.expected.ask_back) == ("short", "xnc", True)


def test_a_question_without_an_id_is_called_by_its_line(file: Path) -> None:
    nameless = {name: value for name, value in QUESTION.items() if name != "id"}
    assert [question.id for question in read_questions(_write(file, QUESTION, nameless))] == ["q1", "2"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "không phải JSON"),
        ("[1]", "cần một đối tượng JSON"),
        ({"aspect": "fee", "codes": []}, "thiếu text"),
        ({"text": 5, "aspect": "fee", "codes": []}, "thiếu text"),
        ({"text": "x", "codes": []}, "thiếu aspect hoặc codes"),
        ({"text": "x", "aspect": "fee"}, "thiếu aspect hoặc codes"),
        ({"text": "x", "aspect": "fee", "codes": None}, "thiếu aspect hoặc codes"),
    ],
)
def test_a_bad_question_is_told_with_its_line(file: Path, line: object, reason: str) -> None:
    with pytest.raises(EvaluationInvalid, match=rf"^items.jsonl, dòng 3: .*{reason}"):
        read_questions(_write(file, QUESTION, "", line))


def test_a_file_that_is_not_there_or_no_text_is_told(file: Path) -> None:
    with pytest.raises(EvaluationInvalid, match="Không đọc được"):
        read_questions(file)
    file.write_bytes(b"\xff\xfe{}")
    with pytest.raises(EvaluationInvalid, match="Không đọc được"):
        read_dialogues(file)


def test_dialogues_are_read_turn_by_turn(file: Path) -> None:
    turns = [
        {"user": "làm hộ chiếu", "expect": {"aspect": "which_procedure", "codes": ["1.001456"]}},
        {"user": "cảm ơn", "expect": {"aspect": "smalltalk", "codes": []}},
    ]
    (dialogue,) = read_dialogues(_write(file, {"id": "d1", "turns": turns}))
    assert [(turn.id, turn.turn, turn.text) for turn in dialogue] == [("d1", 1, "làm hộ chiếu"), ("d1", 2, "cảm ơn")]
    assert dialogue[1].expected.codes == frozenset()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"id": "d"}, "dòng 1: thiếu turns"),
        ({"turns": []}, "dòng 1: thiếu turns"),
        ({"turns": ["x"]}, "dòng 1: lượt 1 thiếu user"),
        ({"turns": [{"user": "x"}]}, "dòng 1, lượt 1: thiếu aspect hoặc codes"),
        ({"turns": [{"user": "x", "expect": {"aspect": "fee"}}]}, "dòng 1, lượt 1: thiếu aspect hoặc codes"),
    ],
)
def test_a_bad_dialogue_is_told_with_its_line_and_turn(file: Path, line: object, reason: str) -> None:
    with pytest.raises(EvaluationInvalid, match=reason):
        read_dialogues(_write(file, line))


def test_an_answer_is_one_line_with_every_field_in_its_order() -> None:
    line = Answer("q", "asked_back", codes=["A"], options=["A"], aspect="fee", ms=1.5, replies=["Phí?\nđấy"]).as_line()
    assert "\n" not in line
    assert "đấy" in line
    wanted = ["id", "outcome", "answer", "codes", "options", "aspect", "confidence", "ms", "replies"]
    assert list(json.loads(line)) == wanted
    assert list(json.loads(Answer("d", "failed", turn=2).as_line())) == ["id", "turn", *wanted[1:]]
