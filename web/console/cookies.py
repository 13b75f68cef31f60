"""The console's cookies: who has signed in, what a form shows, and what the next page says.

With TLS their names begin with ``__Host-``, which lets no other host and no plain connection set them.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Optional

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from accounts.tokens import new_token
from settings.secrets import session_secret

SESSION, VISITOR, FLASH = "motcua-quan-tri", "motcua-khach", "motcua-tin"
FLASH_LASTS = 120
"""Seconds in which the next page has to be looked at."""


@dataclass(frozen=True)
class Flash:
    """What the next page says once.

    Attributes:
        text: a sentence.
        kind: 'good' or 'bad'.
    """

    text: str
    kind: str = "good"


def _name(request: Request, name: str) -> str:
    return f"__Host-{name}" if request.url.scheme == "https" else name


def read(request: Request, name: str) -> str:
    """A cookie's value; '' where there is none."""
    return request.cookies.get(_name(request, name), "")


def put(response: Response, request: Request, name: str, value: str) -> None:
    """Set a cookie for this browser session: not for scripts, not sent along from other sites."""
    response.set_cookie(
        _name(request, name),
        value,
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def drop(response: Response, request: Request, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(
        _name(request, name), path="/", httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )


def form_token(secret: str) -> str:
    """What a form shows to prove that it is ours: made from a cookie that no other site can read or set."""
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()


def new_visitor() -> str:
    """The secret of somebody who hasn't signed in, for the forms of the sign-in."""
    return new_token()


def _flashes() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(session_secret(), salt="flash")


def put_flash(response: Response, request: Request, flash: Flash) -> None:
    """Let the next page say something."""
    signed = _flashes().dumps([flash.text, flash.kind])
    put(response, request, FLASH, signed.decode() if isinstance(signed, bytes) else signed)


def read_flash(request: Request) -> Optional[Flash]:
    """What the page before left to say; None where there is nothing, or somebody else wrote it."""
    try:
        text, kind = _flashes().loads(read(request, FLASH), max_age=FLASH_LASTS)
    except (BadData, ValueError, TypeError):
        return None
    return Flash(str(text), str(kind))
