"""Each turn is written once; the next one tells what was wrong with the one before."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from analytics import tables as t
from analytics.housekeeping import FORGET_AFTER, erase, export, purge, tidy
from analytics.log import record
from analytics.rollups import roll_up
from answers.outcome import Aspect, Outcome
from tests.analytics.support import BIRTH, LAND, NOON, WEDDING, Talk, events, reasons, rows, turns_of

TODAY = dt.date(2026, 11, 24)


def test_a_turn_that_comes_again_is_written_once(any_log: Engine) -> None:
    turns = turns_of(*events("tg:1", "hỏi", outcome="answered", answer=BIRTH))
    assert record(any_log, turns) == 1
    assert record(any_log, turns + turns) == 0
    assert len(rows(any_log)) == 1


def test_half_an_hour_of_silence_begins_another_conversation(any_log: Engine) -> None:
    talk = Talk(any_log)
    talk.found(BIRTH, minutes=30)
    talk.found(BIRTH, minutes=31)
    talk.found(BIRTH)
    first, second, third = (row.conversation for row in rows(any_log))
    assert first == second != third


def test_people_who_talk_at_once_have_conversations_of_their_own(any_log: Engine) -> None:
    Talk(any_log, "tg:1").found(BIRTH)
    Talk(any_log, "tg:2").found(BIRTH)
    assert len({row.conversation for row in rows(any_log)}) == 2


def test_a_conversation_over_midnight_belongs_to_the_day_it_began(log: Engine) -> None:
    talk = Talk(log, at=dt.datetime(2026, 11, 24, 16, 50))  # ten to midnight in Vietnam
    talk.found(BIRTH, minutes=20)
    talk.found(BIRTH)
    assert [row.day for row in rows(log)] == [TODAY, TODAY]


def test_a_ward_named_once_holds_for_the_conversation(log: Engine) -> None:
    talk = Talk(log)
    talk.found(BIRTH, place="Phường Tân Hưng")
    talk.found(BIRTH, minutes=60)
    talk.found(BIRTH)
    assert [row.place for row in rows(log)] == ["Phường Tân Hưng", "Phường Tân Hưng", None]


def test_what_is_chosen_of_an_offer_is_told(log: Engine) -> None:
    talk = Talk(log)
    talk(Outcome.ASKED_BACK, options=(LAND, BIRTH))
    talk.found(BIRTH)
    talk.found(WEDDING)
    assert [row.chosen for row in rows(log)] == [None, BIRTH, None]
    assert rows(log)[0].procedure == LAND  # the first one offered


# What has to be settled


def test_not_found_is_settled_at_once(log: Engine) -> None:
    talk = Talk(log)
    talk.found(BIRTH, text="khai sinh")
    talk(Outcome.NOT_FOUND, text="nuôi chim cảnh")
    assert reasons(log) == {"khai sinh": None, "nuôi chim cảnh": "not_found"}


def test_a_correction_is_about_the_answer_before(log: Engine) -> None:
    talk = Talk(log)
    talk.found(BIRTH, text="giấy cho con")
    talk.found(WEDDING, text="không, ý em là kết hôn", intent="correct")
    assert reasons(log)["giấy cho con"] == "corrected"
    assert reasons(log)["không, ý em là kết hôn"] is None


def test_a_rating_is_about_the_answer_before_courtesies(any_log: Engine) -> None:
    talk = Talk(any_log)
    talk.found(BIRTH, text="khai sinh")
    talk(Outcome.SMALLTALK, intent="thank", text="cảm ơn")
    talk(Outcome.SMALLTALK, intent="rate_bad", text="dở")
    assert [row.rated for row in rows(any_log)] == [-1, None, None]
    assert reasons(any_log) == {"khai sinh": "rated_down"}
    talk(Outcome.SMALLTALK, intent="rate_good", text="à hay")  # second thoughts count
    assert rows(any_log)[0].rated == 1


def test_a_wish_for_a_person_points_at_the_question_before_it(log: Engine) -> None:
    talk = Talk(log)
    talk.found(LAND, text="sang tên sổ")
    talk(Outcome.ANSWERED, LAND, Aspect.FEE, text="")  # a tap has no words
    talk(Outcome.HANDED_OVER, text="cho gặp cán bộ")
    assert reasons(log) == {"sang tên sổ": "handed_over", "cho gặp cán bộ": None}


def test_a_wish_for_a_person_that_comes_first_is_looked_at_itself(log: Engine) -> None:
    Talk(log)(Outcome.HANDED_OVER, text="gặp cán bộ hỏi chuyện đất")
    assert reasons(log) == {"gặp cán bộ hỏi chuyện đất": "handed_over"}


def test_an_offer_that_is_not_taken(log: Engine) -> None:
    talk = Talk(log)
    talk(Outcome.ASKED_BACK, options=(LAND, BIRTH), text="sổ")
    talk(Outcome.SMALLTALK, intent="goodbye", text="thôi chào")
    taken = Talk(log, "tg:2")
    taken(Outcome.ASKED_BACK, options=(LAND, BIRTH), text="giấy")
    taken.found(LAND, text="cái đầu")
    assert reasons(log) == {"sổ": "no_choice", "giấy": None, "cái đầu": None}


def test_an_offer_after_which_nobody_came_back(log: Engine) -> None:
    talk = Talk(log)
    talk(Outcome.ASKED_BACK, options=(LAND, BIRTH), text="sổ")
    tidy(log, NOON + FORGET_AFTER)
    assert reasons(log) == {"sổ": None}
    tidy(log, NOON + FORGET_AFTER + dt.timedelta(seconds=1))
    assert reasons(log) == {"sổ": "no_choice"}


# Keeping little


def test_texts_of_turns_that_went_well_are_soon_forgotten(log: Engine) -> None:
    talk = Talk(log)
    talk.found(BIRTH, text="khai sinh")
    talk(Outcome.NOT_FOUND, text="nuôi chim")
    tidy(log, NOON + dt.timedelta(hours=2))
    assert reasons(log) == {"nuôi chim": "not_found"}
    assert len(rows(log)) == 2


def test_small_talk_and_what_is_not_ours_leave_no_text(log: Engine) -> None:
    talk = Talk(log)
    talk(Outcome.SMALLTALK, text="chào em")
    talk(Outcome.OUT_OF_SCOPE, text="giá vàng")
    assert reasons(log) == {}


def test_what_is_past_its_time_is_deleted_and_the_counts_stay(any_log: Engine) -> None:
    old, new = Talk(any_log, at=NOON - dt.timedelta(days=400)), Talk(any_log, "tg:2")
    old(Outcome.NOT_FOUND, text="cũ")
    new(Outcome.NOT_FOUND, text="mới")
    month_ago = NOON - dt.timedelta(days=30)
    assert purge(any_log, texts_before=month_ago, turns_before=TODAY - dt.timedelta(days=365)) == 2
    assert reasons(any_log) == {"mới": "not_found"}
    assert [row.person for row in rows(any_log)] == [new.person]
    kept = [row for row in rows(any_log, t.rollups) if row.channel and row.span == "day" and not row.area]
    assert [(row.start, row.people) for row in kept] == [(TODAY - dt.timedelta(days=400), b"")]


def test_a_person_who_asks_for_it_is_gone_from_every_table(any_log: Engine) -> None:
    gone, stays = Talk(any_log, "tg:1"), Talk(any_log, "tg:2")
    gone(Outcome.NOT_FOUND, text="của tôi")
    stays(Outcome.NOT_FOUND, text="của người khác")
    roll_up(any_log, TODAY + dt.timedelta(days=30))
    assert {name: len(told) for name, told in export(any_log, "tg:1").items()} == {
        "analytics_turns": 1, "analytics_texts": 1,
    }  # fmt: skip
    assert erase(any_log, "tg:1") == 2
    assert {name: told for name, told in export(any_log, "tg:1").items() if told} == {}
    assert [row.person for row in rows(any_log)] == [stays.person]
    number = gone.person.to_bytes(8, "little")
    assert not [row for row in rows(any_log, t.rollups) if number in row.people]
    with any_log.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(t.texts)).scalar() == 1
