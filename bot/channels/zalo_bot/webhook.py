"""The Zalo Bot's door in the Rasa server: ``/webhooks/zalobot/webhook``, or polling."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Callable
from typing import Any, Optional

import httpx
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.action_answers import keep_validator
from bot.channels.complaints import Complaints
from bot.channels.inbox.door import LARGEST_BODY, attach, running, shut
from bot.channels.inbox.runtime import NotReady, Runtime
from bot.channels.inbox.turn import OnNewMessage
from bot.channels.zalo_bot.channel import ZaloBot
from bot.channels.zalo_bot.client import BotClient, BotError, Silent
from bot.channels.zalo_bot.polling import poll
from settings.zalo import BotSettings, bot_settings

logger = logging.getLogger(__name__)

_REST = 30.0
"""Seconds before another try to set the webhook."""


class ZaloBotInput(InputChannel):
    """Rasa's way in for the bot; answers 404 where none is configured."""

    def __init__(self, settings: Optional[BotSettings], problem: str = "") -> None:
        self._settings = settings
        self._problem = problem

    @classmethod
    def name(cls) -> str:
        """Name and URL prefix."""
        return ZaloBot.name

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> ZaloBotInput:
        """Everything comes from the environment or ``var/secrets``, nothing from credentials.yml."""
        try:
            return cls(bot_settings())
        except ValueError as error:
            return cls(None, str(error))

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes: health and the webhook."""
        settings = self._settings
        if settings is None:
            return shut("zalobot_webhook", self._problem)
        keep_validator()
        blueprint = Blueprint("zalobot_webhook", __name__)
        channel = ZaloBot(settings)
        complaints = Complaints(logger)
        attach(blueprint, channel, on_new_message, _job(settings, channel))

        @blueprint.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @blueprint.route("/webhook", methods=["POST"])
        async def webhook(request: Request) -> HTTPResponse:
            return response.empty(await _take(request, channel, settings, complaints))

        return blueprint


async def _take(request: Request, channel: ZaloBot, settings: BotSettings, complaints: Complaints) -> int:
    """The HTTP status for a delivery."""
    given = request.headers.get("X-Bot-Api-Secret-Token", "")
    if not settings.secret or not hmac.compare_digest(given.encode(errors="replace"), settings.secret.encode()):
        complaints.about("zalobot update refused: wrong secret (see MOTCUA_ZALOBOT_SECRET)")
        return 403
    if len(request.body) > LARGEST_BODY:
        return 413
    try:
        fields = json.loads(request.body.decode("utf-8"))
    except (ValueError, RecursionError):
        return 400
    incoming = channel.parse(fields) if isinstance(fields, dict) else None
    if incoming is None:
        return 200
    runtime = running(request.app)
    if runtime is None:
        return 503
    try:
        await runtime.accept(incoming)
    except NotReady:
        return 503
    return 200


def _job(settings: BotSettings, channel: ZaloBot) -> Callable[[Runtime], Any]:
    async def work(runtime: Runtime) -> None:
        assert runtime.inbox is not None
        async with httpx.AsyncClient() as http:
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
