"""Rasa's input channel for Telegram: ``POST /webhooks/telegram/webhook``.

Rasa's own Telegram channel can't be used here: its connection dies with the
event loop it was made in, and it knows no secret (docs/channels/telegram.md).
"""

from __future__ import annotations

import hmac
import json
import logging
from typing import Any, Optional

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.action_answers import keep_validator
from bot.channels.complaints import Complaints
from bot.channels.inbox.door import LARGEST_BODY, attach, running, shut
from bot.channels.inbox.runtime import NotReady
from bot.channels.inbox.turn import OnNewMessage
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.upkeep import job
from bot.quiet_logs import keep_quiet
from settings.telegram import TelegramSettings, telegram_settings

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class TelegramInput(InputChannel):
    """The door; shut (404) where no bot is configured.

    Args:
        settings: see TelegramSettings, or None.
        problem: what is wrong with the settings, if anything.
    """

    def __init__(self, settings: Optional[TelegramSettings], problem: str = "") -> None:
        self._settings = settings
        self._problem = problem

    @classmethod
    def name(cls) -> str:
        """Name and URL prefix."""
        return "telegram"

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> TelegramInput:
        """Settings come from the environment or secrets files, never from credentials.yml."""
        keep_validator()
        try:
            return cls(telegram_settings())
        except ValueError as error:
            return cls(None, str(error))

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes: health, and updates with the secret."""
        settings = self._settings
        if settings is None:
            return shut("motcua_telegram", self._problem)
        keep_quiet()
        channel = TelegramChannel(settings)
        telegram = Blueprint("motcua_telegram")
        attach(telegram, channel, on_new_message, job(settings, channel), channel.close)
        secret = settings.secret.encode()
        complaints = Complaints(logger)

        @telegram.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            runtime = running(request.app)
            ready = runtime is not None and runtime.inbox is not None
            return response.json({"status": "ok" if ready else "loading"}, status=200 if ready else 503)

        @telegram.route("/webhook", methods=["POST"])
        async def webhook(request: Request) -> HTTPResponse:
            given = request.headers.get(SECRET_HEADER, "")
            if not hmac.compare_digest(given.encode("utf-8", "replace"), secret):
                complaints.about("telegram update refused: wrong secret (see MOTCUA_TELEGRAM_SECRET)")
                return response.empty(403)
            runtime = running(request.app)
            if runtime is None:
                return response.empty(503)
            incoming = channel.parse(_update(request.body))
            if incoming:
                try:
                    await runtime.accept(incoming)
                except NotReady:
                    # Telegram sends the update again.
                    return response.empty(503)
            return response.empty(200)

        return telegram


def _update(body: bytes) -> dict[str, Any]:
    """The body as JSON; empty for what can't be an update. Telegram would repeat anything refused for hours."""
    if len(body) > LARGEST_BODY:
        return {}
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
