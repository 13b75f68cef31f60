from __future__ import annotations

import datetime as dt
import threading

import pytest
import sqlalchemy as sa
import time_machine

from bot.channels.inbox import contacts, messages, outbox, state
from bot.channels.inbox.channel import Kind
from bot.channels.inbox.database import Inbox
from bot.channels.inbox.housekeeping import purge
from bot.channels.inbox.leases import clear_dead, new_owner
from bot.channels.inbox.messages import Answer, Claimed
from bot.channels.inbox.tables import button_tokens, inbox_messages
from settings.channels import InboxSettings
from tests.bot.channels.inbox.support import message, out_rows, statuses

HELLO = Answer([{"text": "chào"}])


def claim(inbox: Inbox, owner: str = "a", limit: int = 10) -> list[Claimed]:
    return messages.claim(inbox, owner, ["test"], limit, 30)


def keys(claimed: list[Claimed]) -> list[str]:
    return [entry.incoming.key for entry in claimed]


def test_a_repeat_is_kept_once(any_inbox: Inbox) -> None:
    assert messages.accept(any_inbox, [message(1), message(2), message(1)]) == [True, True, False]
    assert messages.accept(any_inbox, [message(2), message(3)]) == [False, True]
    assert statuses(any_inbox) == ["new"] * 3


def test_a_repeat_is_known_after_the_answer(any_inbox: Inbox) -> None:
    messages.accept(any_inbox, [message(1)])
    assert messages.finish(any_inbox, "a", claim(any_inbox)[0], HELLO)
    assert messages.accept(any_inbox, [message(1)]) == [False]
    assert not claim(any_inbox)


def test_one_message_of_a_person_at_a_time_and_in_order(any_inbox: Inbox) -> None:
    messages.accept(any_inbox, [message(1, "t:1"), message(2, "t:1"), message(3, "t:2")])
    first = claim(any_inbox)
    assert keys(first) == ["k1", "k3"]
    assert not claim(any_inbox, "b")
    messages.finish(any_inbox, "a", first[0], HELLO)
    assert keys(claim(any_inbox, "b")) == ["k2"]


def test_a_dead_workers_message_is_taken_up_again(any_inbox: Inbox) -> None:
    with time_machine.travel("2026-11-24T02:00:00Z", tick=False) as clock:
        messages.accept(any_inbox, [message(1)])
        dead = claim(any_inbox, "dead")[0]
        clock.shift(29)
        assert not claim(any_inbox, "b")
        clock.shift(2)
        again = claim(any_inbox, "b")[0]
        assert (again.incoming, again.claims) == (dead.incoming, 2)
        # The first worker wasn't dead after all: its answer comes too late.
        assert not messages.finish(any_inbox, "dead", dead, HELLO)
        assert messages.finish(any_inbox, "b", again, HELLO)
    assert len(out_rows(any_inbox)) == 1


def test_a_renewed_lease_holds(any_inbox: Inbox) -> None:
    with time_machine.travel("2026-11-24T02:00:00Z", tick=False) as clock:
        messages.accept(any_inbox, [message(1)])
        claim(any_inbox, "a")
        clock.shift(25)
        messages.renew(any_inbox, "a", ["t:1"], 30)
        clock.shift(25)
        assert not claim(any_inbox, "b")


def test_a_failed_message_rests_and_holds_back_the_next(any_inbox: Inbox) -> None:
    with time_machine.travel("2026-11-24T02:00:00Z", tick=False) as clock:
        messages.accept(any_inbox, [message(1), message(2)])
        assert messages.fail(any_inbox, "a", claim(any_inbox)[0], "KeyError", rest=5)
        assert not claim(any_inbox)
        clock.shift(6)
        again = claim(any_inbox)
        assert keys(again) == ["k1"]
        assert (again[0].claims, again[0].failures) == (2, 1)


