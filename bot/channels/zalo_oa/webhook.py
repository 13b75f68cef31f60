"""The Official Account's door in the Rasa server: ``/webhooks/zalo/webhook``.

Verify, keep, answer 200: Zalo wants it within two seconds, and nothing slower
than one commit happens before. ``motcua channels check`` tells what is wrong.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, Optional

import httpx
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.action_answers import keep_validator
from bot.channels.complaints import Complaints
from bot.channels.inbox.contacts import on_forget
from bot.channels.inbox.door import LARGEST_BODY, attach, running, shut
from bot.channels.inbox.runtime import NotReady, Runtime
from bot.channels.inbox.turn import OnNewMessage
from bot.channels.zalo_oa.channel import ZaloOa
from bot.channels.zalo_oa.client import OaClient
from bot.channels.zalo_oa.events import Malformed, read_body
from bot.channels.zalo_oa.signature import Verdict, verify
from bot.channels.zalo_oa.tokens import TokenManager
from bot.people import forget_elsewhere
from settings.verifiers import read_verifier
from settings.zalo import OaSettings, oa_settings

logger = logging.getLogger(__name__)

_TELL = {
    Verdict.FORGED: "wrong signature (see MOTCUA_ZALO_OA_SECRET_KEY)",
    Verdict.OTHER_APP: "signed for another app (see MOTCUA_ZALO_APP_ID)",
    Verdict.OTHER_ID: "the signature begins with the other id: set MOTCUA_ZALO_SIGNED_ID",
    Verdict.LATE: "timestamp too far from our clock",
}


class ZaloOaInput(InputChannel):
    """Rasa's way in for the Official Account; answers 404 where none is configured."""

    def __init__(
        self, settings: Optional[OaSettings], problem: str = "", clock: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        self._problem = problem
        self._clock = clock
        self._complaints = Complaints(logger)

    @classmethod
    def name(cls) -> str:
        """Name and URL prefix."""
        return ZaloOa.name

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> ZaloOaInput:
        """Everything comes from the environment or ``var/secrets``, nothing from credentials.yml."""
        try:
            return cls(oa_settings())
        except ValueError as error:
            return cls(None, str(error))

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes: health, the webhook, the file with which Zalo checks the domain."""
        settings = self._settings
        if settings is None:
            return shut("zalo_webhook", self._problem)
        keep_validator()
        blueprint = Blueprint("zalo_webhook", __name__)
        channel = ZaloOa(settings)
        on_forget(forget_elsewhere)
        attach(blueprint, channel, on_new_message, _deliverer(settings, channel))

        @blueprint.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @blueprint.route("/webhook", methods=["POST"])
        async def webhook(request: Request) -> HTTPResponse:
            return response.empty(await self._take(request, channel, settings))

        @blueprint.route("/<name:zalo_verifier[A-Za-z0-9_-]+\\.html>", methods=["GET"])
        async def verifier(request: Request, name: str) -> HTTPResponse:
            content = read_verifier(name)
            return response.html(content) if content is not None else response.empty(404)

        return blueprint

    async def _take(self, request: Request, channel: ZaloOa, settings: OaSettings) -> int:
        """The HTTP status for a delivery."""
        body = request.body
        if len(body) > LARGEST_BODY:
            return 413
        try:
            fields = read_body(body)
        except Malformed:
            return 400
        if not fields:
            return 200  # the console tries the address so when it is saved
        verdict = verify(body, fields, request.headers.get("X-ZEvent-Signature", ""), settings, self._clock())
        if verdict is not Verdict.GENUINE:
            self._complaints.about(f"zalo event refused: {_TELL[verdict]}")
            return 403
        incoming = channel.parse(fields)
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


def _deliverer(settings: OaSettings, channel: ZaloOa) -> Callable[[Runtime], Any]:
    async def work(runtime: Runtime) -> None:
        assert runtime.inbox is not None
        async with httpx.AsyncClient() as http:
            channel.open(OaClient(settings, TokenManager(runtime.inbox, settings, http), http), runtime.inbox)
            await asyncio.Event().wait()  # until the server stops

    return work
