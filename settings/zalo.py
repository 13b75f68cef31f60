"""What the environment says of Zalo: one frozen record for the Official Account, one for the Zalo Bot.

Identifiers are not secret and come from the environment; secrets come from
the environment or from ``var/secrets/<name>``, a file that an administrator
puts there. What Zalo's documents leave open is a setting with a safe default.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Optional, TypeVar

import settings
from settings import VAR
from settings.secrets import given_secret

OA_API = "https://openapi.zalo.me"
OA_OAUTH = "https://oauth.zaloapp.com"
BOT_API = "https://bot-api.zaloplatforms.com"
_YES, _NO = ("1", "on", "yes", "true"), ("0", "off", "no", "false")
_Number = TypeVar("_Number", int, float)


@dataclass(frozen=True)
class OaSettings:
    """The Official Account. Secrets never show in ``repr``."""

    app_id: str
    oa_id: str
    app_secret: str = field(repr=False)
    oa_secret_key: str = field(repr=False)
    first_access_token: str = field(default="", repr=False)
    """Only seeds an empty token store."""
    first_refresh_token: str = field(default="", repr=False)
    """Only seeds an empty token store."""
    api_url: str = OA_API
    oauth_url: str = OA_OAUTH
    signed_id: str = "app_id"
    """What the signature begins with: 'app_id' or 'oa_id'."""
    oldest_hours: float = 24.0
    """Events with a timestamp further away than this are refused; Zalo redelivers for at least an hour."""
    buttons: bool = False
    """Buttons on messages; without them, a numbered list."""
    button_title: int = 60
    """Characters of a button's title; Zalo takes 100."""
    text_limit: int = 1_900
    """UTF-16 units of a message; Zalo says 2,000 without saying of what."""
    refresh_after: float = 20 * 3600.0
    """Seconds after which an access token is renewed; it lives 25 hours."""
    billed: bool = False
    """Send notices between 48 hours and 7 days after the last interaction, which Zalo bills."""
    operator_minutes: float = 30.0
    """Minutes of the assistant's silence after a person wrote in OA chat."""
    operator_done: str = "#bot"
    """What a person writes in OA chat to give the conversation back at once."""
    resend: bool = False
    """Send once more what Zalo didn't answer in time; the person may then get it twice."""
    timeout: float = 10.0
    """Seconds for one call."""


@dataclass(frozen=True)
class BotSettings:
    """The Zalo Bot. Secrets never show in ``repr``."""

    token: str = field(repr=False)
    secret: str = field(repr=False)
    """What Zalo shows in ``X-Bot-Api-Secret-Token``; 8 to 256 characters. Empty: no webhook, polling only."""
    api_url: str = BOT_API
    polling: bool = False
    """Fetch updates instead of being called: for trying at home without a public address."""
    webhook_url: str = ""
    """Public address of the webhook, told to Zalo at start when given; else an administrator sets it."""
    text_limit: int = 1_900
    monthly: int = 3_000
    """Messages a month that the plan is said to allow; the check warns from nine tenths on."""
    resend: bool = False
    """Send once more what Zalo didn't answer in time; the person may then get it twice."""
    timeout: float = 10.0
    """Seconds for one call; polling waits longer."""


