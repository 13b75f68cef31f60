"""A bounded run of the chaos: everything that may be killed is killed once while people write, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.database import database
from tests.chaos.people import QUESTIONS
from tests.chaos.platforms import SECRET
from tests.chaos.run import Plan, Report, run
from tests.fakes.telegram import TOKEN
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_events import Sender
from tests.fakes.zalo_oa import FakeZaloOa
from tests.whole.conftest import build_house

PLAN = Plan(size=12, kills=4, seed=3, database="postgresql", questions=4)
# A machine that does other work as well is slow, and slow is no failure here.
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, content_database: Path, postgres_url: str) -> Report:
    # Not the session's database, in which other tests leave messages; it only tells that the server is there.
    assert postgres_url
    house = build_house(tmp_path_factory.mktemp("chaos"), content_database)
    with database(PLAN.database, house) as url:
        return run(house, PLAN, url)


def test_every_message_is_answered_exactly_once_and_in_order(report: Report) -> None:
    assert report.perfect(), report.table()
    assert [told.asked for told in report.tallies.values()] == [PLAN.size] * 3


def test_every_part_was_killed_and_came_back_by_itself(report: Report) -> None:
    assert {name for name, _, _ in report.faults} == {"kill rasa", "kill actions", "kill channels", "end connections"}
    assert all(back >= 0 for _, _, back in report.faults), report.table()


def test_no_word_no_person_and_no_secret_is_in_any_log(report: Report) -> None:
    secrets = (
        SECRET,
        TOKEN,
        FakeZaloBot().token,
        FakeZaloOa().app_secret,
        Sender().secret_key,
        "truy-cap-",
        "lam-moi-",
    )
    found = [kept for kept in (*QUESTIONS, *report.people, *secrets) if kept in report.logs]
    assert not found
    # The logs are those of the run: the supervisor told of what died.
    assert "đã dừng" in report.logs
