"""The Zalo Bot platform on loopback: one update a poll, webhooks with a secret, ``ok`` false with HTTP 200."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Optional

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Body = dict[str, Any]


@dataclass
class FakeZaloBot:
    """The platform's state; its knobs are plain attributes that a test turns."""

    token: str = "778899:bi-mat-cua-bot-gia"
    hold: float = 0.2
    """Seconds for which a poll is held open; the real platform takes the caller's word."""
    errors: deque[int] = field(default_factory=deque)
    """Codes for the next messages; 0 lets one through, 600 answers with a page that is no JSON."""
    string_codes: bool = False
    """Give codes as strings, as has been seen."""
    received: list[tuple[str, str]] = field(default_factory=list)
    """Chat and text of every message taken."""
    typed: list[str] = field(default_factory=list)
    webhook: str = ""
    secret: str = ""
    waiting: deque[Body] = field(default_factory=deque)
    """Updates for the next polls."""
    polls: int = 0

    def __post_init__(self) -> None:
        self.app = Starlette(routes=[Route("/bot{token}/{method}", self._call, methods=["POST"])])

    def texts(self, chat: Optional[str] = None) -> list[str]:
        """What was received, in all chats or in one."""
        return [text for where, text in list(self.received) if chat is None or where == chat]

    async def _call(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            return self._failed(401, "Unauthorized")
        body = await request.json()
        method = request.path_params["method"]
        handler = getattr(self, f"_do_{method}", None)
        return await handler(body) if handler else self._failed(404, "Not found")

    def _failed(self, code: int, why: str) -> Response:
        shown: object = str(code) if self.string_codes else code
        return JSONResponse({"ok": False, "description": why, "error_code": shown})

    def _done(self, result: object = True) -> Response:
        return JSONResponse({"ok": True, "result": result})

    async def _do_getMe(self, body: Body) -> Response:  # noqa: N802  # the platform's own spelling
        return self._done({"id": "778899", "account_name": "Bot thử", "account_type": "BASIC"})

    async def _do_sendMessage(self, body: Body) -> Response:  # noqa: N802
        code = self.errors.popleft() if self.errors else 0
        if code == 600:
            return PlainTextResponse("<html>Bad gateway</html>", 502)
        if code:
            return self._failed(code, "refused")
        text = body.get("text")
        if not isinstance(text, str) or not 1 <= len(text.encode("utf-16-le")) // 2 <= 2_000 or not body.get("chat_id"):
            return self._failed(400, "Bad request")
        self.received.append((body["chat_id"], text))
        return self._done({"message_id": uuid.uuid4().hex[:20], "date": int(time.time() * 1000)})

    async def _do_sendChatAction(self, body: Body) -> Response:  # noqa: N802
        self.typed.append(body["chat_id"])
        return JSONResponse({"ok": body.get("action") == "typing"})

    async def _do_getWebhookInfo(self, body: Body) -> Response:  # noqa: N802
        return self._done({"url": self.webhook, "updated_at": 1}) if self.webhook else self._failed(404, "none")

    async def _do_setWebhook(self, body: Body) -> Response:  # noqa: N802
        if not str(body.get("url", "")).startswith("https://") or not 8 <= len(body.get("secret_token", "")) <= 256:
            return self._failed(400, "Bad request")
        self.webhook, self.secret = body["url"], body["secret_token"]
        return self._done({"url": self.webhook, "updated_at": 1})

    async def _do_deleteWebhook(self, body: Body) -> Response:  # noqa: N802
        self.webhook = ""
        return self._done({"url": "", "updated_at": 1})

    async def _do_getUpdates(self, body: Body) -> Response:  # noqa: N802
        if self.webhook:
            return self._failed(409, "Conflict")
        self.polls += 1
        give_up = time.monotonic() + self.hold
        while not self.waiting:
            if time.monotonic() > give_up:
                return self._failed(408, "Request timeout")
            await asyncio.sleep(0.01)
        return self._done(self.waiting.popleft())


def update(kind: str, chat: str = "0a1b2c3d4e5f60718293", **message: Any) -> Body:
    """An update, flat, as production sees it."""
    return {
        "event_name": f"message.{kind}.received",
        "message": {
            "from": {"id": chat, "display_name": "Người Thử", "is_bot": False},
            "chat": {"id": chat, "chat_type": "PRIVATE"},
            "message_id": uuid.uuid4().hex[:20],
            "date": int(time.time() * 1000),
            **message,
        },
    }


def wrapped(body: Body) -> Body:
    """An update as the documents show it."""
    return {"ok": True, "result": body}


def one_of_each() -> dict[str, Body]:
    """Every kind once."""
    file = "https://anh.vi-du.zdn.vn/x"
    bare = update("unsupported")
    del bare["message"]["message_id"]
    flat = {
        "text": update("text", text="Làm khai sinh cần gì"),
        "image": update("image", photo=file, caption="Giấy này được không"),
        "image as seen": update("image", photo_url=file),
        "sticker": update("sticker", sticker="0e07", url=file),
        "voice": update("voice", voice_url=file),
        "unsupported": update("unsupported"),
        "unsupported, bare": bare,
    }
    return {**flat, **{f"{name}, wrapped": wrapped(body) for name, body in flat.items()}}


async def deliver(http: httpx.AsyncClient, url: str, body: Body, secret: str) -> int:
    """Post an update to a webhook; returns the status."""
    answer = await http.post(url, json=body, headers={"X-Bot-Api-Secret-Token": secret})
    return answer.status_code
