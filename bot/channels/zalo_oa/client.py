"""Zalo's OpenAPI v3 over httpx: calls with a token that renews itself, and errors with a class.

Zalo's answer is ``{"error": 0, "message": …, "data": {…}}`` with HTTP 200 even
where it refused, so the code inside decides.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

import httpx

from bot.channels.zalo_oa.errors import Kind, Unanswered, ZaloError, fault
from bot.channels.zalo_oa.tokens import TokenManager
from settings.zalo import OaSettings

_SEND = "/v3.0/oa/message/cs"


@dataclass(frozen=True)
class Sent:
    """What became of a message.

    Attributes:
        message: Zalo's id of it.
        quota: which allowance it used ('reply', …); None means that it is billed.
    """

    message: str
    quota: Optional[str]


@dataclass(frozen=True)
class Answer:
    """A successful answer.

    Attributes:
        data: Zalo's ``data``.
        calls_left: what is left of the calls of this minute, where Zalo says.
        date: the ``Date`` header, by Zalo's clock.
    """

    data: Mapping[str, Any]
    calls_left: Optional[int]
    date: str


class OaClient:
    """Calls for one account."""

    def __init__(self, settings: OaSettings, tokens: TokenManager, http: httpx.AsyncClient) -> None:
        # httpx writes every address that it calls into the log at INFO; some hold a person's id.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._settings = settings
        self._tokens = tokens
        self._http = http

    async def send(self, user: str, message: Mapping[str, Any]) -> Sent:
        """Send a consultation message.

        Args:
            user: the person's id for this account.
            message: Zalo's ``message`` object.

        Raises:
            ZaloError: Zalo refused; nothing was sent.
            Unanswered: no usable answer came.
            NoToken: there is no access token.
        """
        answer = await self._call("POST", _SEND, body={"recipient": {"user_id": user}, "message": message})
        quota = answer.data.get("quota")
        kind = quota.get("quota_type") if isinstance(quota, dict) else None
        return Sent(str(answer.data.get("message_id") or ""), kind if isinstance(kind, str) else None)

    async def account(self) -> Answer:
        """What Zalo knows of the account: its id, name, whether it is verified, its package.

        Raises:
            ZaloError: Zalo refused.
            Unanswered: no usable answer came.
            NoToken: there is no access token.
        """
        return await self._call("GET", "/v2.0/oa/getoa")

    async def _call(self, method: str, path: str, body: Optional[Mapping[str, Any]] = None) -> Answer:
        token = await self._tokens.access()
        try:
            return await self._once(method, path, body, token)
        except ZaloError as error:
            if error.fault.kind is not Kind.TOKEN:
                raise
        # A rejected token means that nothing was done, so that once more is safe.
        return await self._once(method, path, body, await self._tokens.after_rejection(token))

    async def _once(self, method: str, path: str, body: Optional[Mapping[str, Any]], token: str) -> Answer:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"access_token": token, **({"Content-Type": "application/json"} if content else {})}
        try:
            answer = await self._http.request(
                method,
                self._settings.api_url + path,
                content=content,
                headers=headers,
                timeout=self._settings.timeout,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Unanswered(sent=False, reached=False) from error
        except httpx.HTTPError as error:
            raise Unanswered(sent=True) from error
        return _read(answer)


def _read(answer: httpx.Response) -> Answer:
    if answer.status_code == 429:
        raise ZaloError(fault(-32))
    if answer.status_code in (500, 502, 503):
        # Zalo says itself that it did nothing; 504 is a gateway that doesn't know.
        raise Unanswered(sent=False)
    try:
        fields = answer.json()
        code = int(fields["error"])
    except (ValueError, KeyError, TypeError) as error:
        # A proxy's page, or half an answer: what Zalo did is unknown.
        raise Unanswered(sent=True) from error
    if code != 0:
        raise ZaloError(fault(code))
    data = fields.get("data")
    left = answer.headers.get("X-RateLimit-Remain", "")
    calls_left = int(left) if left.isdecimal() else None
    return Answer(data if isinstance(data, dict) else {}, calls_left, answer.headers.get("Date", ""))
