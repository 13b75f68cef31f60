"""Two assistants on the same questions, side by side."""

from __future__ import annotations

from evaluation.changes import changes_of, measures_of
from evaluation.items import Expected, Question, answer_of


def question(text: str, aspect: str, *codes: str) -> Question:
    return Question(text, text, Expected(aspect, frozenset(codes), False))


def test_figures_and_what_only_one_answers_rightly() -> None:
    right = {"outcome": "answered", "answer": "1.1", "codes": ["1.1"], "aspect": "fee"}
    wrong = {"outcome": "answered", "answer": "2.2", "codes": ["2.2"], "aspect": "fee"}
    refused = {"outcome": "out_of_scope"}
    asked = [
        (question("một", "fee", "1.1"), answer_of("1", right), answer_of("1", wrong)),
        (question("hai", "fee", "1.1"), answer_of("2", {}), answer_of("2", right)),
        (question("ba", "documents", "1.1"), answer_of("3", right), answer_of("3", right)),
        (question("bốn", "out_of_scope"), answer_of("4", wrong), answer_of("4", refused)),
        (question("năm", "smalltalk"), answer_of("5", wrong), answer_of("5", {})),
    ]
    assert measures_of(asked) == [
        ("first", 2 / 3, 2 / 3, 3), ("resolved", 2 / 3, 2 / 3, 3), ("aspect", 0.5, 0.5, 2), ("refused", 0.0, 1.0, 1),
    ]  # fmt: skip
    assert changes_of(asked) == [
        ("một", "1.1", "1.1", "2.2", False),
        ("hai", "1.1", "failed", "1.1", True),
        ("bốn", "out_of_scope", "2.2", "out_of_scope", True),
    ]
