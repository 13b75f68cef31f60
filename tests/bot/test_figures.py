"""The Rasa server's figures and what its parts say, over a real server."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from rasa.core.channels.channel import UserMessage

from bot.channels.web import WebInput
from bot.tracker_store import ConversationStore
from tests.fakes.rasa_server import rasa_server

SECRET = "a-secret-of-the-tests-only"


async def answer(told: UserMessage) -> None:
    await told.output_channel.send_response(
        told.sender_id, {"text": "Dạ", "turn": {"outcome": "answered", "aspect": "fee"}}
    )


@pytest.fixture(autouse=True)
def _databases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_INBOX_URL", f"sqlite:///{tmp_path}/inbox.db")
    monkeypatch.setenv("MOTCUA_TRACKER_URL", f"sqlite:///{tmp_path}/conversations.db")
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path}/motcua.db")


async def test_the_figures_tell_of_turns() -> None:
    async with rasa_server([WebInput(SECRET)], answer) as url, httpx.AsyncClient() as client:
        said = {"sender": "s1", "text": "phí bao nhiêu"}
        await client.post(f"{url}/webhooks/web/message", json=said, headers={"X-Motcua-Secret": SECRET})
        told = await client.get(f"{url}/webhooks/web/metrics")
        proxied = await client.get(f"{url}/webhooks/web/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    assert proxied.status_code == 404
    lines = told.text.splitlines()
    figures = {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if not line.startswith("#")}
    assert figures['motcua_turns_total{aspect="fee",channel="web",outcome="answered"}'] >= 1
    assert "s1" not in told.text


async def test_each_part_says_how_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    ConversationStore().engine.dispose()
    async with rasa_server([WebInput(SECRET)], answer) as url, httpx.AsyncClient() as client:
        well = await client.get(f"{url}/webhooks/web/ready")
        monkeypatch.setenv("MOTCUA_TRACKER_URL", "postgresql://nobody:nothing@127.0.0.1:1/none")
        ill = await client.get(f"{url}/webhooks/web/ready")
    assert well.status_code == 200
    parts = well.json()["parts"]
    assert parts.keys() == {"model", "conversations", "actions"}
    assert ill.status_code == 503
    assert ill.json()["parts"]["conversations"] == {"ok": False, "error": "DatabaseUnreachable"}
    assert ill.json()["parts"]["model"]["ok"]
