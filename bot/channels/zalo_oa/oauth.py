"""Zalo's OAuth v4 for Official Accounts: the address of the consent page, and the two kinds of exchange."""

from __future__ import annotations

import base64
import hashlib
import secrets
import string
from dataclasses import dataclass, field
from typing import Any, Optional
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from bot.channels.zalo_oa.errors import Unanswered
from settings.zalo import OaSettings

_LETTERS = string.ascii_letters + string.digits
_LIFE = 90_000.0
"""Seconds that an access token lives where Zalo doesn't say."""


@dataclass(frozen=True)
class Pair:
    """An access token with the refresh token that works once."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    lives: float
    """Seconds that the access token is good for."""


class Refused(Exception):
    """Zalo refused a code or a refresh token: a person has to give consent anew. The text holds the code alone."""

    def __init__(self, code: int) -> None:
        super().__init__(f"zalo oauth error {code}")
        self.code = code


def new_verifier() -> str:
    """A PKCE verifier as Zalo wants it: 43 letters and digits, new for each request."""
    return "".join(secrets.choice(_LETTERS) for _ in range(43))


def challenge(verifier: str) -> str:
    """The verifier's S256 challenge (RFC 7636): base64url without padding."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def consent_address(settings: OaSettings, redirect: str, verifier: str, state: str) -> str:
    """Where the account's administrator agrees; ``redirect`` is the callback saved in Zalo's console."""
    query = {
        "app_id": settings.app_id,
        "redirect_uri": redirect,
        "code_challenge": challenge(verifier),
        "state": state,
    }
    return f"{settings.oauth_url}/v4/oa/permission?{urlencode(query)}"


def read_callback(address: str, state: str, oa_id: str) -> str:
    """The code in the address that the administrator landed on.

    Raises:
        ValueError: it isn't the answer to this request; the text, in Vietnamese, says why.
    """
    query = {name: values[0] for name, values in parse_qs(urlsplit(address.strip()).query).items()}
    if not query.get("code"):
        raise ValueError("Địa chỉ này không có mã (code=…). Hãy chép cả địa chỉ sau khi bấm Đồng ý.")
    if query.get("state", state) != state:
        raise ValueError("Địa chỉ này thuộc về lần khác. Hãy mở lại đường dẫn mới.")
    if query.get("oa_id", oa_id) != oa_id:
        raise ValueError("Bạn đã cấp quyền cho một OA khác. Hãy chọn đúng OA trong MOTCUA_ZALO_OA_ID.")
    return query["code"]


async def exchange_code(http: httpx.AsyncClient, settings: OaSettings, code: str, verifier: str) -> Pair:
    """Exchange a consent code (10 minutes, one use).

    Raises:
        Refused: the code is spent, too old or not ours.
        Unanswered: no usable answer.
    """
    form = {"code": code, "grant_type": "authorization_code", "code_verifier": verifier}
    return await _exchange(http, settings, form)


async def exchange_refresh(http: httpx.AsyncClient, settings: OaSettings, refresh: str) -> Pair:
    """Exchange a refresh token (3 months, one use).

    Raises:
        Refused: the token is spent or revoked.
        Unanswered: no usable answer; ``sent`` tells whether the token may be spent.
    """
    return await _exchange(http, settings, {"refresh_token": refresh, "grant_type": "refresh_token"})


async def _exchange(http: httpx.AsyncClient, settings: OaSettings, form: dict[str, str]) -> Pair:
    try:
        answer = await http.post(
            f"{settings.oauth_url}/v4/oa/access_token",
            data={**form, "app_id": settings.app_id},
            headers={"secret_key": settings.app_secret},
            timeout=settings.timeout,
        )
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Unanswered(sent=False, reached=False) from error
    except httpx.HTTPError as error:
        raise Unanswered(sent=True) from error
    fields = _fields(answer)
    if fields is None:
        raise Unanswered(sent=True)
    pair = _pair(fields)
    if pair is not None:
        return pair
    code = fields.get("error")
    if isinstance(code, (int, str)) and str(code).lstrip("-").isdigit() and int(code) != 0:
        raise Refused(int(code))
    raise Unanswered(sent=True)


def _fields(answer: httpx.Response) -> Optional[dict[str, Any]]:
    if answer.status_code >= 500:
        return None
    try:
        fields = answer.json()
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


def _pair(fields: dict[str, Any]) -> Optional[Pair]:
    access, refresh, lives = fields.get("access_token"), fields.get("refresh_token"), fields.get("expires_in")
    if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh):
        return None
    # Documented as a string of seconds.
    known = isinstance(lives, (int, str)) and str(lives).isdigit()
    return Pair(access, refresh, float(lives) if known else _LIFE)  # type: ignore[arg-type]
