"""The door into Rasa for the channels' process: one message, the turn's reply trees in the answer.

Asked again with the same key, it gives the replies that were kept (bot/turn_results.py) and runs no second turn.
Only who knows the secret of MOTCUA_CHANNEL_SECRET gets in.
"""

from __future__ import annotations

import asyncio
import hmac
import inspect
import logging
import time
import weakref
from collections.abc import Awaitable, Callable
from typing import Any, Optional

import httpx
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.lock_store import LockError
from redis.exceptions import RedisError
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.action_answers import keep_validator
from bot.channels import conversations
from bot.channels.arrival import received
from bot.turn_results import IN_HAND, NotKept, TurnInHand
from rendering.tree import read_tree
from settings.secrets import channel_secret
from watching import metrics

logger = logging.getLogger(__name__)

TURN_TIMEOUT = 25.0
"""Seconds after which a turn is given up."""
PATIENCE = 2.0
"""Seconds that the action server may take to say that it is well."""
TOLD = ("channel", "sender", "key", "text")
"""What is told of a message; none of it is ever empty."""
OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


class Collector(OutputChannel):
    """Keeps what a turn says.

    Args:
        name: the channel's; Rasa chooses responses by it.
        result: where to: 'replies', each a 'tree' or a 'text', and 'wish', what the door is asked to do.
    """

    def __init__(self, name: str, result: dict[str, Any]) -> None:
        self._name = name
        self._result = result
        self.record: Optional[dict[str, Any]] = None

    def name(self) -> str:
        """The channel's name."""
        return self._name

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one reply: the tree of our actions, or Rasa's own text."""
        self.record = message.get("turn") or self.record
        if message.get("wish"):
            self._result["wish"] = message["wish"]
        self._keep(message.get("reply"), message.get("text") or "")

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Keep a plain text."""
        self._keep(None, text)

    def _keep(self, tree: Any, text: str) -> None:
        if read_tree(tree).blocks:
            self._result["replies"].append({"tree": tree})
        elif text.strip():
            self._result["replies"].append({"text": text})


class TurnsInput(InputChannel):
    """``POST /webhooks/turns/message`` with the secret in ``X-Motcua-Secret``; ``GET /webhooks/turns/`` for its health.

    Args:
        secret: what is shown.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._running: set[asyncio.Task[dict[str, Any]]] = set()

    @classmethod
    def name(cls) -> str:
        """Name and URL prefix."""
        return "turns"

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> TurnsInput:
        """The secret comes from the environment or the secrets file, never from credentials.yml."""
        keep_validator()
        return cls(channel_secret())

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes."""
        turns = Blueprint("motcua_turns", __name__)

        @turns.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            up = await assistant_up(request.app)
            return response.json({"status": "ok" if up else "loading"}, status=200 if up else 503)

        @turns.route("/message", methods=["POST"])
        async def message(request: Request) -> HTTPResponse:
            given = request.headers.get("X-Motcua-Secret", "")
            if not hmac.compare_digest(given.encode(errors="replace"), self._secret.encode()):
                return response.json({"error": "forbidden"}, status=403)
            body = request.json if isinstance(request.json, dict) else {}
            told = [value for name in TOLD if isinstance(value := body.get(name), str) and value]
            if len(told) < len(TOLD):
                return response.json({"error": "message"}, status=400)
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                # Rasa would drop the message without a word.
                return response.json({"error": "loading"}, status=503)
            turn = asyncio.ensure_future(self._turn(on_new_message, *told))
            self._running.add(turn)
            turn.add_done_callback(self._over)
            try:
                # Who asked may be gone; a turn that has begun ends, and its replies wait for the next time.
                return response.json(await asyncio.shield(turn))
            except (NotKept, LockError, RedisError) as error:
                # Not the message's fault: the store or the lock is away.
                logger.error("turn not kept: %s", type(error).__name__)
                return response.json({"error": "store"}, status=503)
            except Exception as error:  # Sanic would write down the request and what broke
                logger.error("turn failed: %s", type(error).__name__)
                return response.json({"error": type(error).__name__}, status=500)

        return turns

    def _over(self, turn: asyncio.Task[dict[str, Any]]) -> None:
        self._running.discard(turn)
        if not turn.cancelled():
            turn.exception()  # looked at, even where nobody waits any more

    async def _turn(
        self, on_new_message: OnNewMessage, channel: str, sender: str, key: str, text: str
    ) -> dict[str, Any]:
        """One turn, or what it ended with when it ran before.

        Raises:
            NotKept: nothing of it was kept.
        """
        lock = self._locks.setdefault(sender, asyncio.Lock())
        async with lock:
            turn = TurnInHand(sender, f"{channel} {key}")
            before = await self._before(turn)
            if before is not None:
                return before
            IN_HAND.set(turn)
            collector = Collector(channel, turn.result)
            message = UserMessage(text, collector, sender, input_channel=channel, message_id=key, metadata=received())
            started = time.monotonic()
            handled = on_new_message(message)
            if inspect.isawaitable(handled):
                await asyncio.wait_for(handled, TURN_TIMEOUT)
            said = bool(turn.result["replies"])
            metrics.turn(channel, collector.record if said else None, time.monotonic() - started)
            if said and not turn.kept:
                # Another process may have been quicker with the same message.
                before = await self._before(turn)
                if before is None:
                    raise NotKept
                return before
            return turn.result

    async def _before(self, turn: TurnInHand) -> Optional[dict[str, Any]]:
        try:
            return await asyncio.to_thread(conversations.result_of, turn.sender, turn.message)
        except Exception:
            raise NotKept from None


async def assistant_up(app: Any) -> bool:
    """Whether the model is loaded and the action server answers."""
    agent = getattr(app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        return False
    url = getattr(getattr(agent, "action_endpoint", None), "url", None)
    if not url:
        return True
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        try:
            return (await client.get(url.rsplit("/", 1)[0] + "/health")).status_code == 200
        except httpx.HTTPError:
            return False
