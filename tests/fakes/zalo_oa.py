"""A Zalo Official Account platform on loopback: tokens that work once, limits, error codes with HTTP 200.

It checks what it is sent against the documented limits, so that a message
which the real platform would refuse is refused here too.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Optional
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

DAY = 86_400.0


@dataclass(frozen=True)
class Received:
    """A message that the platform took."""

    user: str
    message: dict[str, Any]
    id: str
    at: float

    @property
    def text(self) -> str:
        return str(self.message.get("text", ""))

    @property
    def buttons(self) -> list[dict[str, Any]]:
        payload = self.message.get("attachment", {}).get("payload", {})
        return list(payload.get("buttons", []))


@dataclass
class FakeZaloOa:
    """The platform's state; its knobs are plain attributes that a test turns."""

    app_id: str = "4100000000000000017"
    app_secret: str = "bi-mat-cua-ung-dung-gia"
    oa_id: str = "2900000000000000031"
    clock: Callable[[], float] = time.time
    token_life: float = 90_000.0
    takes_buttons: bool = True
    user_errors: dict[str, int] = field(default_factory=dict)
    """Codes for people who can't be reached."""
    errors: deque[int] = field(default_factory=deque)
    """Codes for the next messages; 0 lets one through, 500 and above are HTTP statuses."""
    lose_refresh_answers: int = 0
    """Token requests that are carried out and then answered 502."""
    slow: float = 0.0
    """Seconds before a message is answered."""
    refuse_refresh: bool = False
    any_refresh: bool = False
    """Take any refresh token: for trying by hand, where the assistant still holds one of the last run."""
    interactions: dict[str, float] = field(default_factory=dict)
    """When each person last wrote; those missing count as just now."""
    received: list[Received] = field(default_factory=list)
    refreshes: list[str] = field(default_factory=list)
    """How each token request ended: 'ok', 'spent', 'secret', 'app', 'code'."""
    counts: Counter[str] = field(default_factory=Counter)
    on_message: Optional[Callable[[Received], None]] = None

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._access: dict[str, float] = {}
        self._refresh = ""
        self._codes: dict[str, str] = {}
        self.first_access, self.first_refresh = self._new_pair()
        self.app = Starlette(
            routes=[
                Route("/v4/oa/access_token", self._tokens, methods=["POST"]),
                Route("/v4/oa/permission", self._permission),
                Route("/v3.0/oa/message/cs", self._message, methods=["POST"]),
                Route("/v2.0/oa/getoa", self._account),
            ]
        )

    def _new_pair(self) -> tuple[str, str]:
        access, self._refresh = f"truy-cap-{uuid.uuid4().hex}", f"lam-moi-{uuid.uuid4().hex}"
        self._access[access] = self.clock() + self.token_life
        return access, self._refresh

    def expire_access(self) -> None:
        """Let every access token be refused from now on."""
        with self._lock:
            self._access.clear()

    def texts(self, user: Optional[str] = None) -> list[str]:
        """What was received, of everybody or of one."""
        return [message.text for message in list(self.received) if user is None or message.user == user]

    async def _permission(self, request: Request) -> Response:
        query = request.query_params
        if query.get("app_id") != self.app_id or not query.get("redirect_uri"):
            return JSONResponse(_oauth_error(-14003, "Invalid redirect uri"))
        code = uuid.uuid4().hex
        self._codes[code] = query.get("code_challenge", "")
        answer = {"code": code, "oa_id": self.oa_id, **({"state": query["state"]} if "state" in query else {})}
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(answer)}")

    async def _tokens(self, request: Request) -> Response:
        form = await request.form()
        with self._lock:
            outcome = self._exchange({key: str(value) for key, value in form.items()}, request.headers)
        self.refreshes.append(outcome if isinstance(outcome, str) else "ok")
        if isinstance(outcome, str):
            return JSONResponse(_oauth_error(-14014, outcome))
        if self.lose_refresh_answers > 0:
            self.lose_refresh_answers -= 1
            return PlainTextResponse("Bad gateway", 502)
        access, refresh = outcome
        return JSONResponse({"access_token": access, "refresh_token": refresh, "expires_in": str(int(self.token_life))})

    def _exchange(self, form: dict[str, str], headers: Any) -> str | tuple[str, str]:
        if headers.get("secret_key") != self.app_secret:
            return "secret"
        if form.get("app_id") != self.app_id:
            return "app"
        if form.get("grant_type") == "authorization_code":
            verifier = form.get("code_verifier", "")
            digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
            return self._new_pair() if self._codes.pop(form.get("code", ""), None) == digest else "code"
        if self.refuse_refresh or form.get("grant_type") != "refresh_token":
            return "spent"
        if form.get("refresh_token") != self._refresh and not self.any_refresh:
            return "spent"
        return self._new_pair()

    def _token_error(self, request: Request) -> Optional[int]:
        token = request.headers.get("access_token", "")
        if self._access.get(token, 0.0) <= self.clock():
            self.counts["token refused"] += 1
            return -216 if token not in self._access else -220
        return None

    async def _account(self, request: Request) -> Response:
        code = self._token_error(request)
        if code:
            return _failed(code)
        data = {"oa_id": self.oa_id, "name": "Phường Thử", "is_verified": True, "package_name": "Nâng cao"}
        return JSONResponse({"error": 0, "message": "Success", "data": data}, headers={"X-RateLimit-Remain": "3990"})

    async def _message(self, request: Request) -> Response:
        raw = await request.body()
        self.counts["calls"] += 1
        if self.slow:
            import anyio

            await anyio.sleep(self.slow)
        if code := self._token_error(request):
            return _failed(code)
        try:
            body = json.loads(raw)
            user, message = str(body["recipient"]["user_id"]), dict(body["message"])
        except (ValueError, KeyError, TypeError):
            return _failed(-201)
        forced = self.errors.popleft() if self.errors else 0
        if forced >= 500:
            return PlainTextResponse("Bad gateway", forced)
        code = forced or self.user_errors.get(user, 0) or problem(message, self.takes_buttons)
        idle = self.clock() - self.interactions.get(user, self.clock())
        if not code and idle > 7 * DAY:
            code = -230
        if code:
            return _failed(code)
        taken = Received(user, message, uuid.uuid4().hex[:20], self.clock())
        self.received.append(taken)
        if self.on_message:
            self.on_message(taken)
        data = {"message_id": taken.id, "user_id": user, "sent_time": str(int(taken.at * 1000))}
        if idle <= 2 * DAY:
            data["quota"] = {"quota_type": "reply"}  # type: ignore[assignment]
        return JSONResponse({"error": 0, "message": "Success", "data": data})


