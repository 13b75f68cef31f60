"""Nothing personal comes into the inbox, and the person is told about it once."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
import structlog
from rasa.core.channels.channel import UserMessage

from bot.channels.inbox.channel import Kind
from bot.channels.inbox.database import Inbox
from bot.channels.inbox.tables import metadata
from bot.channels.masking import masked_message
from bot.quiet_logs import keep_quiet
from tests.bot.channels.inbox.support import Assistant, RecordingChannel, all_done, message, serving, statuses, until

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
