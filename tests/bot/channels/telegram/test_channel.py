from __future__ import annotations

import asyncio
import logging
import os
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.inbox import contacts
from bot.channels.server import configured_doors
from bot.channels.telegram.upkeep import DESCRIPTION, MENU, SHORT_DESCRIPTION
from bot.channels.telegram.webhook import door
from tests.bot.channels.inbox.support import Assistant, out_rows, statuses, until
from tests.bot.channels.telegram.conftest import SECRET, Bench
from tests.fakes import telegram_updates as made
from tests.fakes.channels_server import UserMessage, channels_server
from tests.fakes.mutation import mutated
from tests.fakes.telegram import TOKEN

MUTATIONS = int(os.environ.get("MUTATIONS", "400"))
"""Spoilt updates that are posted; the proof of the docs is run with 5000."""
TREE = {
    "blocks": [
        {"type": "title", "text": "Đăng ký <kết hôn> & hơn"},
        {"type": "source", "text": "Cổng", "url": "https://dichvucong.gov.vn/a?b=1&c=2"},
    ],
    "buttons": [
        {"title": "Phí", "payload": "thu-tuc:1.000894:fee"},
        {"title": "Mở trên Cổng", "url": "https://dichvucong.gov.vn"},
    ],
}


class WithTree(Assistant):
    async def __call__(self, told: UserMessage) -> None:
        self.heard.append((told.sender_id, told.text))
        await told.output_channel.send_response(told.sender_id, {"text": "x", "reply": TREE})


def client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=10)


async def test_a_message_is_answered_once_however_often_it_comes(bench: Bench) -> None:
    async with bench.server() as url, client(url) as web:
        for _ in range(3):
            assert await bench.post(web, made.text(1, "khai sinh cần gì")) == 200
        await bench.settled()
        assert await bench.post(web, made.text(1, "khai sinh cần gì")) == 200
        await bench.settled()
    assert bench.platform.texts(made.PERSON) == ["đáp khai sinh cần gì"]
    assert bench.assistant.heard == [(f"tg:{made.PERSON}", "khai sinh cần gì")]


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", "sécret"])
async def test_nobody_without_the_secret_gets_in(bench: Bench, secret: str) -> None:
    async with bench.server() as url, client(url) as web:
        sent = await web.post(
            "/webhooks/telegram/webhook",
            json=made.text(1, "x"),
            headers={b"X-Telegram-Bot-Api-Secret-Token": secret.encode()},
        )
        assert sent.status_code == 403
        assert (await web.post("/webhooks/telegram/webhook", json=made.text(1, "x"))).status_code == 403
    assert not statuses(bench.inbox)


async def test_a_button_is_shown_tapped_and_understood(bench: Bench) -> None:
    bench.assistant = WithTree()
    async with bench.server() as url, client(url) as web:
        await bench.post(web, made.text(1, "kết hôn"))
        await bench.settled()
        shown = bench.platform.chats[made.PERSON][0]
        assert shown["text"] == "Đăng ký <kết hôn> & hơn\n\nNguồn: Cổng"
        row = shown["keyboard"][0]
        assert row[1] == {"text": "Mở trên Cổng", "url": "https://dichvucong.gov.vn"}
        await bench.post(web, made.tap(2, row[0]["callback_data"]))
        await bench.settled()
        await until(lambda: bool(bench.platform.named("answerCallbackQuery")))
        await bench.post(web, made.tap(3, row[0]["callback_data"], chat=5))
        await bench.settled()
    assert bench.assistant.heard[1][1] == '/ask_fee{"procedure_code": "1.000894", "aspect": "fee"}'
    assert bench.platform.named("answerCallbackQuery")[0] == {"callback_query_id": "72"}
    assert "không còn dùng được" in bench.platform.texts(5)[0]


async def test_pictures_places_and_blocks(bench: Bench) -> None:
    async with bench.server() as url, client(url) as web:
        for update in (made.photo(1), made.location(2), made.photo(3, "cái này"), made.membership(4, "kicked")):
            await bench.post(web, update)
        await bench.settled()
    texts = bench.platform.texts(made.PERSON)
    assert len(texts) == 4
    assert "chỉ đọc được chữ" in texts[0]
    assert "gõ tên phường" in texts[1]
    assert texts[3] == "đáp cái này"
    found = contacts.find(bench.inbox, f"tg:{made.PERSON}")
    assert found is not None
    assert not found.reachable


