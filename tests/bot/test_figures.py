"""The Rasa server's figures and what its parts say, over a real server."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from rasa.core.channels.channel import UserMessage

from bot.channels.inbox.database import open_inbox
from bot.channels.inbox.messages import accept
from bot.channels.inbox.tables import inbox_messages
from bot.channels.web import WebInput
from bot.channels.zalo_oa.tables import zalo_tokens
from bot.tracker_store import ConversationStore
from tests.bot.channels.inbox.support import message
from tests.fakes.rasa_server import rasa_server
from watching import metrics

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
    # The server's task of the day is not what is looked at here.
    monkeypatch.setattr("bot.upkeep.purge_today", lambda *_: None)
    before = list(metrics._refreshers)
    monkeypatch.setattr(metrics, "_refreshers", [])
    assert before is not metrics._refreshers


async def test_the_figures_tell_of_turns_the_inbox_and_the_tokens_age() -> None:
    inbox = open_inbox()
    accept(inbox, [message(1), message(2, sender="t:2")])
    with inbox.begin() as connection:
        connection.execute(sa.update(inbox_messages).values(received_at=sa.text("datetime('now', '-90 seconds')")))
        row = {"account": "1", "access_token": "a", "refresh_token": "r", "expires_at": 0.0, "state": "good"}
        connection.execute(sa.insert(zalo_tokens).values(**row, renewed_at=time.time() - 3600, lease_until=0.0))
    async with rasa_server([WebInput(SECRET)], answer) as url, httpx.AsyncClient() as client:
        said = {"sender": "s1", "text": "phí bao nhiêu"}
        await client.post(f"{url}/webhooks/web/message", json=said, headers={"X-Motcua-Secret": SECRET})
        told = await client.get(f"{url}/webhooks/web/metrics")
        proxied = await client.get(f"{url}/webhooks/web/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    assert proxied.status_code == 404
    lines = told.text.splitlines()
    figures = {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if not line.startswith("#")}
    assert figures['motcua_turns_total{aspect="fee",channel="web",outcome="answered"}'] >= 1
    assert figures['motcua_inbox_messages{direction="in",status="new"}'] == 2
    assert 85 < figures["motcua_inbox_oldest_seconds"] < 120
    assert 3590 < figures['motcua_token_age_seconds{channel="zalo"}'] < 3660
    assert "s1" not in told.text


async def test_each_part_says_how_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    ConversationStore().engine.dispose()
    async with rasa_server([WebInput(SECRET)], answer) as url, httpx.AsyncClient() as client:
        well = await client.get(f"{url}/webhooks/web/ready")
        monkeypatch.setenv("MOTCUA_TRACKER_URL", "postgresql://nobody:nothing@127.0.0.1:1/none")
        ill = await client.get(f"{url}/webhooks/web/ready")
    assert well.status_code == 200
    parts = well.json()["parts"]
    assert parts.keys() == {"model", "conversations", "inbox", "actions"}
    assert parts["inbox"] == {"ok": True, "waiting": 0, "set_aside": 0}
    assert ill.status_code == 503
    assert ill.json()["parts"]["conversations"] == {"ok": False, "error": "DatabaseUnreachable"}
    assert ill.json()["parts"]["inbox"]["ok"]
