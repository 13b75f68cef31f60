"""The Zalo Bot from update to answer, by webhook and by polling."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Optional

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels import usage
from bot.channels.inbox.channel import Gone, Outgoing, Refused, Retry, Stopped, Unsure
from bot.channels.inbox.database import Inbox, open_inbox
from bot.channels.inbox.tables import inbox_messages
from bot.channels.server import configured_doors
from bot.channels.zalo_bot.channel import SENT, ZaloBot
from bot.channels.zalo_bot.check import check
from bot.channels.zalo_bot.client import BotClient
from bot.channels.zalo_bot.webhook import door
from settings.zalo import BotSettings
from tests.bot.channels.inbox.support import all_done, until
from tests.bot.channels.zalo_oa.support import MUTATIONS
from tests.fakes.channels_server import UserMessage, channels_server
from tests.fakes.mutation import mutated
from tests.fakes.serving import serving
from tests.fakes.zalo_bot import FakeZaloBot, deliver, one_of_each, update, wrapped

SECRET = "bi-mat-cua-webhook"
CHAT = "0a1b2c3d4e5f60718293"


class Stage:
    """A Rasa server with the bot, its platform, and what the assistant heard."""

    def __init__(self, url: str, zalo: FakeZaloBot, http: httpx.AsyncClient, inbox: Inbox) -> None:
        self.hook = f"{url}/webhooks/zalobot/webhook"
        self.zalo, self.http, self.inbox = zalo, http, inbox
        self.heard: list[tuple[str, str]] = []
        self.pause = 0.0

    async def turn(self, message: UserMessage) -> None:
        self.heard.append((message.sender_id, message.text))
        await asyncio.sleep(self.pause)
        reply = {
            "blocks": [{"type": "title", "text": "Khai sinh"}, {"type": "text", "text": f"Đáp: {message.text}"}],
            "buttons": [{"title": "Lệ phí", "payload": "hoi:Lệ phí bao nhiêu"}],
        }
        await message.output_channel.send_response(message.sender_id, {"text": "x", "reply": reply})

    async def say(self, body: dict[str, Any], secret: str = SECRET) -> int:
        return await deliver(self.http, self.hook, body, secret)

    async def quiet(self) -> None:
        await until(lambda: all_done(self.inbox))


@contextlib.asynccontextmanager
async def staged(folder: Path, monkeypatch: pytest.MonkeyPatch, **more: Any) -> AsyncIterator[Stage]:
    monkeypatch.setenv("MOTCUA_INBOX_URL", f"sqlite:///{folder}/inbox.db")
    zalo = FakeZaloBot()
    inbox = open_inbox()
    holder: list[Stage] = []

    async def turn(message: UserMessage) -> None:
        await holder[0].turn(message)

    with serving(zalo.app) as zalo_url:
        given_settings = BotSettings(zalo.token, SECRET, api_url=zalo_url, **more)
        async with channels_server([door(given_settings)], turn) as url, httpx.AsyncClient() as http:
            holder.append(Stage(url, zalo, http, inbox))
            yield holder[0]
    inbox.engine.dispose()


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    async with staged(tmp_path, monkeypatch) as made:
        yield made


async def test_a_question_and_a_number(stage: Stage) -> None:
    assert await stage.say(update("text", text="Làm khai sinh cần gì")) == 200
    await stage.quiet()
    assert stage.zalo.texts(CHAT) == ["▸ Khai sinh\n\nĐáp: Làm khai sinh cần gì\n\nBạn nhắn số để chọn:\n1. Lệ phí"]
    await stage.say(wrapped(update("text", text="1.")))
    await stage.quiet()
    assert stage.heard == [(f"zalobot:{CHAT}", "Làm khai sinh cần gì"), (f"zalobot:{CHAT}", "Lệ phí bao nhiêu")]
    assert usage.counted(stage.inbox, SENT) == 2


async def test_repeats_forgers_and_rubbish(stage: Stage) -> None:
    body = update("text", text="một lần")
    assert [await stage.say(body) for _ in range(3)] == [200] * 3
    assert [await stage.say(update("text", text="giả"), secret) for secret in ("", "sai-bi-mat", SECRET + "x")] == [
        403, 403, 403,
    ]  # fmt: skip
    pairs = [(b"X-Bot-Api-Secret-Token", b"\xff\xfe\xc3\xa9")]
    assert (await stage.http.post(stage.hook, content=b"{}", headers=pairs)).status_code == 403
    for raw, status in ((b"", 400), (b"[" * 60_000, 400), (b"[]", 200), (b" " * 1_000_001, 413)):
        headers = {"X-Bot-Api-Secret-Token": SECRET}
        assert (await stage.http.post(stage.hook, content=raw, headers=headers)).status_code == status
    await stage.quiet()
    assert [text for _, text in stage.heard] == ["một lần"]


async def test_typing_shows_during_a_long_turn(stage: Stage) -> None:
    stage.pause = 0.8
    await stage.say(update("text", text="câu khó"))
    await stage.quiet()
    assert stage.zalo.typed == [CHAT]


async def test_pictures_and_stickers_are_answered_politely(stage: Stage) -> None:
    each = one_of_each()
    for name in ("sticker", "voice", "unsupported", "image as seen"):
        assert await stage.say(each[name]) == 200
    await stage.quiet()
    assert stage.heard == []
    assert len(stage.zalo.received) == 4


async def test_polling_takes_the_webhook_away_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(tmp_path, monkeypatch, polling=True) as stage:
        stage.zalo.webhook = "https://cu.vi-du.vn"
        stage.zalo.waiting.extend(update("text", text=f"câu {number}") for number in range(3))
        stage.zalo.waiting.append(update("text", "ffff", text="người khác"))
        await until(lambda: len(stage.zalo.received) == 4)
        assert [text for who, text in stage.heard if who == f"zalobot:{CHAT}"] == ["câu 0", "câu 1", "câu 2"]
        polls = stage.zalo.polls
        await until(lambda: stage.zalo.polls > polls + 1)  # an empty poll ends with 408 and is no trouble


async def test_the_webhook_is_told_at_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "https://vi-du.vn/webhooks/zalobot/webhook"
    async with staged(tmp_path, monkeypatch, webhook_url=address) as stage:
        await until(lambda: stage.zalo.webhook == address)
        assert stage.zalo.secret == SECRET


@pytest.mark.parametrize("as_string", [False, True])
@pytest.mark.parametrize(
    ("code", "expected"),
    [(400, Refused), (401, Stopped), (403, Gone), (404, Stopped), (429, Retry), (500, Retry), (600, Retry)],
)
async def test_every_code(code: int, expected: type[Exception], as_string: bool, inbox: Inbox) -> None:
    zalo = FakeZaloBot(string_codes=as_string)
    with serving(zalo.app) as url:
        async with httpx.AsyncClient() as http:
            channel = made(url, zalo, http, inbox)
            zalo.errors.append(code)
            with pytest.raises(expected):
                await channel.deliver(out())
            assert await channel.deliver(out())


def made(url: str, zalo: FakeZaloBot, http: httpx.AsyncClient, inbox: Optional[Inbox], **more: Any) -> ZaloBot:
    given_settings = BotSettings(zalo.token, SECRET, api_url=url, **more)
    channel = ZaloBot(given_settings)
    if inbox is not None:
        channel.open(BotClient(given_settings, http), inbox)
    return channel


def out(text: object = "chào", tries: int = 0) -> Outgoing:
    return Outgoing(1, f"zalobot:{CHAT}", CHAT, {"text": text}, tries)


async def test_unanswered_messages(inbox: Inbox) -> None:
    async def stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(stall, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    zalo = FakeZaloBot()
    async with httpx.AsyncClient() as http:
        with pytest.raises(Unsure):
            await made(address, zalo, http, inbox).deliver(out())
        with pytest.raises(Retry):
            await made(address, zalo, http, inbox, resend=True).deliver(out())
        with pytest.raises(Retry):
            await made("http://127.0.0.1:9", zalo, http, inbox).deliver(out())
        with pytest.raises(Retry):
            await made(address, zalo, http, None).deliver(out())
        with pytest.raises(Refused):
            await made(address, zalo, http, inbox).deliver(out(text=7))
    server.close()
    await server.wait_closed()


async def test_nothing_personal_in_the_log(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpcore", "asyncio", "sqlalchemy", "aiosqlite"):
        logging.getLogger(name).setLevel(logging.WARNING)
    stage.zalo.errors.extend([401, 429, 403])
    for text in ("chuyện riêng một", "chuyện riêng hai"):
        await stage.say(update("text", text=text))
    await stage.say(update("text", text="chuyện riêng giả"), "sai-bi-mat")
    await until(lambda: len(stage.heard) == 2)
    shown = "\n".join(record.getMessage() for record in caplog.records)
    for secret in ("chuyện riêng", CHAT, stage.zalo.token, SECRET):
        assert secret not in shown
    assert secret not in repr(BotSettings(stage.zalo.token, SECRET))


async def test_a_bot_that_is_not_configured_answers_404() -> None:
    async def turn(message: UserMessage) -> None:
        raise AssertionError

    async with channels_server(configured_doors(), turn) as url, httpx.AsyncClient() as http:
        assert (await http.post(f"{url}/webhooks/zalobot/webhook", content=b"{}")).status_code == 404


def test_mutated_payloads_bring_no_error_and_no_rubbish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(_mutations(tmp_path, monkeypatch))


async def _mutations(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    each = one_of_each()
    async with staged(folder, monkeypatch) as stage:

        async def post(raw: bytes) -> int:
            answer = await stage.http.post(stage.hook, content=raw, headers={"X-Bot-Api-Secret-Token": SECRET})
            return answer.status_code

        @settings(
            max_examples=MUTATIONS, derandomize=True, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(st.sampled_from(sorted(each)), st.data())
        def one(name: str, data: st.DataObject) -> None:
            raw = data.draw(mutated(each[name]))
            assert 200 <= asyncio.run_coroutine_threadsafe(post(raw), loop).result(30) < 500

        await asyncio.to_thread(one)
        await stage.quiet()
        with stage.inbox.begin() as connection:
            rows = connection.execute(sa.select(inbox_messages.c.sender, inbox_messages.c.key)).all()
        assert all(len(row.key) <= 120 and len(row.sender) <= 80 for row in rows)
        assert all(text.strip() and len(text) <= 2_000 for _, text in stage.heard)


async def test_what_an_administrator_is_told(inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_INBOX_URL", f"sqlite:///{tmp_path}/inbox.db")

    async def told() -> str:
        return "\n".join(f"{finding.level.value} {finding.what} {finding.remedy}" for finding in await check() or [])

    assert await check() is None
    zalo = FakeZaloBot()
    with serving(zalo.app) as url:
        monkeypatch.setenv("MOTCUA_ZALOBOT_API_URL", url)
        monkeypatch.setenv("MOTCUA_ZALOBOT_TOKEN", zalo.token)
        assert "good Trợ lý tự hỏi tin mới" in await told()
        monkeypatch.setenv("MOTCUA_ZALOBOT_SECRET", SECRET)
        monkeypatch.setenv("MOTCUA_CHANNELS_URL", "http://127.0.0.1:9")
        assert "bad Zalo chưa có webhook của trợ lý." in await told()
        zalo.webhook = "https://vi-du.vn/webhooks/zalobot/webhook"
        monkeypatch.setenv("MOTCUA_ZALOBOT_MONTHLY", "3")
        usage.count(inbox, SENT)
        text = await told()
        assert "good Zalo có webhook của trợ lý." in text
        assert "good Tháng này đã gửi 1 tin" in text
        for _ in range(2):
            usage.count(inbox, SENT)
        assert "bad Tháng này đã gửi 3 tin" in await told()
        monkeypatch.setenv("MOTCUA_ZALOBOT_TOKEN", "sai:sai")
        assert "bad Zalo trả mã lỗi 401. Xem lại MOTCUA_ZALOBOT_TOKEN" in await told()
        monkeypatch.setenv("MOTCUA_ZALOBOT_SECRET", "ngan")
        assert "MOTCUA_ZALOBOT_SECRET" in await told()
