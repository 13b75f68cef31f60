"""The whole product with the national records, on the questions kept for measuring.

Floors catch a fall, with room below today's figures; the figures themselves come from ``make eval``.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from evaluation.figures import Tally
from evaluation.items import read_questions
from evaluation.run import Assistant, run
from tests.conftest import MARKS, RECORDS, SHARED, shared_file
from tests.whole.conftest import build_house, house_environment, running_stack

pytestmark = pytest.mark.timeout(900)  # an import, some 2,000 vectors, a start and 400 questions come first
QUESTIONS = SHARED / "eval" / "questions.jsonl"
SECRET = "n" * 32
FLOORS = {"R@1": 0.60, "R@5": 0.80, "resolved": 0.65, "aspect": 0.90, "refused": 0.90}
MOST_WRONG = 0.15


@pytest.fixture(scope="module")
def tally(tmp_path_factory: pytest.TempPathFactory, content_database: Path) -> Tally:
    """Counts over all questions, each asked by somebody new."""
    records, marks, questions = shared_file(RECORDS), shared_file(MARKS), read_questions(shared_file(QUESTIONS))
    house = build_house(tmp_path_factory.mktemp("national"), content_database)
    for file in (records, marks):
        imported = subprocess.run(
            [sys.executable, "-m", "motcua.cli", "import", str(file)],
            cwd=house, env=house_environment(), capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        assert imported.returncode == 0, imported.stderr
    counted = Tally()
    with (
        running_stack(house, MOTCUA_CHANNEL_SECRET=SECRET) as stack,
        contextlib.closing(Assistant(stack.rasa_url, SECRET)) as assistant,
    ):
        for question, answer in run(assistant, [[question] for question in questions]):
            assert answer.outcome != "failed", question.id
            counted.add(question, answer)
    return counted


def figures(tally: Tally) -> dict[str, float]:
    """The shares that have a floor or a ceiling."""
    return {
        "R@1": tally.first / tally.asked,
        "R@5": tally.five / tally.asked,
        "resolved": tally.resolved / tally.asked,
        "wrong": tally.wrong / tally.asked,
        "aspect": tally.aspect_right / tally.aspect_of,
        "refused": tally.outside_refused / tally.outside,
    }


def test_the_right_procedure_is_found_among_all_of_the_countrys(tally: Tally) -> None:
    reached = figures(tally)
    assert not {name: reached[name] for name, floor in FLOORS.items() if reached[name] < floor}


def test_a_wrong_procedure_is_seldom_answered_for(tally: Tally) -> None:
    assert figures(tally)["wrong"] <= MOST_WRONG
