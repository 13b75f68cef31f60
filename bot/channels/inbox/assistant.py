"""The way to Rasa from the channels' process: a message over HTTP, its replies back, and what went wrong if it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Protocol

import httpx

from analytics.turns import ERASE
from bot.channels.inbox.channel import Incoming
from rendering.tree import Tree, read_tree
from settings import rasa_url
from settings.secrets import channel_secret

CONNECT = 2.0
"""Seconds to reach Rasa; it is near."""
HEALTH = 3.0
"""Seconds that Rasa may take to say that it is well; a turn holds it up for less."""


class NoAnswer(Exception):
    """The turn ended without a word: the action server is away, or an action failed."""


class TurnFailed(Exception):
    """Rasa says that the turn broke."""


class Away(Exception):
    """Rasa can't be reached or has no model: the message wasn't looked at."""


class Interrupted(Exception):
    """Rasa went away in the middle of the turn. Asking again is safe: a turn that was kept isn't run twice."""


@dataclass(frozen=True)
class Said:
    """What a turn ended with: the replies, and whether the person wants to be forgotten."""

    trees: list[Tree]
    erase: bool = False


class Assistant(Protocol):
    """What turns a message into replies."""

    async def turn(self, incoming: Incoming, text: str) -> Said:
        """Run the turn of a message; the same message (channel and key) never runs two.

        Args:
            incoming: the message.
            text: harmless text, or a payload that we made ourselves.

        Raises:
            NoAnswer: it said nothing.
            TurnFailed: it broke.
            Away: it wasn't looked at.
            Interrupted: nobody knows; ask again.
            TimeoutError: it took too long; ask again.
        """

    async def healthy(self) -> bool:
        """Whether turns can be answered now."""

    async def close(self) -> None:
        """Close the connections."""


class RasaAssistant:
    """Rasa's door of bot/channels/turns.py.

    Args:
        timeout: seconds for a turn.
        client: to call with; by default one for the settings' Rasa.
    """

    def __init__(self, timeout: float, client: Optional[httpx.AsyncClient] = None) -> None:
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=16)
        self._client = client or httpx.AsyncClient(
            base_url=rasa_url(),
            headers={"X-Motcua-Secret": channel_secret()},
            timeout=httpx.Timeout(timeout, connect=CONNECT),
            limits=limits,
        )

    async def turn(self, incoming: Incoming, text: str) -> Said:
        """See Assistant."""
        told = {"channel": incoming.channel, "sender": incoming.sender, "key": incoming.key, "text": text}
        try:
            answer = await self._client.post("/webhooks/turns/message", json=told)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise Away from None
        except httpx.TimeoutException:
            raise TimeoutError from None
        except httpx.HTTPError:
            raise Interrupted from None
        # A proxy before several Rasa processes answers 502 and 504 in their stead.
        if answer.status_code in (502, 503, 504):
            raise Away
        if answer.status_code != 200:
            raise TurnFailed
        return _read(answer)

    async def healthy(self) -> bool:
        """See Assistant."""
        try:
            return (await self._client.get("/webhooks/turns/", timeout=HEALTH)).status_code == 200
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        """See Assistant."""
        await self._client.aclose()


def _read(answer: httpx.Response) -> Said:
    try:
        body: Any = answer.json()
        trees = [read_tree(reply.get("tree"), str(reply.get("text") or "")) for reply in body["replies"]]
        wish = body.get("wish")
    except (ValueError, TypeError, KeyError, AttributeError):
        raise TurnFailed from None
    trees = [tree for tree in trees if tree.blocks]
    if not trees:
        raise NoAnswer
    return Said(trees, erase=wish == ERASE)
