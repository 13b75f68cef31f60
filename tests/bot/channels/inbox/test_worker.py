from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.channels.inbox import contacts, messages, worker
from bot.channels.inbox.channel import Gone, Kind, Outgoing, Refused, Retry, Stopped, Unsure
from bot.channels.inbox.database import Inbox, utcnow
from bot.channels.inbox.runtime import NotReady
from bot.channels.words import say
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
    until_done,
)
from tests.fakes.channels_server import UserMessage


def words(name: str) -> str:
    return "\n".join(getattr(block, "text", "") for block in say(name).blocks)


@pytest.fixture
def channel() -> RecordingChannel:
    return RecordingChannel()


@pytest.fixture
def assistant() -> Assistant:
    return Assistant()


async def test_a_message_is_answered_once_and_acknowledged(
    any_inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    async with serving(any_inbox, channel, assistant) as runtime:
        assert await runtime.accept(message(1))
        assert not await runtime.accept(message(1))
        await until(lambda: all_done(any_inbox))
    assert channel.sent == {"t:1": ["đáp câu 1"]}
    assert channel.acknowledged == ["k1"]
    assert [row.platform_id for row in out_rows(any_inbox)] == ["p1"] or out_rows(any_inbox)[0].platform_id


async def test_fifty_messages_of_one_person_come_out_in_order(
    any_inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    async with serving(any_inbox, channel, assistant) as runtime:
        await asyncio.gather(*(runtime.accept(message(number)) for number in range(50)))
        await until(lambda: all_done(any_inbox))
    assert channel.sent["t:1"] == [f"đáp câu {number}" for number in range(50)]


async def test_five_hundred_people_at_once_are_all_answered(
    any_inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    settings = replace(QUICK, turns=20)
    async with serving(any_inbox, channel, assistant, settings) as runtime:
        await asyncio.gather(*(runtime.accept(message(number, f"t:{number % 500}")) for number in range(1000)))
        await until_done(any_inbox)
    assert channel.sent == {f"t:{n}": [f"đáp câu {n}", f"đáp câu {n + 500}"] for n in range(500)}


async def test_a_failing_message_is_set_aside_with_an_apology_and_the_next_is_answered(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    def breaks(told: UserMessage) -> None:
        if told.text == "hỏng":
            raise KeyError("hỏng")

    assistant.during = breaks
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(1, text="hỏng"))
        await runtime.accept(message(2, text="lành"))
        await until(lambda: all_done(inbox))
    assert channel.sent["t:1"] == [words("apology"), "đáp lành"]
    assert [text for _, text in assistant.heard] == ["hỏng"] * 3 + ["lành"]
    assert statuses(inbox) == ["poison", "done"]


async def test_a_message_that_ends_the_process_each_time_is_set_aside_without_a_turn(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    messages.accept(inbox, [message(1)])
    for life in range(QUICK.claims):
        messages.claim(inbox, f"life {life}", ["test"], 1, -1)
    async with serving(inbox, channel, assistant):
        await until(lambda: all_done(inbox))
    assert not assistant.heard
    assert channel.sent["t:1"] == [words("apology")]


async def test_turns_wait_for_the_model(inbox: Inbox, channel: RecordingChannel, assistant: Assistant) -> None:
    assistant.up = False
    async with serving(inbox, channel, assistant) as runtime:
        assert await runtime.accept(message(1))
        await until(lambda: channel.acknowledged == ["k1"])
        assert not assistant.heard
        assistant.up = True
        await until(lambda: all_done(inbox))
    assert channel.sent["t:1"] == ["đáp câu 1"]


async def test_a_turn_that_hangs_does_not_block_its_person(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    assistant.seconds = 30
    async with serving(inbox, channel, assistant, replace(QUICK, turn_timeout=0.05)) as runtime:
        await runtime.accept(message(1))
        await until(lambda: all_done(inbox))
    assert channel.sent["t:1"] == [words("apology")]


async def test_a_slow_turn_shows_typing(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "TYPING_AFTER", 0.01)
    monkeypatch.setattr(worker, "TYPING_EVERY", 0.02)
    assistant.seconds = 0.5
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(1))
        await until(lambda: all_done(inbox))
        shown = len(channel.typed)
        await asyncio.sleep(0.1)
    assert shown >= 3
    assert channel.typed == ["1"] * shown


@pytest.mark.parametrize(
    ("incoming", "heard"),
    [
        (message(1, text="/restart"), "restart"),
        (message(1, text='/ask_fee{"aspect": "fee"}'), 'ask_fee{"aspect": "fee"}'),
        (message(1, text="lenh:help", kind=Kind.PAYLOAD), "/ask_capabilities"),
        (message(1, text="hoi:/restart", kind=Kind.PAYLOAD), "restart"),
        (message(1, text=" "), "…"),
    ],
)
async def test_only_our_own_payloads_reach_rasa(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant, incoming: Any, heard: str
) -> None:
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(incoming)
        await until(lambda: all_done(inbox))
    assert assistant.heard == [("t:1", heard)]


class WithButtons(Assistant):
    """Answers with buttons."""

    async def __call__(self, told: UserMessage) -> None:
        await super().__call__(told)
        tree = {
            "blocks": [{"type": "text", "text": "Ý bạn là việc nào?"}],
            "buttons": [
                {"title": "Phí", "payload": "thu-tuc:1.000894:fee"},
                {"title": "Một", "payload": "chon:1"},
                {"title": "Cổng", "url": "https://dichvucong.gov.vn"},
                {"title": "Lạ", "payload": "/restart"},
            ],
        }
        await told.output_channel.send_response(told.sender_id, {"text": "x", "reply": tree})


async def test_a_tapped_button_asks_what_it_stands_for(inbox: Inbox, channel: RecordingChannel) -> None:
    assistant = WithButtons()
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(1))
        await until(lambda: all_done(inbox))
        row = out_rows(inbox)
        assert len(row) == 2
        tokens: list[str] = []
        channel.before = lambda outgoing: tokens.extend(outgoing.body["tokens"])
        await runtime.accept(message(2))
        await until(lambda: len(tokens) == 2)
        await runtime.accept(message(3, text=tokens[0], kind=Kind.TAP))
        await runtime.accept(message(4, "t:2", text=tokens[0], kind=Kind.TAP))
        await until(lambda: all_done(inbox))
    assert all(len(token.encode()) <= 64 for token in tokens)
    assert assistant.heard[-1][1] == '/ask_fee{"procedure_code": "1.000894", "aspect": "fee"}'
    # The button of somebody else says politely that it doesn't work.
    assert channel.sent["t:2"] == [words("expired")]


@pytest.mark.parametrize(("numbered", "heard"), [(True, '/choose_option{"ordinal": "1"}'), (False, "2")])
async def test_a_number_picks_from_a_numbered_menu_only(inbox: Inbox, numbered: bool, heard: str) -> None:
    assistant = WithButtons()
    async with serving(inbox, RecordingChannel(numbered=numbered), assistant) as runtime:
        await runtime.accept(message(1))
        await until(lambda: all_done(inbox))
        await runtime.accept(message(2, text="2"))
        await until(lambda: all_done(inbox))
    assert assistant.heard[-1][1] == heard


async def test_nothing_is_said_while_the_staff_talk(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(1))
        await until(lambda: all_done(inbox))
        contacts.silence(inbox, "t:1", utcnow() + dt.timedelta(hours=1))
        await runtime.accept(message(2))
        await until(lambda: all_done(inbox))
        contacts.silence(inbox, "t:1", None)
        await runtime.accept(message(3))
        await until(lambda: all_done(inbox))
    assert channel.sent["t:1"] == ["đáp câu 1", "đáp câu 3"]


async def test_ready_words_remarks_and_events(inbox: Inbox, channel: RecordingChannel, assistant: Assistant) -> None:
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(1, text="media", kind=Kind.SAY))
        await runtime.accept(message(2, remark="media_with_text"))
        await runtime.accept(message(3, text="follow", kind=Kind.EVENT))
        await runtime.accept(message(4, text="unfollow", kind=Kind.EVENT))
        await until(lambda: all_done(inbox))
    assert channel.sent["t:1"] == [words("media"), words("media_with_text"), "đáp câu 2", "chào bạn"]
    assert channel.events == ["follow", "unfollow"]


@pytest.mark.parametrize(
    ("error", "arrived", "status"),
    [
        (Refused("bad"), [], "refused"),
        (Gone("blocked"), [], "dropped"),
        (Unsure("timeout"), [], "unsure"),
        (RuntimeError("?"), [], "unsure"),
        (Retry("connect"), ["đáp câu 1"], "sent"),
        (Retry("rate", after=0.01, counts=False), ["đáp câu 1"], "sent"),
    ],
)
async def test_how_a_failed_delivery_ends(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant, error: Exception, arrived: list[str], status: str
) -> None:
    left = [error]

    def fails_once(_: Outgoing) -> None:
        if left:
            raise left.pop()

    channel.before = fails_once
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(1))
        await until(lambda: all_done(inbox), 30)
        await runtime.accept(message(2))
        await until(lambda: all_done(inbox), 30)
    assert [row.status for row in out_rows(inbox)] == [status, "sent"]
    assert channel.sent["t:1"] == [*arrived, "đáp câu 2"]


async def test_what_may_have_arrived_is_sent_again_only_where_repeats_are_recognised(
    inbox: Inbox, assistant: Assistant
) -> None:
    channel = RecordingChannel(resend_unsure=True)
    left: list[Exception] = [Unsure("timeout")]

    def answer_is_lost(_: Outgoing) -> None:
        if left:
            raise left.pop()

    channel.after = answer_is_lost
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(1))
        await until(lambda: all_done(inbox))
    assert channel.sent["t:1"] == ["đáp câu 1"] * 2


