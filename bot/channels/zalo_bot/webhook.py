"""The Zalo Bot's door: ``/webhooks/zalobot/webhook``, or polling."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, Optional

import httpx

from bot.channels.complaints import Complaints
from bot.channels.inbox.door import LARGEST_BODY, Door, take
from bot.channels.inbox.runtime import Runtime
from bot.channels.inbox.wire import note_leaving
from bot.channels.zalo_bot.channel import ZaloBot
from bot.channels.zalo_bot.client import BotClient, BotError, Silent
from bot.channels.zalo_bot.polling import poll
from settings.zalo import BotSettings, bot_settings

logger = logging.getLogger(__name__)

_REST = 30.0
"""Seconds before another try to set the webhook."""


def configured() -> Optional[Door]:
    """The door of the settings' bot; None where none is configured.

    Raises:
        ValueError: a setting can't be read; the text, in Vietnamese, names it.
    """
    settings = bot_settings()
    return door(settings) if settings else None


def door(settings: BotSettings) -> Door:
    """The door of a bot: updates with the secret, or polling."""
    channel = ZaloBot(settings)
    complaints = Complaints(logger)

    async def receive(headers: Mapping[str, str], body: bytes, runtime: Optional[Runtime]) -> int:
        given = headers.get("x-bot-api-secret-token", "")
        if not settings.secret or not hmac.compare_digest(given.encode(errors="replace"), settings.secret.encode()):
            complaints.about("zalobot update refused: wrong secret (see MOTCUA_ZALOBOT_SECRET)")
            return 403
        if len(body) > LARGEST_BODY:
            return 413
        try:
            fields = json.loads(body.decode("utf-8"))
        except (ValueError, RecursionError):
            return 400
        incoming = channel.parse(fields) if isinstance(fields, dict) else None
        return await take(runtime, incoming) if incoming else 200

    return Door(channel, receive, _job(settings, channel))


def _job(settings: BotSettings, channel: ZaloBot) -> Callable[[Runtime], Any]:
    async def work(runtime: Runtime) -> None:
        assert runtime.inbox is not None
        async with httpx.AsyncClient(event_hooks={"request": [note_leaving]}) as http:
            client = BotClient(settings, http)
            channel.open(client, runtime.inbox)
            if settings.polling:
                await poll(runtime, channel, client)
            if settings.webhook_url:
                await _set_webhook(client, settings)
            await asyncio.Event().wait()  # until the server stops

    return work


async def _set_webhook(client: BotClient, settings: BotSettings) -> None:
    """Tell Zalo the webhook's address, until it knows it. The secret is told each time, since it can't be read back."""
    while True:
        try:
            await client.call("setWebhook", {"url": settings.webhook_url, "secret_token": settings.secret})
            return
        except (BotError, Silent) as error:
            logger.error("zalobot webhook not set: %s", error)
            await asyncio.sleep(_REST)
