"""/di/CODE goes to the record's own page and counts people, not taps; it takes nobody anywhere else."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from analytics import tables as t
from analytics.housekeeping import tidy
from analytics.links import count_opened
from settings.limits import LimitSettings, Rate
from tests.conftest import TODAY
from tests.web.pages import save
from web.limits import WebLimits

CODE, URL = "9.000001", "https://dichvucong.gov.vn/p/home/9000001"
ONE, OTHER = "telegram-0123456789ab", "telegram-ba9876543210"
BROWSER = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile Safari/537.36 Zalo android/24"}


@pytest.fixture
def portal(shelf: Engine, pages: TestClient) -> TestClient:
    save(shelf, CODE, "Cấp thẻ nuôi chim", portal_url=URL)
    pages.follow_redirects = False
    pages.headers.update(BROWSER)
    return pages


def counts(engine: Engine) -> dict[tuple[str, str], int]:
    link = t.link_days.c
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("analytics_link_days"):
            return {}
        return {(row.channel, row.code): row.opened for row in connection.execute(sa.select(*link))}


def test_it_goes_to_the_procedures_page(portal: TestClient) -> None:
    answer = portal.get(f"/di/{CODE}?q={ONE}")
    assert (answer.status_code, answer.headers["location"]) == (302, URL)
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


def test_a_person_counts_once_a_day(portal: TestClient, shelf: Engine) -> None:
    for mark in (ONE, ONE, OTHER, "zalo-0123456789ff"):
        portal.get(f"/di/{CODE}?q={mark}")
    portal.get(f"/di/9.000003?q={ONE}")
    assert counts(shelf) == {
        ("telegram", CODE): 2, ("telegram", "9.000003"): 1, ("telegram", ""): 2, ("zalo", CODE): 1, ("zalo", ""): 1,
    }  # fmt: skip


@pytest.mark.parametrize("mark", ["", "x", "telegram-xyz", "telegram-0123456789abc", f"{ONE}'; DROP", "A-0123456789ab"])
def test_a_link_without_our_mark_works_and_is_not_counted(portal: TestClient, shelf: Engine, mark: str) -> None:
    assert portal.get(f"/di/{CODE}", params={"q": mark}).headers["location"] == URL
    assert counts(shelf) == {}


@pytest.mark.parametrize("agent", ["TelegramBot (like TwitterBot)", "facebookexternalhit/1.1", "Googlebot/2.1", ""])
def test_programs_that_look_by_themselves_are_not_counted(portal: TestClient, shelf: Engine, agent: str) -> None:
    assert portal.get(f"/di/{CODE}?q={ONE}", headers={"User-Agent": agent}).status_code == 302
    assert portal.head(f"/di/{CODE}?q={ONE}").status_code == 302
    assert counts(shelf) == {}


@pytest.mark.parametrize(
    "path",
    [
        "/di/9.999999",
        "/di/https:%2F%2Fevil.example",
        "/di/%2F%2Fevil.example",
        "/di/..%2F..",
        "/di/",
        "/di/9.000001%0d%0aX:1",
    ],
)
def test_nothing_in_the_address_leads_elsewhere(portal: TestClient, path: str) -> None:
    answer = portal.get(path)
    assert answer.status_code == 404
    assert "location" not in answer.headers


def test_links_opened_by_the_hundred_lead_on_but_are_not_counted(portal: TestClient, shelf: Engine) -> None:
    settings = LimitSettings(person=Rate(1, 1.0), address=Rate(3, 1.0))
    portal.app.state.limits = WebLimits(settings)  # type: ignore[attr-defined]
    answers = [portal.get(f"/di/{CODE}?q=telegram-{number:012x}") for number in range(6)]
    assert {answer.headers["location"] for answer in answers} == {URL}
    assert counts(shelf) == {("telegram", ""): 3, ("telegram", CODE): 3}


def test_what_else_is_asked_changes_nothing(portal: TestClient) -> None:
    answer = portal.get(f"/di/{CODE}?url=https://evil.example&next=//evil.example&q={ONE}")
    assert answer.headers["location"] == URL


def test_an_address_that_is_none_is_not_followed(portal: TestClient, shelf: Engine) -> None:
    save(shelf, "9.000009", "Xấu", portal_url="javascript:alert(1)")
    assert portal.get("/di/9.000009").status_code == 404


@time_machine.travel(f"{TODAY}T12:00:00+07:00", tick=False)
def test_tokens_are_forgotten_when_their_day_is_over_and_the_numbers_stay(portal: TestClient, shelf: Engine) -> None:
    portal.get(f"/di/{CODE}?q={ONE}")
    tidy(shelf, dt.datetime(2026, 11, 24, 16, 59))
    assert not count_opened(shelf, CODE, ONE, TODAY)
    tidy(shelf, dt.datetime(2026, 11, 24, 17, 1))  # after midnight in Vietnam
    with shelf.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(t.link_marks)).scalar() == 0
    assert counts(shelf) == {("telegram", CODE): 1, ("telegram", ""): 1}
