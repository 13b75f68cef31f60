"""The Zalo Bot API over httpx. The token is part of the address, so addresses are never logged."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, Optional

import httpx

from settings.zalo import BotSettings

POLL_SECONDS = 30
"""How long Zalo holds a poll open."""
EMPTY_POLL = 408
"""The code with which an empty poll ends."""


class BotError(Exception):
    """Zalo said no. The text holds the code alone.

    Attributes:
        code: 0 where Zalo gave none.
    """

    def __init__(self, code: int) -> None:
        super().__init__(f"zalo bot error {code}")
        self.code = code


class Silent(Exception):
    """No usable answer.

    Attributes:
        sent: whether Zalo may have acted on the request.
        reached: whether there was a connection at all; without one, the fault can't lie in what was sent.
    """

    def __init__(self, sent: bool, reached: bool = True) -> None:
        super().__init__("zalo bot did not answer")
        self.sent = sent
        self.reached = reached


class BotClient:
    """Calls of one bot."""

    def __init__(self, settings: BotSettings, http: httpx.AsyncClient) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs addresses
        self._settings = settings
        self._http = http

    async def call(self, method: str, body: Optional[Mapping[str, Any]] = None, wait: float = 0.0) -> Any:
        """Call a method; returns its ``result``.

        Args:
            method: its name, case-sensitive.
            body: its parameters.
            wait: seconds that Zalo may take beyond the usual.

        Raises:
            BotError: ``ok`` is false, whatever the HTTP status.
            Silent: no usable answer came.
        """
        try:
            answer = await self._http.post(
                f"{self._settings.api_url}/bot{self._settings.token}/{method}",
                content=json.dumps(body or {}, ensure_ascii=False).encode(),
                headers={"Content-Type": "application/json"},
                timeout=self._settings.timeout + wait,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise Silent(sent=False, reached=False) from None  # the cause would show the address
        except httpx.HTTPError:
            raise Silent(sent=True) from None
        try:
            fields = answer.json()
        except ValueError:
            fields = None
        if not isinstance(fields, dict) or not isinstance(fields.get("ok"), bool):
            raise Silent(sent=answer.status_code not in (500, 502, 503))
        if not fields["ok"]:
            raise BotError(_code(fields.get("error_code")))
        return fields.get("result")

    async def send(self, chat: str, message: Mapping[str, Any]) -> str:
        """Send a message; returns Zalo's id of it.

        Raises:
            BotError: Zalo refused it.
            Silent: no usable answer came.
        """
        result = await self.call("sendMessage", {"chat_id": chat, **message})
        return str(result.get("message_id") or "") if isinstance(result, dict) else ""

    async def poll(self) -> Optional[dict[str, Any]]:
        """Wait for an update; None where none came. Zalo hands out each one once.

        Raises:
            BotError: Zalo refused (a webhook is set).
            Silent: no usable answer came.
        """
        try:
            result = await self.call("getUpdates", {"timeout": POLL_SECONDS}, wait=POLL_SECONDS)
        except BotError as error:
            if error.code == EMPTY_POLL:
                return None
            raise
        return result if isinstance(result, dict) and result else None

    async def webhook_url(self) -> str:
        """The webhook's address as Zalo has it; '' where none is set.

        Raises:
            BotError: Zalo refused.
            Silent: no usable answer came.
        """
        try:
            result = await self.call("getWebhookInfo")
        except BotError as error:
            if error.code == 404:
                return ""
            raise
        return str(result.get("url") or "") if isinstance(result, dict) else ""


def _code(value: object) -> int:
    """Seen as a number and as a string."""
    text = str(value)
    return int(text) if text.lstrip("-").isdecimal() and text.isascii() else 0
