"""Conversations with the staff through the inbox: nothing lost, nothing doubled, the assistant silent in its time."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from bot.channels.inbox import contacts, courier, messages, outbox
from bot.channels.inbox.channel import Kind, Refused
from bot.channels.inbox.database import Inbox, utcnow
from bot.channels.inbox.tables import channel_contacts
from desk import citizen, conversations, outgoing
from desk.citizen import Request
from desk.database import Desk
from desk.outgoing import Kind as Out
from desk.tables import outgoing as table
from desk.words import tree
from settings.desk import DeskSettings
from tests.bot.channels.inbox.support import (
    Assistant,
    RecordingChannel,
    all_done,
    message,
    out_rows,
    serving,
    statuses,
    until,
)
from tests.desk.support import words
from tests.fakes.channels_server import UserMessage

LAN = "lan"
WHO = "t:1"
SECRET = "only-for-tests-only-for-tests"


@pytest.fixture
def channel() -> RecordingChannel:
    return RecordingChannel()


@pytest.fixture
def assistant() -> Assistant:
    return Assistant()


def handed_over(inbox: Inbox, claimed: bool = True) -> tuple[Desk, int]:
    """Somebody who asked for a person, and perhaps talks with one."""
    desk = Desk(inbox.engine)
    citizen.ask(desk, Request(WHO, "test", "gặp cán bộ", "k0"), DeskSettings())
    found = citizen.find_open(desk, WHO)
    assert found
    if claimed:
        conversations.claim(desk, found.id, LAN)
    return desk, found.id


def lines(desk: Desk, handover: int) -> list[tuple[str, str]]:
    return [(line.direction, line.text) for line in conversations.thread(desk, handover).lines][1:]


def said(name: str) -> str:
    return words(name)


async def test_the_staff_read_and_the_assistant_is_silent(
    any_inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    desk, handover = handed_over(any_inbox)
    async with serving(any_inbox, channel, assistant) as runtime:
        for number in range(1, 21):
            await runtime.accept(message(number))
            await runtime.accept(message(number))
        await until(lambda: all_done(any_inbox))
    assert lines(desk, handover) == [("citizen", f"câu {number}") for number in range(1, 21)]
    assert not assistant.heard


async def test_replies_go_back_over_the_channel_once_and_their_fate_is_told(
    any_inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    messages.accept(any_inbox, [message(1, text="sticker", kind=Kind.SAY)])
    desk, handover = handed_over(any_inbox)
    async with serving(any_inbox, channel, assistant):
        conversations.reply(desk, handover, LAN, "Chào anh", "f1")
        conversations.reply(desk, handover, LAN, "Anh chờ em", "f2")
        await until(lambda: len(channel.sent[WHO]) == 3)
        await until(lambda: conversations.thread(desk, handover).lines[-1].delivery == "sent")
    assert channel.sent[WHO] == [said("claimed"), "Cán bộ trả lời\nChào anh", "Cán bộ trả lời\nAnh chờ em"]
    assert not assistant.heard


async def test_while_waiting_the_first_words_are_kept_and_the_rest_is_answered_too(
    any_inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    desk, handover = handed_over(any_inbox, claimed=False)
    async with serving(any_inbox, channel, assistant) as runtime:
        await runtime.accept(message(1, text="hồ sơ của tôi bị trả"))
        await runtime.accept(message(2, text="làm khai sinh cần gì"))
        await until(lambda: all_done(any_inbox))
    assert channel.sent[WHO] == [said("kept"), "đáp làm khai sinh cần gì"]
    assert lines(desk, handover) == [("citizen", "hồ sơ của tôi bị trả"), ("citizen", "làm khai sinh cần gì")]


@pytest.mark.parametrize(("claimed", "told"), [(True, "ended"), (False, "withdrawn")])
async def test_the_citizen_ends_it_and_the_assistant_answers_again(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant, claimed: bool, told: str
) -> None:
    desk, _ = handed_over(inbox, claimed)
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(1, text="ket thuc"))
        await runtime.accept(message(2))
        await until(lambda: all_done(inbox))
    assert [text for text in channel.sent[WHO] if text != said("claimed")] == [said(told), "đáp câu 2"]
    assert citizen.find_open(desk, WHO) is None


async def test_the_button_ends_it_and_says_so_when_it_is_over_already(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    messages.accept(inbox, [message(1, text="sticker", kind=Kind.SAY)])
    tokens: list[str] = []
    channel.before = lambda outgoing: tokens.extend(outgoing.body["tokens"])
    handed_over(inbox)
    async with serving(inbox, channel, assistant) as runtime:
        await until(lambda: bool(tokens))
        for number in (2, 3):
            await runtime.accept(message(number, text=tokens[0], kind=Kind.TAP))
        await until(lambda: all_done(inbox))
    assert channel.sent[WHO][-2:] == [said("ended"), said("not_open")]
    assert not assistant.heard


async def test_a_number_answers_the_staff_and_ends_nothing_on_numbered_channels(
    inbox: Inbox, assistant: Assistant
) -> None:
    numbered = RecordingChannel(numbered=True)
    messages.accept(inbox, [message(1, text="sticker", kind=Kind.SAY)])
    desk, handover = handed_over(inbox)
    async with serving(inbox, numbered, assistant) as runtime:
        await until(lambda: said("claimed") in numbered.sent[WHO])
        await runtime.accept(message(2, text="1"))
        await until(lambda: all_done(inbox))
    assert lines(desk, handover)[-1] == ("citizen", "1")
    assert citizen.find_open(desk, WHO) is not None


async def test_pictures_buttons_and_commands_while_the_staff_talk(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    messages.accept(inbox, [message(1, text="media", kind=Kind.SAY)])
    desk, handover = handed_over(inbox)
    with inbox.begin() as connection:
        outbox.keep_buttons(connection, WHO, [("k:fee", "thu-tuc:1.001193:fee", "Phí")])
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(2, text="sticker", kind=Kind.SAY))
        await runtime.accept(message(3, text="k:fee", kind=Kind.TAP))
        await runtime.accept(message(4, text="lenh:menu", kind=Kind.PAYLOAD))
        await until(lambda: all_done(inbox))
    assert [text for text in channel.sent[WHO] if text != said("claimed")] == [said("only_text")]
    assert lines(desk, handover) == [
        ("note", "(người dân gửi ảnh, tệp hoặc tin thoại, không xem được ở đây)"),
        ("note", "(bấm nút: Phí)"),
    ]
    assert not assistant.heard


async def test_what_the_assistant_cannot_answer_still_reaches_the_staff(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    desk, handover = handed_over(inbox, claimed=False)

    def breaks(_: UserMessage) -> None:
        raise KeyError

    assistant.during = breaks
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(1))
        await runtime.accept(message(2))
        await until(lambda: all_done(inbox))
    assert statuses(inbox) == ["done", "poison"]
    assert lines(desk, handover) == [("citizen", "câu 1"), ("citizen", "câu 2")]


async def test_who_writes_in_the_moment_of_the_claim_is_read_by_the_staff(
    any_inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    desk, handover = handed_over(any_inbox, claimed=False)

    def claims(_: UserMessage) -> None:
        conversations.claim(desk, handover, LAN)
        assistant.during = None

    async with serving(any_inbox, channel, assistant) as runtime:
        await runtime.accept(message(1))
        await until(lambda: all_done(any_inbox))
        assistant.during = claims
        await runtime.accept(message(2))
        await until(lambda: all_done(any_inbox))
    # The turn that ran when the staff came is thrown away: the message is theirs.
    assert lines(desk, handover) == [("citizen", "câu 1"), ("citizen", "câu 2")]
    assert "đáp câu 2" not in channel.sent[WHO]


async def test_who_writes_in_the_moment_of_the_end_is_answered_by_the_assistant(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    desk, handover = handed_over(inbox)
    messages.accept(inbox, [message(1)])
    (claimed,) = messages.claim(inbox, "another process", ["test"], 1, -1)
    conversations.close(desk, handover, LAN)
    assert claimed.conversation
    async with serving(inbox, channel, assistant):
        await until(lambda: all_done(inbox))
    assert "đáp câu 1" in channel.sent[WHO]
    assert lines(desk, handover) == []


# The courier


def put(inbox: Inbox, text: str = "tin", kind: Out = Out.NOTICE, sender: str = WHO) -> None:
    with inbox.begin() as connection:
        outgoing.put(connection, sender, "test", kind, tree([text]))


def states(inbox: Inbox) -> list[str]:
    with inbox.begin() as connection:
        return list(connection.execute(sa.select(table.c.state).order_by(table.c.id)).scalars())


def carry(inbox: Inbox, channel: Any) -> int:
    return courier.carry(inbox, {"test": channel}, SECRET)


async def test_couriers_of_many_processes_carry_each_message_once(any_inbox: Inbox, channel: RecordingChannel) -> None:
    messages.accept(any_inbox, [message(at, f"t:{at}") for at in range(20)])
    for at in range(20):
        put(any_inbox, f"tin {at}", Out.REPLY, f"t:{at}")
    carried = await asyncio.gather(*(asyncio.to_thread(carry, any_inbox, channel) for _ in range(4)))
    assert sum(carried) == 20
    assert sorted(row.body["text"] for row in out_rows(any_inbox)) == sorted(f"tin {at}" for at in range(20))
    assert all(row.message_id is None for row in out_rows(any_inbox))


def test_what_a_window_shuts_out_is_held_until_the_person_writes_again(
    any_inbox: Inbox, channel: RecordingChannel
) -> None:
    messages.accept(any_inbox, [message(1)])
    channel.window = dt.timedelta(hours=48)
    with any_inbox.begin() as connection:
        connection.execute(sa.update(channel_contacts).values(last_seen=utcnow() - dt.timedelta(hours=49)))
    put(any_inbox)
    assert (carry(any_inbox, channel), states(any_inbox)) == (0, ["held"])
    assert carry(any_inbox, channel) == 0
    messages.accept(any_inbox, [message(2)])
    assert (carry(any_inbox, channel), states(any_inbox)) == (1, ["handed"])
    assert carry(any_inbox, channel) == 0


def test_who_blocked_us_gets_it_after_coming_back_and_who_is_forgotten_never(
    inbox: Inbox, channel: RecordingChannel
) -> None:
    messages.accept(inbox, [message(1)])
    contacts.set_reachable(inbox, WHO, False)
    put(inbox)
    put(inbox, sender="t:nobody")
    carry(inbox, channel)
    assert states(inbox) == ["held", "dropped"]
    messages.accept(inbox, [message(2)])
    assert carry(inbox, channel) == 1


def test_replies_go_before_a_flood_of_notices(inbox: Inbox, channel: RecordingChannel) -> None:
    messages.accept(inbox, [message(at, f"t:{at}") for at in range(100)])
    for at in range(100):
        put(inbox, "đổi phí", Out.NOTICE, f"t:{at}")
    put(inbox, "trả lời", Out.REPLY, "t:7")
    assert carry(inbox, channel) == courier.NOTICES
    assert out_rows(inbox)[0].body["text"] == "trả lời"
    assert carry(inbox, channel) == 0


async def test_a_message_that_the_platform_refuses_is_told_to_the_staff(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    messages.accept(inbox, [message(1, text="sticker", kind=Kind.SAY)])
    desk, handover = handed_over(inbox)

    def refuses(outgoing: Any) -> None:
        if "hỏng" in outgoing.body["text"]:
            raise Refused("bad")

    channel.before = refuses
    async with serving(inbox, channel, assistant):
        conversations.reply(desk, handover, LAN, "hỏng", "f1")
        await until(lambda: conversations.thread(desk, handover).lines[-1].delivery == "refused")


def test_forgetting_deletes_what_the_desk_keeps_too(inbox: Inbox) -> None:
    messages.accept(inbox, [message(1)])
    desk, _ = handed_over(inbox)
    contacts.forget(inbox, WHO)
    assert conversations.queue(desk) == conversations.Queue((), ())
    assert states(inbox) == []
