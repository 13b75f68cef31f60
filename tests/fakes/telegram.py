"""Telegram's Bot API on loopback: as a server that keeps chats, calls webhooks, holds polls, and refuses as told.

By hand: ``make fake-telegram``.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Optional

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

TOKEN = "12345:only-for-tests-only-for-tests"
BOT = {"id": 12345, "is_bot": True, "first_name": "Thử", "username": "thu_motcua_bot"}
TEXT_LIMIT = 4_096
CALLBACK_LIMIT = 64

_NAMES = """
getMe sendMessage sendChatAction answerCallbackQuery setWebhook deleteWebhook getWebhookInfo getUpdates
setMyCommands getMyCommands setMyDescription getMyDescription setMyShortDescription getMyShortDescription
"""
METHODS = {name.lower(): name for name in _NAMES.split()}
"""Telegram doesn't mind the case of its methods."""

Refusal = Callable[[str, dict[str, Any]], Optional[tuple[int, str, dict[str, Any]]]]
"""Given method and parameters, the status, description and parameters of a refusal, or None."""


@dataclass
class Platform:
    """What the fake knows: chats, updates that wait, settings, every call.

    Attributes:
        refuse: makes calls fail.
        calls: method and parameters of each, in order.
        chats: messages that arrived, by chat.
        updates: waiting for a poll.
        settings: of the bot: webhook, commands, descriptions.
    """

    refuse: Optional[Refusal] = None
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    chats: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    updates: list[dict[str, Any]] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    last_id: int = 0

    def texts(self, chat: int) -> list[str]:
        """What a person reads in a chat."""
        return [message["text"] for message in self.chats[chat]]

    def named(self, method: str) -> list[dict[str, Any]]:
        """The parameters of every call of a method."""
        return [parameters for name, parameters in self.calls if name == method]

    def app(self) -> Starlette:
        """The server."""
        return Starlette(routes=[Route("/bot{token}/{method}", self._call, methods=["GET", "POST"])])

    async def _call(self, request: Request) -> JSONResponse:
        method = METHODS.get(request.path_params["method"].lower(), "")
        if request.path_params["token"] != TOKEN:
            return _no(401, "Unauthorized")
        parameters = await _parameters(request)
        self.calls.append((method, parameters))
        refused = self.refuse(method, parameters) if self.refuse else None
        if refused:
            return _no(*refused)
        if not method:
            return _no(404, "Not Found")
        handler = getattr(self, f"_{method}")
        answer = handler(parameters)
        return await answer if asyncio.iscoroutine(answer) else answer

    def _getMe(self, _: dict[str, Any]) -> JSONResponse:  # noqa: N802
        return _yes(BOT)

    def _sendMessage(self, given: dict[str, Any]) -> JSONResponse:  # noqa: N802
        text = given.get("text")
        if not isinstance(text, str) or not text.strip():
            return _no(400, "Bad Request: message text is empty")
        if given.get("parse_mode") == "HTML":
            parsed = parse_html(text)
            if parsed is None:
                return _no(400, "Bad Request: can't parse entities: unsupported start tag")
            text = parsed
        if len(text.encode("utf-16-le")) // 2 > TEXT_LIMIT:
            return _no(400, "Bad Request: message is too long")
        for row in (given.get("reply_markup") or {}).get("inline_keyboard", []):
            for key in row:
                if len(key.get("callback_data", "").encode()) > CALLBACK_LIMIT:
                    return _no(400, "Bad Request: BUTTON_DATA_INVALID")
        self.last_id += 1
        chat = int(given["chat_id"])
        message = {
            "message_id": self.last_id,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private"},
            "from": BOT,
            "text": text,
        }
        self.chats[chat].append({**message, "keyboard": (given.get("reply_markup") or {}).get("inline_keyboard", [])})
        return _yes(message)

    def _sendChatAction(self, _: dict[str, Any]) -> JSONResponse:  # noqa: N802
        return _yes(True)

    def _answerCallbackQuery(self, _: dict[str, Any]) -> JSONResponse:  # noqa: N802
        return _yes(True)

    def _setWebhook(self, given: dict[str, Any]) -> JSONResponse:  # noqa: N802
        self.settings["webhook"] = given
        return _yes(True)

    def _deleteWebhook(self, _: dict[str, Any]) -> JSONResponse:  # noqa: N802
        self.settings.pop("webhook", None)
        return _yes(True)

    def _getWebhookInfo(self, _: dict[str, Any]) -> JSONResponse:  # noqa: N802
        info = {"url": "", "has_custom_certificate": False, "pending_update_count": len(self.updates)}
        known = self.settings.get("webhook")
        return _yes({**info, **({"url": known["url"]} if known else {}), **self.settings.get("webhook_info", {})})

    def _setMyCommands(self, given: dict[str, Any]) -> JSONResponse:  # noqa: N802
        self.settings["commands"] = given["commands"]
        return _yes(True)

    def _getMyCommands(self, _: dict[str, Any]) -> JSONResponse:  # noqa: N802
        return _yes(self.settings.get("commands", []))

    def _setMyDescription(self, given: dict[str, Any]) -> JSONResponse:  # noqa: N802
        self.settings["description"] = given["description"]
        return _yes(True)

    def _getMyDescription(self, _: dict[str, Any]) -> JSONResponse:  # noqa: N802
        return _yes({"description": self.settings.get("description", "")})

    def _setMyShortDescription(self, given: dict[str, Any]) -> JSONResponse:  # noqa: N802
        self.settings["short"] = given["short_description"]
        return _yes(True)

    def _getMyShortDescription(self, _: dict[str, Any]) -> JSONResponse:  # noqa: N802
        return _yes({"short_description": self.settings.get("short", "")})

    async def _getUpdates(self, given: dict[str, Any]) -> JSONResponse:  # noqa: N802
        if "webhook" in self.settings:
            return _no(409, "Conflict: can't use getUpdates method while webhook is active")
        offset, end = int(given.get("offset", 0)), time.monotonic() + min(float(given.get("timeout", 0)), 2)
        self.updates = [update for update in self.updates if update["update_id"] >= offset]
        while not self.updates and time.monotonic() < end:
            await asyncio.sleep(0.02)
        return _yes(self.updates[:100])


