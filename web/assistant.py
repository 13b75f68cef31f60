"""The way to Rasa: one message out, the turn's replies back, never an exception."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any, Optional

import httpx

from knowledge.search.trial import Effect
from settings import channels_url, rasa_url
from settings.secrets import channel_secret
from storage.errors import MotCuaError
from web import words

logger = logging.getLogger(__name__)

TIMEOUT = 30.0


@dataclass(frozen=True)
class Exchange:
    """What came of one message: reply trees, and the turn's record."""

    replies: list[dict[str, Any]] = field(default_factory=list)
    turn: Optional[dict[str, Any]] = None


class Unexplained(MotCuaError):
    """No explanation could be had; the text says what to do."""


def apology(text: str) -> Exchange:
    """A reply of our own."""
    return Exchange([{"blocks": [{"type": "text", "text": text}], "buttons": []}], {"outcome": "failed"})


class Assistant:
    """Talks to Rasa's web channel."""

    def __init__(self, client: Optional[httpx.AsyncClient] = None) -> None:
        self._client = client or httpx.AsyncClient(
            base_url=rasa_url(), headers={"X-Motcua-Secret": channel_secret()}, timeout=TIMEOUT
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def parts(self) -> Optional[dict[str, Any]]:
        """How Rasa's parts are, by name, each with 'ok'; None where Rasa doesn't answer."""
        return await self._parts("/webhooks/web/ready")

    async def channels(self) -> Optional[dict[str, Any]]:
        """How the parts of the messaging channels' process are; None where it doesn't answer."""
        return await self._parts(f"{channels_url()}/readyz")

    async def _parts(self, address: str) -> Optional[dict[str, Any]]:
        try:
            told = (await self._client.get(address, timeout=4)).json()
        except (httpx.HTTPError, ValueError):
            return None
        parts = told.get("parts") if isinstance(told, dict) else None
        return parts if isinstance(parts, dict) and all(isinstance(part, dict) for part in parts.values()) else None

    async def send(self, sender: str, text: Optional[str] = None, button: Optional[str] = None) -> Exchange:
        """Send a text or a button's payload; whatever breaks becomes an apology."""
        message = {"sender": sender, **({"button": button} if button is not None else {"text": text or ""})}
        try:
            answer = await self._client.post("/webhooks/web/message", json=message)
        except httpx.HTTPError as error:
            logger.error("rasa unreachable: %s", type(error).__name__)
            return apology(words.FAILED)
        if answer.status_code == 503:
            return apology(words.LOADING)
        if answer.status_code == 400:
            return apology(words.STRANGE)
        if answer.status_code != 200:
            logger.error("rasa answered %d", answer.status_code)
            return apology(words.FAILED)
        exchange = _read(answer)
        if exchange is None:
            logger.error("rasa sent no replies that can be read")
            return apology(words.FAILED)
        return exchange

    async def explain(self, text: str) -> dict[str, Any]:
        """How a message is read and answered, as ``bot.channels.explain`` tells it; no conversation is touched.

        Raises:
            Unexplained: the assistant can't be reached, has no model yet, or couldn't tell.
        """
        told = await self._told("explain", {"text": text})
        if not isinstance(told.get("decision"), dict):
            logger.error("rasa explained nothing")
            raise Unexplained(words.UNEXPLAINED)
        return told

    async def try_way(self, code: str, way: str) -> Optional[Effect]:
        """What a new way to ask of a procedure would change; None where the search doesn't know the procedure yet.

        Raises:
            Unexplained: the assistant can't be reached, has no model yet, or couldn't tell.
        """
        told = await self._told("try", {"code": code, "way": way})
        try:
            return Effect.from_json(told["effect"]) if told["effect"] else None
        except (KeyError, TypeError):
            logger.error("rasa tried nothing")
            raise Unexplained(words.UNEXPLAINED) from None

    async def _told(self, what: str, asked: dict[str, str]) -> dict[str, Any]:
        try:
            answer = await self._client.post(f"/webhooks/web/{what}", json=asked)
        except httpx.HTTPError as error:
            logger.error("rasa unreachable: %s", type(error).__name__)
            raise Unexplained(words.UNEXPLAINED) from None
        if answer.status_code == 503:
            raise Unexplained(words.LOADING)
        try:
            told = answer.json() if answer.status_code == 200 else None
        except ValueError:
            told = None
        if not isinstance(told, dict):
            logger.error("rasa told staff nothing: %d", answer.status_code)
            raise Unexplained(words.UNEXPLAINED)
        return told


def _read(answer: httpx.Response) -> Optional[Exchange]:
    """The replies of an answer; None where there are none, or it is no answer of our channel (a proxy's, say)."""
    try:
        body = answer.json()
    except ValueError:
        return None
    replies = body.get("replies") if isinstance(body, dict) else None
    if not isinstance(replies, list) or not replies or not all(isinstance(reply, dict) for reply in replies):
        return None
    trees = [reply.get("tree") or _plain(str(reply.get("text") or "")) for reply in replies]
    if not all(isinstance(tree, dict) for tree in trees):
        return None
    turn = body.get("turn")
    return Exchange(trees, turn if isinstance(turn, dict) else None)


def _plain(text: str) -> dict[str, Any]:
    return {"blocks": [{"type": "text", "text": text}], "buttons": []}
