"""A Rasa server with the channel, a platform on loopback, and what the assistant heard."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.channels.inbox.database import Inbox, open_inbox
from bot.channels.inbox.tables import inbox_messages
from bot.channels.zalo_oa.webhook import door
from settings.zalo import OaSettings
from tests.bot.channels.inbox.support import until_done
from tests.fakes.channels_server import UserMessage, channels_server
from tests.fakes.serving import serving
from tests.fakes.zalo_delivery import Delivery
from tests.fakes.zalo_events import Sender
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
        await until_done(self.inbox)

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
        async with channels_server([door(oa)], turn) as url, httpx.AsyncClient() as http:
            stage = Stage(url, zalo, http, inbox)
            holder.append(stage)
            yield stage
    inbox.engine.dispose()