def test_putting_back_counts_nothing(any_inbox: Inbox) -> None:
    messages.accept(any_inbox, [message(1)])
    messages.put_back(any_inbox, "a", claim(any_inbox)[0], rest=0)
    again = claim(any_inbox)[0]
    assert (again.claims, again.failures) == (1, 0)


def test_a_poison_message_keeps_its_text_and_the_next_goes_on(any_inbox: Inbox) -> None:
    messages.accept(any_inbox, [message(1), message(2)])
    assert messages.set_aside(any_inbox, "a", claim(any_inbox)[0], "KeyError", Answer([{"text": "xin lỗi"}]))
    assert statuses(any_inbox) == ["poison", "new"]
    assert [row.body for row in out_rows(any_inbox)] == [{"text": "xin lỗi"}]
    assert keys(claim(any_inbox)) == ["k2"]
    with any_inbox.begin() as connection:
        content = (
            connection.execute(sa.select(inbox_messages.c.content).order_by(inbox_messages.c.id)).scalars().first()
        )
    assert content == {"text": "câu 1"}


def test_an_answered_message_keeps_no_text(any_inbox: Inbox) -> None:
    messages.accept(any_inbox, [message(1, text="bí mật")])
    messages.finish(any_inbox, "a", claim(any_inbox)[0], HELLO)
    taken = outbox.claim(any_inbox, "a", ["test"], 1, 30)[0]
    outbox.settle(any_inbox, "a", taken, outbox.Outcome("sent", "p1"), 30)
    with any_inbox.begin() as connection:
        row = connection.execute(sa.select(inbox_messages)).one()
    assert row.content is None
    assert out_rows(any_inbox)[0].body is None


def test_too_many_get_one_answer_and_events_always_pass(any_inbox: Inbox) -> None:
    batch = [message(number) for number in range(6)]
    assert (
        messages.accept(any_inbox, [*batch, message(7, text="unfollow", kind=Kind.EVENT)], max_pending=3) == [True] * 7
    )
    assert statuses(any_inbox) == ["new"] * 4 + ["dropped"] * 2 + ["new"]
    with any_inbox.begin() as connection:
        rows = connection.execute(sa.select(inbox_messages).order_by(inbox_messages.c.id)).all()
    assert [row.kind for row in rows] == ["text"] * 3 + ["say"] * 3 + ["event"]
    assert rows[3].content == {"text": "slow_down"}


def test_silence_is_seen_and_ends(any_inbox: Inbox) -> None:
    with time_machine.travel("2026-11-24T02:00:00Z", tick=False) as clock:
        messages.accept(any_inbox, [message(1)])
        contacts.silence(any_inbox, "t:1", dt.datetime(2026, 11, 24, 3, 0))
        first = claim(any_inbox)[0]
        assert first.silent
        messages.finish(any_inbox, "a", first, Answer())
        messages.accept(any_inbox, [message(2)])
        clock.shift(3601)
        assert not claim(any_inbox)[0].silent


def test_other_channels_are_left_to_their_workers(any_inbox: Inbox) -> None:
    messages.accept(any_inbox, [message(1)])
    assert not messages.claim(any_inbox, "a", ["other"], 5, 30)


def test_two_workers_share_without_doubling(postgres_inbox: Inbox) -> None:
    people, each = 40, 5
    batch = [message(p * 100 + n, f"t:{p}", text=str(n)) for n in range(each) for p in range(people)]
    messages.accept(postgres_inbox, batch, max_pending=100)
    order: dict[str, list[str]] = {}
    busy: set[str] = set()
    guard = threading.Lock()

    def work(owner: str) -> None:
        idle = 0
        while idle < 50:
            found = claim(postgres_inbox, owner, 3)
            idle = 0 if found else idle + 1
            for entry in found:
                with guard:
                    assert entry.incoming.sender not in busy
                    busy.add(entry.incoming.sender)
                    order.setdefault(entry.incoming.sender, []).append(entry.incoming.text)
                with guard:
                    busy.discard(entry.incoming.sender)
                assert messages.finish(postgres_inbox, owner, entry, HELLO)

    workers = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert statuses(postgres_inbox) == ["done"] * (people * each)
    assert set(map(tuple, order.values())) == {tuple(str(n) for n in range(each))}
    assert len(out_rows(postgres_inbox)) == people * each


