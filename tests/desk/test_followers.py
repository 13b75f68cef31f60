from __future__ import annotations

import threading

import pytest

from desk import followers
from desk.database import Desk
from desk.followers import MOST, FollowsTooMany, Known, News
from desk.words import tree
from tests.desk.support import AN, BINH, told

CODE, OTHER = "1.001193", "1.000894"
NOTICE = tree(["Phí đổi"])


def test_who_follows_is_known_once_and_in_order(any_desk: Desk) -> None:
    assert followers.follow(any_desk, AN, "telegram", OTHER, Known(1, 1))
    assert followers.follow(any_desk, AN, "telegram", CODE, Known(1, 2))
    assert not followers.follow(any_desk, AN, "telegram", CODE, Known(9, 9))
    assert followers.follow(any_desk, BINH, "zalo", CODE, Known(0, 2))
    assert followers.list_of(any_desk, AN) == (OTHER, CODE)
    assert followers.followed(any_desk) == (OTHER, CODE)
    found = followers.of(any_desk, [CODE])
    assert [(one.sender, one.channel, one.known) for one in found] == [
        (AN, "telegram", Known(1, 2)),
        (BINH, "zalo", Known(0, 2)),
    ]


def test_following_ends_for_one_procedure_or_for_all(any_desk: Desk) -> None:
    for code in (CODE, OTHER):
        followers.follow(any_desk, AN, "telegram", code, Known(1, 1))
        followers.follow(any_desk, BINH, "zalo", code, Known(1, 1))
    assert followers.stop(any_desk, AN, CODE) == 1
    assert followers.stop(any_desk, AN, CODE) == 0
    assert followers.list_of(any_desk, AN) == (OTHER,)
    assert followers.stop(any_desk, BINH) == 2
    assert followers.list_of(any_desk, AN) == (OTHER,)


def test_nobody_follows_more_than_fits_on_a_list(desk: Desk) -> None:
    for at in range(MOST):
        followers.follow(desk, AN, "telegram", f"1.00{at:04}", Known(0, 1))
    with pytest.raises(FollowsTooMany):
        followers.follow(desk, AN, "telegram", CODE, Known(0, 1))
    assert not followers.follow(desk, AN, "telegram", "1.000000", Known(0, 1))


def test_a_change_is_told_once_whoever_tells_it(any_desk: Desk) -> None:
    followers.follow(any_desk, AN, "telegram", CODE, Known(1, 1))
    (follower,) = followers.of(any_desk, [CODE])
    news = [News(follower, Known(1, 2))]
    done: list[bool] = []
    threads = [threading.Thread(target=lambda: done.append(followers.tell(any_desk, news, NOTICE))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False] * 4 + [True]
    assert told(any_desk) == ["Phí đổi"]
    assert followers.of(any_desk, [CODE])[0].known == Known(1, 2)


def test_of_two_changes_both_are_told_or_none(desk: Desk) -> None:
    for code in (CODE, OTHER):
        followers.follow(desk, AN, "telegram", code, Known(1, 1))
    first, second = followers.of(desk, [CODE, OTHER])
    followers.tell(desk, [News(second, Known(1, 5))], None)
    assert not followers.tell(desk, [News(first, Known(1, 2)), News(second, Known(1, 2))], NOTICE)
    assert told(desk) == []
    assert {one.code: one.known.editorial for one in followers.of(desk, [CODE, OTHER])} == {
        first.code: 1,
        second.code: 5,
    }


def test_who_stopped_meanwhile_is_told_nothing(desk: Desk) -> None:
    followers.follow(desk, AN, "telegram", CODE, Known(1, 1))
    (follower,) = followers.of(desk, [CODE])
    followers.stop(desk, AN)
    assert not followers.tell(desk, [News(follower, Known(1, 2))], NOTICE)
    assert told(desk) == []


def test_what_is_gone_is_no_longer_followed(desk: Desk) -> None:
    followers.follow(desk, AN, "telegram", CODE, Known(1, 1))
    assert followers.tell(desk, [News(followers.of(desk, [CODE])[0], None)], NOTICE)
    assert followers.list_of(desk, AN) == ()
    assert told(desk) == ["Phí đổi"]
