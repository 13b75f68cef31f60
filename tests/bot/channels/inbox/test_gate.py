"""Who is turned away, what they are told, and that nothing of it is doubled or kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.channels import switches
from bot.channels.inbox.channel import Kind
from bot.channels.inbox.database import Inbox
from bot.channels.inbox.messages import accept
from bot.channels.inbox.tables import inbox_messages
from bot.channels.switches import Switches, UnknownChannel, notices, switch
from tests.bot.channels.inbox.support import (
    QUICK,
    Assistant,
    RecordingChannel,
    all_done,
    message,
    serving,
    statuses,
    until,
)


@pytest.fixture(autouse=True)
def _known_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switches, "CHANNELS", (*switches.CHANNELS, "test"))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was switched is seen by the next message."""
    monkeypatch.setattr(switches, "FRESH", 0.0)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("name", ["test", "all"])
async def test_a_channel_that_is_off_says_so_and_goes_on_when_it_is_on_again(any_inbox: Inbox, name: str) -> None:
    channel, assistant = RecordingChannel(), Assistant()
    async with serving(any_inbox, channel, assistant) as runtime:
        switch(any_inbox, name, "Kênh nghỉ đến 17 giờ.")
        assert await runtime.accept(message(1))
        assert not await runtime.accept(message(1))  # a repeat
        await runtime.accept(message(2))  # told a moment ago
        await runtime.accept(message(3, text="follow", kind=Kind.EVENT))
        await until(lambda: len(channel.sent["t:1"]) == 2 and all_done(any_inbox))
        assert sorted(channel.sent["t:1"]) == ["Kênh nghỉ đến 17 giờ.", "chào bạn"]
        assert assistant.heard == []
        switch(any_inbox, name, None)
        await runtime.accept(message(4))
        await until(lambda: len(channel.sent["t:1"]) == 3)
    assert assistant.heard == [("t:1", "câu 4")]
    with any_inbox.begin() as connection:
        assert not any(connection.execute(sa.select(inbox_messages.c.content)).scalars())


async def test_beyond_the_bound_people_are_told_that_it_is_busy(any_inbox: Inbox) -> None:
    accept(any_inbox, [message(number, f"t:{number}") for number in range(3)])
    channel, assistant = RecordingChannel(), Assistant()
    assistant.up = False
    async with serving(any_inbox, channel, assistant, replace(QUICK, max_waiting=3)) as runtime:
        await runtime.accept(message(9, "t:9"))
        await until(lambda: len(channel.sent["t:9"]) == 1)
        assert "nhiều người nhắn quá" in channel.sent["t:9"][0]
        assert statuses(any_inbox) == ["new", "new", "new", "dropped"]
        assistant.up = True
        await until(lambda: all_done(any_inbox))
    assert {sender for sender, _ in assistant.heard} == {"t:0", "t:1", "t:2"}


async def test_who_writes_too_fast_is_asked_to_wait_and_others_are_not(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_LIMIT_PERSON_BURST", "2")
    monkeypatch.setenv("MOTCUA_LIMIT_PERSON_MINUTE", "1")
    channel, assistant = RecordingChannel(), Assistant()
    async with serving(inbox, channel, assistant, replace(QUICK, rates=True)) as runtime:
        for number in range(5):
            await runtime.accept(message(number))
        await runtime.accept(message(9, "t:9"))
        await until(lambda: all_done(inbox))
    assert sum("nhanh quá" in text for text in channel.sent["t:1"]) == 1
    assert [text for _, text in assistant.heard] == ["câu 0", "câu 1", "câu 9"]


def test_a_switch_is_seen_within_seconds_and_survives_a_missing_database(any_inbox: Inbox) -> None:
    now = 100.0
    seen = Switches(any_inbox, lambda: now)
    assert seen.notice("web") is None
    switch(any_inbox, "web", "")
    now += 1
    assert seen.notice("web") is None
    now += 1.5
    assert seen.notice("web") == switches.NOTICE
    assert seen.notice("telegram") is None
    any_inbox.engine.dispose()
    with any_inbox.begin() as connection:
        connection.execute(sa.text("DROP TABLE channel_state" if not any_inbox.many else "SELECT 1"))
    now += 3
    assert seen.notice("web") == switches.NOTICE


def test_an_unknown_channel_is_refused(inbox: Inbox) -> None:
    with pytest.raises(UnknownChannel, match="Không có kênh fax"):
        switch(inbox, "fax", "x")
    switch(inbox, "web", "dài " * 1000)
    assert len(notices(inbox)["web"]) <= switches.LONGEST


async def test_messages_that_arrive_together_keep_their_order(inbox: Inbox) -> None:
    # The first one has to ask the database, the others needn't.
    channel, assistant = RecordingChannel(), Assistant()
    async with serving(inbox, channel, assistant, replace(QUICK, rates=True)) as runtime:
        await asyncio.gather(*(runtime.accept(message(number)) for number in range(12)))
        await until(lambda: all_done(inbox))
    assert [text for _, text in assistant.heard] == [f"câu {number}" for number in range(12)]