async def test_the_menu_the_description_and_the_webhook_are_set_once(bench: Bench) -> None:
    for _ in range(2):
        async with bench.server(profile=True, webhook_url="https://vi-du.vn/webhooks/telegram/webhook"):
            await until(lambda: "webhook" in bench.platform.settings)
        known = bench.platform.settings
        assert known.pop("webhook")["secret_token"] == SECRET
        assert [entry["command"] for entry in known["commands"]] == [name for name, _ in MENU]
        assert (known["description"], known["short"]) == (DESCRIPTION, SHORT_DESCRIPTION)
    assert len(bench.platform.named("setMyCommands")) == 1
    assert len(DESCRIPTION) <= 512
    assert len(SHORT_DESCRIPTION) <= 120


async def test_polling_needs_no_address_and_confirms_only_what_is_kept(bench: Bench) -> None:
    bench.platform.settings["webhook"] = {"url": "https://cu.vn"}
    bench.platform.updates = [
        made.text(7, "một"),
        made.unknown(8),
        {"update_id": 9, "message": 5},
        made.text(10, "hai"),
    ]
    async with bench.server(polling=True):
        await until(lambda: len(bench.platform.texts(made.PERSON)) == 2)
        await until(lambda: bench.platform.named("getUpdates")[-1]["offset"] in (11, "11"))
    assert "webhook" not in bench.platform.settings
    assert bench.platform.texts(made.PERSON) == ["đáp một", "đáp hai"]


class Refusing:
    """Refuses the first ``times`` messages."""

    def __init__(self, times: int, status: int, told: str, **parameters: Any) -> None:
        self.left = times
        self._refusal = (status, told, parameters)

    def __call__(self, method: str, parameters: dict[str, Any]) -> Any:
        if method != "sendMessage" or not self.left:
            return None
        self.left -= 1
        return self._refusal


async def _one(bench: Bench, **changes: Any) -> str:
    async with bench.server(**changes) as url, client(url) as web:
        await bench.post(web, made.text(1, "câu"))
        await bench.settled()
    return str(out_rows(bench.inbox)[0].status)


async def test_a_rate_limit_is_waited_for(bench: Bench) -> None:
    bench.platform.refuse = Refusing(1, 429, "Too Many Requests: retry after 1", retry_after=1)
    started = time.monotonic()
    assert await _one(bench) == "sent"
    assert time.monotonic() - started >= 1
    assert bench.platform.texts(made.PERSON) == ["đáp câu"]


@pytest.mark.parametrize(
    ("status", "told"),
    [(403, "Forbidden: bot was blocked by the user"), (400, "Bad Request: chat not found")],
)
async def test_someone_who_blocked_us_is_left_alone(bench: Bench, status: int, told: str) -> None:
    bench.platform.refuse = Refusing(9, status, told)
    assert await _one(bench) == "dropped"
    assert len(bench.platform.named("sendMessage")) == 1
    found = contacts.find(bench.inbox, f"tg:{made.PERSON}")
    assert found is not None
    assert not found.reachable


async def test_html_that_telegram_refuses_is_sent_as_plain_text(bench: Bench) -> None:
    bench.platform.refuse = Refusing(1, 400, "Bad Request: can't parse entities")
    assert await _one(bench) == "sent"
    first, second = bench.platform.named("sendMessage")
    assert (first["parse_mode"], second.get("parse_mode")) == ("HTML", None)


async def test_a_message_refused_for_good_is_set_aside(bench: Bench) -> None:
    bench.platform.refuse = Refusing(2, 400, "Bad Request: something else")
    assert await _one(bench) == "refused"


async def test_a_server_error_is_tried_again(bench: Bench) -> None:
    bench.platform.refuse = Refusing(1, 502, "Bad Gateway")
    assert await _one(bench) == "sent"


async def test_an_answer_that_never_comes_leaves_it_open_and_sends_nothing_twice(bench: Bench) -> None:
    slow = bench.platform._sendMessage

    async def late(parameters: dict[str, Any]) -> Any:
        answer = slow(parameters)
        await asyncio.sleep(0.6)
        return answer

    bench.platform._sendMessage = late  # type: ignore[method-assign, assignment]
    assert await _one(bench, timeout=0.2) == "unsure"
    await asyncio.sleep(0.6)
    assert bench.platform.texts(made.PERSON) == ["đáp câu"]


async def test_telegram_out_of_reach_loses_nothing(bench: Bench) -> None:
    async with bench.server(api_url="http://127.0.0.1:9/bot") as url, client(url) as web:
        await bench.post(web, made.text(1, "câu"))
        await until(lambda: any(row.tries for row in out_rows(bench.inbox)))
    assert out_rows(bench.inbox)[0].status == "waiting"
    async with bench.server():
        await bench.settled()
    assert bench.platform.texts(made.PERSON) == ["đáp câu"]


