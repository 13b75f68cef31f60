from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from desk import citizen, conversations, followers, outgoing
from desk.citizen import State
from desk.database import Desk
from desk.followers import Known
from desk.outgoing import Kind
from desk.tables import metadata
from desk.upkeep import forget, purge, tidy
from desk.words import tree
from tests.desk.support import AN, BINH, CHI, SETTINGS, ask, number, told, words, write

LAN = "lan"


@pytest.fixture
def clock() -> Iterator[Any]:
    """A Monday morning within working hours."""
    with time_machine.travel("2026-11-30T01:00:00Z", tick=False) as traveller:
        yield traveller


def minutes(count: int) -> dt.timedelta:
    return dt.timedelta(minutes=count)


def test_silence_after_the_staffs_last_word_ends_a_conversation(any_desk: Desk, clock: Any) -> None:
    ask(any_desk)
    handover = number(any_desk)
    conversations.claim(any_desk, handover, LAN)
    clock.shift(minutes(1))
    conversations.reply(any_desk, handover, LAN, "Chào chị", "f1")
    clock.shift(minutes(29))
    assert tidy(any_desk, SETTINGS) == 0
    clock.shift(minutes(2))
    assert tidy(any_desk, SETTINGS) == 1
    assert tidy(any_desk, SETTINGS) == 0
    assert told(any_desk)[-1] == words("ended_by_silence")
    assert conversations.closed(any_desk)[0].closed_by == "silence"


def test_a_citizen_whom_nobody_answers_goes_back_to_the_queue(any_desk: Desk, clock: Any) -> None:
    ask(any_desk)
    handover = number(any_desk)
    conversations.claim(any_desk, handover, LAN)
    clock.shift(minutes(1))
    write(any_desk, "còn ai không ạ")
    clock.shift(minutes(31))
    assert tidy(any_desk, SETTINGS) == 1
    found = citizen.find_open(any_desk, AN)
    assert found
    assert found.state is State.WAITING
    assert told(any_desk)[-1] == words("back_in_queue")


def test_a_claim_of_this_minute_is_not_taken_back_because_the_question_is_old(desk: Desk, clock: Any) -> None:
    ask(desk)
    clock.shift(minutes(90))
    conversations.claim(desk, number(desk), LAN)
    assert tidy(desk, SETTINGS) == 0


def test_a_long_wait_is_apologised_for_once_within_working_hours(any_desk: Desk, clock: Any) -> None:
    ask(any_desk, AN)
    ask(any_desk, BINH, left=True)
    clock.shift(minutes(21))
    assert tidy(any_desk, SETTINGS) == 1
    clock.shift(minutes(60))
    assert tidy(any_desk, SETTINGS) == 0
    assert (told(any_desk, AN), told(any_desk, BINH)) == ([words("takes_long")], [])


def test_at_night_nobody_is_told_that_it_takes_long(desk: Desk, clock: Any) -> None:
    clock.move_to("2026-11-30T09:55:00Z")
    ask(desk)
    clock.shift(minutes(60))
    assert tidy(desk, SETTINGS) == 0


def test_a_question_that_nobody_takes_up_is_given_up_with_an_apology(any_desk: Desk, clock: Any) -> None:
    ask(any_desk, left=True)
    clock.move_to("2026-12-08T09:00:00Z")
    assert tidy(any_desk, SETTINGS) == 1
    assert told(any_desk) == [words("unanswered")]
    assert citizen.find_open(any_desk, AN) is None


def test_texts_of_closed_conversations_go_after_their_days(any_desk: Desk, clock: Any) -> None:
    ask(any_desk)
    conversations.close(any_desk, number(any_desk), LAN)
    ask(any_desk, BINH)
    with any_desk.begin() as connection:
        outgoing.put(connection, CHI, "web", Kind.NOTICE, tree(["đổi"]))
    clock.shift(dt.timedelta(days=29))
    assert purge(any_desk, SETTINGS) == 0
    clock.shift(dt.timedelta(days=2))
    assert purge(any_desk, SETTINGS) > 0
    assert conversations.closed(any_desk) == ()
    assert len(conversations.queue(any_desk).waiting) == 1
    assert outgoing.for_page(any_desk, CHI) == []


def test_forgetting_somebody_leaves_nothing_of_them_and_everything_of_others(any_desk: Desk) -> None:
    for sender, channel in ((AN, "telegram"), (BINH, "zalo")):
        ask(any_desk, sender)
        write(any_desk, "hỏi", sender=sender)
        conversations.claim(any_desk, number(any_desk, sender), LAN)
        followers.follow(any_desk, sender, channel, "1.001193", Known(0, 1))
    with any_desk.begin() as connection:
        forget(connection, AN)
        counts = {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
            for table in metadata.sorted_tables
        }
        left = [
            str(row)
            for table in metadata.sorted_tables
            for row in connection.execute(sa.select(table)).all()
            if AN in str(row)
        ]
    assert left == []
    assert counts["desk_handovers"] == counts["desk_followers"] == counts["desk_outgoing"] == 1
    assert counts["desk_messages"] == 2
