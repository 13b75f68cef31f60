"""The web page's door into Rasa: one sender, one message, the turn's replies in the answer.

Only the web application knows the secret; Rasa's own REST channel stays off,
since it has no authentication and lets the client choose the sender.
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

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from analytics.turns import ERASE
from bot.action_answers import keep_validator
from bot.channels import words
from bot.channels.arrival import received
from bot.channels.explain import explain, try_way
from bot.channels.masking import masked_text
from bot.channels.payloads import harmless, to_rasa
from bot.channels.switches import Switches
from bot.figures import watch
from bot.people import erase_after_turn
from bot.serving import follow_choice
from rendering.plain import render
from settings.secrets import channel_secret
from vietnamese.normalise import normalise
from watching import metrics

logger = logging.getLogger(__name__)

TURN_TIMEOUT = 25.0
"""Seconds after which a turn is given up and apologised for."""
LONGEST_TEXT = 2_000
"""Characters of a message that are looked at."""


class TurnCollector(OutputChannel):
    """Keeps the replies of one turn with their trees and the turn's record."""

    def __init__(self) -> None:
        self.replies: list[dict[str, Any]] = []
        self.record: Optional[dict[str, Any]] = None
        self.wish: Optional[str] = None

    @classmethod
    def name(cls) -> str:
        """The channel's name, the same as the input's."""
        return "web"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one reply. What our actions add beside the text is the tree and the record."""
        self.record = message.get("turn") or self.record
        self.wish = message.get("wish") or self.wish
        if message.get("text"):
            self.replies.append({"text": message["text"], "tree": message.get("reply")})

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Keep a plain text (Rasa's own utterances)."""
        self.replies.append({"text": text, "tree": None})


def _ready_reply(name: str) -> dict[str, Any]:
    return {"text": render(words.say(name)), "tree": None}


class WebInput(InputChannel):
    """``POST /webhooks/web/message``, and ``/explain``, ``/try`` for staff; the secret is in ``X-Motcua-Secret``."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._switches = Switches()
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    @classmethod
    def name(cls) -> str:
        """Name and URL prefix."""
        return "web"

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> WebInput:
        """The secret comes from the environment or the secrets file, never from credentials.yml."""
        keep_validator()
        return cls(channel_secret())

    def get_output_channel(self) -> OutputChannel:
        """A channel for messages outside a turn; they have nowhere to go."""
        return TurnCollector()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes: health without the secret, messages with it."""
        web = Blueprint("motcua_web", __name__)
        watch(web)
        follow_choice(web)

        @web.listener("after_server_start")
        async def warm_up(_app: Any, _loop: Any) -> None:
            await self._switches.look(self.name())

        @web.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            ready = bool(agent is not None and agent.is_ready())
            return response.json({"status": "ok" if ready else "loading"}, status=200 if ready else 503)

        @web.route("/message", methods=["POST"])
        async def message(request: Request) -> HTTPResponse:
            if not self._knows(request):
                return response.json({"error": "forbidden"}, status=403)
            body = request.json if isinstance(request.json, dict) else {}
            sender = body.get("sender")
            if not isinstance(sender, str) or not 1 <= len(sender) <= 100:
                return response.json({"error": "sender"}, status=400)
            text, remark = self._text(body)
            if text is None:
                return response.json({"error": "message"}, status=400)
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                # Rasa would drop the message without a word.
                return response.json({"error": "loading"}, status=503)
            return response.json(await self._turn(on_new_message, sender, text, remark))

        @web.route("/explain", methods=["POST"])
        async def explanation(request: Request) -> HTTPResponse:
            async def told(agent: Any, body: dict[str, Any]) -> Any:
                text = self._text({"text": body.get("text")})[0]
                return None if text is None else await explain(agent, text if normalise(text) else "…")

            return await self._for_staff(request, told)

        @web.route("/try", methods=["POST"])
        async def trial(request: Request) -> HTTPResponse:
            async def told(agent: Any, body: dict[str, Any]) -> Any:
                code, way = body.get("code"), body.get("way")
                fit = isinstance(code, str) and isinstance(way, str) and 0 < len(way) <= LONGEST_TEXT
                return await try_way(agent, str(code), str(way)) if fit else None

            return await self._for_staff(request, told)

        return web

    async def _for_staff(self, request: Request, tell: Callable[[Any, dict[str, Any]], Awaitable[Any]]) -> HTTPResponse:
        """Answer a question of the staff's console; 400 for one that can't be read."""
        if not self._knows(request):
            return response.json({"error": "forbidden"}, status=403)
        body = request.json if isinstance(request.json, dict) else {}
        agent = getattr(request.app.ctx, "agent", None)
        if agent is None or not agent.is_ready():
            return response.json({"error": "loading"}, status=503)
        try:
            told = await tell(agent, body)
        except Exception as error:  # Sanic would write down the request and what broke
            logger.error("telling staff failed: %s", type(error).__name__)
            return response.json({"error": "failed"}, status=502)
        return response.json({"error": "message"}, status=400) if told is None else response.json(told)

    def _knows(self, request: Request) -> bool:
        """Say whether a request shows the secret."""
        given = request.headers.get("X-Motcua-Secret", "")
        return hmac.compare_digest(given.encode(errors="replace"), self._secret.encode())

    @staticmethod
    def _text(body: dict[str, Any]) -> tuple[Optional[str], Optional[str]]:
        """What Rasa is told, without personal numbers, and the ready words for the person about them."""
        button, text = body.get("button"), body.get("text")
        if isinstance(button, str):
            # The page's buttons come back as a browser sends them, which may be anything.
            return to_rasa(masked_text(button)[0]), None
        if not isinstance(text, str):
            return None, None
        masked, remark = masked_text(text[:LONGEST_TEXT])
        return harmless(masked), remark

    async def _turn(
        self, on_new_message: Callable[[UserMessage], Awaitable[Any]], sender: str, text: str, remark: Optional[str]
    ) -> dict[str, Any]:
        """Run one turn; turns of one sender follow each other, without the one-second polling of Rasa's lock."""
        lock = self._locks.setdefault(sender, asyncio.Lock())
        started, metadata = time.monotonic(), received()
        collector = TurnCollector()
        async with lock:
            if notice := await self._switches.look(self.name()):
                metrics.REFUSED.labels("off", "web").inc()
                return {"replies": [{"text": notice, "tree": None}], "turn": None, "ms": 0.0}
            try:
                # A message of nothing visible still is a turn. Rasa finds no intent in an empty text, so no rule would
                # end the turn: it would be repeated up to Rasa's limit, and the sender never answered again.
                message = UserMessage(
                    text if normalise(text) else "…", collector, sender, input_channel=self.name(), metadata=metadata
                )
                handled = on_new_message(message)
                if inspect.isawaitable(handled):
                    await asyncio.wait_for(handled, TURN_TIMEOUT)
            except asyncio.TimeoutError:
                logger.error("turn timed out")
            except Exception as error:  # the page answers with an apology, whatever broke
                logger.error("turn failed: %s", type(error).__name__)
        metrics.turn("web", collector.record if collector.replies else None, time.monotonic() - started)
        remarks = [_ready_reply(remark)] if remark and collector.replies else []
        if collector.wish == ERASE:
            collector.replies.append(_ready_reply(await asyncio.to_thread(erase_after_turn, sender)))
        return {
            "replies": remarks + collector.replies,
            "turn": collector.record if collector.replies else None,
            "ms": round((time.monotonic() - started) * 1000, 1),
        }