def test_locked_people_are_passed_over(postgres_inbox: Inbox) -> None:
    messages.accept(postgres_inbox, [message(1, "t:1"), message(2, "t:2")])
    with postgres_inbox.begin() as other:
        other.execute(sa.text("SELECT sender FROM channel_contacts WHERE sender = 't:1' FOR UPDATE"))
        assert keys(claim(postgres_inbox)) == ["k2"]


def test_sending_keeps_order_and_one_at_a_time(any_inbox: Inbox) -> None:
    messages.accept(any_inbox, [message(1)])
    messages.finish(any_inbox, "a", claim(any_inbox)[0], Answer([{"n": 1}, {"n": 2}]))
    taken = outbox.claim(any_inbox, "a", ["test"], 5, 30)
    assert [entry.outgoing.body for entry in taken] == [{"n": 1}]
    assert not outbox.claim(any_inbox, "b", ["test"], 5, 30)
    second = outbox.settle(any_inbox, "a", taken[0], outbox.Outcome("sent", "p1"), 30)
    assert second
    assert second.outgoing.body == {"n": 2}
    assert outbox.settle(any_inbox, "a", second, outbox.Outcome("sent", "p2"), 30) is None
    assert [row.status for row in out_rows(any_inbox)] == ["sent", "sent"]


def test_a_crash_while_sending_is_told(any_inbox: Inbox) -> None:
    with time_machine.travel("2026-11-24T02:00:00Z", tick=False) as clock:
        messages.accept(any_inbox, [message(1)])
        messages.finish(any_inbox, "a", claim(any_inbox)[0], Answer([{"n": 1}, {"n": 2}]))
        dead = outbox.claim(any_inbox, "dead", ["test"], 1, 30)[0]
        assert not dead.interrupted
        assert outbox.start(any_inbox, "dead", dead, 30)
        clock.shift(31)
        again = outbox.claim(any_inbox, "b", ["test"], 1, 30)[0]
        assert again.interrupted
        following = outbox.settle(any_inbox, "b", again, outbox.Outcome("unsure", error="crash"), 30)
        assert following
        assert not following.interrupted


def test_a_crash_before_sending_changes_nothing(any_inbox: Inbox) -> None:
    with time_machine.travel("2026-11-24T02:00:00Z", tick=False) as clock:
        messages.accept(any_inbox, [message(1)])
        messages.finish(any_inbox, "a", claim(any_inbox)[0], HELLO)
        dead = outbox.claim(any_inbox, "dead", ["test"], 1, 30)[0]
        clock.shift(31)
        again = outbox.claim(any_inbox, "b", ["test"], 1, 30)[0]
        assert not again.interrupted
        assert outbox.start(any_inbox, "b", again, 30)
        # The first sender wasn't dead, only slow: it learns in time that the message is no longer its own.
        assert not outbox.start(any_inbox, "dead", dead, 30)


def test_someone_gone_gets_nothing_more(any_inbox: Inbox) -> None:
    messages.accept(any_inbox, [message(1)])
    messages.finish(any_inbox, "a", claim(any_inbox)[0], Answer([{"n": 1}, {"n": 2}, {"n": 3}]))
    taken = outbox.claim(any_inbox, "a", ["test"], 1, 30)[0]
    assert outbox.settle(any_inbox, "a", taken, outbox.Outcome("dropped", error="blocked", gone=True), 30) is None
    assert [row.status for row in out_rows(any_inbox)] == ["dropped"] * 3
    found = contacts.find(any_inbox, "t:1")
    assert found
    assert not found.reachable
    messages.accept(any_inbox, [message(2)])
    found = contacts.find(any_inbox, "t:1")
    assert found
    assert found.reachable


