"""Nothing personal comes into the inbox, and the person is told about it once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from bot.channels.inbox.channel import Kind
from bot.channels.inbox.database import Inbox
from bot.channels.inbox.housekeeping import purge
from bot.channels.inbox.tables import metadata
from bot.channels.masking import masked_message
from bot.quiet_logs import keep_quiet
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
from tests.fakes.channels_server import UserMessage

TYPED = "sđt em 0912345678, cccd 079185001234, hồ sơ H29.12-250610-0034"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def everything_kept(inbox: Inbox) -> str:
    """All that all tables hold, as text."""
    with inbox.begin() as connection:
        return "\n".join(str(row) for table in metadata.sorted_tables for row in connection.execute(sa.select(table)))


async def test_numbers_are_masked_before_they_are_kept(inbox: Inbox) -> None:
    channel, assistant = RecordingChannel(), Assistant()
    assistant.up = False  # the message waits in the table
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(1, text=TYPED))
        kept = everything_kept(inbox)
        assert "[số điện thoại], cccd [số định danh], hồ sơ [mã hồ sơ]" in kept
        assert not any(number in kept for number in ("0912345678", "079185001234", "0034"))
        assistant.up = True
        await until(lambda: all_done(inbox))
    assert assistant.heard == [("t:1", "sđt em [số điện thoại], cccd [số định danh], hồ sơ [mã hồ sơ]")]
    remark, answer = channel.sent["t:1"]
    assert "đừng gửi" in remark
    assert answer.startswith("đáp ")


def test_what_is_written_is_masked_and_what_the_platform_names_is_not() -> None:
    assert masked_message(message(1, text=TYPED)).remark == "masked"
    assert masked_message(message(1, text="hồ sơ H29.12-250610-0034")).remark == "masked_dossier"
    both = masked_message(message(1, text=TYPED, remark="media_with_text"))
    assert both.remark == "media_with_text masked"
    event = message(1, text="operator", kind=Kind.EVENT, details={"message": "0912345678901"})
    assert masked_message(event) == event
    plain = message(1, text="khai sinh cần gì", remark="contact")
    assert masked_message(plain) == plain


async def test_two_remarks_are_both_said(inbox: Inbox) -> None:
    channel = RecordingChannel()
    async with serving(inbox, channel, Assistant()) as runtime:
        await runtime.accept(message(1, text=TYPED, remark="media_with_text"))
        await until(lambda: len(channel.sent["t:1"]) == 3)
    assert "ảnh hay tệp" in channel.sent["t:1"][0]
    assert "đừng gửi" in channel.sent["t:1"][1]


async def test_whatever_breaks_the_log_names_neither_words_nor_people(
    inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    keep_quiet()
    channel, assistant = RecordingChannel(), Assistant()

    def break_down(told: UserMessage) -> None:
        raise ValueError(f"{told.sender_id} said {told.text}")

    assistant.during = break_down
    async with serving(inbox, channel, assistant) as runtime:
        await runtime.accept(message(1, sender="t:700000001", text=f"{TYPED} bí mật"))
        await until(lambda: statuses(inbox) == ["poison"])
        await until(lambda: all_done(inbox))
    assert "turn failed: ValueError" in caplog.text
    assert not any(word in caplog.text for word in ("700000001", "bí mật", "0912345678", "số điện thoại"))


async def test_a_conversation_begins_with_who_answers_and_what_is_kept(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_OPERATOR", "UBND phường Mẫu")
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "https://hoi.example.vn")
    channel = RecordingChannel()
    async with serving(inbox, channel, Assistant(), replace(QUICK, introduce=True)) as runtime:
        for number in (1, 2):
            await runtime.accept(message(number))
        await until(lambda: len(channel.sent["t:1"]) == 3)
    first, *answers = channel.sent["t:1"]
    assert all(word in first for word in ("trợ lý tự động", "UBND phường Mẫu", "30 ngày", "xóa dữ liệu của tôi"))
    assert answers == ["đáp câu 1", "đáp câu 2"]


async def test_who_asks_to_be_forgotten_gets_the_answer_and_leaves_nothing(
    inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_TRACKER_URL", f"sqlite:///{tmp_path}/conversations.db")
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path}/motcua.db")
    monkeypatch.setenv("MOTCUA_PSEUDONYM_SECRET", "only-for-tests-only-for-tests")

    async def wish(told: UserMessage) -> None:
        await told.output_channel.send_response(told.sender_id, {"text": "Mình xóa ngay đây.", "wish": "erase"})

    channel, assistant = RecordingChannel(), Assistant()
    async with serving(inbox, channel, wish_instead(assistant, wish)) as runtime:
        await runtime.accept(message(1, text="đồng ý xóa"))
        await until(lambda: len(channel.sent["t:1"]) == 2 and all_done(inbox))
    assert "Mình đã xóa" in channel.sent["t:1"][1]
    purge(inbox, QUICK)
    assert "t:1" not in everything_kept(inbox)


def wish_instead(assistant: Assistant, turn: Any) -> Any:
    """An assistant that is up and answers with another turn."""

    class Wishing:
        async def __call__(self, told: UserMessage) -> None:
            await turn(told)

    return Wishing()