async def _parameters(request: Request) -> dict[str, Any]:
    """Form fields, of which objects and lists arrive as JSON, or a JSON body."""
    if "json" in request.headers.get("content-type", ""):
        found: dict[str, Any] = await request.json()
        return found
    form = await request.form()
    return {name: _loaded(str(value)) for name, value in {**dict(request.query_params), **form}.items()}


def _loaded(value: str) -> Any:
    if value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _yes(result: Any) -> JSONResponse:
    return JSONResponse({"ok": True, "result": result})


def _no(status: int, description: str, parameters: Optional[dict[str, Any]] = None) -> JSONResponse:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return JSONResponse({**body, **({"parameters": parameters} if parameters else {})}, status)


def parse_html(text: str) -> Optional[str]:
    """Telegram's HTML to visible text; None where Telegram would refuse it."""
    import re
    from html import unescape

    open_tags: list[str] = []
    visible: list[str] = []
    for part in re.split(r"(<[^>]*>)", text):
        if not part.startswith("<"):
            if "<" in part or re.search(r"&(?!(lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)", part):
                return None
            visible.append(unescape(part))
            continue
        match = re.fullmatch(r'<(/?)(b|i|u|s|a|code|pre)(?: href="[^"<>]*")?>', part)
        if not match:
            return None
        if not match.group(1):
            open_tags.append(match.group(2))
        elif not open_tags or open_tags.pop() != match.group(2):
            return None
    return None if open_tags else "".join(visible)
