"""Telegram's door: ``POST /webhooks/telegram/webhook``.

Rasa's own Telegram channel can't be used: its connection dies with the event
loop it was made in, and it knows no secret (docs/channels/telegram.md).
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Mapping
from typing import Any, Optional

from bot.channels.complaints import Complaints
from bot.channels.inbox.door import LARGEST_BODY, Door, take
from bot.channels.inbox.runtime import Runtime
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.upkeep import job
from settings.telegram import TelegramSettings, telegram_settings

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


def configured() -> Optional[Door]:
    """The door of the settings' bot; None where none is configured.

    Raises:
        ValueError: a setting can't be read; the text, in Vietnamese, names it.
    """
    settings = telegram_settings()
    return door(settings) if settings else None


def door(settings: TelegramSettings) -> Door:
    """The door of a bot: updates with the secret."""
    channel = TelegramChannel(settings)
    secret = settings.secret.encode()
    complaints = Complaints(logger)

    async def receive(headers: Mapping[str, str], body: bytes, runtime: Optional[Runtime]) -> int:
        given = headers.get(SECRET_HEADER.lower(), "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), secret):
            complaints.about("telegram update refused: wrong secret (see MOTCUA_TELEGRAM_SECRET)")
            return 403
        return await take(runtime, channel.parse(_update(body)))

    return Door(channel, receive, job(settings, channel), channel.close)


def _update(body: bytes) -> dict[str, Any]:
    """The body as JSON; empty for what can't be an update. Telegram would repeat anything refused for hours."""
    if len(body) > LARGEST_BODY:
        return {}
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
