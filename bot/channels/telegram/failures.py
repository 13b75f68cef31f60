"""What the library's errors mean for a message on its way out."""

from __future__ import annotations

import datetime as dt

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.inbox.channel import DeliveryError, Gone, Refused, Retry, Stopped, Unsure

_GONE = (
    "chat not found",
    "user is deactivated",
    "peer_id_invalid",
    "user not found",
    "bot was kicked",
    "have no rights",
)
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks us to wait."""
    after = error.retry_after
    return after.total_seconds() if isinstance(after, dt.timedelta) else float(after)


def meaning(error: TelegramError) -> DeliveryError:
    """The inbox's error for one of the library's. Its words may hold the token or a chat, so none are taken over."""
    if isinstance(error, RetryAfter):
        return Retry("rate", after=seconds_of(error), counts=False)
    if isinstance(error, (Forbidden, ChatMigrated)):
        return Gone("forbidden")
    if isinstance(error, InvalidToken):
        return Stopped("token")
    if isinstance(error, BadRequest):  # a NetworkError by descent, though the answer is certain
        told = error.message.lower()
        return Gone("no_chat") if any(part in told for part in _GONE) else Refused("bad_request")
    if isinstance(error, Conflict):
        return Retry("conflict")
    if isinstance(error, NetworkError):
        return _network(error)
    return Unsure(type(error).__name__)


def _network(error: NetworkError) -> DeliveryError:
    cause = error.__cause__
    if isinstance(cause, _UNSENT):
        return Retry("connect")
    if isinstance(error, TimedOut):
        return Unsure("timeout")
    if isinstance(cause, httpx.HTTPError):
        return Unsure("connection")
    # The server answered that it couldn't (5xx): it says itself that it took nothing.
    return Retry("server")
