"""Headers that keep a page to itself, and a bound on what it takes in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import words
from web.console import words as console_words

LARGEST_BODY = 256 * 1024
"""Bytes of a request's body."""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def secure(headers: MutableHeaders, path: str) -> None:
    """Add the headers to those of an answer."""
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if not path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")


class SecurityHeaders:
    """Adds the headers to every answer; ``on_error`` does for unforeseen errors, made outside of them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the answer back with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                secure(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class BodyLimit:
    """Refuses bodies over ``LARGEST_BODY``, counted as they come: a header may lie or be missing.

    Args:
        app: what lies behind.
        larger: paths that take more, with their bound in bytes. Their bodies aren't read here, so that the page can
            first see who sends them.
    """

    def __init__(self, app: ASGIApp, larger: Sequence[tuple[re.Pattern[str], int]] = ()) -> None:
        self._app = app
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body up to its bound, then pass the request on."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        for pattern, bound in self._larger:
            if pattern.match(scope["path"]):
                await self._app(scope, _counted(receive, bound), send)
                return
        parts: list[Message] = []
        size = 0
        while True:
            part = await receive()
            parts.append(part)
            size += len(part.get("body", b""))
            if size > LARGEST_BODY:
                await _too_large(scope["path"])(scope, receive, send)
                return
            if part["type"] != "http.request" or not part.get("more_body"):
                break
        pending = iter(parts)

        async def replay() -> Message:
            for part in pending:
                return part
            return await receive()

        await self._app(scope, replay, send)


def _counted(receive: Receive, bound: int) -> Receive:
    """What comes in, until it is too much; the page that reads it is then left by an error that is told in words."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        part = await receive()
        size += len(part.get("body", b""))
        if size > bound:
            raise HTTPException(413)
        return part

    return counted


def _too_large(path: str) -> Response:
    if path.startswith("/api/"):
        return JSONResponse({"error": words.TOO_LARGE}, status_code=413)
    text = console_words.TOO_LARGE if path.startswith("/quan-tri/") else words.TOO_LARGE
    return PlainTextResponse(text, status_code=413)
