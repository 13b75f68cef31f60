"""Every figure against rows counted by hand.

Four people on three days:

=====  ========  ======  ==========================================================================================
day    who       where   turns
=====  ========  ======  ==========================================================================================
20/11  An        web     birth: documents (100 ms); birth: how to file (200); thanks (10)
21/11  Bình      tg      'sổ' asked back (120); land: fee (140); rated down (10)
21/11  An        web     nothing found (300)
21/11  An        web     two hours later, in Tân Hưng: wedding: place (110); birth: portal link (130); rated up (10)
24/11  Chi       tg      greeting (10); out of scope (20)
24/11  Dung      tg      in Tân Hưng: birth: overview (400); birth: fee (90); failed; a person (15)
=====  ========  ======  ==========================================================================================
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from analytics import tables as t
from analytics.figures import Choice, Figures, figures
from analytics.rollups import roll_up
from analytics.tally import Tally, rounded
from answers.outcome import Aspect, Outcome
from knowledge import tables as knowledge
from tests.analytics.support import BIRTH, LAND, WEDDING, Talk, rows

FIRST, SECOND, TODAY = dt.date(2026, 11, 20), dt.date(2026, 11, 21), dt.date(2026, 11, 24)
WARD = "Phường Tân Hưng"


def at(day: int, hour: int) -> dt.datetime:
    """An hour in Vietnam, in UTC."""
    return dt.datetime(2026, 11, day, hour - 7)


def tell(log: Engine) -> None:
    """Write the table above."""
    now = dt.datetime(2026, 1, 1)
    areas = {BIRTH: "ho_tich", WEDDING: "ho_tich", LAND: "dat_dai"}
    procedure = {"state": "published", "prior": 0.0, "revision": 0, "created_at": now, "updated_at": now}
    with log.begin() as connection:
        connection.execute(sa.delete(knowledge.procedures))
        told = [{"code": code, "area": area, **procedure} for code, area in areas.items()]
        connection.execute(sa.insert(knowledge.procedures), told)
    an = Talk(log, "web-an", at(20, 9), "web")
    an.found(BIRTH, Aspect.DOCUMENTS, ms=100)
    an.found(BIRTH, Aspect.HOW_TO_FILE, ms=200)
    an(Outcome.SMALLTALK, intent="thank", ms=10)
    binh = Talk(log, "tg:binh", at(21, 8))
    binh(Outcome.ASKED_BACK, options=(LAND, WEDDING), aspect=Aspect.WHICH, ms=120)
    binh.found(LAND, Aspect.FEE, ms=140)
    binh(Outcome.SMALLTALK, intent="rate_bad", ms=10)
    an = Talk(log, "web-an", at(21, 9), "web")
    an(Outcome.NOT_FOUND, ms=300, aspect=Aspect.WHICH)
    an = Talk(log, "web-an", at(21, 11), "web")
    an.found(WEDDING, Aspect.PLACE, ms=110, place=WARD)
    an.found(BIRTH, Aspect.PORTAL_LINK, ms=130)
    an(Outcome.SMALLTALK, intent="rate_good", ms=10)
    chi = Talk(log, "tg:chi", at(24, 8))
    chi(Outcome.SMALLTALK, intent="greet", ms=10)
    chi(Outcome.OUT_OF_SCOPE, ms=20)
    dung = Talk(log, "tg:dung", at(24, 9))
    dung.found(BIRTH, Aspect.WHICH, ms=400, place=WARD)
    dung.found(BIRTH, Aspect.FEE, ms=90)
    dung(Outcome.FAILED)
    dung(Outcome.HANDED_OVER, ms=15)
    with log.begin() as connection:
        opened = [(FIRST, "web", "", 1), (FIRST, "web", BIRTH, 1), (SECOND, "web", "", 1), (SECOND, "web", BIRTH, 1)]
        opened += [(SECOND, "web", WEDDING, 1), (TODAY, "telegram", "", 2), (TODAY, "telegram", LAND, 2)]
        names = ("day", "channel", "code", "opened")
        connection.execute(sa.insert(t.link_days), [dict(zip(names, row, strict=True)) for row in opened])


Ask = Callable[..., Figures]


@pytest.fixture(params=["from the turns", "from roll-ups"])
def ask(request: pytest.FixtureRequest, any_log: Engine) -> Ask:
    """Figures of a choice; by default of all days of the table. Days that are over may have been counted before."""
    tell(any_log)
    if request.param == "from roll-ups":
        assert roll_up(any_log, TODAY) == 4  # the 20th to the 23rd
        with any_log.begin() as connection:  # what was counted needs the rows no more
            connection.execute(sa.delete(t.turns).where(t.turns.c.day < TODAY, t.turns.c.place.is_(None)))

    def of(since: dt.date = FIRST, until: dt.date = TODAY, **choice: str) -> Figures:
        return figures(any_log, Choice(since, until, **choice))

    return of


def test_turns_conversations_and_people(ask: Ask) -> None:
    whole = ask().whole
    assert (whole.turns, whole.conversations, len(whole.people)) == (16, 6, 4)
    second = ask(SECOND, SECOND).whole
    assert (second.turns, second.conversations, len(second.people)) == (7, 3, 2)


def test_how_turns_ended(ask: Ask) -> None:
    whole = ask().whole
    assert whole.outcomes == {
        "answered": 7, "asked_back": 1, "not_found": 1, "out_of_scope": 1, "smalltalk": 4, "failed": 1,
        "handed_over": 1,
    }  # fmt: skip
    assert whole.share(Outcome.ANSWERED) == 7 / 16
    assert whole.share(Outcome.SMALLTALK) == 4 / 16
    assert whole.unanswered == 2


def test_aspects_asked(ask: Ask) -> None:
    assert ask().whole.aspects == {
        "documents": 1, "how_to_file": 1, "which_procedure": 3, "fee": 2, "place": 1, "portal_link": 1,
    }  # fmt: skip


def test_procedures_asked_count_once_a_conversation(ask: Ask) -> None:
    assert ask().whole.procedures == {BIRTH: 3, WEDDING: 1, LAND: 1}


def test_the_funnel(ask: Ask) -> None:
    found = ask()
    # All conversations but Chi's ask; An's second one finds nothing; An's first and third are shown how to file.
    assert (found.whole.asked, found.whole.found, found.whole.shown, found.opened) == (5, 4, 2, 4)
    assert found.links == {BIRTH: 2, WEDDING: 1, LAND: 2}


def test_satisfaction(ask: Ask) -> None:
    whole = ask().whole
    assert (whole.good, whole.bad, whole.satisfaction) == (1, 1, 0.5)
    assert ask(TODAY, TODAY).whole.satisfaction is None


def test_response_times(ask: Ask) -> None:
    whole = ask().whole
    # 10 10 10 10 15 20 90 [100] 110 120 130 140 200 300 400: the eighth of fifteen; 95 % is the last.
    assert whole.response_time(0.5) == 100
    assert whole.response_time(0.95) == 400
    assert whole.response_time(0.8) == 140
    assert sum(whole.times.values()) == 15


def test_one_channel(ask: Ask) -> None:
    found = ask(channel="telegram")
    whole = found.whole
    assert (whole.turns, whole.conversations, len(whole.people)) == (9, 3, 3)
    assert (whole.asked, whole.found, whole.shown, found.opened) == (2, 2, 0, 2)
    assert whole.procedures == {LAND: 1, BIRTH: 1}
    assert found.links == {LAND: 2}


def test_one_group_of_procedures(ask: Ask) -> None:
    found = ask(group="dat_dai")
    whole = found.whole
    # The offer of Bình's talk began with the land's procedure, so it belongs to it.
    assert (whole.turns, whole.conversations, len(whole.people)) == (2, 1, 1)
    assert whole.outcomes == {"asked_back": 1, "answered": 1}
    assert (whole.good, whole.bad) == (0, 1)
    assert (found.opened, found.links) == (2, {LAND: 2})
    other = ask(group="ho_tich").whole
    assert (other.turns, other.conversations, len(other.people)) == (6, 3, 2)


def test_one_ward(ask: Ask) -> None:
    found = ask(place=WARD)
    whole = found.whole
    assert (whole.turns, whole.conversations, len(whole.people)) == (7, 2, 2)
    assert (whole.asked, whole.found, whole.shown) == (2, 2, 1)
    assert found.opened is None  # a link doesn't tell where somebody is


def test_the_course_leaves_no_day_out(ask: Ask) -> None:
    course = ask().course
    assert {day.day: (tally.turns, tally.conversations) for day, tally in course.items()} == {
        20: (3, 1), 21: (7, 3), 22: (0, 0), 23: (0, 0), 24: (6, 2),
    }  # fmt: skip


def test_a_long_period_is_told_by_months(ask: Ask) -> None:
    course = ask(dt.date(2026, 9, 15), TODAY).course
    assert {month: tally.turns for month, tally in course.items()} == {
        dt.date(2026, 9, 1): 0, dt.date(2026, 10, 1): 0, dt.date(2026, 11, 1): 16,
    }  # fmt: skip


def test_a_period_without_anybody(ask: Ask) -> None:
    empty = ask(dt.date(2025, 1, 1), dt.date(2025, 1, 31))
    whole = empty.whole
    assert (whole.turns, whole.conversations, len(whole.people), empty.opened) == (0, 0, 0, 0)
    assert (whole.satisfaction, whole.response_time(0.5), whole.share(Outcome.ANSWERED)) == (None, None, None)


# Roll-ups


def test_a_month_that_is_over_is_read_as_a_whole_and_people_count_once(any_log: Engine) -> None:
    tell(any_log)
    later = dt.date(2027, 2, 3)
    while roll_up(any_log, later):
        pass
    months = {row.start for row in rows(any_log, t.rollups) if row.span == "month"}
    assert months == {dt.date(2026, 11, 1), dt.date(2026, 12, 1), dt.date(2027, 1, 1)}
    with any_log.begin() as connection:
        connection.execute(sa.delete(t.turns))
        connection.execute(sa.delete(t.rollups).where(t.rollups.c.span == "day"))
    found = figures(any_log, Choice(dt.date(2026, 11, 1), dt.date(2027, 2, 2)))
    assert (found.whole.turns, found.whole.conversations, len(found.whole.people)) == (16, 6, 4)
    # Half a month isn't the month's.
    assert figures(any_log, Choice(dt.date(2026, 9, 1), dt.date(2026, 11, 20))).whole.turns == 0


def test_what_comes_late_is_counted_too(any_log: Engine) -> None:
    tell(any_log)
    roll_up(any_log, TODAY)
    Talk(any_log, "tg:late", at(20, 12)).found(LAND)
    choice = Choice(FIRST, FIRST)
    assert figures(any_log, choice).whole.turns == 4
    assert roll_up(any_log, TODAY) == 1
    assert figures(any_log, choice).whole.turns == 4


def test_counting_again_changes_nothing(any_log: Engine) -> None:
    tell(any_log)
    roll_up(any_log, TODAY)
    before = [tuple(row) for row in rows(any_log, t.rollups)]
    assert roll_up(any_log, TODAY) == 0
    assert sorted(tuple(row) for row in rows(any_log, t.rollups)) == sorted(before)


# Tallies


counters = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(1, 9))


@given(st.integers(0, 9), counters, st.dictionaries(st.integers(0, 2_000), st.integers(1, 9)))
def test_a_tally_survives_being_kept(turns: int, outcomes: dict[str, int], times: dict[int, int]) -> None:
    tally = Tally(turns=turns)
    tally.outcomes.update(outcomes)
    tally.times.update(times)
    again = Tally.from_json(tally.as_json())
    assert (again.turns, again.outcomes, again.times) == (turns, outcomes, times)


@given(st.lists(st.integers(0, 90_000), min_size=1, max_size=40), st.sampled_from([0.5, 0.9, 0.95, 1.0]))
def test_a_response_time_is_one_that_was_taken(times: list[int], share: float) -> None:
    tally = Tally()
    for ms in times:
        tally.times[rounded(ms)] += 1
    found = tally.response_time(share)
    assert found in {rounded(ms) for ms in times}
    assert sum(rounded(ms) <= found for ms in times) >= share * len(times)


@pytest.mark.parametrize(("ms", "kept"), [(0, 0), (999, 999), (1_004, 1_000), (9_996, 10_000), (12_349, 12_300)])
def test_long_times_are_kept_roughly(ms: int, kept: int) -> None:
    assert rounded(ms) == kept
