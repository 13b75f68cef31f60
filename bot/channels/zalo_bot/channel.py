"""The Zalo Bot as the inbox sees it."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import re
from collections.abc import Mapping
from typing import Any, Optional

from sqlalchemy.exc import SQLAlchemyError

from bot.channels import usage
from bot.channels.inbox.channel import Gone, Incoming, Kind, Outgoing, Refused, Retry, Stopped, Unsure
from bot.channels.inbox.database import Inbox
from bot.channels.zalo_bot.client import BotClient, BotError, Silent
from bot.channels.zalo_bot.updates import read_update
from rendering import zalo_bot as rendering
from rendering.tree import Tree
from settings.zalo import BotSettings

logger = logging.getLogger(__name__)

PREFIX = "zalobot:"
SENT = "zalobot sent"
"""Under this name the month's messages are counted."""
_ADDRESS = re.compile(r"[A-Za-z0-9_-]{1,64}")
_QUOTA_REST = 60.0
_AWAY = 10.0
"""Seconds between tries while Zalo can't be reached at all; such tries go on until it can."""


class ZaloBot:
    """One bot. See bot/channels/inbox/channel.py for what each member promises."""

    name = "zalobot"
    prefix = PREFIX
    numbered = True
    traced = True
    resend_unsure = False

    def __init__(self, settings: BotSettings) -> None:
        self._settings = settings
        self._client: Optional[BotClient] = None
        self._inbox: Optional[Inbox] = None

    def open(self, client: BotClient, inbox: Inbox) -> None:
        """Give the channel what it delivers with; until then messages wait."""
        self._client, self._inbox = client, inbox

    def parse(self, update: Mapping[str, Any]) -> Optional[Incoming]:
        """Understand an update that came with the secret, or was polled."""
        read = read_update(update)
        if read is None:
            return None
        kind, text, remark = Kind.TEXT, read.text, None
        if not read.text:
            kind, text = Kind.SAY, "sticker" if read.kind == "sticker" else "media"
        elif read.kind != "text":
            remark = "media_with_text"
        return Incoming(self.name, read.key, PREFIX + read.chat, read.chat, kind, text, remark)

    def render(self, tree: Tree) -> list[dict[str, Any]]:
        """Texts; choices as a numbered list."""
        return rendering.render(tree, self._settings.text_limit)

    def open_for(self, last_seen: dt.datetime) -> bool:
        """Always: a person who blocked us is told of when we try."""
        return True

    async def accepted(self, incoming: Incoming) -> None:
        """Nothing: there are no buttons."""

    async def typing(self, address: str) -> None:
        """Show that an answer is being made."""
        if self._client is not None and _ADDRESS.fullmatch(address):
            await self._client.call("sendChatAction", {"chat_id": address, "action": "typing"})

    async def pace(self, address: str) -> None:
        """Nothing: no rate is documented; code 429 is heeded."""

    async def deliver(self, outgoing: Outgoing) -> Optional[str]:
        """Send one message."""
        if self._client is None or self._inbox is None:
            raise Retry("starting", 0.5, counts=False)
        text = outgoing.body.get("text")
        if not _ADDRESS.fullmatch(outgoing.address) or not isinstance(text, str):
            raise Refused("body")
        try:
            sent = await self._client.send(outgoing.address, {"text": text})
        except BotError as error:
            raise _told(error.code) from None
        except Silent as error:
            if not error.reached:
                raise Retry("unreachable", _AWAY, counts=False) from None
            if not error.sent:
                raise Retry("server error") from None
            if self._settings.resend and outgoing.tries == 0:
                raise Retry("unanswered", 5.0) from None
            raise Unsure("unanswered") from None
        try:
            await asyncio.to_thread(usage.count, self._inbox, SENT)
        except SQLAlchemyError as error:  # a count that is off by one is no reason to send twice
            logger.warning("zalobot: message not counted: %s", type(error).__name__)
        return sent

    async def on_event(self, incoming: Incoming, inbox: Inbox) -> Optional[Tree]:
        """Nothing: the platform has no such events."""
        return None


def _told(code: int) -> Exception:
    """Zalo's refusal in the inbox's words. The codes are HTTP's, as far as they have been seen."""
    reason = f"zalobot {code}"
    if code in (401, 404):
        return Stopped(reason)  # the token is wrong or was withdrawn
    if code == 403:
        return Gone(reason)
    if code == 429:
        return Retry(reason, _QUOTA_REST)
    return Retry(reason) if code in (500, 502, 503) else Refused(reason)
