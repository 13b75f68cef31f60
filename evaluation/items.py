"""What an evaluation asks and what comes back: one shape for single questions and for dialogues."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from knowledge.errors import MotCuaError

PROCEDURE_ASPECTS = frozenset(
    {
        "which_procedure", "documents", "fee", "processing_time", "place", "how_to_file", "eligibility", "form",
        "result", "legal_basis", "portal_link",
    }
)  # fmt: skip


class EvaluationInvalid(MotCuaError):
    """An evaluation file can't be read."""


@dataclass(frozen=True)
class Expected:
    """What a right turn looks like."""

    aspect: str
    codes: frozenset[str]
    ask_back: bool


@dataclass(frozen=True)
class Question:
    """A message with what is expected; ``turn`` counts from 1 within a dialogue."""

    id: str
    text: str
    expected: Expected
    style: str = ""
    group: str = ""
    turn: Optional[int] = None


@dataclass
class Answer:
    """The machine-readable end of a turn, as the assistant made it."""

    id: str
    outcome: str
    turn: Optional[int] = None
    answer: Optional[str] = None
    codes: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    aspect: Optional[str] = None
    confidence: Optional[float] = None
    ms: float = 0.0
    replies: list[str] = field(default_factory=list)

    def as_line(self) -> str:
        """One line of the output file."""
        record: dict[str, Any] = {"id": self.id}
        if self.turn is not None:
            record["turn"] = self.turn
        for name in ("outcome", "answer", "codes", "options", "aspect", "confidence", "ms", "replies"):
            record[name] = getattr(self, name)
        return json.dumps(record, ensure_ascii=False)


def answer_of(name: str, record: dict[str, Any]) -> Answer:
    """A turn's record as an answer; an assistant that broke tells none, which is an outcome too.

    Args:
        name: the question's id.
        record: as ``answers.outcome.TurnRecord`` writes it; empty for none.
    """
    return Answer(
        id=name,
        outcome=str(record.get("outcome") or "failed"),
        answer=record.get("answer"),
        codes=list(record.get("codes") or []),
        options=list(record.get("options") or []),
        aspect=record.get("aspect"),
        confidence=record.get("confidence"),
    )


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationInvalid(f"Không đọc được {path}: {type(error).__name__}.") from error
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                record = json.loads(line)
            except ValueError as error:
                raise EvaluationInvalid(f"{path.name}, dòng {number}: không phải JSON.") from error
            if not isinstance(record, dict):
                raise EvaluationInvalid(f"{path.name}, dòng {number}: cần một đối tượng JSON.")
            yield number, record


def _expected(record: dict[str, Any], where: str) -> Expected:
    try:
        return Expected(str(record["aspect"]), frozenset(record["codes"]), bool(record.get("ask_back", False)))
    except (KeyError, TypeError) as error:
        raise EvaluationInvalid(f"{where}: thiếu aspect hoặc codes.") from error


def read_questions(path: Path) -> list[Question]:
    """Read single questions, one JSON object a line.

    Raises:
        EvaluationInvalid: the file can't be read; the text names the line.
    """
    questions = []
    for number, record in _lines(path):
        where = f"{path.name}, dòng {number}"
        if not isinstance(record.get("text"), str):
            raise EvaluationInvalid(f"{where}: thiếu text.")
        expected = _expected(record, where)
        style, group = str(record.get("style", "")), str(record.get("group", ""))
        questions.append(Question(str(record.get("id", number)), record["text"], expected, style, group))
    return questions


def read_dialogues(path: Path) -> list[list[Question]]:
    """Read dialogues: each a list of turns in order.

    Raises:
        EvaluationInvalid: the file can't be read; the text names the line.
    """
    dialogues = []
    for number, record in _lines(path):
        where = f"{path.name}, dòng {number}"
        turns = record.get("turns")
        if not isinstance(turns, list) or not turns:
            raise EvaluationInvalid(f"{where}: thiếu turns.")
        dialogue = []
        for place, turn in enumerate(turns, 1):
            if not isinstance(turn, dict) or not isinstance(turn.get("user"), str):
                raise EvaluationInvalid(f"{where}: lượt {place} thiếu user.")
            expected = _expected(turn.get("expect") or {}, f"{where}, lượt {place}")
            dialogue.append(Question(str(record.get("id", number)), turn["user"], expected, turn=place))
        dialogues.append(dialogue)
    return dialogues
