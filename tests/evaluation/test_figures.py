"""Figures on rows that were counted by hand."""

from __future__ import annotations

from typing import Any, Optional

import pytest

from evaluation.figures import COLUMNS, dialogue_table, right_turn, share, table, tally_by
from evaluation.items import Answer, Expected, Question


def asked(
    aspect: str = "fee", *codes: str, style: str = "plain", turn: Optional[int] = None, id: str = "q"
) -> Question:
    return Question(id, "x", Expected(aspect, frozenset(codes), False), style, "g", turn)


def got(outcome: str, answer: Optional[str] = None, **more: Any) -> Answer:
    return Answer("q", outcome, answer=answer, **more)


PAIRS = [
    # Right first and answered for, with the right aspect.
    (asked("fee", "A"), got("answered", "A", codes=["A", "B"], aspect="fee", ms=10)),
    # Answered for a second right code that is ranked second; another aspect.
    (asked("fee", "A", "B"), got("answered", "B", codes=["C", "B"], aspect="documents", ms=20)),
    # Asked back with a right code among the options, ranked fifth.
    (asked("place", "A", style="short"), got("asked_back", codes=["1", "2", "3", "4", "A"], options=["1", "A"], ms=30)),
    # Asked back without a right code; it stands sixth.
    (asked("place", "A", style="short"), got("asked_back", codes=["1", "2", "3", "4", "5", "A"], options=["1", "2"])),
    # Wrong, though the right code was ranked first.
    (asked("form", "A", style="short"), got("answered", "B", codes=["A", "B"], aspect="form")),
    # Missed, twice.
    (asked("form", "A"), got("not_found", codes=["B"])),
    (asked("form", "A"), got("out_of_scope")),
    # How to file and which procedure count as one.
    (asked("how_to_file", "A"), got("answered", "A", codes=["A"], aspect="which_procedure")),
    # Out of scope: refused, answered all the same, and offered something.
    (asked("out_of_scope"), got("out_of_scope")),
    (asked("out_of_scope"), got("answered", "A", codes=["A"])),
    (asked("out_of_scope"), got("asked_back", options=["A", "B"])),
    # Neither: not counted but for its time.
    (asked("smalltalk"), got("smalltalk")),
]


def test_the_figures_of_all_questions() -> None:
    tally = tally_by(PAIRS, "style")["all"]
    assert (tally.asked, tally.first, tally.five) == (8, 3, 5)
    assert (tally.resolved, tally.wrong, tally.missed) == (4, 1, 2)
    assert (tally.aspect_right, tally.aspect_of) == (2, 3)
    assert (tally.outside_refused, tally.outside) == (1, 3)
    cells = dict(zip(COLUMNS, tally.row(), strict=True))
    assert cells == {
        "n": "12",
        "R@1": "0.375",
        "R@5": "0.625",
        "resolved": "0.500",
        "wrong": "0.125",
        "missed": "0.250",
        "aspect": "0.667",
        "refused": "0.333",
        "ms": "0",
    }


def test_the_figures_by_style_add_up() -> None:
    tallies = tally_by(PAIRS, "style")
    assert list(tallies) == ["all", "plain", "short"]
    assert (tallies["short"].asked, tallies["short"].resolved, tallies["short"].wrong) == (3, 1, 1)
    assert tallies["plain"].asked + tallies["short"].asked == tallies["all"].asked
    assert list(tally_by(PAIRS, "aspect")) == [
        "all", "fee", "form", "how_to_file", "out_of_scope", "place", "smalltalk",
    ]  # fmt: skip
    assert tally_by(PAIRS, "group")["g"].asked == 8


def test_an_apology_resolves_nothing_and_is_neither_wrong_nor_missed() -> None:
    tally = tally_by([(asked("fee", "A"), got("failed"))], "style")["all"]
    assert (tally.asked, tally.first, tally.resolved, tally.wrong, tally.missed) == (1, 0, 0, 0, 0)


def test_nothing_to_divide_by_is_a_dash() -> None:
    assert share(0, 0) == "-"
    assert tally_by([], "style")["all"].row() == ["0", *["-"] * 8]


def test_the_table_has_a_line_for_each_value_in_straight_columns() -> None:
    lines = table(tally_by(PAIRS, "style"), "style").split("\n")
    assert [line.split()[0] for line in lines] == ["style", "all", "plain", "short"]
    assert len({len(line) for line in lines}) == 1


@pytest.mark.parametrize(
    ("question", "answer", "right"),
    [
        (asked("fee", "A"), got("answered", "A"), True),
        (asked("fee", "A"), got("answered", "B"), False),
        (asked("fee", "A"), got("asked_back", options=["B", "A"]), True),
        (asked("fee", "A"), got("asked_back", options=["B"]), False),
        (asked("smalltalk"), got("smalltalk"), True),
        (asked("smalltalk"), got("answered", "A"), False),
        (asked("out_of_scope"), got("not_found"), True),
        (asked("out_of_scope"), got("out_of_scope", options=["A"]), False),
        (asked("out_of_scope"), got("smalltalk"), False),
        (asked("status"), got("answered"), True),
        (asked("status"), got("handed_over"), True),
        (asked("status"), got("answered", "A"), False),
        (asked("which_procedure"), got("asked_back"), True),
        (asked("which_procedure"), got("answered", "A"), False),
    ],
)
def test_a_turn_is_right_by_outcome_and_code(question: Question, answer: Answer, right: bool) -> None:
    assert right_turn(question, answer) is right


def test_a_dialogue_is_right_if_all_its_turns_are() -> None:
    pairs = [
        (asked("fee", "A", id="d1", turn=1), got("answered", "A")),
        (asked("place", "A", id="d1", turn=2), got("answered", "A")),
        (asked("fee", "A", id="d2", turn=1), got("answered", "A")),
        (asked("smalltalk", id="d2", turn=2), got("failed")),
    ]
    lines = [line.split() for line in dialogue_table(pairs).split("\n")]
    assert lines[0] == ["turns", "right", "3", "/", "4", "0.750"]
    assert lines[1] == ["dialogues", "right", "1", "/", "2", "0.500"]
    assert lines[2:] == [
        ["fee", "2", "/", "2", "1.000"],
        ["place", "1", "/", "1", "1.000"],
        ["smalltalk", "0", "/", "1", "0.000"],
    ]
