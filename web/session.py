"""The page's session: a random sender in a signed cookie, and a signed transcript for pages without scripts."""

from __future__ import annotations

import secrets
from typing import Any, Optional

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from settings.secrets import session_secret

COOKIE = "motcua"
LIFETIME = 30 * 24 * 3600
"""Seconds for which a sender is remembered."""
TRANSCRIPT = 6
"""Exchanges that a page without scripts carries along."""
LONGEST_TRANSCRIPT = 48_000


def _senders() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(session_secret(), salt="sender")


def _transcripts() -> URLSafeSerializer:
    return URLSafeSerializer(session_secret(), salt="transcript")


def sender_of(request: Request) -> Optional[str]:
    """The sender in the request's cookie; None where there is none, it is old, or somebody wrote it himself."""
    try:
        sender = _senders().loads(request.cookies.get(COOKIE, ""), max_age=LIFETIME)
    except BadData:
        return None
    return sender if isinstance(sender, str) else None


def new_sender() -> str:
    """A sender nobody can guess."""
    return f"web-{secrets.token_urlsafe(18)}"


def remember(response: Response, request: Request, sender: str) -> None:
    """Set the cookie: not for scripts, not for other sites, only encrypted where the page is."""
    response.set_cookie(
        COOKIE,
        _senders().dumps(sender),
        max_age=LIFETIME,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def sign_transcript(exchanges: list[dict[str, Any]]) -> str:
    """The last exchanges as a hidden field."""
    kept = exchanges[-TRANSCRIPT:]
    while kept:
        signed = _transcripts().dumps(kept)
        text = signed.decode() if isinstance(signed, bytes) else signed
        if len(text) <= LONGEST_TRANSCRIPT:
            return text
        kept = kept[1:]
    return ""


def read_transcript(field: str) -> list[dict[str, Any]]:
    """The exchanges in a hidden field; none where it isn't ours."""
    if not field or len(field) > LONGEST_TRANSCRIPT:
        return []
    try:
        exchanges = _transcripts().loads(field)
    except BadData:
        return []
    return exchanges if isinstance(exchanges, list) else []


def same_site(request: Request) -> bool:
    """Say whether a form or call comes from our own page (the modern guard against forged requests)."""
    fetched_from = request.headers.get("sec-fetch-site")
    if fetched_from is not None:
        return fetched_from in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin.split("://", 1)[-1] == request.headers.get("host", "")
