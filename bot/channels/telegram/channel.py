"""Telegram as the inbox knows it: parse, render, deliver."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping
from typing import Any, Optional

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.inbox import contacts
from bot.channels.inbox.channel import Incoming, Kind, Outgoing, Refused
from bot.channels.inbox.database import Inbox
from bot.channels.inbox.wire import note_leaving
from bot.channels.telegram import updates
from bot.channels.telegram.failures import meaning, seconds_of
from bot.channels.telegram.pacing import Pacer
from rendering import telegram as rendering
from rendering.tree import Tree
from settings.telegram import TelegramSettings

POLL_SECONDS = 25
"""How long Telegram holds a call for updates open."""


def make_bot(settings: TelegramSettings, requests: tuple[HTTPXRequest, HTTPXRequest]) -> Bot:
    """The library's bot, without asking Telegram anything yet."""
    return Bot(settings.token, base_url=settings.api_url, request=requests[0], get_updates_request=requests[1])


def make_requests(settings: TelegramSettings) -> tuple[HTTPXRequest, HTTPXRequest]:
    """Connections for calls, and for the one that waits for updates.

    They are ours to close: the library closes only those of a bot that was
    initialised, for which Telegram would have to be up when we start.
    """
    return _request(64, settings.timeout), _request(2, settings.timeout)


def _request(connections: int, timeout: float) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        read_timeout=timeout,
        write_timeout=timeout,
        connect_timeout=timeout,
        pool_timeout=timeout,
        httpx_kwargs={"event_hooks": {"request": [note_leaving]}},
    )


class TelegramChannel:
    """One bot.

    Args:
        settings: see TelegramSettings.
    """

    name = updates.CHANNEL
    prefix = updates.PREFIX
    numbered = False
    traced = True
    resend_unsure = False  # Telegram has no key by which it would know a repeat

    def __init__(self, settings: TelegramSettings) -> None:
        self._requests = make_requests(settings)
        self.bot = make_bot(settings, self._requests)
        self.username = ""
        """Known once Telegram was asked; until then, messages in groups are passed over."""
        self._pacer = Pacer(settings.rate, settings.chat_rate, settings.chat_burst)

    def parse(self, update: Mapping[str, Any]) -> Optional[Incoming]:
        """Understand an update."""
        return updates.parse(update, self.username)

    def render(self, tree: Tree) -> list[dict[str, Any]]:
        """See rendering/telegram.py."""
        return rendering.render(tree)

    def open_for(self, last_seen: dt.datetime) -> bool:
        """Always: a person who blocked us is told of when we try."""
        return True

    async def accepted(self, incoming: Incoming) -> None:
        """Stop the spinner of a tapped button; a query too old is refused, which doesn't matter."""
        if incoming.kind is Kind.TAP and incoming.details.get("query"):
            await self.bot.answer_callback_query(incoming.details["query"])

    async def typing(self, address: str) -> None:
        """Show 'typing…' for five seconds or until a message."""
        await self.bot.send_chat_action(int(address), ChatAction.TYPING)

    async def pace(self, address: str) -> None:
        """Keep within Telegram's rates."""
        await self._pacer.wait(address)

    async def deliver(self, outgoing: Outgoing) -> Optional[str]:
        """Send one message; where Telegram can't read its HTML, once more as plain text."""
        try:
            try:
                return await self._send(outgoing, outgoing.body["html"], ParseMode.HTML)
            except BadRequest as error:
                if not isinstance(meaning(error), Refused):
                    raise
                return await self._send(outgoing, outgoing.body["plain"], None)
        except RetryAfter as error:
            self._pacer.pause(seconds_of(error))
            raise meaning(error) from None
        except TelegramError as error:
            raise meaning(error) from None

    async def _send(self, outgoing: Outgoing, text: str, mode: Optional[str]) -> str:
        sent = await self.bot.send_message(
            int(outgoing.address),
            text,
            parse_mode=mode,
            reply_markup=_markup(outgoing.body.get("keyboard")),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        return str(sent.message_id)

    async def close(self) -> None:
        """Close the connections."""
        for request in self._requests:
            await request.shutdown()

    async def on_event(self, incoming: Incoming, inbox: Inbox) -> Optional[Tree]:
        """Someone blocked the bot, or let it in again."""
        reachable = incoming.text != "blocked"
        await asyncio.to_thread(contacts.set_reachable, inbox, incoming.sender, reachable)
        return None


def _markup(keyboard: Optional[list[list[dict[str, str]]]]) -> Optional[InlineKeyboardMarkup]:
    if not keyboard:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(key["text"], url=key.get("url"), callback_data=key.get("data")) for key in row]
            for row in keyboard
        ]
    )
