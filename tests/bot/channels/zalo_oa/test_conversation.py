"""The whole way: a signed event to the webhook, a turn, and the answer at Zalo."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import sqlite3
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.channels.inbox import contacts
from bot.channels.inbox.tables import metadata
from tests.bot.channels.inbox.support import until
from tests.bot.channels.zalo_oa.stage import OTHER, Stage, staged
from tests.fakes.zalo_events import NEW_INFO


async def test_a_question_is_answered(stage: Stage) -> None:
    assert await stage.zalo_sends.event(stage.sender.text("Làm khai sinh cần gì"))
    await stage.quiet()
    assert stage.heard == [(f"zalo:{stage.sender.user}", "Làm khai sinh cần gì")]
    assert stage.zalo.texts(stage.sender.user) == ["Đáp: Làm khai sinh cần gì\n\nBạn nhắn số để chọn:\n1. Lệ phí"]


async def test_a_bare_number_picks_from_the_menu_and_words_do_not(stage: Stage) -> None:
    await stage.zalo_sends.event(stage.sender.text("chào"))
    await stage.quiet()
    for number in ("1", "số 1", " Chọn số 1 nhé ", "1."):
        await stage.zalo_sends.event(stage.sender.text(number))
        await stage.quiet()
    await stage.zalo_sends.event(stage.sender.text("7"))
    await stage.quiet()
    await stage.zalo_sends.event(stage.sender.text("con tôi 1 tuổi"))
    await stage.quiet()
    # What isn't on the list is the assistant's to understand.
    assert [text for _, text in stage.heard] == ["chào", *["Lệ phí bao nhiêu"] * 4, "7", "con tôi 1 tuổi"]


async def test_rasa_payloads_cannot_be_typed(stage: Stage) -> None:
    for text in ("/restart", "／session_start", ' /ask_fee{"procedure_code":"1.001193"}'):
        await stage.zalo_sends.event(stage.sender.text(text))
    await stage.quiet()
    assert len(stage.heard) == 3
    assert not any(text.startswith(("/", "／")) for _, text in stage.heard)


async def test_taps_work_and_foreign_tokens_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged(tmp_path, monkeypatch, buttons=True) as stage:
        await stage.zalo_sends.event(stage.sender.text("chào"))
        await stage.quiet()
        token = stage.zalo.received[0].buttons[0]["payload"]
        await stage.zalo_sends.event(stage.sender.text(token))
        await stage.zalo_sends.event(stage.sender.text(token, OTHER))
        await stage.quiet()
        assert stage.heard[1:] == [(f"zalo:{stage.sender.user}", "Lệ phí bao nhiêu")]
        assert "không còn dùng được" in stage.zalo.texts(OTHER)[0]


async def test_following_and_opening_the_chat_greet_once(stage: Stage) -> None:
    await stage.zalo_sends.event(stage.sender.follow())
    await stage.zalo_sends.event(stage.sender.about("user_click_chatnow"))
    await stage.quiet()
    assert stage.heard == [(f"zalo:{stage.sender.user}", "/greet")]
    await stage.zalo_sends.event(stage.sender.follow("unfollow"))
    await stage.quiet()
    contact = contacts.find(stage.inbox, f"zalo:{stage.sender.user}")
    assert contact is not None
    assert not contact.reachable
    await stage.zalo_sends.event(stage.sender.text("tôi quay lại"))
    await stage.quiet()
    contact = contacts.find(stage.inbox, f"zalo:{stage.sender.user}")
    assert contact is not None
    assert contact.reachable


async def test_pictures_stickers_and_places_are_answered_politely(stage: Stage) -> None:
    for body in (stage.sender.picture(), stage.sender.location("21", "105.8"), stage.sender.one_of_each()["sticker"]):
        await stage.zalo_sends.event(body)
    await stage.zalo_sends.event(stage.sender.picture("Giấy này được không"))
    await stage.quiet()
    assert [text for _, text in stage.heard] == ["Giấy này được không"]
    assert len(stage.zalo.received) == 5  # the last one with a remark before its answer


async def test_contact_details_become_a_place_and_nothing_else(stage: Stage, tmp_path: Path) -> None:
    await stage.zalo_sends.event(stage.sender.submitted(NEW_INFO))
    await stage.quiet()
    assert [text for _, text in stage.heard] == ["Tôi ở Phường Thử Nghiệm, Thành phố Huế"]
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("inbox.db*"))
    for secret in (NEW_INFO["phone"], NEW_INFO["name"], NEW_INFO["user_dob"]):
        assert str(secret).encode() not in stored


async def test_silence_while_a_person_talks(stage: Stage) -> None:
    await stage.zalo_sends.event(stage.sender.operator("Để chị xem giúp em"))
    await stage.zalo_sends.event(stage.sender.text("Dạ vâng"))
    await stage.zalo_sends.event(stage.sender.text("Còn tôi thì sao", OTHER))
    await stage.quiet()
    assert stage.heard == [(f"zalo:{OTHER}", "Còn tôi thì sao")]
    await stage.zalo_sends.event(stage.sender.operator(" #BOT "))
    await stage.zalo_sends.event(stage.sender.text("Phí bao nhiêu"))
    await stage.quiet()
    assert stage.heard[1:] == [(f"zalo:{stage.sender.user}", "Phí bao nhiêu")]


async def test_silence_ends_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged(tmp_path, monkeypatch, operator_minutes=0.3 / 60) as stage:
        sender = f"zalo:{stage.sender.user}"
        await stage.zalo_sends.event(stage.sender.operator("Chị đây"))
        await stage.quiet()
        contact = contacts.find(stage.inbox, sender)
        assert contact is not None
        assert contact.silent_until is not None
        end = contact.silent_until.replace(tzinfo=dt.timezone.utc).timestamp()
        await until(lambda: time.time() > end)
        await stage.zalo_sends.event(stage.sender.text("Có ai không"))
        await stage.quiet()
        assert stage.heard == [(sender, "Có ai không")]


async def test_echoes_of_our_own_messages_do_not_silence_us(stage: Stage) -> None:
    await stage.zalo_sends.event(stage.sender.text("chào"))
    await stage.quiet()
    ours = stage.zalo.received[0].id
    await stage.zalo_sends.event(stage.sender.from_account("oa_send_text", {"text": "x", "msg_id": ours}))
    # Even where Zalo would name an administrator for what came through its API.
    await stage.zalo_sends.event(stage.sender.from_account("oa_send_text", {"text": "x", "msg_id": ours}, admin="77"))
    await stage.zalo_sends.event(stage.sender.text("còn đó không"))
    await stage.quiet()
    assert len(stage.heard) == 2


async def test_withdrawing_consent_deletes_everything(stage: Stage, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "conversations.db") as tracker:
        tracker.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id TEXT, data TEXT)")
        for user in (stage.sender.user, OTHER):
            tracker.execute("INSERT INTO events (sender_id, data) VALUES (?, 'x')", (f"zalo:{user}",))
    tracker.close()
    await stage.zalo_sends.event(stage.sender.text("chào"))
    await stage.zalo_sends.event(stage.sender.text("chào", OTHER))
    await stage.quiet()
    await stage.zalo_sends.event(stage.sender.about("user_withdraw"))
    sender = f"zalo:{stage.sender.user}"
    await until(lambda: contacts.find(stage.inbox, sender) is None)
    await stage.quiet()
    with stage.inbox.begin() as connection:
        for table in metadata.sorted_tables:
            if "sender" in table.c:
                left = connection.execute(sa.select(table.c.sender)).scalars().all()
                assert sender not in left
                assert table.name != "channel_contacts" or f"zalo:{OTHER}" in left
    with contextlib.closing(sqlite3.connect(tmp_path / "conversations.db")) as tracker:
        assert tracker.execute("SELECT sender_id FROM events").fetchall() == [(f"zalo:{OTHER}",)]


async def test_a_disorderly_crowd_is_answered_once_each(stage: Stage) -> None:
    chance = random.Random(20261124)
    users = [f"63{number:017d}" for number in range(40)]
    bodies = [stage.sender.text(f"câu {n} của {user[-3:]}", user) for user in users for n in range(5)]
    await stage.zalo_sends.disorderly(bodies, chance)
    await stage.quiet()
    # What wasn't answered in time on a busy machine (0) was delivered again.
    assert set(stage.zalo_sends.statuses) - {0} == {200}
    for user in users:
        asked = sorted(f"câu {n} của {user[-3:]}" for n in range(5))
        assert sorted(text for who, text in stage.heard if who == f"zalo:{user}") == asked
        # Each person's answers leave in the order of their turns.
        answers = [f"Đáp: {text}" for who, text in stage.heard if who == f"zalo:{user}"]
        assert [text.split("\n")[0] for text in stage.zalo.texts(user)] == answers


async def test_trouble_at_zalo_loses_and_doubles_nothing(stage: Stage) -> None:
    stage.zalo.errors.extend([503, -216, 0, -32, 0, 500])
    for number in range(6):
        await stage.zalo_sends.event(stage.sender.text(f"câu {number}"))
    await until(lambda: len(stage.zalo.received) == 6, 60)
    await stage.quiet()
    assert [text.split("\n")[0] for text in stage.zalo.texts()] == [f"Đáp: câu {number}" for number in range(6)]