async def test_bursts_come_out_complete_and_in_order_and_are_acknowledged_before_any_turn_ends(bench: Bench) -> None:
    free = asyncio.Event()

    async def turn(told: UserMessage) -> None:
        await free.wait()
        await bench.assistant(told)

    bench.answering = turn
    async with bench.server() as url, client(url) as web:
        for number in range(50):
            assert await bench.post(web, made.text(number, f"{number}", chat=1)) == 200
        crowd = (made.text(1000 + n, f"{n}", chat=1000 + n) for n in range(200))
        assert set(await asyncio.gather(*(bench.post(web, update) for update in crowd))) == {200}
        assert not bench.assistant.heard
        free.set()
        await bench.settled()
    assert bench.platform.texts(1) == [f"đáp {number}" for number in range(50)]
    assert all(bench.platform.texts(1000 + n) == [f"đáp {n}"] for n in range(200))


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"update_id": 1, "message": ' + b"[" * 5000],
)
async def test_what_is_no_update_is_taken_and_thrown_away(bench: Bench, body: bytes) -> None:
    async with bench.server() as url, client(url) as web:
        assert await bench.post(web, body) == 200
    assert not statuses(bench.inbox)


_BODIES = [body for body in made.all_kinds() if "kind_to_come" not in body]


async def test_spoilt_updates_give_no_error_and_leave_no_rubbish(bench: Bench) -> None:
    bodies: list[bytes] = []

    @settings(
        max_examples=MUTATIONS // len(_BODIES), derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.tuples(*(mutated(body) for body in _BODIES)))
    def collect(raw: tuple[bytes, ...]) -> None:
        bodies.extend(raw)

    collect()
    async with bench.server() as url, client(url) as web:
        answers = [await bench.post(web, body) for body in bodies]
        await bench.settled()
    assert set(answers) == {200}
    for sender, _ in bench.assistant.heard:
        assert sender.startswith("tg:")
        assert sender.removeprefix("tg:").replace(":", "").replace("-", "").isdigit()
    assert "poison" not in statuses(bench.inbox)


async def test_nothing_personal_and_no_secret_is_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    broken = [True]

    def breaks(told: UserMessage) -> None:
        if "hỏng" in (told.text or ""):
            raise RuntimeError(told.text)

    bench.assistant.during = breaks
    bench.platform.refuse = lambda method, parameters: (
        (500, f"oops {parameters}", {}) if method == "sendMessage" and broken and broken.pop() else None
    )
    async with bench.server(polling=False, profile=True) as url, client(url) as web:
        await bench.post(web, made.text(1, "bí mật của tôi"))
        await bench.post(web, made.text(2, "hỏng hóc bí mật"))
        await bench.post(web, made.text(3, "x"), secret="sai")
        await bench.post(web, made.tap(4, "k:AAAA"))
        await bench.post(web, {"update_id": 5, "message": {"text": "bí mật lạ"}})
        await bench.settled()
    async with bench.server(api_url="http://127.0.0.1:9/bot") as url, client(url) as web:
        await bench.post(web, made.text(6, "bí mật nữa"))
        await until(lambda: any(row.tries for row in out_rows(bench.inbox)[-1:]))
    ours = [
        record for record in caplog.records if record.name.split(".")[0] in ("bot", "httpx", "httpcore", "telegram")
    ]
    assert any("turn failed" in record.getMessage() for record in ours)
    lines = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    for secret in (TOKEN, SECRET, "bí mật", "hỏng hóc", str(made.PERSON), "sai"):
        assert secret not in lines, secret


async def test_without_a_token_rasa_starts_and_the_door_is_shut(
    monkeypatch: pytest.MonkeyPatch, bench: Bench, tmp_path: Path
) -> None:
    monkeypatch.delenv("MOTCUA_TELEGRAM_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    for token in ("", "không phải mã"):
        monkeypatch.setenv("MOTCUA_TELEGRAM_TOKEN", token)
        async with channels_server(configured_doors(), bench.assistant) as url, client(url) as web:
            assert (await web.post("/webhooks/telegram/webhook", json=made.text(1, "x"))).status_code == 404


async def test_a_database_away_means_come_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_INBOX_URL", "postgresql://nobody@127.0.0.1:9/none")
    async with channels_server([door(bench.settings)], bench.assistant, opened=False) as url, client(url) as web:
        assert await bench.post(web, made.text(1, "x")) == 503