def oa_settings() -> Optional[OaSettings]:
    """The Official Account's settings; None where it isn't configured (no ``MOTCUA_ZALO_APP_ID``).

    Raises:
        ValueError: something needed is missing or can't be read; the text, in Vietnamese, names it.
    """
    if not os.environ.get("MOTCUA_ZALO_APP_ID"):
        return None
    signed = os.environ.get("MOTCUA_ZALO_SIGNED_ID") or "app_id"
    if signed not in ("app_id", "oa_id"):
        raise ValueError(f"MOTCUA_ZALO_SIGNED_ID={signed} phải là app_id hoặc oa_id.")
    return OaSettings(
        app_id=_identifier("MOTCUA_ZALO_APP_ID"),
        oa_id=_identifier("MOTCUA_ZALO_OA_ID"),
        app_secret=_needed_secret("MOTCUA_ZALO_APP_SECRET", "zalo_app_secret"),
        oa_secret_key=_needed_secret("MOTCUA_ZALO_OA_SECRET_KEY", "zalo_oa_secret_key"),
        first_access_token=given_secret("MOTCUA_ZALO_ACCESS_TOKEN", "zalo_access_token"),
        first_refresh_token=given_secret("MOTCUA_ZALO_REFRESH_TOKEN", "zalo_refresh_token"),
        api_url=_address("MOTCUA_ZALO_API_URL", OA_API),
        oauth_url=_address("MOTCUA_ZALO_OAUTH_URL", OA_OAUTH),
        signed_id=signed,
        oldest_hours=_number("MOTCUA_ZALO_OLDEST_HOURS", 24.0, float, 2, 24 * 6),
        buttons=_flag("MOTCUA_ZALO_BUTTONS", False),
        button_title=_number("MOTCUA_ZALO_BUTTON_TITLE", 60, int, 10, 100),
        text_limit=_number("MOTCUA_ZALO_TEXT_LIMIT", 1_900, int, 200, 2_000),
        refresh_after=_number("MOTCUA_ZALO_REFRESH_HOURS", 20.0, float, 0.001, 24) * 3600,
        billed=_flag("MOTCUA_ZALO_BILLED", False),
        operator_minutes=_number("MOTCUA_ZALO_OPERATOR_MINUTES", 30.0, float, 0.001, 7 * 24 * 60),
        operator_done=os.environ.get("MOTCUA_ZALO_OPERATOR_DONE") or "#bot",
        resend=_flag("MOTCUA_ZALO_RESEND", False),
        timeout=_number("MOTCUA_ZALO_TIMEOUT", 10.0, float, 0.1, 60),
    )


def bot_settings() -> Optional[BotSettings]:
    """The Zalo Bot's settings; None where it isn't configured (no ``MOTCUA_ZALOBOT_TOKEN``).

    Raises:
        ValueError: something can't be read; the text, in Vietnamese, names it.
    """
    token = given_secret("MOTCUA_ZALOBOT_TOKEN", "zalobot_token")
    if not token:
        return None
    secret = given_secret("MOTCUA_ZALOBOT_SECRET", "zalobot_secret")
    if secret and not 8 <= len(secret) <= 256:
        raise ValueError("MOTCUA_ZALOBOT_SECRET phải có từ 8 đến 256 ký tự.")
    return BotSettings(
        token=token,
        secret=secret,
        api_url=_address("MOTCUA_ZALOBOT_API_URL", BOT_API),
        polling=_flag("MOTCUA_ZALOBOT_POLLING", not secret),
        webhook_url=_address("MOTCUA_ZALOBOT_WEBHOOK_URL", ""),
        text_limit=_number("MOTCUA_ZALOBOT_TEXT_LIMIT", 1_900, int, 200, 2_000),
        resend=_flag("MOTCUA_ZALOBOT_RESEND", False),
        monthly=_number("MOTCUA_ZALOBOT_MONTHLY", 3_000, int, 0, 10**9),
        timeout=_number("MOTCUA_ZALOBOT_TIMEOUT", 10.0, float, 0.1, 60),
    )


def public_url() -> str:
    """``MOTCUA_PUBLIC_URL``: the address at which the world reaches us ('https://…'); '' where there is none."""
    return settings.public_url() or ""


def _needed_secret(variable: str, name: str) -> str:
    given = given_secret(variable, name)
    if not given:
        raise ValueError(f"{variable} chưa có: đặt biến này, hoặc ghi vào file {VAR}/secrets/{name}.")
    return given


def _identifier(variable: str) -> str:
    given = os.environ.get(variable, "").strip()
    if not given.isdigit():
        raise ValueError(f"{variable} phải là dãy chữ số trong trang quản lý ứng dụng Zalo.")
    return given


def _address(variable: str, default: str) -> str:
    given = (os.environ.get(variable) or default).rstrip("/")
    if given and not given.startswith(("https://", "http://")):
        raise ValueError(f"{variable} phải bắt đầu bằng https:// (hoặc http:// khi chạy thử trong máy).")
    return given


def _flag(variable: str, default: bool) -> bool:
    given = os.environ.get(variable, "").strip().lower()
    if not given:
        return default
    if given not in _YES + _NO:
        raise ValueError(f"{variable}={given} phải là on hoặc off.")
    return given in _YES


def _number(variable: str, default: _Number, read: Callable[[str], _Number], least: float, most: float) -> _Number:
    given = os.environ.get(variable, "").strip()
    if not given:
        return default
    try:
        number = read(given)
    except ValueError:
        number = None
    if number is None or not least <= number <= most:
        raise ValueError(f"{variable}={given} phải là số từ {least:g} đến {most:g}.")
    return number
