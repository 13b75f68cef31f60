"""The assistant is away, breaks in the middle, or is slow: no message suffers, and who waits long is told."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.channels import words as ready
from bot.channels.inbox import contacts, messages
from bot.channels.inbox.assistant import Away, Interrupted
from bot.channels.inbox.channel import Kind
from bot.channels.inbox.database import Inbox, utcnow
from bot.channels.inbox.leases import give_back, new_owner
from bot.channels.inbox.patience import tell_waiting
from bot.channels.inbox.tables import channel_contacts, inbox_messages
from tests.bot.channels.inbox.support import (
    QUICK,
    Assistant,
    RecordingChannel,
    all_done,
    message,
    out_rows,
    serving,
    statuses,
    until,
)
from tests.fakes.channels_server import UserMessage

WAIT = "\n".join(getattr(block, "text", "") for block in ready.say("wait").blocks)


class Breaking(Assistant):
    """Breaks in a way of the test's for its first turns, and is then away until it is let back.

    Args:
        error: how.
        times: how often.
    """

    def __init__(self, error: type[Exception], times: int) -> None:
        super().__init__()
        self._error, self._times = error, times
        self.during = self._break
        self.broke = 0

    def _break(self, told: UserMessage) -> None:
        if self.broke < self._times:
            self.broke += 1
            self.up = False
            raise self._error


@pytest.mark.parametrize("error", [Away, Interrupted, TimeoutError, asyncio.TimeoutError])
async def test_an_assistant_that_is_away_costs_no_try(inbox: Inbox, error: type[Exception]) -> None:
    channel, assistant = RecordingChannel(), Breaking(error, 5)
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(1))
        while assistant.broke < 5:
            await until(lambda: not assistant.up)
            await asyncio.sleep(0.1)  # a look at the inbox that had begun before may still hand it out once
            asked = len(assistant.heard)
            await asyncio.sleep(0.2)
            assert len(assistant.heard) == asked, "it was asked again while it was away"
            assistant.up = True
            await until(lambda asked=asked: len(assistant.heard) > asked)  # type: ignore[misc]
        assistant.up = True
        await until(lambda: all_done(inbox))
    assert channel.sent["t:1"] == ["đáp câu 1"]
    with inbox.begin() as connection:
        assert connection.execute(sa.select(inbox_messages.c.failures)).scalar_one() == 0


async def test_a_message_that_ends_the_assistant_each_time_is_set_aside(inbox: Inbox) -> None:
    class Dying(Breaking):
        async def __call__(self, told: UserMessage) -> None:
            try:
                await super().__call__(told)
            finally:
                self.up = True  # started again at once

    channel, assistant = RecordingChannel(), Dying(Interrupted, 1_000)
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(1))
        await until(lambda: all_done(inbox))
    assert len(assistant.heard) == QUICK.claims
    assert statuses(inbox) == ["poison"]
    assert len(channel.sent["t:1"]) == 1


async def test_what_needs_no_turn_goes_on_while_the_assistant_is_away(inbox: Inbox) -> None:
    channel, assistant = RecordingChannel(), Assistant()
    assistant.up = False
    messages.accept(inbox, [message(1, "t:1"), message(2, "t:2"), message(3, "t:3", "follow", Kind.EVENT)])
    messages.accept(
        inbox, [message(4, "t:4", "media", Kind.SAY), message(5, "t:5"), message(6, "t:1", "x", Kind.EVENT)]
    )
    contacts.silence(inbox, "t:5", utcnow() + dt.timedelta(hours=1))
    async with serving(inbox, channel, assistant, replace(QUICK, turns=1)):
        await until(lambda: statuses(inbox).count("done") == 3)
        await asyncio.sleep(0.1)
        # What comes after a question waits for its answer.
        assert statuses(inbox) == ["new", "new", "done", "done", "done", "new"]
        assert not assistant.heard
        assistant.up = True
        await until(lambda: all_done(inbox))
    assert channel.sent["t:3"] == ["chào bạn"]
    assert len(channel.sent["t:4"]) == 1
    assert not channel.sent["t:5"]


async def test_who_waits_long_is_told_once(any_inbox: Inbox) -> None:
    inbox, channels = any_inbox, {"test": RecordingChannel()}
    messages.accept(inbox, [message(number, f"t:{number % 3}") for number in range(6)])
    messages.accept(inbox, [message(9, "t:9", "follow", Kind.EVENT)])
    contacts.silence(inbox, "t:2", utcnow() + dt.timedelta(hours=1))
    assert tell_waiting(inbox, channels, 60) == 0
    with inbox.begin() as connection:
        connection.execute(sa.update(inbox_messages).values(received_at=utcnow() - dt.timedelta(seconds=61)))
    assert tell_waiting(inbox, channels, 60) == 2
    assert tell_waiting(inbox, channels, 60) == 0
    assert [(row.sender, row.body["text"]) for row in out_rows(inbox)] == [("t:0", WAIT), ("t:1", WAIT)]
    # A turn that fails afterwards doesn't make it told again.
    owner = new_owner()
    for claimed in messages.claim(inbox, owner, ["test"], 5, 30):
        messages.fail(inbox, owner, claimed, "TurnFailed", 0)
    assert tell_waiting(inbox, channels, 60) == 0


async def test_leases_that_nobody_knows_of_are_given_back(any_inbox: Inbox) -> None:
    inbox, owner = any_inbox, new_owner()
    messages.accept(inbox, [message(1, "t:1"), message(2, "t:2")])
    assert len(messages.claim(inbox, owner, ["test"], 5, 30)) == 2
    assert not messages.claim(inbox, owner, ["test"], 5, 30)
    give_back(inbox, owner, "turn", ["t:2"])
    assert [claimed.incoming.sender for claimed in messages.claim(inbox, owner, ["test"], 5, 30)] == ["t:1"]


@pytest.mark.parametrize("hours", [-3, 3])
async def test_a_clock_that_jumps_holds_nobody_up(inbox: Inbox, hours: int) -> None:
    messages.accept(inbox, [message(1), message(2)])
    assert messages.claim(inbox, "a process that died", ["test"], 5, 30)
    with inbox.begin() as connection:
        column = channel_contacts.c.turn_until
        then = connection.execute(sa.select(column)).scalar_one() - dt.timedelta(hours=hours)
        connection.execute(sa.update(channel_contacts).values(turn_until=then))
    channel, assistant = RecordingChannel(), Assistant()
    async with serving(inbox, channel, assistant):
        await until(lambda: all_done(inbox))
    assert channel.sent["t:1"] == ["đáp câu 1", "đáp câu 2"]


async def test_a_clock_that_jumps_during_a_turn_runs_no_second_one(inbox: Inbox) -> None:
    channel, assistant = RecordingChannel(), Assistant(seconds=0.3)

    def jump() -> None:
        with inbox.begin() as connection:
            connection.execute(sa.update(channel_contacts).values(turn_until=utcnow() - dt.timedelta(hours=1)))

    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(1))
        await until(lambda: bool(assistant.heard))
        await asyncio.to_thread(jump)
        runtime.call()
        await until(lambda: all_done(inbox))
    assert len(assistant.heard) == 1
    assert channel.sent["t:1"] == ["đáp câu 1"]
