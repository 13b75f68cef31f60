"""``make fake-zalo``: what is typed on the page reaches the assistant, and its answer the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.channels.server import configured_doors
from tests.bot.channels.inbox.support import until
from tests.fakes.channels_server import UserMessage, channels_server
from tests.fakes.serving import serving
from tests.fakes.zalo_oa import FakeZaloOa
from tests.fakes.zalo_page import Talk, environment


async def test_a_conversation_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def turn(message: UserMessage) -> None:
        reply: dict[str, Any] = {
            "blocks": [{"type": "text", "text": f"Đáp: {message.text}"}],
            "buttons": [{"title": "Lệ phí", "payload": "hoi:Lệ phí bao nhiêu"}],
        }
        await message.output_channel.send_response(message.sender_id, {"text": "x", "reply": reply})

    monkeypatch.setenv("MOTCUA_INBOX_URL", f"sqlite:///{tmp_path}/inbox.db")
    talk = Talk(FakeZaloOa(any_refresh=True), "")
    with serving(talk.app) as url:
        for line in environment(talk, url).splitlines():
            name, _, value = line.partition("=")
            monkeypatch.setenv(name, value)
        async with channels_server(configured_doors(), turn) as rasa, httpx.AsyncClient() as http:
            talk.webhook = f"{rasa}/webhooks/zalo/webhook"

            async def do(what: str, text: str = "") -> int:
                return (await http.post(f"{url}/do", data={"what": what, "text": text})).status_code

            assert "Zalo giả" in (await http.get(url)).text
            assert await do("text", "Mất căn cước thì sao") == 200
            await until(lambda: any(line["who"] == "oa" for line in talk.lines))
            answer = next(line for line in talk.lines if line["who"] == "oa")
            assert answer["text"] == "Đáp: Mất căn cước thì sao"
            assert await do("text", answer["buttons"][0]["payload"]) == 200
            await until(lambda: sum(line["who"] == "oa" for line in talk.lines) == 2)
            assert talk.lines[-1]["text"] == "Đáp: Lệ phí bao nhiêu" or "webhook trả 200" in talk.lines[-1]["text"]
            assert (await http.get(f"{url}/lines", params={"after": "0"})).json() == talk.lines
            assert [await do(what) for what in ("text", "khac", "follow", "withdraw")] == [400, 400, 200, 200]
            await until(lambda: sum("webhook trả 200" in line["text"] for line in talk.lines) == 4)
