"""The whole way: a signed event to the webhook, a turn, and the answer at Zalo."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import logging
import random
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.core.channels.channel import UserMessage

from bot.channels.inbox import contacts
from bot.channels.inbox.database import Inbox, open_inbox
from bot.channels.inbox.tables import inbox_messages, metadata, outbox_messages
from bot.channels.zalo_oa.webhook import ZaloOaInput
from settings.zalo import OaSettings
from tests.bot.channels.inbox.support import all_done, until
from tests.bot.channels.zalo_oa.support import MUTATIONS
from tests.fakes.mutation import mutated
from tests.fakes.rasa_server import rasa_server
from tests.fakes.serving import serving
from tests.fakes.zalo_delivery import Delivery
from tests.fakes.zalo_events import NEW_INFO, Sender
from tests.fakes.zalo_oa import FakeZaloOa

OTHER = "6300000000000000077"


class Stage:
    """A Rasa server with the channel, a platform, and what the assistant heard."""

    def __init__(self, url: str, zalo: FakeZaloOa, http: httpx.AsyncClient, inbox: Inbox) -> None:
        self.url, self.zalo, self.inbox, self.http = url, zalo, inbox, http
        self.sender = Sender()
        self.zalo_sends = Delivery(f"{url}/webhooks/zalo/webhook", self.sender, http, scale=0.0001)
        self.heard: list[tuple[str, str]] = []

    async def turn(self, message: UserMessage) -> None:
        self.heard.append((message.sender_id, message.text))
        reply = {
            "blocks": [{"type": "text", "text": f"Đáp: {message.text}"}],
            "buttons": [{"title": "Lệ phí", "payload": "hoi:Lệ phí bao nhiêu"}],
        }
        await message.output_channel.send_response(message.sender_id, {"text": "x", "reply": reply})

    async def quiet(self) -> None:
        """Wait until nothing is left to do."""
        await until(lambda: all_done(self.inbox))

    def rows(self, table: sa.Table = inbox_messages) -> int:
        with self.inbox.begin() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


@contextlib.asynccontextmanager
async def staged(folder: Path, monkeypatch: pytest.MonkeyPatch, **more: Any) -> AsyncIterator[Stage]:
    monkeypatch.setenv("MOTCUA_INBOX_URL", f"sqlite:///{folder}/inbox.db")
    monkeypatch.setenv("MOTCUA_TRACKER_URL", f"sqlite:///{folder}/conversations.db")
    monkeypatch.setenv("MOTCUA_VERIFIERS", str(folder))
    zalo = FakeZaloOa()
    inbox = open_inbox()
    holder: list[Stage] = []

    async def turn(message: UserMessage) -> None:
        await holder[0].turn(message)

    with serving(zalo.app) as zalo_url:
        oa = OaSettings(
            zalo.app_id, zalo.oa_id, zalo.app_secret, Sender().secret_key, zalo.first_access, zalo.first_refresh,
            api_url=zalo_url, oauth_url=zalo_url, **more,
        )  # fmt: skip
        async with rasa_server([ZaloOaInput(oa)], turn) as url, httpx.AsyncClient() as http:
            stage = Stage(url, zalo, http, inbox)
            holder.append(stage)
            yield stage
    inbox.engine.dispose()


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    async with staged(tmp_path, monkeypatch) as made:
        yield made


async def test_a_question_is_answered(stage: Stage) -> None:
    assert await stage.zalo_sends.event(stage.sender.text("Làm khai sinh cần gì"))
    await stage.quiet()
    assert stage.heard == [(f"zalo:{stage.sender.user}", "Làm khai sinh cần gì")]
    assert stage.zalo.texts(stage.sender.user) == ["Đáp: Làm khai sinh cần gì\n\nBạn nhắn số để chọn:\n1. Lệ phí"]


async def test_repeats_are_answered_once_and_forgers_not_at_all(stage: Stage) -> None:
    body = stage.sender.text("một lần thôi")
    assert [await stage.zalo_sends.once(body, n) for n in range(4)] == [200] * 4
    forged = stage.sender.text("giả")
    statuses = [
        await stage.zalo_sends.once(forged, headers={"X-ZEvent-Signature": ""}),
        await stage.zalo_sends.once(forged, headers={"X-ZEvent-Signature": "mac=" + "a" * 64}),
        await stage.zalo_sends.raw(stage.sender.dump(forged), {"X-ZEvent-Signature": b"\xff\xfe"}),
    ]
    assert statuses == [403, 403, 403]
    old = Sender(clock=lambda: time.time() - 30 * 3600)
    stage.zalo_sends.sender = old
    assert await stage.zalo_sends.once(old.text("phát lại từ hôm kia")) == 403
    await stage.quiet()
    assert [text for _, text in stage.heard] == ["một lần thôi"]


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


async def test_the_probe_the_verifier_and_strange_requests(stage: Stage, tmp_path: Path) -> None:
    hook = f"{stage.url}/webhooks/zalo/webhook"
    assert (await stage.http.post(hook, content=b"{}")).status_code == 200
    assert (await stage.http.post(hook, content=b"")).status_code == 400
    assert (await stage.http.post(hook, content=b"[" * 50_000)).status_code == 400
    assert (await stage.http.post(hook, content=b"{" + b" " * 1_000_001 + b"}")).status_code == 413
    assert (await stage.http.get(f"{stage.url}/webhooks/zalo/")).json() == {"status": "ok"}
    (tmp_path / "zalo_verifierAbC-1.html").write_text("<html>mã</html>", encoding="utf-8")
    page = await stage.http.get(f"{stage.url}/webhooks/zalo/zalo_verifierAbC-1.html")
    assert (page.status_code, page.text) == (200, "<html>mã</html>")
    for name in ("zalo_verifierKhac.html", "zalo_verifier..%2Finbox.html", "inbox.db", "..%2Finbox.db"):
        assert (await stage.http.get(f"{stage.url}/webhooks/zalo/{name}")).status_code == 404
    assert stage.rows() == 0


async def test_a_disorderly_crowd_is_answered_once_each(stage: Stage) -> None:
    chance = random.Random(20261124)
    users = [f"63{number:017d}" for number in range(40)]
    bodies = [stage.sender.text(f"câu {n} của {user[-3:]}", user) for user in users for n in range(5)]
    await stage.zalo_sends.disorderly(bodies, chance)
    await stage.quiet()
    assert stage.zalo_sends.late == 0
    assert set(stage.zalo_sends.statuses) == {200}
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


async def test_nothing_personal_in_the_log(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpcore", "asyncio", "sqlalchemy", "aiosqlite"):
        logging.getLogger(name).setLevel(logging.WARNING)
    stage.zalo.errors.extend([-216, -213, 503])
    for text in ("chuyện riêng của tôi", "chuyện riêng thứ hai", "chuyện riêng thứ ba"):
        await stage.zalo_sends.event(stage.sender.text(text))
    await stage.zalo_sends.event(stage.sender.submitted(NEW_INFO))
    await stage.zalo_sends.once(
        stage.sender.text("chuyện riêng giả"), headers={"X-ZEvent-Signature": "mac=" + "b" * 64}
    )
    await stage.quiet()
    shown = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith(("tests", "hypothesis"))
    )
    for secret in (
        "chuyện riêng", stage.sender.user, str(NEW_INFO["phone"]), stage.sender.secret_key, stage.zalo.app_secret,
        stage.zalo.first_access, stage.zalo.first_refresh, "truy-cap-", "lam-moi-",
    ):  # fmt: skip
        assert secret not in shown


async def test_an_account_that_is_not_configured_answers_404(tmp_path: Path) -> None:
    async def turn(message: UserMessage) -> None:
        raise AssertionError

    closed = ZaloOaInput.from_credentials(None)
    async with rasa_server([closed], turn) as url, httpx.AsyncClient() as http:
        assert (await http.post(f"{url}/webhooks/zalo/webhook", content=b"{}")).status_code == 404


def test_mutated_payloads_bring_no_error_no_turn_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed or not: whatever is posted is answered below 500, and what is kept is what an event may hold."""
    asyncio.run(_mutations(tmp_path, monkeypatch))


async def _mutations(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    async with staged(folder, monkeypatch) as stage:
        each = stage.sender.one_of_each()

        @settings(
            max_examples=MUTATIONS, derandomize=True, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(st.sampled_from(sorted(each)), st.booleans(), st.data())
        def post(name: str, resigned: bool, data: st.DataObject) -> None:
            raw = data.draw(mutated(each[name]))
            fields: dict[str, Any] = {}
            with contextlib.suppress(ValueError):
                fields = json.loads(raw)
            known = fields if isinstance(fields, dict) and resigned else each[name]
            headers = {"X-ZEvent-Signature": stage.sender.signature(raw, known)}
            done = asyncio.run_coroutine_threadsafe(stage.zalo_sends.raw(raw, headers), loop)
            assert 200 <= done.result(30) < 500

        await asyncio.to_thread(post)
        await stage.quiet()
        with stage.inbox.begin() as connection:
            people = connection.execute(sa.select(inbox_messages.c.sender, inbox_messages.c.key)).all()
        assert all(row.sender.removeprefix("zalo:").isdigit() and len(row.key) <= 120 for row in people)
        assert all(text.strip() and len(text) <= 2_000 for _, text in stage.heard)
        assert stage.rows(outbox_messages) == len(stage.zalo.received)