async def test_a_channel_out_of_order_keeps_everything(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.inbox.sender.STOPPED_REST", 0.02)
    tries = 0

    def no_credentials(_: Outgoing) -> None:
        nonlocal tries
        tries += 1
        if tries < 12:
            raise Stopped("token")

    channel.before = no_credentials
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(1))
        await until(lambda: all_done(inbox))
    assert channel.sent["t:1"] == ["đáp câu 1"]


async def test_a_database_away_for_a_moment_costs_neither_the_turn_nor_the_record(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = messages.finish
    left = [1, 2]

    def away(*arguments: Any) -> bool:
        if left:
            left.pop()
            raise OperationalError("x", {}, Exception())
        return finish(*arguments)

    monkeypatch.setattr(messages, "finish", away)
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(1))
        await until(lambda: all_done(inbox))
    assert len(assistant.heard) == 1
    assert channel.sent["t:1"] == ["đáp câu 1"]


async def test_what_cannot_be_kept_is_not_accepted(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*arguments: Any) -> list[bool]:
        raise OperationalError("x", {}, Exception())

    async with serving(inbox, channel, assistant) as runtime:
        with monkeypatch.context() as patched:
            patched.setattr(messages, "accept", away)
            with pytest.raises(NotReady):
                await runtime.accept(message(1))
        assert await runtime.accept(message(1))
        await until(lambda: all_done(inbox))
    assert channel.sent["t:1"] == ["đáp câu 1"]


async def test_stopping_ends_the_turn_under_way_and_keeps_the_rest(
    inbox: Inbox, channel: RecordingChannel, assistant: Assistant
) -> None:
    assistant.seconds = 0.3
    async with serving(inbox, channel, assistant) as runtime:
        for number in (1, 2):
            await runtime.accept(message(number))
        await until(lambda: bool(assistant.heard))
    assert statuses(inbox) == ["done", "new"]
    assistant.seconds = 0
    async with serving(inbox, channel, assistant):
        await until(lambda: all_done(inbox))
    assert channel.sent["t:1"] == ["đáp câu 1", "đáp câu 2"]
