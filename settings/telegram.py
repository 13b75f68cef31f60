"""What the environment says of Telegram."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Optional

from settings.channels import number
from settings.secrets import given_secret, telegram_webhook_secret

API = "https://api.telegram.org/bot"
_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{10,100}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(frozen=True)
class TelegramSettings:
    """A bot. Secrets never show in ``repr``."""

    token: str = field(repr=False)
    secret: str = field(repr=False)
    """What Telegram shows in its header with every update."""
    polling: bool = False
    """Fetch updates instead of being called: for trying at home without a public address."""
    webhook_url: str = ""
    """Public address of the webhook; set at start when given, else an administrator sets it."""
    api_url: str = API
    """The token is appended to it."""
    rate: float = 25.0
    """Messages a second over all chats; Telegram allows about 30."""
    chat_rate: float = 1.0
    """Messages a second in one chat, once its burst is used up."""
    chat_burst: int = 5
    """Messages to one chat that go out at once."""
    profile: bool = True
    """Set the menu of commands and the bot's description at start."""
    timeout: float = 10.0
    """Seconds for one call."""


def telegram_settings() -> Optional[TelegramSettings]:
    """``MOTCUA_TELEGRAM_*``; None where no bot is configured.

    Raises:
        ValueError: a variable can't be read; the text, in Vietnamese, names it.
    """
    token = given_secret("MOTCUA_TELEGRAM_TOKEN", "telegram_token")
    if not token:
        return None
    if not _TOKEN.fullmatch(token):
        raise ValueError("MOTCUA_TELEGRAM_TOKEN không đúng dạng 123456:ABC… mà BotFather đưa.")
    secret = telegram_webhook_secret()
    if not _SECRET.fullmatch(secret):
        raise ValueError("MOTCUA_TELEGRAM_SECRET chỉ gồm chữ không dấu, số, gạch nối, gạch dưới.")
    mode = os.environ.get("MOTCUA_TELEGRAM_MODE") or "webhook"
    if mode not in ("webhook", "polling"):
        raise ValueError("MOTCUA_TELEGRAM_MODE chỉ nhận 'webhook' hoặc 'polling'.")
    webhook_url = os.environ.get("MOTCUA_TELEGRAM_WEBHOOK_URL") or ""
    if webhook_url and not webhook_url.startswith("https://"):
        raise ValueError("MOTCUA_TELEGRAM_WEBHOOK_URL phải bắt đầu bằng https://")
    default = TelegramSettings("", "")
    return TelegramSettings(
        token=token,
        secret=secret,
        polling=mode == "polling",
        webhook_url=webhook_url,
        api_url=os.environ.get("MOTCUA_TELEGRAM_API") or API,
        rate=number("MOTCUA_TELEGRAM_RATE", float, default.rate, 0.1),
        chat_rate=number("MOTCUA_TELEGRAM_CHAT_RATE", float, default.chat_rate, 0.01),
        chat_burst=number("MOTCUA_TELEGRAM_CHAT_BURST", int, default.chat_burst, 1),
        profile=os.environ.get("MOTCUA_TELEGRAM_PROFILE", "on") not in ("0", "off", "no", "false"),
        timeout=number("MOTCUA_TELEGRAM_TIMEOUT", float, default.timeout, 0.1),
    )
