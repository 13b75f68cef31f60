from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

import httpx
import pytest

from bot.channels.inbox.database import Inbox, open_inbox
from bot.channels.telegram.webhook import SECRET_HEADER, door
from settings.telegram import TelegramSettings
from tests.bot.channels.inbox.support import QUICK, Assistant, until_done
from tests.fakes.channels_server import Turn, channels_server
from tests.fakes.serving import serving
from tests.fakes.telegram import TOKEN, Platform

SECRET = "shown-by-telegram-shown-by-telegram"


@dataclass
class Bench:
    """A fake Telegram, a Rasa server with our channel, and something that answers."""

    platform: Platform
    settings: TelegramSettings
    inbox: Inbox
    assistant: Assistant
    answering: Optional[Turn] = None
    """What answers instead of the assistant, where a test sets it."""

    @contextlib.asynccontextmanager
    async def server(self, **changes: Any) -> AsyncIterator[str]:
        """The Rasa server, once its inbox is open; changes are of the settings."""
        settings = replace(self.settings, **changes)
        async with (
            channels_server([door(settings)], self.answering or self.assistant) as url,
            httpx.AsyncClient() as client,
        ):
            while (await client.get(f"{url}/webhooks/telegram/")).status_code != 200:
                await asyncio.sleep(0.01)
            yield url

    async def post(self, client: httpx.AsyncClient, update: Any, secret: str = SECRET) -> int:
        """Deliver an update as Telegram does; returns the status."""
        sent = {"content": update} if isinstance(update, bytes) else {"json": update}
        answer = await client.post("/webhooks/telegram/webhook", headers={SECRET_HEADER: secret}, **sent)
        return answer.status_code

    async def settled(self) -> None:
        """Wait until all is answered and sent."""
        await until_done(self.inbox)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    address = f"sqlite:///{tmp_path}/inbox.db"
    monkeypatch.setenv("MOTCUA_INBOX_URL", address)
    monkeypatch.setattr("bot.channels.inbox.runtime.inbox_settings", lambda: QUICK)
    inbox = open_inbox(address)
    platform = Platform()
    with serving(platform.app()) as url:
        settings = TelegramSettings(
            TOKEN, SECRET, api_url=f"{url}/bot", rate=10_000, chat_rate=10_000, profile=False, timeout=3
        )
        yield Bench(platform, settings, inbox, Assistant())
    inbox.engine.dispose()