def problem(message: dict[str, Any], takes_buttons: bool = True) -> int:
    """The code for a message that breaks a documented limit; 0 for a good one."""
    text = message.get("text")
    if not isinstance(text, str) or not text.strip():
        return -201
    if len(text.encode("utf-16-le")) // 2 > 2_000:
        return -210
    if set(message) - {"text", "attachment", "quote_message_id"}:
        return -201
    if "attachment" not in message:
        return 0
    if not takes_buttons:
        return -233
    attachment = message["attachment"]
    buttons = attachment.get("payload", {}).get("buttons")
    if attachment.get("type") != "template" or not isinstance(buttons, list) or not buttons:
        return -201
    if len(buttons) > 5:
        return -210
    return next((code for code in map(_button_problem, buttons) if code), 0)


def _button_problem(button: dict[str, Any]) -> int:
    title, kind, payload = button.get("title"), button.get("type"), button.get("payload")
    if not isinstance(title, str) or not title.strip():
        return -201
    if len(title) > 100:
        return -210
    if kind in ("oa.query.show", "oa.query.hide"):
        return -201 if not isinstance(payload, str) or not payload else -210 if len(payload) > 1_000 else 0
    if kind == "oa.open.url":
        good = isinstance(payload, dict) and str(payload.get("url", "")).startswith("https://")
        return 0 if good else -201
    return -201


def _failed(code: int) -> Response:
    return JSONResponse({"error": code, "message": f"Error {code}"})


def _oauth_error(code: int, reason: str) -> dict[str, Any]:
    return {"error": code, "error_name": "Invalid request", "error_description": reason, "error_reason": reason}
