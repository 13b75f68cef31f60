from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import pytest
import time_machine

from desk import canned, citizen, conversations, passing, waiting
from desk.citizen import NoLongerOpen, State
from desk.database import Desk
from desk.errors import (
    DeskError,
    EmptyText,
    LongText,
    NoSuchConversation,
    NotClaimed,
    Over,
    TakenByAnother,
    TitleTaken,
)
from storage.transactions import utcnow
from tests.desk.support import AN, BINH, CHI, SETTINGS, ask, number, told, words, write

LAN, MAI = "lan", "mai"


def test_people_wait_in_the_order_in_which_they_asked(any_desk: Desk) -> None:
    assert [ask(any_desk, sender).place for sender in (AN, BINH, CHI)] == [1, 2, 3]
    again = ask(any_desk, BINH)
    assert (again.place, again.fresh, again.state) == (2, False, State.WAITING)
    queue = conversations.queue(any_desk)
    assert [one.channel for one in queue.waiting] == ["telegram", "zalo", "web"]
    conversations.claim(any_desk, number(any_desk, AN), LAN)
    standing = citizen.standing(any_desk, CHI, SETTINGS)
    assert standing
    assert standing.place == 2
    assert conversations.numbers(any_desk) == 2


def test_two_wishes_of_one_person_at_the_same_moment_are_one_conversation(any_desk: Desk) -> None:
    threads = [threading.Thread(target=ask, args=(any_desk,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(conversations.queue(any_desk).waiting) == 1


def test_a_conversation_from_the_wish_to_its_end(any_desk: Desk) -> None:
    ask(any_desk, code="1.001193", question="làm khai sinh cần gì", ward="Phường Bến Nghé")
    write(any_desk, "bé sinh ở Mỹ thì sao ạ", "k1")
    handover = number(any_desk)
    conversations.claim(any_desk, handover, LAN)
    write(any_desk, "em cần gấp", "k2")
    assert conversations.reply(any_desk, handover, LAN, "Chào chị,\nchị mang giấy chứng sinh nhé.", "form1")
    thread = conversations.thread(any_desk, handover)
    assert [(line.direction, line.text) for line in thread.lines] == [
        ("asked", "cho em gặp cán bộ"),
        ("citizen", "bé sinh ở Mỹ thì sao ạ"),
        ("citizen", "em cần gấp"),
        ("staff", "Chào chị,\nchị mang giấy chứng sinh nhé."),
    ]
    assert thread.lines[3].author == LAN
    assert thread.lines[3].delivery == "waiting"
    one = thread.conversation
    assert (one.code, one.ward, one.claimed_by, one.words) == ("1.001193", "Phường Bến Nghé", LAN, "em cần gấp")
    assert not one.unanswered
    conversations.close(any_desk, handover, LAN)
    assert citizen.find_open(any_desk, AN) is None
    assert told(any_desk) == [
        words("claimed"),
        "Cán bộ trả lời\nChào chị,\nchị mang giấy chứng sinh nhé.",
        words("ended_by_staff"),
    ]
    (ended,) = conversations.closed(any_desk)
    assert (ended.closed_by, ended.id) == ("staff", handover)
    assert ask(any_desk).fresh


def test_a_form_sent_twice_is_one_reply_also_at_the_same_moment(any_desk: Desk) -> None:
    ask(any_desk)
    handover = number(any_desk)
    conversations.claim(any_desk, handover, LAN)
    sent: list[bool] = []

    def send() -> None:
        sent.append(conversations.reply(any_desk, handover, LAN, "Chào anh", "form1"))

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == [False] * 4 + [True]
    assert told(any_desk).count("Cán bộ trả lời\nChào anh") == 1


def test_only_one_of_the_staff_gets_a_conversation(any_desk: Desk) -> None:
    ask(any_desk)
    handover = number(any_desk)
    got: list[str] = []

    def claim(name: str) -> None:
        try:
            conversations.claim(any_desk, handover, name)
            got.append(name)
        except TakenByAnother:
            pass

    threads = [threading.Thread(target=claim, args=(f"cb{at}",)) for at in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
    assert told(any_desk) == [words("claimed")]
    conversations.claim(any_desk, handover, got[0])
    assert told(any_desk) == [words("claimed")]


@pytest.mark.parametrize(
    ("deed", "error"),
    [
        (lambda desk, at: conversations.claim(desk, at, MAI), TakenByAnother),
        (lambda desk, at: conversations.reply(desk, at, MAI, "x", "f"), TakenByAnother),
        (lambda desk, at: conversations.close(desk, at, MAI), TakenByAnother),
        (lambda desk, at: conversations.give_back(desk, at, MAI), TakenByAnother),
        (lambda desk, at: conversations.reply(desk, at, LAN, " \n ", "f"), EmptyText),
        (lambda desk, at: conversations.reply(desk, at, LAN, "x" * 2_001, "f"), LongText),
        (lambda desk, at: conversations.reply(desk, at + 9, LAN, "x", "f"), NoSuchConversation),
        (lambda desk, at: conversations.claim(desk, at + 9, LAN), NoSuchConversation),
        (lambda desk, at: conversations.close(desk, at + 9, LAN), NoSuchConversation),
        (lambda desk, at: conversations.thread(desk, at + 9), NoSuchConversation),
    ],
)
def test_what_the_staff_may_not_do_is_refused_and_leaves_no_trace(
    desk: Desk, deed: Callable[[Desk, int], None], error: type[DeskError]
) -> None:
    ask(desk)
    handover = number(desk)
    conversations.claim(desk, handover, LAN)
    with pytest.raises(error) as refused:
        deed(desk, handover)
    assert "\n" not in str(refused.value)
    assert told(desk) == [words("claimed")]
    assert conversations.thread(desk, handover).conversation.claimed_by == LAN


def test_one_answers_what_one_has_claimed_and_nothing_that_is_over(desk: Desk) -> None:
    ask(desk)
    handover = number(desk)
    with pytest.raises(NotClaimed):
        conversations.reply(desk, handover, LAN, "x", "f")
    conversations.close(desk, handover, LAN)
    conversations.close(desk, handover, MAI)
    with pytest.raises(Over):
        conversations.claim(desk, handover, LAN)
    with pytest.raises(Over):
        conversations.reply(desk, handover, LAN, "x", "f")


def test_who_is_given_back_has_the_old_place(desk: Desk) -> None:
    ask(desk, AN)
    ask(desk, BINH)
    handover = number(desk, AN)
    conversations.claim(desk, handover, LAN)
    conversations.give_back(desk, handover, LAN)
    assert conversations.queue(desk).waiting[0].id == handover
    assert told(desk)[-1] == words("back_in_queue")
    conversations.claim(desk, handover, MAI)
    assert conversations.queue(desk).claimed[0].claimed_by == MAI


def test_personal_numbers_reach_neither_the_thread_nor_the_question(desk: Desk) -> None:
    secret = "079203001234"
    ask(desk, text=f"gặp cán bộ, căn cước {secret}", question=f"căn cước của em là {secret}")
    write(desk, f"số của em {secret}")
    thread = conversations.thread(desk, number(desk))
    assert secret not in repr(thread)
    assert len(thread.lines) == 2


def test_a_message_is_in_the_thread_once(any_desk: Desk) -> None:
    ask(any_desk)
    write(any_desk, "một", "k1")
    write(any_desk, "một", "k1")
    assert [line.text for line in conversations.thread(any_desk, number(any_desk)).lines][1:] == ["một"]


def test_who_writes_while_somebody_comes_is_looked_at_anew(desk: Desk) -> None:
    ask(desk)
    seen = citizen.find_open(desk, AN)
    assert seen
    conversations.claim(desk, seen.id, LAN)
    with pytest.raises(NoLongerOpen), desk.begin() as connection:
        passing.of_text(seen, "chào").write(connection, "k1")
    assert len(conversations.thread(desk, seen.id).lines) == 1


@pytest.mark.parametrize("text", ["kết thúc", "Ket thuc nhe!", "KẾT THÚC", "kết thúc cuộc trò chuyện ạ", " ket thuc. "])
def test_the_citizen_ends_it_with_a_word(desk: Desk, text: str) -> None:
    ask(desk)
    conversations.claim(desk, number(desk), LAN)
    found = citizen.find_open(desk, AN)
    assert found
    how = passing.of_text(found, text)
    assert (how.says, how.turn, how.line) == ("ended", False, None)
    with desk.begin() as connection:
        how.write(connection, "k1")
    assert citizen.find_open(desk, AN) is None
    assert conversations.closed(desk)[0].closed_by == "citizen"


@pytest.mark.parametrize("text", ["khi nào thì kết thúc hợp đồng", "kết thúc năm học nộp gì", "xong rồi", "dừng"])
def test_other_words_end_nothing(desk: Desk, text: str) -> None:
    ask(desk)
    conversations.claim(desk, number(desk), LAN)
    found = citizen.find_open(desk, AN)
    assert found
    assert not passing.of_text(found, text).ends


def test_the_usual_wait_is_the_median_of_late_without_what_was_left_overnight(any_desk: Desk) -> None:
    with time_machine.travel("2026-11-30T02:00:00Z", tick=False) as clock:
        assert ask(any_desk).minutes is None
        for sender, minutes, left in ((AN, 3, False), (BINH, 10, False), (CHI, 600, True)):
            ask(any_desk, sender, left=left)
            clock.shift(dt.timedelta(minutes=minutes))
            conversations.claim(any_desk, number(any_desk, sender), LAN)
            conversations.close(any_desk, number(any_desk, sender), LAN)
        standing = ask(any_desk)
        assert standing.minutes == 10
        waited = [round(one.waited(utcnow()).total_seconds() / 60) for one in conversations.closed(any_desk)]
        assert sorted(waited) == [3, 10, 600]


def test_somebody_is_there_while_the_queue_is_open_before_them(any_desk: Desk) -> None:
    with time_machine.travel("2026-11-30T02:00:00Z", tick=False) as clock:
        assert not ask(any_desk).staffed
        waiting.be_present(any_desk, LAN)
        waiting.be_present(any_desk, LAN)
        assert ask(any_desk).staffed
        clock.shift(dt.timedelta(minutes=4))
        assert not ask(any_desk).staffed


def test_canned_answers_are_kept_changed_and_deleted(any_desk: Desk) -> None:
    before = canned.all_of(any_desk)
    canned.save(any_desk, "  Giờ  làm việc ", "Sáng 7:30 đến 11:30.", LAN)
    (added,) = set(canned.all_of(any_desk)) - set(before)
    assert (added.title, added.text) == ("Giờ làm việc", "Sáng 7:30 đến 11:30.")
    with pytest.raises(TitleTaken):
        canned.save(any_desk, "Giờ làm việc", "khác", MAI)
    with pytest.raises(EmptyText):
        canned.save(any_desk, "Tên", " ", MAI)
    with pytest.raises(LongText):
        canned.save(any_desk, "x" * 121, "y", MAI)
    canned.save(any_desk, "Giờ trực", "Chiều 13:00 đến 17:00.", MAI, added.id)
    assert {one.title for one in canned.all_of(any_desk)} - {one.title for one in before} == {"Giờ trực"}
    canned.drop(any_desk, added.id)
    assert canned.all_of(any_desk) == before