def test_buttons_serve_their_owner_until_they_expire(any_inbox: Inbox) -> None:
    with time_machine.travel("2026-11-24T02:00:00Z", tick=False) as clock:
        messages.accept(any_inbox, [message(1)])
        answer = Answer([{}], [("k:x", "chon:1", "Một"), ("k:x", "chon:1", "Một")])
        messages.finish(any_inbox, "a", claim(any_inbox)[0], answer)
        assert outbox.button_of(any_inbox, "t:1", "k:x") == ("chon:1", "Một")
        assert outbox.button_of(any_inbox, "t:2", "k:x") is None
        assert outbox.button_of(any_inbox, "t:1", "k:y") is None
        clock.shift(dt.timedelta(days=outbox.BUTTON_DAYS, seconds=1))
        assert outbox.button_of(any_inbox, "t:1", "k:x") is None


def test_forgetting_deletes_every_trace(any_inbox: Inbox) -> None:
    told: list[str] = []
    contacts.on_forget(told.append)
    try:
        messages.accept(any_inbox, [message(1), message(2, "t:2")])
        messages.finish(any_inbox, "a", claim(any_inbox)[0], Answer([{"n": 1}], [("k:x", "chon:1", "Một")]))
        contacts.forget(any_inbox, "t:1")
    finally:
        contacts._forgetters.clear()
    assert told == ["t:1"]
    assert contacts.find(any_inbox, "t:1") is None
    assert not out_rows(any_inbox)
    with any_inbox.begin() as connection:
        assert connection.execute(sa.select(inbox_messages.c.sender)).scalars().all() == ["t:2"]
        assert not connection.execute(sa.select(button_tokens)).all()


def test_old_rows_go_and_new_ones_stay(any_inbox: Inbox) -> None:
    with time_machine.travel("2026-11-24T02:00:00Z", tick=False) as clock:
        messages.accept(any_inbox, [message(1), message(2, "t:2")])
        messages.finish(any_inbox, "a", claim(any_inbox)[0], Answer())
        clock.shift(dt.timedelta(days=8))
        messages.accept(any_inbox, [message(3, "t:3")])
        assert purge(any_inbox, InboxSettings()) == 1
        assert statuses(any_inbox) == ["working", "new"]


def test_a_lease_has_one_holder(any_inbox: Inbox) -> None:
    with time_machine.travel("2026-11-24T02:00:00Z", tick=False) as clock:
        assert state.take(any_inbox, "poll", "a", 10)
        assert not state.take(any_inbox, "poll", "b", 10)
        assert state.take(any_inbox, "poll", "a", 10)
        clock.shift(11)
        assert state.take(any_inbox, "poll", "b", 10)
        state.release(any_inbox, "poll", "b")
        assert state.take(any_inbox, "poll", "a", 10)
    state.put(any_inbox, "poll", "giá trị")
    assert state.get(any_inbox, "poll") == "giá trị"
    assert state.get(any_inbox, "missing") is None


def test_leases_of_dead_processes_here_end_at_once(any_inbox: Inbox) -> None:
    messages.accept(any_inbox, [message(1, "t:1"), message(2, "t:2")])
    own = new_owner()
    host = own.partition("/")[0]
    # Beyond the largest process number that Linux gives.
    messages.claim(any_inbox, f"{host}/4194399/abc", ["test"], 1, 30)
    messages.claim(any_inbox, "elsewhere/4194399/abc", ["test"], 1, 30)
    assert clear_dead(any_inbox, own) == 1
    assert keys(claim(any_inbox, own)) == ["k1"]


def test_settings_that_cannot_be_read_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from settings.channels import inbox_settings

    monkeypatch.setenv("MOTCUA_INBOX_TURNS", "nhiều")
    with pytest.raises(ValueError, match="MOTCUA_INBOX_TURNS"):
        inbox_settings()
    monkeypatch.setenv("MOTCUA_INBOX_TURNS", "0")
    with pytest.raises(ValueError, match="MOTCUA_INBOX_TURNS"):
        inbox_settings()
