from __future__ import annotations

import pytest

from bot.channels.inbox import admin, messages, outbox
from bot.channels.inbox.database import Inbox
from bot.channels.inbox.messages import Answer
from bot.channels.inbox.outbox import Outcome
from storage.errors import MotCuaError
from tests.bot.channels.inbox.support import message, out_rows, statuses


def poison(inbox: Inbox, number: int, sender: str = "t:1") -> None:
    messages.accept(inbox, [message(number, sender, text="bí mật")])
    claimed = messages.claim(inbox, "a", ["test"], 1, 30)[0]
    messages.set_aside(inbox, "a", claimed, "KeyError", Answer([{"text": "xin lỗi"}]))


def unsure(inbox: Inbox) -> None:
    taken = outbox.claim(inbox, "a", ["test"], 1, 30)[0]
    outbox.start(inbox, "a", taken, 30)
    outbox.settle(inbox, "a", taken, Outcome("unsure", error="timeout"), 30)


def test_the_list_names_no_person_and_no_text(any_inbox: Inbox) -> None:
    poison(any_inbox, 1, "t:700000001")
    unsure(any_inbox)
    messages.accept(any_inbox, [message(2)])
    entries = admin.troubled(any_inbox)
    assert {entry.id[:2] for entry in entries} == {"in", "ou"}
    assert len({entry.person for entry in entries}) == 1
    assert "700000001" not in repr(entries)
    assert "bí mật" not in repr(entries)
    assert admin.counts(any_inbox) == {"in": {"new": 1, "poison": 1}, "out": {"unsure": 1}}
    assert len(admin.troubled(any_inbox, everything=True)) == 3
    waited = admin.oldest_waiting(any_inbox)
    assert waited is not None
    assert 0 <= waited.total_seconds() < 60


def test_what_was_set_aside_is_tried_again(any_inbox: Inbox) -> None:
    poison(any_inbox, 1)
    unsure(any_inbox)
    ids = [entry.id for entry in admin.troubled(any_inbox)]
    assert admin.retry(any_inbox, ids) == 2
    again = messages.claim(any_inbox, "a", ["test"], 1, 30)[0]
    assert (again.incoming.text, again.claims, again.failures) == ("bí mật", 1, 0)
    assert not outbox.claim(any_inbox, "a", ["test"], 1, 30)[0].interrupted
    assert admin.retry(any_inbox, ids) == 0


def test_what_is_dropped_leaves_no_text(any_inbox: Inbox) -> None:
    poison(any_inbox, 1)
    unsure(any_inbox)
    messages.accept(any_inbox, [message(2)])
    ids = [entry.id for entry in admin.troubled(any_inbox, everything=True)]
    assert admin.drop(any_inbox, ids) == 3
    assert statuses(any_inbox) == ["dropped", "dropped"]
    assert [(row.status, row.body) for row in out_rows(any_inbox)] == [("dropped", None)]
    assert admin.oldest_waiting(any_inbox) is None


@pytest.mark.parametrize("name", ["12", "in", "inx", "out-1", "", "in1; DROP TABLE"])
def test_ids_that_are_none_are_said(inbox: Inbox, name: str) -> None:
    with pytest.raises(MotCuaError, match="không phải mã tin"):
        admin.retry(inbox, [name])
